//! Nodes are written as JSON.

use super::{Node, Value};

/// The node as compact JSON, numbers digit for digit.
pub fn to_json(node: &Node) -> String {
    let mut text = String::new();
    write_value(node, &mut text);
    text
}

/// How deep the lists and objects of a JSON text are nested.
pub(crate) fn json_depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

pub(crate) fn write_value(node: &Node, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number.as_str()),
        Value::String(text) => write_string(text, out),
        Value::List(items) => write_list(items.iter(), write_value, out),
        Value::Map(map) => {
            write_map(map.iter().map(|(name, member)| (name.as_str(), &member.node)), write_value, out);
        }
    }
}

pub(crate) fn write_list<T>(items: impl Iterator<Item = T>, write: impl Fn(T, &mut String), out: &mut String) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

pub(crate) fn write_map<'n, T>(
    members: impl Iterator<Item = (&'n str, T)>,
    write: impl Fn(T, &mut String),
    out: &mut String,
) {
    out.push('{');
    let mut first = true;
    for (name, node) in members {
        write_key(name, &mut first, out);
        write(node, out);
    }
    out.push('}');
}

pub(crate) fn write_key(key: &str, first: &mut bool, out: &mut String) {
    if !std::mem::take(first) {
        out.push(',');
    }
    write_string(key, out);
    out.push(':');
}

pub(crate) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
}
