//! The JSON value that fields stand for by a schema: what the validator is asked about.
//!
//! Only a request that types refuse, or whose schema says more than types can, pays for this.

use serde_json::{Map, Value};

use super::FormValue;
use crate::protocol::Violation;
use crate::validation::{Schemas, Unchecked};
use crate::values::FromText;

/// At most this many schemas are looked at for one value.
const MOST: usize = 1_000;

impl Schemas {
    /// The JSON value that fields stand for by the schema at `pointer`, and what is wrong with it.
    ///
    /// A text can be meant in several ways. It is what it can be by the type that the schema asks for; where that is not
    /// valid, an empty text is null, and what looks like a number a string.
    pub(in crate::request) fn read_fields(
        &'static self,
        pointer: &'static str,
        node: &FormValue<'_>,
    ) -> Result<(Value, Vec<Violation>), Unchecked> {
        let json = value(self.document(), pointer, node);
        let found = self.violations(pointer, &(&json).into())?;
        if found.is_empty() {
            return Ok((json, found));
        }
        let other = match node {
            FormValue::Text(text) if !json.is_string() && !text.is_empty() => Value::String(text.to_string()),
            _ => with_nulls(json.clone(), &found),
        };
        match other != json && self.are_satisfied(pointer, &(&other).into()) {
            true => Ok((other, Vec::new())),
            false => Ok((json, found)),
        }
    }
}

/// The value with null in place of each empty text that is not valid; of a list that is one empty text, of the list.
fn with_nulls(mut json: Value, found: &[Violation]) -> Value {
    for violation in found {
        let at = violation.at.as_str();
        let list = at.rsplit_once('/').map(|(list, _)| list);
        let is_list = |list: &&str| json.pointer(list).is_some_and(|value| value.is_array() && is_empty(value));
        if let Some(value) = json.pointer_mut(list.filter(is_list).unwrap_or(at)).filter(|value| is_empty(value)) {
            *value = Value::Null;
        }
    }
    json
}

/// Whether an empty text may have become this value.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty() || items.len() == 1 && is_empty(&items[0]),
        _ => false,
    }
}

fn value(document: &Value, pointer: &str, node: &FormValue<'_>) -> Value {
    let mut meaning = Meaning { document, schemas: Vec::new() };
    if let Some(schema) = document.pointer(pointer) {
        meaning.add(schema, node);
    }
    meaning.value(node)
}

/// All schemas that say something of one value.
struct Meaning<'s> {
    document: &'s Value,
    schemas: Vec<&'s Map<String, Value>>,
}

impl<'s> Meaning<'s> {
    /// Adds a schema, with those that it refers to or is made of, as far as they are for this value.
    fn add(&mut self, schema: &'s Value, node: &FormValue<'_>) {
        let Value::Object(keywords) = schema else { return };
        if self.schemas.len() >= MOST || self.schemas.iter().any(|known| std::ptr::eq(*known, keywords)) {
            return;
        }
        self.schemas.push(keywords);
        let target = keywords.get("$ref").and_then(Value::as_str).and_then(|reference| self.target(reference));
        let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|name| keywords.get(*name)?.as_array()).flatten();
        let decided =
            keywords.get("if").and_then(|condition| keywords.get(if holds(condition, node) { "then" } else { "else" }));
        for part in target.into_iter().chain(parts).chain(decided) {
            self.add(part, node);
        }
    }

    fn target(&self, reference: &str) -> Option<&'s Value> {
        let pointer = percent_encoding::percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()?;
        self.document.pointer(&pointer)
    }

    /// What the schemas say of a member, or of an item.
    fn inner(&self, node: &FormValue<'_>, find: impl Fn(&'s Map<String, Value>) -> Option<&'s Value>) -> Self {
        let mut inner = Meaning { document: self.document, schemas: Vec::new() };
        self.schemas.iter().filter_map(|keywords| find(keywords)).for_each(|schema| inner.add(schema, node));
        inner
    }

    fn member(&self, name: &str, node: &FormValue<'_>) -> Self {
        self.inner(node, |keywords| {
            let own = keywords.get("properties").and_then(|properties| properties.get(name));
            own.or_else(|| keywords.get("additionalProperties"))
        })
    }

    /// Whether the schemas speak of values of this type.
    fn allows(&self, kind: &str) -> bool {
        self.schemas.iter().any(|keywords| match keywords.get("type") {
            Some(Value::String(name)) => name == kind,
            Some(Value::Array(names)) => names.iter().any(|name| name == kind),
            _ => match (keywords.get("enum"), keywords.get("const")) {
                (Some(Value::Array(values)), _) => values.iter().any(|value| is(value, kind)),
                (_, Some(value)) => is(value, kind),
                _ => false,
            },
        })
    }

    fn value(&self, node: &FormValue<'_>) -> Value {
        match node {
            FormValue::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_string())),
            FormValue::Text(_) if self.allows("array") && !self.allows("string") => self.list(node),
            FormValue::Text(text) => self.text(text),
            FormValue::List(_) | FormValue::Object(_) if self.allows("array") && !self.allows("object") => {
                self.list(node)
            }
            FormValue::List(_) if !self.allows("object") => self.list(node),
            FormValue::List(_) | FormValue::Object(_) => match node.members() {
                Some(members) => members
                    .into_iter()
                    .map(|(name, node)| (name.to_owned(), self.member(name, node).value(node)))
                    .collect(),
                None => self.list(node),
            },
        }
    }

    fn list(&self, node: &FormValue<'_>) -> Value {
        let item = |node| self.inner(node, |keywords| keywords.get("items")).value(node);
        node.items().into_iter().map(item).collect()
    }

    /// The first kind of value that the text can be.
    fn text(&self, text: &str) -> Value {
        let number = || serde_json::from_str::<Value>(text).ok().filter(Value::is_number);
        let whole = || number().filter(|_| !text.contains(['.', 'e', 'E']));
        let object = || serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
        let typed = [
            self.allows("integer").then(whole).flatten(),
            self.allows("number").then(number).flatten(),
            self.allows("boolean").then(|| bool::from_text(text).map(Value::Bool)).flatten(),
            self.allows("object").then(object).flatten(),
            (self.allows("null") && !self.allows("string") && text.is_empty()).then_some(Value::Null),
        ];
        typed.into_iter().flatten().next().unwrap_or_else(|| Value::String(text.to_owned()))
    }
}

