//! The values that a schema names, `default` and `enum`, are of the type that it has.

use super::super::to_openapiv3::text;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Map, Node, Number, Value, to_json};

/// Puts right the values of a schema that are of another type, where that is a matter of quotes; a default that the
/// schema does not allow is taken away.
///
/// OpenAPI 3.0.3 §4.7.24.1 demands its type of `default`. What would be wrong with it otherwise, every request without
/// the value would be refused for.
pub(crate) fn fit_values(map: &mut Map, diagnostics: &mut Diagnostics) {
    let types = types(map);
    if !types.is_empty() {
        fit_types(map, &types, diagnostics);
    }
    let default = map.get("default").map(|member| &member.node).filter(|node| node.value != Value::Null);
    if let Some((default, keyword)) = default.and_then(|default| Some((default, broken(map, default)?))) {
        let message = format!("`default` breaks the schema's `{keyword}`");
        diagnostics.push(Diagnostic::warning("invalid-default", default.span, message).help(ALLOWED));
        map.shift_remove("default");
    }
}

const ALLOWED: &str = "give it a value that the schema allows; it is ignored";

/// The keyword that a default plainly breaks.
fn broken(map: &Map, default: &Node) -> Option<&'static str> {
    let number = |keyword: &str| match &map.get(keyword)?.node.value {
        Value::Number(number) => Some(number.as_f64()),
        _ => None,
    };
    let (value, size) = match &default.value {
        Value::Number(number) => (Some(number.as_f64()), [None; 2]),
        Value::String(text) => (None, [Some(text.chars().count() as f64), None]),
        Value::List(items) => (None, [None, Some(items.len() as f64)]),
        _ => (None, [None; 2]),
    };
    let [length, items] = size;
    let bounds = [
        (value, "minimum", "maximum"),
        (value, "exclusiveMinimum", "exclusiveMaximum"),
        (length, "minLength", "maxLength"),
        (items, "minItems", "maxItems"),
    ];
    let is_exclusive = |keyword: &str| keyword.starts_with("exclusive");
    let bounded = bounds.into_iter().filter_map(|(size, least, most)| Some((size?, least, most)));
    let beyond = bounded.flat_map(|(size, least, most)| {
        let below = |bound: f64| size < bound || (is_exclusive(least) && size == bound);
        let above = |bound: f64| size > bound || (is_exclusive(most) && size == bound);
        [number(least).is_some_and(below).then_some(least), number(most).is_some_and(above).then_some(most)]
    });
    let enumeration = map.get("enum").and_then(|member| member.node.as_list());
    let is_listed = enumeration.is_none_or(|values| values.iter().any(|value| is_same(value, default)));
    (!is_listed).then_some("enum").or_else(|| beyond.flatten().next())
}

/// Whether two values are equal as JSON Schema has it (Core 2020-12 §4.2.2), but for numbers within others.
fn is_same(left: &Node, right: &Node) -> bool {
    match (&left.value, &right.value) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => to_json(left) == to_json(right),
    }
}

fn fit_types(map: &mut Map, types: &[String], diagnostics: &mut Diagnostics) {
    if let Some(Value::List(values)) = map.get_mut("enum").map(|member| &mut member.node.value) {
        for value in values.iter_mut().filter(|value| !is_one_of(&value.value, types)) {
            let _ = fit(value, types, "enum", diagnostics);
        }
    }
    if let Some(constant) = map.get_mut("const").map(|member| &mut member.node)
        && !is_one_of(&constant.value, types)
    {
        let _ = fit(constant, types, "const", diagnostics);
    }
    fit_examples(map, types, diagnostics);
    if let Some(default) = map.get_mut("default").map(|member| &mut member.node)
        && !is_one_of(&default.value, types)
        && !fit(default, types, "default", diagnostics)
    {
        let message = format!("`default` should be of the type {}, found {}", types.join(" or "), default.kind());
        diagnostics.push(Diagnostic::warning("invalid-default", default.span, message).help(ALLOWED));
        map.shift_remove("default");
    }
}

/// Examples are shown, and served: what is a number there only for want of quotes is text.
fn fit_examples(map: &mut Map, types: &[String], diagnostics: &mut Diagnostics) {
    let is_text = |node: &Node| {
        let is_unquoted = matches!(node.value, Value::Number(_) | Value::Bool(_));
        is_unquoted && !is_one_of(&node.value, types) && is_one_of(&Value::String(String::new()), types)
    };
    let mut quote = |node: &mut Node| {
        if is_text(node) {
            diagnostics.push(unquoted_example(node));
            node.value = Value::String(text(node));
        }
    };
    if let Some(member) = map.get_mut("example") {
        quote(&mut member.node);
    }
    if let Some(Value::List(examples)) = map.get_mut("examples").map(|member| &mut member.node.value) {
        examples.iter_mut().for_each(quote);
    }
}

/// That an example lacks quotes.
pub(super) fn unquoted_example(node: &Node) -> Diagnostic {
    let message = format!("an example should be a string here, found {}; it is taken as text", node.kind());
    Diagnostic::note("unquoted-example", node.span, message).help("put it in quotes")
}

/// What `type` names; nothing where a `$ref` may say more.
fn types(map: &Map) -> Vec<String> {
    let Some(node) = map.get("type").map(|member| &member.node) else { return Vec::new() };
    let named = node.as_list().unwrap_or(std::slice::from_ref(node)).iter().filter_map(Node::as_str);
    let is_nullable = map.get("nullable").is_some_and(|member| member.node.as_bool() == Some(true));
    named.chain(is_nullable.then_some("null")).map(str::to_owned).collect()
}

fn is_one_of(value: &Value, types: &[String]) -> bool {
    let kinds: &[&str] = match value {
        Value::Null => &["null"],
        Value::Bool(_) => &["boolean"],
        Value::Number(number) if number.as_integer().is_some() => &["integer", "number"],
        Value::Number(_) => &["number"],
        Value::String(_) => &["string"],
        Value::List(_) => &["array"],
        Value::Map(_) => &["object"],
    };
    types.iter().any(|name| kinds.contains(&name.as_str()))
}

/// Adds or takes away quotes, where that gives a value of one of the types.
fn fit(node: &mut Node, types: &[String], keyword: &str, diagnostics: &mut Diagnostics) -> bool {
    let other = match &node.value {
        Value::String(text) => match serde_json::from_str::<serde_json::Value>(text.trim()) {
            Ok(serde_json::Value::Number(_)) => Value::Number(Number::from_json(text.trim())),
            Ok(serde_json::Value::Bool(flag)) => Value::Bool(flag),
            _ => return false,
        },
        Value::Number(_) | Value::Bool(_) => Value::String(text(node)),
        _ => return false,
    };
    if !is_one_of(&other, types) {
        return false;
    }
    let message = format!("`{keyword}` should be of the type {}, found {}", types.join(" or "), node.kind());
    let (code, help) = match node.as_str() {
        Some(_) => ("quoted-value", "take the quotes away; it is taken without them"),
        None => ("unquoted-text", "put it in quotes; it is taken as text"),
    };
    diagnostics.push(Diagnostic::warning(code, node.span, message).help(help));
    node.value = other;
    true
}
