//! Schemas: empty keywords, habits of older drafts and of other tools, values of a neighbouring kind.

use super::super::structure::Version;
use super::pattern::modern;
use super::values::fit_values;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lift::schemas::keywords::{Holds, holds};
use crate::lift::schemas::pattern;
use crate::lift::schemas::upgrade_3_0::{Place, exclusive_bound, nullable};
use crate::read::{Map, Node, Number, Span, Value};

/// Puts right a schema of OpenAPI's dialect, and all that it holds.
pub(crate) fn mend(schema: &mut Node, version: Version, diagnostics: &mut Diagnostics) {
    Mend { version, diagnostics }.schema(schema);
}

struct Mend<'d> {
    version: Version,
    diagnostics: &'d mut Diagnostics,
}

/// Writes patterns that no engine takes as they are in the words that they know.
fn fit_patterns(map: &mut Map) {
    let fitting = |text: &str| {
        let modern = pattern::compile(text).is_err().then(|| modern(text))?;
        pattern::compile(&modern).is_ok().then_some(modern)
    };
    if let Some(member) = map.get_mut("pattern")
        && let Some(modern) = member.node.as_str().and_then(fitting)
    {
        member.node.value = Value::String(modern);
    }
    if let Some(Value::Map(members)) = map.get_mut("patternProperties").map(|member| &mut member.node.value) {
        let fitted = std::mem::take(members).into_iter();
        *members = fitted.map(|(name, member)| (fitting(&name).unwrap_or(name), member)).collect();
    }
}

impl Mend<'_> {
    fn schema(&mut self, schema: &mut Node) {
        if schema.value == Value::Null {
            self.warn("empty-value", schema.span, "this schema is empty; it allows everything");
            schema.value = Value::Map(Map::new());
        }
        let Value::Map(map) = &mut schema.value else { return };
        if map.get("$schema").is_some_and(|member| !is_openapi(&member.node)) {
            return;
        }
        self.drop_empty(map);
        self.positions(map);
        if let Some(member) = map.get_mut("type") {
            self.types(&mut member.node);
        }
        for (keyword, member) in map.iter_mut() {
            self.value(keyword, &mut member.node);
        }
        self.drop_flag(map);
        fit_values(map, self.diagnostics);
        fit_patterns(map);
        if self.version > Version::V3_0 {
            self.old_dialect(map);
        }
        for (keyword, member) in map.iter_mut() {
            match (holds(keyword), &mut member.node.value) {
                (Some(Holds::Map), Value::Map(members)) => {
                    members.values_mut().for_each(|member| self.schema(&mut member.node));
                }
                (Some(Holds::List), Value::List(items)) => items.iter_mut().for_each(|item| self.schema(item)),
                (Some(Holds::One), _) => self.schema(&mut member.node),
                _ => {}
            }
        }
    }

    /// `items:` without a value is null in YAML, and says nothing.
    fn drop_empty(&mut self, map: &mut Map) {
        let may_be_null =
            |keyword: &str| matches!(keyword, "const" | "default" | "example") || keyword.starts_with("x-");
        map.retain(|keyword, member| {
            let is_empty = member.node.value == Value::Null && !may_be_null(keyword);
            if is_empty {
                let message = format!("`{keyword}` is empty; it is ignored");
                self.warn("empty-value", member.node.span, &message);
            }
            !is_empty
        });
    }

    /// A list of `items` was what `prefixItems` is now, before 2020-12.
    fn positions(&mut self, map: &mut Map) {
        let Some(items) = map.get("items").filter(|member| member.node.as_list().is_some()) else { return };
        self.warn(
            "old-keyword",
            items.key,
            "a list of schemas by position is called `prefixItems`; it is taken as such",
        );
        let positions = map.shift_remove("items").filter(|member| member.node.as_list() != Some(&[]));
        if let Some(rest) = map.shift_remove("additionalItems") {
            map.insert("items".to_owned(), rest);
        }
        map.extend(positions.map(|positions| ("prefixItems".to_owned(), positions)));
    }

    fn types(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::List(names) => names.iter_mut().for_each(|name| self.types(name)),
            Value::Null => {
                self.warn("unquoted-text", node.span, "the type null is written as `'null'`; it is taken as such");
                node.value = Value::String("null".to_owned());
            }
            Value::String(name) => {
                if let Some(meant) = meant_type(name) {
                    let message = format!("there is no type `{name}`; it is taken as `{meant}`");
                    self.warn("unknown-type", node.span, &message);
                    meant.clone_into(name);
                }
            }
            _ => {}
        }
    }

    /// A number or a flag in quotes, one string where a list of them is asked for, `[]` for an empty object.
    fn value(&mut self, keyword: &str, node: &mut Node) {
        let (wanted, value) = match (keyword, &node.value) {
            (keyword, Value::String(text)) if is_number(keyword) && is_json_number(text) => {
                ("a number", Value::Number(Number::from_json(text.trim())))
            }
            (keyword, Value::String(text)) if is_flag(keyword) && ["true", "false"].contains(&text.as_str()) => {
                ("`true` or `false`", Value::Bool(text == "true"))
            }
            ("title" | "description" | "pattern" | "format", Value::Number(number)) => {
                ("a string", Value::String(number.written().to_owned()))
            }
            ("required" | "enum", Value::String(_)) => ("a list", Value::List(vec![node.clone()])),
            (keyword, Value::List(items)) if items.is_empty() && holds_object(keyword) => {
                ("an object", Value::Map(Map::new()))
            }
            (keyword, Value::Map(_)) if holds(keyword) == Some(Holds::List) => {
                ("a list", Value::List(vec![node.clone()]))
            }
            _ => return,
        };
        let message = format!("`{keyword}` should be {wanted}, found {}; it is taken as one", node.kind());
        self.warn("wrong-type", node.span, &message);
        node.value = value;
    }

    /// In older drafts a property said `required: true` itself.
    fn drop_flag(&mut self, map: &mut Map) {
        if let Some(member) = map.get("required").filter(|member| member.node.as_bool().is_some()) {
            self.diagnostics.push(
                Diagnostic::warning(
                    "wrong-type",
                    member.node.span,
                    "`required` is a list of names; this one is ignored",
                )
                .help("name the property in the `required` list of the object that holds it"),
            );
            map.shift_remove("required");
        }
    }

    /// Keywords of OpenAPI 3.0 in later documents.
    fn old_dialect(&mut self, map: &mut Map) {
        for (inclusive, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            if let Some(member) = map.get(exclusive).filter(|member| member.node.as_bool().is_some()) {
                let message = format!("`{exclusive}` is a number since OpenAPI 3.1; it is read as in 3.0");
                self.warn("old-keyword", member.node.span, &message);
                exclusive_bound(map, inclusive, exclusive);
            }
        }
        if let Some(member) = map.get("nullable").filter(|member| member.node.as_bool().is_some()) {
            let message = "`nullable` is not a keyword since OpenAPI 3.1; it is read as in 3.0";
            let help = "write `type: [string, 'null']`, with the type that it has";
            self.diagnostics.push(Diagnostic::warning("old-keyword", member.key, message).help(help));
            nullable(map, Place::Inline, self.diagnostics);
        }
    }

    fn warn(&mut self, code: &'static str, span: Span, message: &str) {
        self.diagnostics.push(Diagnostic::warning(code, span, message));
    }
}

