//! Turns the schemas of OpenAPI 3.0 into JSON Schema 2020-12, so that one dialect is left.
//!
//! The rules are those of the OpenAPI 3.1.0 release notes and of OpenAPI 3.0.3 §4.7.24; nothing is
//! lost, and every schema keeps the pointer it had.

use super::keywords::{Holds, holds, is_annotation};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lift::references::{Resolved, reference_of, resolve};
use crate::read::{Map, Member, Node, Span, Value};

/// Where a schema stands.
#[derive(Clone, Copy)]
pub(crate) enum Place<'r> {
    /// Right under `components: schemas:` of this document.
    Component(&'r Node),
    /// Anywhere else.
    Inline,
}

/// Rewrites one 3.0 schema, and all that it holds.
pub(crate) fn upgrade(schema: &Node, place: Place<'_>, diagnostics: &mut Diagnostics) -> Node {
    let Value::Map(map) = &schema.value else { return schema.clone() };
    // A Reference Object: its siblings are ignored (OpenAPI 3.0.3 §4.7.23), but for what says "or null".
    if let Some(reference) = map.get("$ref") {
        let mut only = Map::from_iter([("$ref".to_owned(), reference.clone())]);
        only.extend(map.get("nullable").map(|flag| ("nullable".to_owned(), flag.clone())));
        nullable(&mut only, place, diagnostics);
        return Node { value: Value::Map(only), span: schema.span };
    }
    let mut upgraded = Map::with_capacity(map.len());
    for (keyword, member) in map {
        let node = subschemas(keyword, &member.node, Place::Inline, diagnostics);
        upgraded.insert(keyword.clone(), Member { key: member.key, node });
    }
    exclusive_bound(&mut upgraded, "minimum", "exclusiveMinimum");
    exclusive_bound(&mut upgraded, "maximum", "exclusiveMaximum");
    nullable(&mut upgraded, place, diagnostics);
    if let Some(example) = upgraded.shift_remove("example") {
        let span = example.node.span;
        let list = Node { value: Value::List(vec![example.node]), span };
        upgraded.entry("examples".to_owned()).or_insert(Member { key: example.key, node: list });
    }
    Node { value: Value::Map(upgraded), span: schema.span }
}

