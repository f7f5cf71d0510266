//! Writes nodes as JSON: whole, or only what a validator needs of a schema.

use super::formats;
use super::keywords::{Holds, holds, is_annotation};
use crate::read::{Node, Value};

/// The node as compact JSON, numbers digit for digit.
pub fn json(node: &Node) -> String {
    let mut text = String::new();
    write_value(node, &mut text);
    text
}

/// A schema for the run-time validator: no annotations, only formats that the types enforce, and
/// the ranges that the types have.
pub(super) fn write_schema(schema: &Node, out: &mut String) {
    let Value::Map(map) = &schema.value else { return write_value(schema, out) };
    out.push('{');
    let mut first = true;
    for (keyword, member) in map {
        if is_annotation(keyword) || (keyword == "format" && !formats::is_enforced(schema)) {
            continue;
        }
        write_key(keyword, &mut first, out);
        write_keyword(keyword, &member.node, out);
    }
    for (keyword, bound) in formats::implied_bounds(schema) {
        write_key(keyword, &mut first, out);
        out.push_str(&bound.to_string());
    }
    out.push('}');
}

fn write_keyword(keyword: &str, node: &Node, out: &mut String) {
    match (holds(keyword), &node.value) {
        (Some(Holds::One), _) => write_schema(node, out),
        (Some(Holds::List), Value::List(items)) => write_list(items, write_schema, out),
        (Some(Holds::Map), Value::Map(members)) => {
            let members = members.iter().map(|(name, member)| (name.as_str(), &member.node));
            write_map(members, write_schema, out);
        }
        _ => write_value(node, out),
    }
}

fn write_value(node: &Node, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number.as_str()),
        Value::String(text) => write_string(text, out),
        Value::List(items) => write_list(items, write_value, out),
        Value::Map(map) => {
            write_map(map.iter().map(|(name, member)| (name.as_str(), &member.node)), write_value, out);
        }
    }
}

fn write_list(items: &[Node], write: fn(&Node, &mut String), out: &mut String) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

fn write_map<'n>(members: impl Iterator<Item = (&'n str, &'n Node)>, write: fn(&Node, &mut String), out: &mut String) {
    out.push('{');
    let mut first = true;
    for (name, node) in members {
        write_key(name, &mut first, out);
        write(node, out);
    }
    out.push('}');
}

fn write_key(key: &str, first: &mut bool, out: &mut String) {
    if !std::mem::take(first) {
        out.push(',');
    }
    write_string(key, out);
    out.push(':');
}

pub(super) fn write_string(text: &str, out: &mut String) {
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
