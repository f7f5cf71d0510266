//! Changes to a document, as trees and as text.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// Code that hostile names bring along. No rule of naming makes it, so that it can only come as it is.
pub(crate) const INJECTED: &str = "__INJECTED__";

/// Stands for a number that `serde_json` cannot hold.
const HUGE: &str = "<huge>";

const HOSTILE: [&str; 40] = [
    "\"); __INJECTED__!(); (\"",
    "\"#; __INJECTED__!(); r#\"",
    "r#\"__INJECTED__\"#",
    "*/ __INJECTED__!(); /*",
    "\n__INJECTED__!();\n",
    "\r__INJECTED__!();\u{2028}__INJECTED__",
    "\\\"; __INJECTED__!(); //",
    "]\n#![__INJECTED__]",
    "```\n__INJECTED__\n~~~",
    "{__INJECTED__}",
    "{{ __INJECTED__ }}{% raw %}",
    "{}",
    "{",
    "}{",
    "{:?}",
    "",
    " ",
    "_",
    "__",
    "-",
    "/",
    "~1~0%2F%",
    "#",
    "#/components/schemas/Task",
    "$ref",
    "Self",
    "crate",
    "async",
    "r#type",
    "Result",
    "Option",
    "Todo",
    "1st",
    "naïve 日本語 🦀",
    "\u{202e}\u{200d}\u{301}",
    "\0\u{7f}\u{1b}[31m",
    "application/json; charset=\"__INJECTED__\"",
    "^(a+)+$",
    "(?<=__INJECTED__)[",
    "https://[::1/%zz",
];

/// Changes one thing somewhere in the tree.
pub(crate) fn change(root: &mut Value, random: &mut Random) {
    let mut places = Vec::new();
    collect(root, &mut String::new(), &mut places);
    let place = random.pick(&places).clone();
    let other = random.pick(&places).clone();
    match random.below(12) {
        0 | 1 => remove(root, &place),
        2 => duplicate(root, &place, random),
        3 => put(root, &place, root.pointer(&other).cloned().unwrap_or_default()),
        4 | 5 => put(root, &place, scalar(random)),
        6 => put(root, &place, hostile(random).into()),
        7 => rename_key(root, &place, &hostile(random)),
        8 | 9 => rename_everywhere(root, &place, &hostile(random)),
        10 => nest(root, &place, random),
        _ => refer(root, &place, &other),
    }
}

/// Writes the numbers that no tree can hold.
pub(crate) fn with_huge_numbers(text: &str) -> String {
    let numbers = ["1e999", "1e-999", "18446744073709551616", "-99999999999999999999999999999999999999999.5"];
    let mark = format!("\"{HUGE}\"");
    let mut parts = text.split(&mark);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(numbers.iter().cycle()).fold(first, |text, (part, number)| text + number + part)
}

/// Damages bytes somewhere in the text.
pub(crate) fn damage(text: &mut Vec<u8>, random: &mut Random) {
    if text.is_empty() {
        return;
    }
    let at = random.below(text.len());
    let end = (at + random.below(60)).min(text.len());
    match random.below(5) {
        0 => text.truncate(at),
        1 => text[at] = random.below(256) as u8,
        2 => drop(text.drain(at..end)),
        3 => {
            let piece = text[at..end].to_vec();
            let to = random.below(text.len());
            text.splice(to..to, piece);
        }
        _ => drop(text.splice(at..at, hostile(random).into_bytes())),
    }
}

/// The pointers of everything in the tree.
fn collect(value: &Value, pointer: &mut String, into: &mut Vec<String>) {
    into.push(pointer.clone());
    let length = pointer.len();
    let mut visit = |name: &str, inner: &Value| {
        pointer.push('/');
        pointer.push_str(&escaped(name));
        collect(inner, pointer, into);
        pointer.truncate(length);
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| visit(&index.to_string(), item)),
        Value::Object(members) => members.iter().for_each(|(name, member)| visit(name, member)),
        _ => {}
    }
}

/// A name as a part of a pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// What holds the value of a pointer, and the name of the value in it.
fn holder<'v>(root: &'v mut Value, pointer: &str) -> Option<(&'v mut Value, String)> {
    let (parent, last) = pointer.rsplit_once('/')?;
    Some((root.pointer_mut(parent)?, unescaped(last)))
}

