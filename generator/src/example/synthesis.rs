//! A value for a schema, made from what the schema says.

use serde_json::{Map, Number, Value};

use crate::lift::schemas::{Keywords, Schema, SchemaId, Schemas, Type, Types};
use crate::lift::{Direction, Document, plain};

/// Past this depth only what must be there is made.
const DEPTH: usize = 6;

/// Past this depth nothing is made: the schema has no end.
const LIMIT: usize = 24;

/// How much of an object is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Every property.
    Everything,
    /// Those that must be there.
    RequiredOnly,
}

/// One way to make a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    extent: Extent,
    /// Whether the schemas' own examples are used.
    quotes: bool,
    /// Which of several schemas is taken first.
    choice: usize,
}

/// The ways to make a value, the one that shows most first.
pub(super) fn attempts() -> impl Iterator<Item = Attempt> {
    let extents = [Extent::Everything, Extent::RequiredOnly];
    let quoting = extents.into_iter().flat_map(|extent| [true, false].map(|quotes| (extent, quotes)));
    quoting.flat_map(|(extent, quotes)| (0..4).map(move |choice| Attempt { extent, quotes, choice }))
}

/// A value that most likely satisfies the schema; the caller makes sure.
pub(super) fn synthesize(document: &Document, id: SchemaId, direction: Direction, attempt: Attempt) -> Value {
    Synthesis { document, schemas: &document.schemas, direction, attempt }.value(id, 0)
}

struct Synthesis<'s> {
    document: &'s Document,
    schemas: &'s Schemas,
    direction: Direction,
    attempt: Attempt,
}

impl Synthesis<'_> {
    fn value(&self, id: SchemaId, depth: usize) -> Value {
        let Schema::Keywords(keywords) = &self.schemas.get(id).schema else { return Value::Null };
        if depth > LIMIT {
            return Value::Null;
        }
        if let Some(value) = said(keywords, self.attempt.quotes) {
            return value;
        }
        if let Some(value) = self.case(id, depth) {
            return value;
        }
        let parts = keywords.reference.iter().chain(&keywords.all_of);
        let choices = [&keywords.one_of, &keywords.any_of];
        let chosen = choices.into_iter().filter_map(|branches| {
            let some: Vec<&SchemaId> = branches.iter().filter(|id| !self.is_null(**id)).collect();
            some.get(self.attempt.choice % some.len().max(1)).copied()
        });
        let mut made: Option<Value> = None;
        for part in parts.chain(chosen) {
            let value = self.value(*part, depth + 1);
            made = Some(match made.take() {
                None => value,
                Some(before) => merged(before, value),
            });
        }
        match (made, self.own(keywords, depth)) {
            (Some(parts), Some(own)) => merged(parts, own),
            (Some(value), None) | (None, Some(value)) => value,
            (None, None) => Value::Object(Map::new()),
        }
    }

    /// What a discriminator lets the value be.
    fn case(&self, id: SchemaId, depth: usize) -> Option<Value> {
        let cases = self.document.cases(id)?;
        let (case, values) = &cases.cases[self.attempt.choice % cases.cases.len().max(1)];
        let mut value = match &self.schemas.get(id).schema {
            Schema::Keywords(keywords) => self.own(keywords, depth).unwrap_or_else(|| Value::Object(Map::new())),
            Schema::Always | Schema::Never => return None,
        };
        if *case != id && depth < LIMIT {
            value = merged(value, self.value(*case, depth + 1));
        }
        let text = values.first()?;
        // A number or a boolean that the schema itself asks for stays what it is.
        let is_told = |told: &Value| serde_json::from_str::<Value>(text).is_ok_and(|value| value == *told);
        if value.get(&cases.property).is_some_and(is_told) {
            return Some(value);
        }
        let tag = [(cases.property.clone(), Value::String(text.clone()))];
        Some(merged(value, Value::Object(tag.into_iter().collect())))
    }

    fn is_null(&self, id: SchemaId) -> bool {
        self.schemas.keywords(id).is_some_and(|keywords| keywords.types.single() == Some(Type::Null))
    }

    fn own(&self, keywords: &Keywords, depth: usize) -> Option<Value> {
        let types = keywords.types;
        let has_properties = !keywords.object.properties.is_empty();
        if types.contains(Type::Object) || (types.is_empty() && has_properties) {
            return Some(self.object(keywords, depth));
        }
        if types.contains(Type::Array) {
            return Some(self.list(keywords, depth));
        }
        scalar(keywords, types)
    }

    fn object(&self, keywords: &Keywords, depth: usize) -> Value {
        let object = &keywords.object;
        let everything = self.attempt.extent == Extent::Everything && depth < DEPTH;
        let wanted = |(name, id): &(&String, &SchemaId)| {
            let is_sent = !self.direction.omits(self.schemas, &[**id]);
            is_sent && (object.required.contains(*name) || everything)
        };
        let properties = object.properties.iter().filter(wanted);
        let mut map: Map<String, Value> =
            properties.map(|(name, id)| (name.clone(), self.value(*id, depth + 1))).collect();
        for name in object.required.iter().filter(|name| !object.properties.contains_key(*name)) {
            let value =
                object.additional.map_or_else(|| Value::String("example".to_owned()), |id| self.value(id, depth + 1));
            map.insert(name.clone(), value);
        }
        let wants_more = map.is_empty() && everything;
        if let Some(additional) = object.additional.filter(|_| wants_more)
            && !matches!(self.schemas.get(additional).schema, Schema::Never)
        {
            map.insert("key".to_owned(), self.value(additional, depth + 1));
        }
        Value::Object(map)
    }

    fn list(&self, keywords: &Keywords, depth: usize) -> Value {
        let array = &keywords.array;
        let default = u64::from(depth < DEPTH && self.attempt.extent == Extent::Everything);
        let count = array.min.unwrap_or(0).max(default).min(array.max.unwrap_or(u64::MAX)).min(100);
        let first = array.prefix.iter().map(|position| self.value(*position, depth + 1));
        let item = || array.items.map_or(Value::Null, |items| self.value(items, depth + 1));
        let count = usize::try_from(count).unwrap_or(0).max(array.prefix.len());
        Value::Array(first.chain(std::iter::repeat_with(item)).take(count).collect())
    }
}