fn is_openapi(dialect: &Node) -> bool {
    dialect.as_str() != Some("https://json-schema.org/draft/2020-12/schema")
}

/// The type that other languages call so.
fn meant_type(name: &str) -> Option<&'static str> {
    let known = ["string", "number", "integer", "boolean", "array", "object", "null"];
    if known.contains(&name) {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_str() {
        "str" | "text" | "file" | "binary" | "date" | "datetime" | "date-time" | "uuid" | "uri" => "string",
        "int" | "int32" | "int64" | "long" => "integer",
        "float" | "double" | "decimal" => "number",
        "bool" => "boolean",
        "list" => "array",
        "dict" | "map" | "json" => "object",
        lower => known.into_iter().find(|known| *known == lower)?,
    })
}

fn is_number(keyword: &str) -> bool {
    matches!(
        keyword,
        "minimum"
            | "maximum"
            | "multipleOf"
            | "minLength"
            | "maxLength"
            | "minItems"
            | "maxItems"
            | "minProperties"
            | "maxProperties"
    )
}

fn is_json_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text.trim()).is_ok()
}

fn is_flag(keyword: &str) -> bool {
    matches!(
        keyword,
        "uniqueItems"
            | "nullable"
            | "readOnly"
            | "writeOnly"
            | "deprecated"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "additionalProperties"
    )
}

