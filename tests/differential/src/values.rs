//! Random values that are valid by a schema, or nearly so.

use serde_json::{Map, Value, json};

use super::random::Random;

/// How deep values are built before they are left as they come.
const DEPTH: usize = 6;

/// Makes values for the schemas of a document.
pub struct Values<'d> {
    pub random: &'d mut Random,
    /// `components.schemas` of the document.
    pub schemas: &'d Map<String, Value>,
}

impl Values<'_> {
    /// A value that is likely valid, or what a change or two have made of it.
    pub fn value(&mut self, schema: &Value) -> Value {
        let mut value = self.build(schema, DEPTH);
        for _ in 0..*self.random.pick(&[0, 0, 1, 1, 2]) {
            self.change(&mut value);
        }
        value
    }

    fn build(&mut self, schema: &Value, depth: usize) -> Value {
        if depth == 0 {
            return self.odd();
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            return self.build(&self.schemas[name].clone(), depth - 1);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.random.pick(values).clone();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.together(parts, depth);
        }
        let typed = schema["type"].is_string();
        if let Some(branches) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()).filter(|_| !typed) {
            let branch = self.random.pick(branches).clone();
            return self.build(&branch, depth - 1);
        }
        self.typed(schema, depth)
    }

    /// Members of all parts; the first part's value where they are no objects.
    fn together(&mut self, parts: &[Value], depth: usize) -> Value {
        let built: Vec<Value> = parts.iter().map(|part| self.build(part, depth - 1)).collect();
        let objects: Vec<&Map<String, Value>> = built.iter().filter_map(Value::as_object).collect();
        if objects.len() < built.len() {
            return built.into_iter().next().unwrap_or_default();
        }
        objects.into_iter().flat_map(Clone::clone).collect::<Map<_, _>>().into()
    }

    fn typed(&mut self, schema: &Value, depth: usize) -> Value {
        let kind = match &schema["type"] {
            Value::Array(kinds) => self.random.pick(kinds).clone(),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("string") => json!(self.text(schema)),
            Some("integer") => self.random.pick(&[json!(0), json!(2), json!(6), json!(4.0)]).clone(),
            Some("number") => self.random.pick(&[json!(0.5), json!(2.5), json!(3), json!(6.0)]).clone(),
            Some("boolean") => json!(self.random.once_in(2)),
            Some("array") => self.array(schema, depth),
            Some("object") => self.object(schema, depth),
            Some("null") => Value::Null,
            _ => self.odd(),
        }
    }

    fn text(&mut self, schema: &Value) -> String {
        let of_format = match schema["format"].as_str() {
            Some("date") => "2024-02-29",
            Some("date-time") => "2024-02-29T23:59:59.5+02:00",
            Some("uuid") => "67e55044-10b1-426f-9247-bb680e5fe0c8",
            Some("ipv4") => "127.0.0.1",
            Some("ipv6") => "::1",
            _ => self.random.pick(&["a", "aa", "1", "12", "é", "b"]),
        };
        of_format.to_owned()
    }

    fn array(&mut self, schema: &Value, depth: usize) -> Value {
        let prefix = schema["prefixItems"].as_array().cloned().unwrap_or_default();
        let mut items: Vec<Value> = prefix.iter().map(|item| self.build(item, depth - 1)).collect();
        if schema["items"] != false {
            for _ in 0..self.random.below(3) {
                items.push(self.build(&schema["items"], depth - 1));
            }
        }
        items.into()
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut object = Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for name in required.iter().filter_map(Value::as_str) {
            object.insert(name.to_owned(), json!(1));
        }
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            // What is required is there; what is optional ends sooner the deeper it is.
            if object.contains_key(name) || self.random.below(DEPTH) < depth / 2 {
                object.insert(name.clone(), self.build(member, depth - 1));
            }
        }
        if let Some(rest @ Value::Object(_)) = schema.get("additionalProperties") {
            object.insert("zz".to_owned(), self.build(rest, depth - 1));
        }
        if let Some(member) = schema["patternProperties"].get("^x") {
            object.insert("x".to_owned(), self.build(member, depth - 1));
        }
        object.into()
    }

    /// Changes something somewhere.
    fn change(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) if !items.is_empty() && !self.random.once_in(4) => {
                let at = self.random.below(items.len());
                match self.random.below(4) {
                    0 => drop(items.remove(at)),
                    1 => items.push(items[at].clone()),
                    _ => self.change(&mut items[at]),
                }
            }
            Value::Object(members) if !self.random.once_in(4) => {
                let names: Vec<String> = members.keys().cloned().collect();
                if names.is_empty() || self.random.once_in(4) {
                    let name = *self.random.pick(&["a", "b", "x", "kind", "zz", ""]);
                    members.insert(name.to_owned(), self.odd());
                    return;
                }
                let name = self.random.pick(&names);
                match self.random.below(3) {
                    0 => drop(members.remove(name)),
                    _ => self.change(&mut members[name]),
                }
            }
            other => *other = self.odd(),
        }
    }

    /// A value of any kind, at the edges of what types hold.
    fn odd(&mut self) -> Value {
        let numbers = json!([
            0,
            1,
            -1,
            2,
            7,
            127,
            128,
            255,
            256,
            2147483648_u64,
            -9223372036854775808_i64,
            9223372036854775808_u64,
            18446744073709551615_u64,
            1.0,
            0.5,
            -0.5,
            -0.0,
            1e3,
            19.99,
            0.1,
            1e20,
            1e300,
            1e-7
        ]);
        let texts =
            json!(["", "a", "b", "A", "aaaa", "🦀🦀🦀", "é", "\u{0}", "12", "cat", "2023-02-29", "::", "1.2.3"]);
        let others =
            json!([null, true, false, [], {}, [null], [1, 1.0], {"a": 1}, {"kind": "cat"}, {"a": "a", "b": 2}]);
        let kinds = [numbers, texts, others];
        let kind = self.random.pick(&kinds).as_array().cloned().unwrap_or_default();
        self.random.pick(&kind).clone()
    }
}
