//! What schemas mean by their dialect, said outright: one meaning is left for all later stages.
//!
//! OpenAPI's own dialect is read as its users mean it; a schema whose `$schema` names JSON Schema means
//! exactly what that says.

use std::collections::HashSet;

use super::keywords::{self, Holds, holds};
use super::vocabularies::{Dialects, Vocabularies, Vocabulary};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Map, Member, Node, Pointer, Span, Value};

/// How keywords are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// OpenAPI's: `properties` without `type` means an object, and formats of its registry are enforced.
    OpenApi,
    /// JSON Schema 2020-12 with these vocabularies: `properties` constrains objects only.
    JsonSchema(Vocabularies),
}

impl Dialect {
    /// The dialect of a document: what its `jsonSchemaDialect` names (OpenAPI 3.1.1 §4.1).
    pub(crate) fn of_document(root: &Node, meanings: &Dialects, diagnostics: &mut Diagnostics) -> Self {
        root.get("jsonSchemaDialect").map_or(Self::OpenApi, |node| Self::named(node, meanings, diagnostics))
    }

    /// The dialect at a place: that of the innermost schema around it which names one.
    pub(crate) fn at(self, root: &Node, place: &Pointer, meanings: &Dialects) -> Self {
        let mut dialect = self;
        let mut at = Pointer::root();
        for segment in place.segments() {
            at = at.join(&segment);
            if let Some(named) = root.at(&at).and_then(|node| node.get("$schema")) {
                dialect = Self::named(named, meanings, &mut Diagnostics::default());
            }
        }
        dialect
    }

    /// The dialect that a URI is known for.
    pub(crate) fn known(uri: &str) -> Option<Self> {
        match uri.trim_end_matches('#') {
            "https://json-schema.org/draft/2020-12/schema" => Some(Self::JsonSchema(Vocabularies::STANDARD)),
            text if text.starts_with("https://spec.openapis.org/oas/") => Some(Self::OpenApi),
            _ => None,
        }
    }

    fn named(node: &Node, meanings: &Dialects, diagnostics: &mut Diagnostics) -> Self {
        let known = node.as_str().and_then(|uri| Self::known(uri).or_else(|| meanings.dialect(uri)));
        known.unwrap_or_else(|| {
            let message = "this dialect is not known; the schema is read in that of OpenAPI";
            let help = "use `https://json-schema.org/draft/2020-12/schema`";
            diagnostics.push(Diagnostic::warning("unknown-dialect", node.span, message).help(help));
            Self::OpenApi
        })
    }

    /// Whether a keyword says something.
    fn reads(self, keyword: &str, node: &Node, meanings: &Dialects) -> bool {
        let annotates = || node.as_str().is_some_and(|format| meanings.annotates(format));
        match (self, keyword) {
            (Self::OpenApi, "format") => !annotates(),
            (Self::OpenApi, _) => true,
            (Self::JsonSchema(vocabularies), "format") => vocabularies.contains(Vocabulary::FormatAssertion),
            (Self::JsonSchema(vocabularies), _) => keywords::find(keyword)
                .and_then(|keyword| keyword.vocabulary)
                .is_none_or(|vocabulary| vocabularies.contains(vocabulary)),
        }
    }

    /// Says outright what a schema of this dialect means, and all that it holds.
    pub(crate) fn explicit(self, schema: &Node, meanings: &Dialects, diagnostics: &mut Diagnostics) -> Node {
        let Value::Map(map) = &schema.value else { return schema.clone() };
        let named = map.get("$schema");
        let dialect = named.map_or(self, |member| Self::named(&member.node, meanings, diagnostics));
        let opened = opened_enum(map);
        let mut explicit = Map::with_capacity(map.len());
        for (keyword, member) in map {
            match keyword.as_str() {
                "$schema" => {}
                "enum" | "x-buildflow-unknown" if opened.is_some() => {}
                keyword if !dialect.reads(keyword, &member.node, meanings) => {}
                "dependencies" => dialect.dependencies(member, &mut explicit, meanings, diagnostics),
                _ => {
                    let mut node = dialect.subschemas(keyword, &member.node, meanings, diagnostics);
                    if keyword == "required" || keyword == "type" {
                        name_once(keyword, &mut node, diagnostics);
                    }
                    explicit.insert(keyword.clone(), Member { key: member.key, node });
                }
            }
        }
        if let Some(listed) = opened {
            open_enum(listed, map, &mut explicit);
        }
        if let Some(implied) = implied_type(map).filter(|_| dialect == Self::OpenApi) {
            explicit.insert("type".to_owned(), said(implied, schema.span));
        }
        Node { value: Value::Map(explicit), span: schema.span }
    }

    fn subschemas(self, keyword: &str, node: &Node, meanings: &Dialects, diagnostics: &mut Diagnostics) -> Node {
        let value = match (holds(keyword), &node.value) {
            (Some(Holds::One), _) => return self.explicit(node, meanings, diagnostics),
            (Some(Holds::List), Value::List(items)) => {
                Value::List(items.iter().map(|item| self.explicit(item, meanings, diagnostics)).collect())
            }
            (Some(Holds::Map), Value::Map(members)) => {
                let explicit = members.iter().map(|(name, member)| {
                    (name.clone(), Member { key: member.key, node: self.explicit(&member.node, meanings, diagnostics) })
                });
                Value::Map(explicit.collect())
            }
            _ => return node.clone(),
        };
        Node { value, span: node.span }
    }