/// Whether a value may be what a condition asks for: that members are one of some values, as discriminators do.
fn holds(condition: &Value, node: &FormValue<'_>) -> bool {
    let Some(members) = node.members() else { return false };
    let asked = condition.get("properties").and_then(Value::as_object);
    asked.into_iter().flatten().all(|(name, schema)| {
        let found = members.iter().find(|(member, _)| member == name);
        let Some((_, FormValue::Text(text) | FormValue::Json(text))) = found else { return false };
        let is_said = |value: &Value| match value.as_str() {
            Some(value) => value == &**text,
            None => serde_json::from_str::<Value>(text).is_ok_and(|told| told == *value),
        };
        schema.get("enum").and_then(Value::as_array).is_none_or(|values| values.iter().any(is_said))
    })
}

fn is(value: &Value, kind: &str) -> bool {
    match value {
        Value::Null => kind == "null",
        Value::Bool(_) => kind == "boolean",
        Value::Number(_) => kind == "number",
        Value::String(_) => kind == "string",
        Value::Array(_) => kind == "array",
        Value::Object(_) => kind == "object",
    }
}

#[cfg(test)]
mod tests {
    use super::super::form;
    use super::*;
    use serde_json::json;

    fn typed(schema: Value, text: &str) -> Value {
        value(&json!({ "s": schema }), "/s", &form(text, &[]).unwrap())
    }

    #[test]
    fn the_schema_says_what_texts_are() {
        let schema = json!({"type": "object", "properties": {
            "count": {"type": "integer"}, "ratio": {"type": "number"}, "on": {"type": "boolean"},
            "name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "integer"}},
            "who": {"type": "object", "properties": {"id": {"type": "integer"}}},
        }});
        let text = "count=7&ratio=7.5&on=true&name=7&tags=1&who[id]=3&other=1";
        let expected = json!({
            "count": 7, "ratio": 7.5, "on": true, "name": "7", "tags": [1], "who": {"id": 3}, "other": "1",
        });
        assert_eq!(typed(schema.clone(), text), expected);
        assert_eq!(typed(schema.clone(), "who=%7B%22id%22:3%7D"), json!({"who": {"id": 3}}));
        assert_eq!(typed(schema, "count=x&count=8"), json!({"count": ["x", "8"]}));
    }

    #[test]
    fn references_and_choices_are_followed_also_in_circles() {
        let text_or_number = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
        let document = json!({
            "s": {"$ref": "#/a%20b"},
            "a b": {"allOf": [{"$ref": "#/s"}, {"properties": {"x": text_or_number}}]},
        });
        assert_eq!(value(&document, "/s", &form("x=7", &[]).unwrap()), json!({"x": 7}));
        assert_eq!(value(&document, "/s", &form("x=seven", &[]).unwrap()), json!({"x": "seven"}));
    }

    #[test]
    fn nothing_is_null_only_where_it_is_no_string() {
        let schema = json!({"properties": {"a": {"type": ["integer", "null"]}, "b": {"type": ["string", "null"]}}});
        assert_eq!(typed(schema, "a=&b="), json!({"a": null, "b": ""}));
    }
}
