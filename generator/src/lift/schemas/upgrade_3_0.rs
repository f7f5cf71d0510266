//! Turns the schemas of OpenAPI 3.0 into JSON Schema 2020-12, so that one dialect is left.
//!
//! The rules are those of the OpenAPI 3.1.0 release notes and of OpenAPI 3.0.3 §4.7.24; nothing is
//! lost, and every schema keeps the pointer it had.

use super::keywords::{Holds, holds};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Map, Member, Node, Value};

/// Rewrites one 3.0 schema, and all that it holds.
pub(crate) fn upgrade(schema: &Node, diagnostics: &mut Diagnostics) -> Node {
    let Value::Map(map) = &schema.value else { return schema.clone() };
    // A Reference Object: its siblings are ignored (OpenAPI 3.0.3 §4.7.23).
    if let Some(reference) = map.get("$ref") {
        let only = Map::from_iter([("$ref".to_owned(), reference.clone())]);
        return Node { value: Value::Map(only), span: schema.span };
    }
    let mut upgraded = Map::with_capacity(map.len());
    for (keyword, member) in map {
        let node = subschemas(keyword, &member.node, diagnostics);
        upgraded.insert(keyword.clone(), Member { key: member.key, node });
    }
    exclusive_bound(&mut upgraded, "minimum", "exclusiveMinimum");
    exclusive_bound(&mut upgraded, "maximum", "exclusiveMaximum");
    nullable(&mut upgraded, diagnostics);
    if let Some(example) = upgraded.shift_remove("example") {
        let span = example.node.span;
        let list = Node { value: Value::List(vec![example.node]), span };
        upgraded.entry("examples".to_owned()).or_insert(Member { key: example.key, node: list });
    }
    Node { value: Value::Map(upgraded), span: schema.span }
}

fn subschemas(keyword: &str, node: &Node, diagnostics: &mut Diagnostics) -> Node {
    let value = match (holds(keyword), &node.value) {
        (Some(Holds::One), _) => return upgrade(node, diagnostics),
        (Some(Holds::List), Value::List(items)) => {
            Value::List(items.iter().map(|item| upgrade(item, diagnostics)).collect())
        }
        (Some(Holds::Map), Value::Map(members)) => {
            let upgraded = members.iter().map(|(name, member)| {
                (name.clone(), Member { key: member.key, node: upgrade(&member.node, diagnostics) })
            });
            Value::Map(upgraded.collect())
        }
        _ => return node.clone(),
    };
    Node { value, span: node.span }
}

/// `minimum: 3, exclusiveMinimum: true` becomes `exclusiveMinimum: 3`.
pub(crate) fn exclusive_bound(map: &mut Map, inclusive: &str, exclusive: &str) {
    match map.get(exclusive).and_then(|member| member.node.as_bool()) {
        Some(true) => {
            map.shift_remove(exclusive);
            if let Some(bound) = map.shift_remove(inclusive) {
                map.insert(exclusive.to_owned(), bound);
            }
        }
        Some(false) => {
            map.shift_remove(exclusive);
        }
        None => {}
    }
}

/// `type: string, nullable: true` becomes `type: [string, "null"]`.
///
/// Without `type`, `nullable` has no effect (OpenAPI 3.0.3, clarification of 2019-10-31): the schema
/// allows null already, or what it refers to does not.
pub(crate) fn nullable(map: &mut Map, diagnostics: &mut Diagnostics) {
    let Some(flag) = map.shift_remove("nullable") else { return };
    match flag.node.as_bool() {
        None => diagnostics.push(Diagnostic::error(
            "wrong-type",
            flag.node.span,
            format!("`nullable` should be `true` or `false`, found {}", flag.node.kind()),
        )),
        Some(false) => {}
        Some(true) => match map.get_mut("type") {
            Some(member) => {
                let null = Node { value: Value::String("null".to_owned()), span: flag.node.span };
                let span = member.node.span;
                let mut types = match std::mem::replace(&mut member.node.value, Value::Null) {
                    Value::List(types) => types,
                    named => vec![Node { value: named, span }],
                };
                if types.iter().all(|named| named.as_str() != Some("null")) {
                    types.push(null);
                }
                member.node.value = Value::List(types);
            }
            None => diagnostics.push(
                Diagnostic::warning("nullable-without-type", flag.key, "`nullable` has no effect without `type`")
                    .help("add `type` beside it; for a `$ref`, put `nullable` into the schema it refers to"),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Sources;

    fn upgraded(text: &str) -> (String, usize) {
        let mut diagnostics = Diagnostics::default();
        let node = Sources::default().parse("schema.yaml", text.to_owned(), &mut diagnostics);
        let node = node.map(|node| upgrade(&node, &mut diagnostics));
        (node.map(|node| crate::read::to_json(&node)).unwrap_or_default(), diagnostics.iter().count())
    }

    #[test]
    fn nullable_becomes_a_list_of_types() {
        assert_eq!(upgraded("{type: string, nullable: true}"), (r#"{"type":["string","null"]}"#.into(), 0));
    }

    #[test]
    fn nullable_without_a_type_is_told() {
        assert_eq!(upgraded("{nullable: true, allOf: []}"), (r#"{"allOf":[]}"#.into(), 1));
    }

    #[test]
    fn boolean_exclusive_bounds_become_numbers() {
        let text = "{items: {minimum: 3, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}}";
        assert_eq!(upgraded(text), (r#"{"items":{"maximum":9,"exclusiveMinimum":3}}"#.into(), 0));
    }

    #[test]
    fn siblings_of_a_reference_are_ignored() {
        assert_eq!(upgraded("{$ref: '#/a', minLength: 3}"), (r##"{"$ref":"#/a"}"##.into(), 0));
    }

    #[test]
    fn example_becomes_examples() {
        assert_eq!(
            upgraded("{properties: {example: {example: 1}}}").0,
            r#"{"properties":{"example":{"examples":[1]}}}"#
        );
    }
}