    /// `dependencies` of older drafts is `dependentRequired` and `dependentSchemas`
    /// (JSON Schema Validation 2019-09, appendix).
    fn dependencies(self, member: &Member, into: &mut Map, meanings: &Dialects, diagnostics: &mut Diagnostics) {
        for (name, dependency) in member.node.as_map().into_iter().flatten() {
            let keyword = if dependency.node.as_list().is_some() { "dependentRequired" } else { "dependentSchemas" };
            let node = match keyword {
                "dependentRequired" => dependency.node.clone(),
                _ => self.explicit(&dependency.node, meanings, diagnostics),
            };
            let empty = Node { value: Value::Map(Map::new()), span: member.node.span };
            let entry = into.entry(keyword.to_owned()).or_insert(Member { key: member.key, node: empty });
            if let Value::Map(dependents) = &mut entry.node.value {
                dependents.entry(name.clone()).or_insert(Member { key: dependency.key, node });
            }
        }
    }
}

/// Drops names that a list has twice, which its metaschema forbids.
fn name_once(keyword: &str, list: &mut Node, diagnostics: &mut Diagnostics) {
    let Value::List(names) = &mut list.value else { return };
    let mut seen = HashSet::new();
    names.retain(|name| {
        let Some(text) = name.as_str() else { return true };
        let is_new = seen.insert(text.to_owned());
        if !is_new {
            let message = format!("`{text}` is listed twice in `{keyword}`");
            diagnostics.push(Diagnostic::warning("duplicate-name", name.span, message).help("remove one of the two"));
        }
        is_new
    });
}

fn said(text: &str, span: Span) -> Member {
    Member { key: span, node: Node { value: Value::String(text.to_owned()), span } }
}

/// The `enum` of strings beside `x-buildflow-unknown: keep`: it lists values, and allows others.
fn opened_enum(map: &Map) -> Option<&Member> {
    map.get("x-buildflow-unknown").filter(|member| member.node.as_str() == Some("keep"))?;
    let is_text = |node: &Node| node.as_str().is_some() || node.value == Value::Null;
    map.get("enum").filter(|member| member.node.as_list().is_some_and(|items| items.iter().all(is_text)))
}

/// Any string is allowed, and null where it is listed; the strings are known.
fn open_enum(listed: &Member, map: &Map, explicit: &mut Map) {
    let span = listed.node.span;
    if !map.contains_key("type") {
        let has_null = listed.node.as_list().is_some_and(|items| items.iter().any(|item| item.value == Value::Null));
        let names = ["string"].into_iter().chain(has_null.then_some("null"));
        let types = Value::List(names.map(|name| said(name, span).node).collect());
        explicit.insert("type".to_owned(), Member { key: span, node: Node { value: types, span } });
    }
    explicit.insert("x-extensible-enum".to_owned(), listed.clone());
}

/// The type that a schema without `type` plainly means.
///
/// Such a schema would let everything but objects, or arrays, pass unseen; no author of an API means that.
fn implied_type(map: &Map) -> Option<&'static str> {
    let has = |keyword: &str| map.contains_key(keyword);
    match ["type", "enum", "const", "anyOf", "oneOf"].into_iter().any(has) {
        true => None,
        false if has("properties") => Some("object"),
        false if has("items") && !has("additionalProperties") => Some("array"),
        false => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Sources, to_json};

    fn explicit(text: &str) -> (String, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::default();
        let node = Sources::default().parse("schema.yaml", text.to_owned(), &mut diagnostics).expect("it is YAML");
        let node = Dialect::OpenApi.explicit(&node, &Dialects::default(), &mut diagnostics);
        (to_json(&node), diagnostics.iter().map(|diagnostic| diagnostic.code).collect())
    }

    #[test]
    fn properties_without_a_type_mean_an_object_in_openapi() {
        let expected = r#"{"items":{"properties":{"a":{"format":"uuid"}},"type":"object"},"type":"array"}"#;
        assert_eq!(explicit("{items: {properties: {a: {format: uuid}}}, type: array}").0, expected);
        assert_eq!(explicit("{properties: {}, oneOf: []}").0, r#"{"properties":{},"oneOf":[]}"#);
    }

    #[test]
    fn items_without_a_type_mean_an_array_in_openapi() {
        assert_eq!(explicit("{items: {}}").0, r#"{"items":{},"type":"array"}"#);
        assert_eq!(explicit("{items: {}, type: string}").0, r#"{"items":{},"type":"string"}"#);
    }

    #[test]
    fn json_schema_means_what_it_says() {
        let schema = "{$schema: 'https://json-schema.org/draft/2020-12/schema', properties: {a: {format: uuid}}}";
        assert_eq!(explicit(schema), (r#"{"properties":{"a":{}}}"#.to_owned(), vec![]));
        let foreign = "{$schema: 'http://json-schema.org/draft-04/schema#', format: uuid}";
        assert_eq!(explicit(foreign), (r#"{"format":"uuid"}"#.to_owned(), vec!["unknown-dialect"]));
    }

    #[test]
    fn dependencies_of_older_drafts_are_taken_apart() {
        let expected = r#"{"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"minProperties":2}}}"#;
        assert_eq!(explicit("{dependencies: {a: [b], c: {minProperties: 2}}}").0, expected);
    }
}
