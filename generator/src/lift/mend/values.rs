//! The values that a schema names, `default` and `enum`, are of the type that it has.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lift::convert::text;
use crate::read::{Map, Node, Number, Value};

/// Puts right the values of a schema that are of another type, where that is a matter of quotes; a default of
/// another type is taken away.
///
/// OpenAPI 3.0.3 §4.7.24.1 demands it of `default`.
pub(super) fn fit_values(map: &mut Map, diagnostics: &mut Diagnostics) {
    let types = types(map);
    if types.is_empty() {
        return;
    }
    if let Some(Value::List(values)) = map.get_mut("enum").map(|member| &mut member.node.value) {
        for value in values.iter_mut().filter(|value| !is_one_of(&value.value, &types)) {
            let _ = fit(value, &types, "enum", diagnostics);
        }
    }
    if let Some(default) = map.get_mut("default").map(|member| &mut member.node)
        && !is_one_of(&default.value, &types)
        && !fit(default, &types, "default", diagnostics)
    {
        let message = format!("`default` should be of the type {}, found {}", types.join(" or "), default.kind());
        let help = "give it a value that the schema allows; it is ignored";
        diagnostics.push(Diagnostic::warning("invalid-default", default.span, message).help(help));
        map.shift_remove("default");
    }
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