fn holds_object(keyword: &str) -> bool {
    holds(keyword) == Some(Holds::Map) || matches!(keyword, "items" | "additionalProperties" | "discriminator" | "xml")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Sources, to_json};

    fn mended(text: &str) -> (String, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let mut node = Sources::default().parse("schema.yaml", text.to_owned(), &mut diagnostics).expect("it is YAML");
        mend(&mut node, Version::V3_1, &mut diagnostics);
        (to_json(&node), diagnostics.iter().map(|diagnostic| diagnostic.code.to_owned()).collect())
    }

    #[test]
    fn a_proper_schema_stays_as_it_is() {
        let schema =
            r#"{"type":["string","null"],"default":null,"enum":[null],"minLength":1,"items":{},"allOf":[true]}"#;
        assert_eq!(mended(schema), (schema.to_owned(), vec![]));
    }

    #[test]
    fn what_is_empty_says_nothing() {
        let expected = r#"{"properties":{"a":{}}}"#;
        assert_eq!(mended("{type: , items: , properties: {a: }}").0, expected);
        assert_eq!(mended("{properties: [], items: []}").0, r#"{"properties":{}}"#);
    }

    #[test]
    fn types_have_other_names_elsewhere() {
        let (schema, told) = mended("{type: [String, null], properties: {a: {type: int}, b: {type: strnig}}}");
        assert_eq!(schema, r#"{"type":["string","null"],"properties":{"a":{"type":"integer"},"b":{"type":"strnig"}}}"#);
        assert_eq!(told, ["unknown-type", "unquoted-text", "unknown-type"]);
    }

    #[test]
    fn keywords_of_older_drafts_are_understood() {
        assert_eq!(
            mended("{items: [{type: string}, {}], additionalItems: false}").0,
            r#"{"items":false,"prefixItems":[{"type":"string"},{}]}"#
        );
        assert_eq!(mended("{minimum: 3, exclusiveMinimum: true}").0, r#"{"exclusiveMinimum":3}"#);
        assert_eq!(mended("{type: string, nullable: true}").0, r#"{"type":["string","null"]}"#);
        assert_eq!(mended("{properties: {a: {required: true}}}").0, r#"{"properties":{"a":{}}}"#);
    }

    #[test]
    fn values_of_a_neighbouring_kind_are_taken() {
        let (schema, told) = mended("{maxLength: '5', readOnly: 'true', title: 5, required: a, allOf: {type: string}}");
        let expected = r#"{"maxLength":5,"readOnly":true,"title":"5","required":["a"],"allOf":[{"type":"string"}]}"#;
        assert_eq!(schema, expected);
        assert_eq!(told, ["wrong-type"; 5]);
        assert_eq!(mended("{maxLength: five}"), (r#"{"maxLength":"five"}"#.to_owned(), vec![]));
    }

    #[test]
    fn values_are_of_the_type_that_the_schema_has() {
        assert_eq!(
            mended("{type: string, enum: [1, 2.50, true]}").0,
            r#"{"type":"string","enum":["1","2.50","true"]}"#
        );
        assert_eq!(mended("{type: string, enum: [a, 1]}").0, r#"{"type":"string","enum":["a","1"]}"#);
        assert_eq!(mended("{enum: [1, a]}"), (r#"{"enum":[1,"a"]}"#.to_owned(), vec![]));
        assert_eq!(mended("{type: integer, default: '5'}").0, r#"{"type":"integer","default":5}"#);
        assert_eq!(mended("{type: number, default: 5}"), (r#"{"type":"number","default":5}"#.to_owned(), vec![]));
        for wrong in ["3.5", "null", "[]", "five"] {
            let (schema, told) = mended(&format!("{{type: integer, default: {wrong}}}"));
            assert_eq!((schema.as_str(), told), (r#"{"type":"integer"}"#, vec!["invalid-default".to_owned()]));
        }
    }

    #[test]
    fn a_default_that_the_schema_does_not_allow_is_taken_away() {
        let refused = [
            "{default: no, enum: ['yes', ' no']}",
            "{default: 0, minimum: 1}",
            "{default: 1, exclusiveMinimum: 1}",
            "{default: 11, maximum: 10}",
            "{default: '', minLength: 1}",
            "{default: [a, b], maxItems: 1}",
        ];
        for schema in refused {
            let (schema, told) = mended(schema);
            assert_eq!((schema.contains("default"), told), (false, vec!["invalid-default".to_owned()]), "{schema}");
        }
        for schema in ["{default: 1.0, enum: [1]}", "{default: 10, maximum: 10}", "{default: {a: 1}, enum: [{a: 1}]}"] {
            assert_eq!(mended(schema).1, [""; 0], "{schema}");
        }
    }

    #[test]
    fn json_schema_by_name_means_what_it_says() {
        let schema = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","nullable":true,"type":"int"}"#;
        assert_eq!(mended(schema), (schema.to_owned(), vec![]));
    }
}
