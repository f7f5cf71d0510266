//! Random schemas, of the kinds that documents have.

use std::ops::Range;

use serde_json::{Value, json};

use super::random::Random;

/// Names of members, some of which no Rust identifier can be.
const NAMES: [&str; 9] = ["a", "b", "type", "self", "__proto__", "x-y", "é", "$ref", "a/b~c"];

/// How deep schemas hold schemas.
const DEPTH: usize = 3;

/// Makes schemas that may refer to each other.
pub struct Schemas<'r> {
    pub random: &'r mut Random,
    /// The schemas to refer to, by number.
    pub others: Range<usize>,
    /// Whether they keep to what types and generated checks can say.
    pub plain: bool,
}

impl Schemas<'_> {
    /// A schema for a component.
    pub fn schema(&mut self) -> Value {
        // What documents have most comes first most.
        match self.random.below(4) {
            0 => self.any(DEPTH),
            _ => self.object(DEPTH),
        }
    }

    fn any(&mut self, depth: usize) -> Value {
        let kinds = match (depth, self.plain) {
            (0, _) => 6,
            (_, true) => 12,
            (_, false) => 13,
        };
        match self.random.below(kinds) {
            0 => self.string(),
            1 => self.integer(),
            2 => self.number(),
            3 => json!({"type": "boolean"}),
            4 => self.values(),
            5 => self.nullable(),
            6 | 7 => self.object(depth),
            8 => self.map(depth),
            9 => self.array(depth),
            10 => self.reference(),
            11 => self.choice(depth),
            _ => self.merged(depth),
        }
    }

    fn reference(&mut self) -> Value {
        let other = self.others.start + self.random.below(self.others.len());
        json!({"$ref": format!("#/components/schemas/S{other}")})
    }

    fn string(&mut self) -> Value {
        let mut schema = json!({"type": "string"});
        match self.random.below(5) {
            0 => schema["format"] = json!(self.random.pick(&["date", "date-time", "uuid", "ipv4", "ipv6"])),
            1 => schema["pattern"] = json!(self.random.pick(&["^a+$", "[0-9]", "^(?!b)", r"^\d{2}$", "é"])),
            2 => schema["enum"] = json!(["a", "b", "A", "", "a b"]),
            _ => {}
        }
        self.sometimes(&mut schema, &[("minLength", json!(1)), ("maxLength", json!(3))]);
        schema
    }

    fn integer(&mut self) -> Value {
        let mut schema = json!({"type": "integer"});
        if self.random.once_in(2) {
            schema["format"] = json!(self.random.pick(&["int8", "int32", "int64", "uint8", "uint64"]));
        }
        let keywords = [
            ("minimum", json!(-1)),
            ("maximum", json!(100)),
            ("exclusiveMinimum", json!(-0.5)),
            ("exclusiveMaximum", json!(7)),
            ("multipleOf", json!(2)),
            ("multipleOf", json!(0.5)),
        ];
        self.sometimes(&mut schema, &keywords);
        schema
    }

    fn number(&mut self) -> Value {
        let mut schema = json!({"type": "number"});
        let keywords = [
            ("minimum", json!(0.1)),
            ("maximum", json!(1e10)),
            ("exclusiveMinimum", json!(-1)),
            ("exclusiveMaximum", json!(19.99)),
            ("multipleOf", json!(0.01)),
            ("multipleOf", json!(0.5)),
            ("enum", json!([1, 2.5, 0])),
        ];
        self.sometimes(&mut schema, &keywords);
        schema
    }

    fn values(&mut self) -> Value {
        match self.random.below(if self.plain { 3 } else { 7 }) {
            5 => self.listed(),
            6 => json!({"allOf": [self.listed(), self.listed()]}),
            0 => json!({"type": "integer", "enum": [0, 1, 2]}),
            1 => json!({"type": ["string", "null"], "enum": ["a", "b", null]}),
            2 => json!({"type": "string", "const": "a"}),
            3 => json!({"enum": ["a", 1, null, false, [1]]}),
            _ => json!({"const": self.random.pick(&[json!(true), json!(1), json!(0), json!(false), json!({"a": 1})])}),
        }
    }

    /// A few values, said by one keyword or by several that overlap.
    fn listed(&mut self) -> Value {
        let texts = json!([{"const": "a", "title": "First"}, {"const": "b"}, {"enum": ["A", "b"]}, {"type": "null"}]);
        let numbers = json!([{"const": 1, "title": "One"}, {"const": 0}, {"enum": [2, 1.0, 3]}]);
        let mixed = json!([{"const": true}, {"const": 1}, {"enum": ["a", "auto", null]}, {"const": "1"}]);
        let branches = self.random.pick(&[texts, numbers, mixed]).clone();
        let keyword = self.random.pick(&["oneOf", "anyOf"]);
        let mut schema = json!({*keyword: branches});
        let keywords = [
            ("enum", json!(["a", 1, true, "b", null, 0])),
            ("type", json!(["string", "integer", "boolean"])),
            ("minLength", json!(1)),
            ("maximum", json!(1)),
            ("pattern", json!("^[a-b1]")),
            ("not", json!({"const": 1})),
        ];
        self.sometimes(&mut schema, &keywords);
        schema
    }

    fn nullable(&mut self) -> Value {
        match self.random.below(if self.plain { 4 } else { 7 }) {
            0 => json!({"type": ["string", "null"], "maxLength": 2}),
            1 => json!({"type": ["integer", "null"], "minimum": 0}),
            2 => json!({"anyOf": [self.string(), {"type": "null"}]}),
            3 => json!({"type": ["string", "integer"]}),
            4 => json!({"oneOf": [{"type": ["string", "null"]}, {"oneOf": [{"type": "integer"}, {"type": "null"}]}]}),
            5 => {
                json!({"type": ["object", "null"], "properties": {"a": {"type": ["integer", "null"]}}, "required": ["a"]})
            }
            _ => {
                json!({"oneOf": [{"type": "null"}, {"type": "array", "items": {"type": ["boolean", "null"]}}, self.string()]})
            }
        }
    }

    fn object(&mut self, depth: usize) -> Value {
        let mut schema = json!({"type": "object"});
        for name in self.random.some(&NAMES) {
            let mut member = self.any(depth.saturating_sub(1));
            if self.random.once_in(4) {
                member["default"] = self.random.pick(&defaults(&member["type"])).clone();
            }
            schema["properties"][*name] = member;
        }
        let known: Vec<String> =
            schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let mut required = self.random.some(&known);
        required.truncate(2);
        schema["required"] = json!(required);
        match self.random.below(if self.plain { 3 } else { 12 }) {
            0 => schema["additionalProperties"] = json!(false),
            1 => schema["additionalProperties"] = self.any(0),
            2 if self.plain => {}
            2 => schema["minProperties"] = json!(2),
            3 => schema["unevaluatedProperties"] = json!(false),
            4 => self.patterned(&mut schema),
            5 => schema["dependentRequired"] = json!({"a": ["b"]}),
            6 => schema["required"] = json!(["a", "b"]),
            _ => {}
        }
        schema
    }

    /// Adds members by the patterns of their names, beside a rest that is open, closed or typed.
    fn patterned(&mut self, schema: &mut Value) {
        schema["patternProperties"] = match self.random.once_in(2) {
            true => json!({"^x": self.any(0)}),
            false => json!({"^x": self.any(0), "[a-z]{2}": self.any(0)}),
        };
        match self.random.below(3) {
            0 => schema["additionalProperties"] = json!(false),
            1 => schema["additionalProperties"] = self.any(0),
            _ => {}
        }
    }

    fn map(&mut self, depth: usize) -> Value {
        let mut schema = json!({"type": "object", "additionalProperties": self.any(depth - 1)});
        self.sometimes(&mut schema, &[("minProperties", json!(1)), ("maxProperties", json!(2))]);
        if !self.plain {
            self.sometimes(&mut schema, &[("propertyNames", json!({"maxLength": 2}))]);
        }
        schema
    }

    fn array(&mut self, depth: usize) -> Value {
        let mut schema = json!({"type": "array", "items": self.any(depth - 1)});
        let keywords = [("minItems", json!(1)), ("maxItems", json!(3)), ("uniqueItems", json!(true))];
        self.sometimes(&mut schema, &keywords);
        if self.plain {
            return schema;
        }
        let keywords = [("contains", json!({"const": 1})), ("prefixItems", json!([self.any(0), self.any(0)]))];
        self.sometimes(&mut schema, &keywords);
        if schema.get("prefixItems").is_some() && self.random.once_in(2) {
            schema["items"] = json!(false);
        }
        schema
    }

    fn choice(&mut self, depth: usize) -> Value {
        let keyword = *self.random.pick(&["oneOf", "anyOf"]);
        match self.random.below(4) {
            0 => json!({keyword: [
                {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "cat"}, "a": self.any(0)}},
                {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "dog"}, "b": self.any(0)}},
            ]}),
            1 => {
                json!({"type": "object", "properties": {"a": self.any(0)}, keyword: [{"required": ["a"]}, {"required": ["b"]}]})
            }
            2 => json!({keyword: [self.object(depth - 1), self.object(depth - 1)]}),
            _ => json!({keyword: [self.any(depth - 1), self.any(depth - 1), self.any(0)]}),
        }
    }

    fn merged(&mut self, depth: usize) -> Value {
        match self.random.below(3) {
            0 => json!({"allOf": [self.object(depth - 1), self.object(depth - 1)]}),
            1 if self.random.once_in(2) => json!({"allOf": [self.choice(depth), self.object(0)]}),
            1 => json!({"allOf": [self.string(), {"maxLength": 2}]}),
            _ => json!({"allOf": [self.object(0)], "not": {"required": ["a"]}}),
        }
    }

    fn sometimes(&mut self, schema: &mut Value, keywords: &[(&str, Value)]) {
        for (keyword, value) in keywords {
            if self.random.once_in(4) {
                schema[*keyword] = value.clone();
            }
        }
    }
}

