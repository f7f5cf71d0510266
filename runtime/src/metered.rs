//! JSON that a validator looks into only so often.
//!
//! Whether a value is valid is found in a time that its size bounds. All that is wrong with it is not: where a
//! schema offers itself in several choices, each level of a value multiplies what can be said of the next.

use std::borrow::Cow;
use std::cell::Cell;

use jsonschema::JsonType;
use jsonschema::json::{Json, Node, NodeIdentity, SerdeJson};
use serde_json::{Map, Number, Value};

use crate::generated::check;

thread_local! {
    /// How often this thread may still look into an object or array, or at a part of one.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Calls `look` while its thread may look into values `most` times; `None` where that was not enough, so that
/// what it gave cannot be relied on.
pub(crate) fn within<T>(most: u64, look: impl FnOnce() -> T) -> Option<T> {
    let before = LEFT.replace(most);
    let given = look();
    (LEFT.replace(before) > 0).then_some(given)
}

/// The representation, to validators.
pub(crate) struct Metered;

/// A value that is metered. Once nothing is left, it seems to have no parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meter<'a>(pub &'a Value);

/// Counts looks; whether anything is left.
fn spend(looks: u64) -> bool {
    let left = LEFT.get().saturating_sub(looks);
    LEFT.set(left);
    left > 0
}

/// The parts of a value, while anything is left to look at them.
pub(crate) struct Parts<I>(I);

impl<I: Iterator> Iterator for Parts<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        if spend(1) { self.0.next() } else { None }
    }
}

impl Json for Metered {
    type Node<'a> = Meter<'a>;
    type PreparedKey = String;
    type StringBuffer = Value;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut Value, text: &str, call: impl FnOnce(Meter<'_>) -> T) -> T {
        *buffer = Value::String(text.to_owned());
        call(Meter(buffer))
    }
}

impl<'a> Node<'a, Metered> for Meter<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<Members<'a>> {
        self.0.as_object().filter(|_| spend(1)).map(Members)
    }

    fn as_array(&self) -> Option<Items<'a>> {
        self.0.as_array().filter(|_| spend(1)).map(|items| Items(items))
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.0.as_str().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<&'a Number> {
        self.0.as_number()
    }

    fn as_boolean(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn is_null(&self) -> bool {
        self.0.is_null()
    }

    fn string_length_within(&self, min: u64, max: u64) -> Option<bool> {
        Node::<SerdeJson>::string_length_within(&self.0, min, max)
    }

    fn json_type(&self) -> JsonType {
        Node::<SerdeJson>::json_type(&self.0)
    }

    fn equals_value(&self, expected: &Value) -> bool {
        Node::<SerdeJson>::equals_value(&self.0, expected)
    }

    /// What errors keep of a value: nothing of one that has parts, since those of a choice each keep a copy.
    fn to_value(&self) -> Cow<'a, Value> {
        match self.0 {
            Value::Array(_) | Value::Object(_) => Cow::Owned(Value::Null),
            part => Cow::Borrowed(part),
        }
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Node::<SerdeJson>::identity(&self.0)
    }
}

/// An object's members.
pub(crate) struct Members<'a>(&'a Map<String, Value>);

impl<'a> jsonschema::json::Object<'a, Metered> for Members<'a> {
    type Node = Meter<'a>;
    type MemberName = &'a str;
    type MembersIter =
        Parts<std::iter::Map<serde_json::map::Iter<'a>, fn((&'a String, &'a Value)) -> (&'a str, Meter<'a>)>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, name: &String) -> Option<Meter<'a>> {
        self.0.get(name).map(Meter)
    }

    fn members(&self) -> Self::MembersIter {
        Parts(self.0.iter().map(|(name, value)| (name.as_str(), Meter(value))))
    }
}

/// An array's items.
pub(crate) struct Items<'a>(&'a [Value]);

impl<'a> jsonschema::json::Array<'a, Metered> for Items<'a> {
    type Node = Meter<'a>;
    type ElementsIter = Parts<std::iter::Map<std::slice::Iter<'a, Value>, fn(&'a Value) -> Meter<'a>>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        Parts(self.0.iter().map(Meter))
    }

    fn is_unique(&self) -> bool {
        // To write an item costs less than to tell what is wrong with it.
        spend(self.0.len() as u64 / 8) && check::unique_items(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_left_bounds_the_errors_as_well() {
        let schema = json!({"items": {"type": "object", "required": ["a"]}});
        let validator = jsonschema::options_for::<Metered>().build(&schema).unwrap();
        let mut errors = 0;
        for items in [json!(vec![1; 1_000]), json!(vec![json!({}); 1_000])] {
            assert!(within(100, || errors = validator.iter_errors(Meter(&items)).count()).is_none());
            assert!((10..=100).contains(&errors), "{errors}");
            assert!(within(10_000, || errors = validator.iter_errors(Meter(&items)).count()).is_some());
            assert_eq!(errors, 1_000);
        }
    }
}