fn subschemas(keyword: &str, node: &Node, place: Place<'_>, diagnostics: &mut Diagnostics) -> Node {
    let value = match (holds(keyword), &node.value) {
        (Some(Holds::One), _) => return upgrade(node, place, diagnostics),
        (Some(Holds::List), Value::List(items)) => {
            Value::List(items.iter().map(|item| upgrade(item, place, diagnostics)).collect())
        }
        (Some(Holds::Map), Value::Map(members)) => {
            let upgraded = members.iter().map(|(name, member)| {
                (name.clone(), Member { key: member.key, node: upgrade(&member.node, place, diagnostics) })
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
/// By the letter, `nullable` adds null to `type` and to nothing else (OpenAPI 3.0.3, clarification of 2019-10-31). Beside
/// a reference, a composition or `enum`, all who write it mean "or null", and it is taken so.
pub(crate) fn nullable(map: &mut Map, place: Place<'_>, diagnostics: &mut Diagnostics) {
    let Some(flag) = map.shift_remove("nullable") else { return };
    match flag.node.as_bool() {
        None => diagnostics.push(Diagnostic::error(
            "wrong-type",
            flag.node.span,
            format!("`nullable` should be `true` or `false`, found {}", flag.node.kind()),
        )),
        Some(false) => {}
        Some(true) if builds_on_discriminator(map, place) => {
            let message = "`nullable` has no effect on a schema that builds upon one with a `discriminator`";
            diagnostics.push(
                Diagnostic::warning("or-null", flag.key, message)
                    .help("put `nullable` where the schema is referred to"),
            );
        }
        Some(true) => {
            add_null_type(map, flag.node.span);
            if let Some(beside) = or_null(map, flag.node.span) {
                let message = format!("`nullable` beside `{beside}` is read as \"or null\"");
                diagnostics.push(Diagnostic::note("or-null", flag.key, message));
            }
        }
    }
}

fn add_null_type(map: &mut Map, span: Span) {
    let Some(member) = map.get_mut("type") else { return };
    let mut types = match std::mem::replace(&mut member.node.value, Value::Null) {
        Value::List(types) => types,
        named => vec![Node { value: named, span: member.node.span }],
    };
    if types.iter().all(|named| named.as_str() != Some("null")) {
        types.push(Node { value: Value::String("null".to_owned()), span });
    }
    member.node.value = Value::List(types);
}

/// Whether a part of `allOf` is a schema with a discriminator, which knows its heirs by their `allOf`.
fn builds_on_discriminator(map: &Map, place: Place<'_>) -> bool {
    let Place::Component(root) = place else { return false };
    let parts = map.get("allOf").and_then(|member| member.node.as_list()).unwrap_or_default();
    let targets = parts.iter().filter_map(reference_of).map(|target| resolve(root, &target));
    let mut has =
        targets.map(|target| matches!(target, Resolved::Node(_, node) if node.get("discriminator").is_some()));
    has.any(|has| has)
}

/// Lets null satisfy what stands beside `nullable`; the keyword that forbids it, if one does.
fn or_null(map: &mut Map, span: Span) -> Option<&'static str> {
    let composed = ["$ref", "allOf", "oneOf", "anyOf", "not"].into_iter().find(|keyword| map.contains_key(*keyword));
    match composed {
        // A choice of its own has one branch more: what refers to the others finds them where they were.
        Some("anyOf") if !map.contains_key("enum") => {
            let Value::List(branches) = &mut map.get_mut("anyOf")?.node.value else { return None };
            branches.push(null_schema(span));
            return Some("anyOf");
        }
        Some(keyword) => {
            split_off_null(map, span);
            return Some(keyword);
        }
        None => {}
    }
    if let Some(Value::List(values)) = map.get_mut("enum").map(|member| &mut member.node.value) {
        let has_null = values.iter().any(|value| value.value == Value::Null);
        if !has_null {
            values.push(Node { value: Value::Null, span });
        }
        return (!has_null).then_some("enum");
    }
    let implied = [("properties", "object"), ("items", "array")];
    let (keyword, implied) = implied.into_iter().find(|(keyword, _)| map.contains_key(*keyword))?;
    if map.contains_key("type") {
        return None;
    }
    let named = Node { value: Value::String(implied.to_owned()), span };
    map.insert("type".to_owned(), Member { key: span, node: named });
    add_null_type(map, span);
    Some(keyword)
}

fn null_schema(span: Span) -> Node {
    let null = Node { value: Value::String("null".to_owned()), span };
    Node { value: Value::Map(Map::from_iter([("type".to_owned(), Member { key: span, node: null })])), span }
}

/// Makes a schema `anyOf` of all that it asks for and of null; what it says for readers stays outside.
fn split_off_null(map: &mut Map, span: Span) {
    let stays = |keyword: &str| is_annotation(keyword) && keyword != "discriminator";
    let (outside, inside): (Map, Map) = std::mem::take(map).into_iter().partition(|(keyword, _)| stays(keyword));
    let branches = vec![Node { value: Value::Map(inside), span }, null_schema(span)];
    let any_of = Node { value: Value::List(branches), span };
    *map = outside;
    map.insert("anyOf".to_owned(), Member { key: span, node: any_of });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Sources;

    fn upgraded(text: &str) -> (String, usize) {
        let mut diagnostics = Diagnostics::default();
        let node = Sources::default().parse("schema.yaml", text.to_owned(), &mut diagnostics);
        let node = node.map(|node| upgrade(&node, Place::Inline, &mut diagnostics));
        (node.map(|node| crate::read::to_json(&node)).unwrap_or_default(), diagnostics.iter().count())
    }

    #[test]
    fn nullable_becomes_a_list_of_types() {
        assert_eq!(upgraded("{type: string, nullable: true}"), (r#"{"type":["string","null"]}"#.into(), 0));
    }

    #[test]
    fn nullable_beside_a_reference_or_a_composition_means_or_null_and_is_told() {
        let null = |schema: &str| (format!(r#"{{{schema},{{"type":"null"}}]}}"#), 1);
        assert_eq!(upgraded("{$ref: '#/a', nullable: true}"), null(r##""anyOf":[{"$ref":"#/a"}"##));
        assert_eq!(
            upgraded("{nullable: true, title: T, allOf: [{$ref: '#/a'}]}"),
            null(r##""title":"T","anyOf":[{"allOf":[{"$ref":"#/a"}]}"##)
        );
        assert_eq!(upgraded("{nullable: true, enum: [a]}"), (r#"{"enum":["a",null]}"#.into(), 1));
        let object = r#"{"properties":{},"type":["object","null"]}"#;
        assert_eq!(upgraded("{nullable: true, properties: {}}"), (object.into(), 1));
        // Null is allowed anyway.
        assert_eq!(upgraded("{nullable: true, minLength: 1}"), (r#"{"minLength":1}"#.into(), 0));
        assert_eq!(upgraded("{nullable: false, allOf: []}"), (r#"{"allOf":[]}"#.into(), 0));
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