fn put(root: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = root.pointer_mut(pointer) {
        *place = value;
    }
}

fn remove(root: &mut Value, pointer: &str) {
    match holder(root, pointer) {
        Some((Value::Object(members), name)) => drop(members.shift_remove(&name)),
        Some((Value::Array(items), index)) => drop(items.remove(index.parse().unwrap_or(0))),
        _ => {}
    }
}

fn duplicate(root: &mut Value, pointer: &str, random: &mut Random) {
    let copy = root.pointer(pointer).cloned().unwrap_or_default();
    match holder(root, pointer) {
        Some((Value::Object(members), name)) => {
            let names = [name.to_uppercase(), format!("{name}_"), format!("{name}2"), name + "-"];
            members.insert(random.pick(&names).clone(), copy);
        }
        Some((Value::Array(items), _)) => items.push(copy),
        _ => {}
    }
}

fn scalar(random: &mut Random) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(0.1),
        json!(-0.0),
        json!(1e300),
        json!(HUGE),
        json!(""),
        json!([]),
        json!({}),
        json!([[]]),
        json!("string"),
        json!("object"),
        json!({"type": ["string", "null", "integer"]}),
        json!({"not": {}}),
        json!({"enum": []}),
    ];
    random.pick(&values).clone()
}

fn hostile(random: &mut Random) -> String {
    let text = *random.pick(&HOSTILE);
    match random.below(20) {
        0 => text.repeat(2000),
        1 => format!("{text}{}", random.pick(&HOSTILE)),
        2 => format!("x{text}"),
        _ => text.to_owned(),
    }
}

fn rename_key(root: &mut Value, pointer: &str, new: &str) {
    if let Some((Value::Object(members), name)) = holder(root, pointer) {
        *members = std::mem::take(members)
            .into_iter()
            .map(|(key, value)| (if key == name { new.to_owned() } else { key }, value))
            .collect();
    }
}

/// Renames a key and what refers to it, so that the document still means something.
fn rename_everywhere(root: &mut Value, pointer: &str, new: &str) {
    let old = match root.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        _ => pointer.rsplit_once('/').map_or_else(String::new, |(_, last)| unescaped(last)),
    };
    rename(root, &old, new);
}

fn rename(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) => *text = renamed(text, old, new),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, old, new)),
        Value::Object(members) => {
            let renamed_members = std::mem::take(members).into_iter().map(|(name, mut member)| {
                rename(&mut member, old, new);
                (renamed(&name, old, new), member)
            });
            *members = renamed_members.collect::<Map<_, _>>();
        }
        _ => {}
    }
}

fn renamed(text: &str, old: &str, new: &str) -> String {
    let refers = text.starts_with("#/") && text.ends_with(&format!("/{}", escaped(old)));
    match text {
        text if text == old => new.to_owned(),
        text if refers => text[..text.len() - escaped(old).len()].to_owned() + &escaped(new),
        text => text.replace(&format!("{{{old}}}"), &format!("{{{new}}}")),
    }
}

/// Wraps a value in many layers of what schemas are made of.
fn nest(root: &mut Value, pointer: &str, random: &mut Random) {
    let depth = *random.pick(&[2, 40, 120, 300]);
    let layer = random.below(4);
    let Some(place) = root.pointer_mut(pointer) else { return };
    for _ in 0..depth {
        let inner = place.take();
        *place = match layer {
            0 => json!([inner]),
            1 => json!({"type": "array", "items": inner}),
            2 => json!({"allOf": [inner, {"type": "object"}]}),
            _ => json!({"type": "object", "required": ["a"], "properties": {"a": inner}}),
        };
    }
}

/// Puts a reference in a place: to itself, to what it stands in, or to anything.
fn refer(root: &mut Value, place: &str, other: &str) {
    let ancestor = place.rsplit_once('/').map_or("", |(parent, _)| parent);
    let target = if place.len().is_multiple_of(2) { ancestor } else { other };
    put(root, place, json!({"$ref": format!("#{target}")}));
}
