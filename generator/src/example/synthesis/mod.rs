//! A value for a schema, made from what the schema says.

mod parts;
mod scalar;

use std::cell::Cell;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::lift::schemas::{Schema, SchemaId, Schemas, Type};
use crate::lift::{Direction, Document, plain};
use parts::Parts;

/// Past this depth only what must be there is made.
const DEPTH: usize = 6;

/// Past this depth nothing is made: the schema has no end.
const LIMIT: usize = 24;

/// An example has at most this many values; what would have more has no end either.
const VALUES: usize = 5_000;

/// At most this many items or members are made because a schema asks for so many.
const MOST: u64 = 100;

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
    quoting.flat_map(|(extent, quotes)| (0..6).map(move |choice| Attempt { extent, quotes, choice }))
}

/// A value that most likely satisfies the schema; the caller makes sure.
pub(super) fn synthesize(document: &Document, id: SchemaId, direction: Direction, attempt: Attempt) -> Value {
    let made = Cell::new(0);
    Synthesis { document, schemas: &document.schemas, direction, attempt, made }.value(&[id], (0, 0))
}

struct Synthesis<'s> {
    document: &'s Document,
    schemas: &'s Schemas,
    direction: Direction,
    attempt: Attempt,
    /// How many values were made.
    made: Cell<usize>,
}

impl<'s> Synthesis<'s> {
    /// A value for all of these schemas at once; the `nth` of those that differ, as far as there are several.
    fn value(&self, ids: &[SchemaId], (depth, nth): (usize, usize)) -> Value {
        self.made.set(self.made.get() + 1);
        if depth > LIMIT || self.made.get() > VALUES {
            return Value::Null;
        }
        let parts = Parts::gather(self.document, ids, self.attempt.choice);
        if let Some(value) = self.said(&parts, nth) {
            return value;
        }
        let types = parts.types();
        // What may be null ends there.
        if depth >= DEPTH && types.contains(Type::Null) {
            return Value::Null;
        }
        let says = |kind| types.contains(kind) || types.is_empty() && parts.implies(kind);
        let mut value = if says(Type::Object) {
            self.object(&parts, depth)
        } else if says(Type::Array) {
            self.list(&parts, depth)
        } else {
            scalar::of(&parts, types, nth).unwrap_or_else(|| Value::Object(Map::new()))
        };
        if let Value::Object(members) = &mut value {
            tag(members, &parts.tags);
        }
        value
    }

    /// What a schema itself gives as a value; its examples only where they are quoted.
    fn said(&self, parts: &Parts<'s>, nth: usize) -> Option<Value> {
        let notes = || parts.all.iter().map(|keywords| &keywords.notes);
        if self.attempt.quotes
            && let Some(quoted) = notes().find_map(|notes| notes.examples.get(nth).or(notes.default.as_ref()))
        {
            return Some(plain(quoted));
        }
        let allowed = parts.allowed()?;
        let some: Vec<&Value> = allowed.iter().filter(|value| !value.is_null()).collect();
        let chosen = some.get((self.attempt.choice + nth) % some.len().max(1)).copied();
        chosen.or(allowed.first()).cloned()
    }

    fn object(&self, parts: &Parts<'s>, depth: usize) -> Value {
        let everything = self.attempt.extent == Extent::Everything && depth < DEPTH;
        let mut properties: IndexMap<&str, Vec<SchemaId>> = IndexMap::new();
        for (name, id) in parts.all.iter().flat_map(|keywords| &keywords.object.properties) {
            properties.entry(name).or_default().push(*id);
        }
        let is_wanted = |name: &str| everything || parts.requires(name);
        properties.retain(|name, ids| is_wanted(name) && !self.direction.omits(self.schemas, ids));
        let mut members: Map<String, Value> =
            properties.iter().map(|(name, ids)| ((*name).to_owned(), self.value(ids, (depth + 1, 0)))).collect();
        let rest: Vec<SchemaId> = parts.all.iter().filter_map(|keywords| keywords.object.additional).collect();
        let is_closed = rest.iter().any(|id| matches!(self.schemas.get(*id).schema, Schema::Never));
        let other = |nth| match rest.as_slice() {
            [] => Value::String("example".to_owned()),
            rest => self.value(rest, (depth + 1, nth)),
        };
        let declared = |name: &str| parts.all.iter().any(|keywords| keywords.object.properties.contains_key(name));
        for name in parts.required().filter(|name| !declared(name)) {
            members.insert(name.to_owned(), other(0));
        }
        let shown = u64::from(members.is_empty() && everything && !rest.is_empty());
        let least = parts.all.iter().filter_map(|keywords| keywords.object.min).max().unwrap_or(0).min(MOST).max(shown);
        let mut names = (0..).map(|number| if number == 0 { "key".to_owned() } else { format!("key{number}") });
        while !is_closed && (members.len() as u64) < least {
            members.extend(names.next().map(|name| (name, other(members.len()))));
        }
        Value::Object(members)
    }

    fn list(&self, parts: &Parts<'s>, depth: usize) -> Value {
        let arrays = || parts.all.iter().map(|keywords| &keywords.array);
        let shown = u64::from(depth < DEPTH && self.attempt.extent == Extent::Everything);
        let least = arrays().filter_map(|array| array.min).max().unwrap_or(0).min(MOST).max(shown);
        let positions = arrays().map(|array| array.prefix.len()).max().unwrap_or(0);
        let most = arrays().filter_map(|array| array.max).min().unwrap_or(u64::MAX);
        let count = usize::try_from(least).unwrap_or(0).max(positions).min(usize::try_from(most).unwrap_or(usize::MAX));
        let is_unique = arrays().any(|array| array.unique);
        let mut items = Vec::new();
        for index in 0..count {
            let of_item =
                |array: &'s crate::lift::schemas::ArrayKeywords| array.prefix.get(index).copied().or(array.items);
            let ids: Vec<SchemaId> = arrays().filter_map(of_item).collect();
            let nth = if is_unique { index } else { 0 };
            let item = if ids.is_empty() { Value::from(nth) } else { self.value(&ids, (depth + 1, nth)) };
            if !is_unique || !items.contains(&item) {
                items.push(item);
            }
        }
        Value::Array(items)
    }
}

/// Gives an object the values by which discriminators tell what it is.
fn tag(members: &mut Map<String, Value>, tags: &[(String, String)]) {
    for (property, text) in tags {
        // A number or a boolean that the schema itself asks for stays what it is.
        let is_told = |told: &Value| {
            told.as_str() == Some(text) || serde_json::from_str::<Value>(text).is_ok_and(|value| value == *told)
        };
        if !members.get(property).is_some_and(is_told) {
            members.insert(property.clone(), Value::String(text.clone()));
        }
    }
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