/// Defaults that schemas of a type may allow.
fn defaults(kind: &Value) -> Vec<Value> {
    match kind.as_str() {
        Some("string") => vec![json!("a"), json!("2026-01-31")],
        Some("integer") => vec![json!(2), json!(0)],
        Some("number") => vec![json!(0.5), json!(3)],
        Some("boolean") => vec![json!(true)],
        Some("array") => vec![json!([]), json!([1]), json!(["a", "a"])],
        Some("object") => vec![json!({}), json!({"a": 1}), json!({"kind": "cat", "a": 2})],
        _ => vec![json!("a"), json!(2), json!(null), json!({"kind": "cat"})],
    }
}

/// The same schema with the ranges that OpenAPI's integer formats, and integers without one, have here.
pub fn with_ranges(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(with_ranges).collect(),
        Value::Object(members) => {
            let mut ranged: serde_json::Map<String, Value> =
                members.iter().map(|(name, member)| (name.clone(), with_ranges(member))).collect();
            if mentions(members.get("type"), "integer") && !members.contains_key("enum") {
                let (least, greatest) = range(members.get("format").and_then(Value::as_str));
                let parts = json!([{"minimum": least, "maximum": greatest}]);
                ranged.insert("allOf".to_owned(), parts);
            }
            ranged.into()
        }
        other => other.clone(),
    }
}

fn mentions(types: Option<&Value>, name: &str) -> bool {
    types.is_some_and(|types| types == name || types.as_array().is_some_and(|all| all.iter().any(|one| one == name)))
}

fn range(format: Option<&str>) -> (Value, Value) {
    match format {
        Some("int8") => (json!(i8::MIN), json!(i8::MAX)),
        Some("int32") => (json!(i32::MIN), json!(i32::MAX)),
        Some("uint8") => (json!(0), json!(u8::MAX)),
        Some("uint64") => (json!(0), json!(u64::MAX)),
        _ => (json!(i64::MIN), json!(i64::MAX)),
    }
}