/// What the schema itself gives as a value; its examples only where they are quoted.
fn said(keywords: &Keywords, quotes: bool) -> Option<Value> {
    let notes = &keywords.notes;
    let values = keywords.enumeration.iter().flatten().find(|node| node.kind() != "null");
    let quoted = notes.examples.first().or(notes.default.as_ref()).filter(|_| quotes);
    quoted.or(keywords.constant.as_ref()).or(values).map(plain)
}

/// Both values in one, as far as they are objects.
pub(super) fn merged(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Object(mut left), Value::Object(right)) => {
            for (name, value) in right {
                let value = match left.remove(&name) {
                    Some(before) => merged(before, value),
                    None => value,
                };
                left.insert(name, value);
            }
            Value::Object(left)
        }
        (left, Value::Object(right)) if right.is_empty() => left,
        (_, right) => right,
    }
}

fn scalar(keywords: &Keywords, types: Types) -> Option<Value> {
    if types.contains(Type::String) {
        return Some(Value::String(text(keywords)));
    }
    if types.contains(Type::Integer) || types.contains(Type::Number) {
        return Some(number(keywords, types.contains(Type::Integer)));
    }
    if types.contains(Type::Boolean) {
        return Some(Value::Bool(true));
    }
    types.contains(Type::Null).then_some(Value::Null)
}

fn text(keywords: &Keywords) -> String {
    let string = &keywords.string;
    let text = match keywords.format.as_deref() {
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("time") => "12:00:00Z",
        Some("uuid") => "3be6453c-03eb-4357-ae5a-984a0e574a54",
        Some("byte" | "base64") => "ZXhhbXBsZQ==",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("email" | "idn-email") => "someone@example.com",
        Some("uri" | "url" | "uri-reference" | "uri-template" | "iri" | "iri-reference") => "https://example.com/",
        Some("hostname" | "idn-hostname") => "example.com",
        Some("duration") => "P1D",
        Some("json-pointer") => "/a",
        Some("relative-json-pointer") => "0",
        _ => "string",
    };
    let least = string.min.unwrap_or(0).min(100_000) as usize;
    if let Some(witness) = string.pattern.as_deref().and_then(jsonschema_regex::pattern_witness) {
        let length = witness.chars().count();
        // What repeats what fits most often fits as well: `^[0-9a-f]+$` of 40 characters.
        return if length < least { witness.chars().cycle().take(least).collect() } else { witness };
    }
    let mut text = text.to_owned();
    while text.chars().count() < least {
        text.push('x');
    }
    match string.max {
        Some(most) => text.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect(),
        None => text,
    }
}

fn number(keywords: &Keywords, whole: bool) -> Value {
    let number = &keywords.number;
    let low =
        number.min.as_ref().map(|bound| bound.as_f64()).or(number.above.as_ref().map(|bound| bound.as_f64() + 1.0));
    let high =
        number.max.as_ref().map(|bound| bound.as_f64()).or(number.below.as_ref().map(|bound| bound.as_f64() - 1.0));
    let mut value = match (low, high) {
        (Some(low), _) if low > 1.0 => low,
        (_, Some(high)) if high < 1.0 => high,
        _ => 1.0,
    };
    if let Some(divisor) = number.multiple_of.as_ref().map(|divisor| divisor.as_f64()) {
        value = (value / divisor).ceil() * divisor;
    }
    // A double past 64 bits is whole.
    if (whole || value.fract() == 0.0) && value.abs() < 9e18 {
        Value::from(value.ceil() as i64)
    } else {
        Number::from_f64(value).map_or(Value::Null, Value::Number)
    }
}
