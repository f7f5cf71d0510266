//! JSON that a validator looks into only so often.
//!
//! Whether a value is valid is found in a time that its size bounds. All that is wrong with it is not: where a
//! schema offers itself in several choices, each level of a value multiplies what can be said of the next.

use std::borrow::Cow;
use std::cell::Cell;
use std::iter::Map;
use std::slice::Iter;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, Node, NodeIdentity, Object};
use serde_json::{Number, Value};

use super::check;
use crate::json::{BorrowedJson, BorrowedMember as Member, BorrowedMembers};

/// The longest text that errors keep, in bytes.
const LONGEST: usize = 1_000;

thread_local! {
    /// How often this thread may still look into an object or array, or at a part of one.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Calls `look` while its thread may look into values `most` times; `None` where that was not enough, so that
/// what it gave cannot be relied on.
pub(crate) fn within<T>(most: u64, look: impl FnOnce() -> T) -> Option<T> {
    let before = Restored(LEFT.replace(most));
    let given = look();
    let is_enough = LEFT.get() > 0;
    drop(before);
    is_enough.then_some(given)
}

/// What was left before, put back also where a look panics: with nothing left, values would seem to be empty.
struct Restored(u64);

impl Drop for Restored {
    fn drop(&mut self) {
        LEFT.set(self.0);
    }
}

/// The representation, to validators.
pub(crate) struct Budgeted;

/// A value that is metered. Once nothing is left, it seems to have no parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BudgetedValue<'a>(pub &'a BorrowedJson<'a>);

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

impl Json for Budgeted {
    type Node<'a> = BudgetedValue<'a>;
    type PreparedKey = String;
    type StringBuffer = ();
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), text: &str, call: impl FnOnce(BudgetedValue<'_>) -> T) -> T {
        call(BudgetedValue(&BorrowedJson::Text(text.into())))
    }
}

impl<'a> Node<'a, Budgeted> for BudgetedValue<'a> {
    type Object = Members<'a>;
    type Array = Items<'a>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<Members<'a>> {
        match self.0 {
            BorrowedJson::Object(members) if spend(1) => Some(Members(members)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Items<'a>> {
        match self.0 {
            BorrowedJson::Array(items) if spend(1) => Some(Items(items)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self.0 {
            BorrowedJson::Text(text) => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }

    fn as_number(&self) -> Option<&'a Number> {
        match self.0 {
            BorrowedJson::Number(number) => Some(number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.0 {
            BorrowedJson::Bool(value) => Some(*value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.0, BorrowedJson::Null)
    }

    fn json_type(&self) -> JsonType {
        match self.0 {
            BorrowedJson::Null => JsonType::Null,
            BorrowedJson::Bool(_) => JsonType::Boolean,
            BorrowedJson::Number(_) => JsonType::Number,
            BorrowedJson::Text(_) => JsonType::String,
            BorrowedJson::Array(_) => JsonType::Array,
            BorrowedJson::Object(_) => JsonType::Object,
        }
    }

    fn string_length_within(&self, min: u64, max: u64) -> Option<bool> {
        let text = self.as_string()?;
        // No text has more characters than a `usize` holds.
        let (min, max) = (usize::try_from(min), usize::try_from(max));
        let is_long_enough = min.is_ok_and(|min| check::min_length(&text, min));
        Some(is_long_enough && max.map_or(true, |max| check::max_length(&text, max)))
    }

    fn equals_value(&self, expected: &Value) -> bool {
        self.0.equals(expected)
    }

    /// What errors keep of a value: a text, as it may be a name, and of anything else nothing. Each error of a choice
    /// has a copy.
    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self.0 {
            BorrowedJson::Text(text) if text.len() <= LONGEST => Value::String(text.clone().into_owned()),
            _ => Value::Null,
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(std::ptr::from_ref(self.0) as usize))
    }
}

/// An object's members.
pub(crate) struct Members<'a>(&'a BorrowedMembers<'a>);

impl<'a> Object<'a, Budgeted> for Members<'a> {
    type Node = BudgetedValue<'a>;
    type MemberName = &'a str;
    type MembersIter = Parts<Map<Iter<'a, Member<'a>>, fn(&'a Member<'a>) -> (&'a str, BudgetedValue<'a>)>>;

    fn len(&self) -> usize {
        self.0.as_slice().len()
    }

    fn get(&self, name: &String) -> Option<BudgetedValue<'a>> {
        self.0.get(name).map(BudgetedValue)
    }

    fn members(&self) -> Self::MembersIter {
        Parts(self.0.as_slice().iter().map(|(name, value)| (&**name, BudgetedValue(value))))
    }
}

/// An array's items.
pub(crate) struct Items<'a>(&'a [BorrowedJson<'a>]);

impl<'a> Array<'a, Budgeted> for Items<'a> {
    type Node = BudgetedValue<'a>;
    type ElementsIter = Parts<Map<Iter<'a, BorrowedJson<'a>>, fn(&'a BorrowedJson<'a>) -> BudgetedValue<'a>>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        Parts(self.0.iter().map(BudgetedValue))
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
    fn a_panic_leaves_as_much_as_there_was() {
        let value = json!({"a": 1});
        let schema = json!({"additionalProperties": false});
        let validator = jsonschema::options_for::<Budgeted>().build(&schema).unwrap();
        let panicked = std::panic::catch_unwind(|| within(1, || std::panic::resume_unwind(Box::new("as it was told"))));
        assert!(panicked.is_err());
        assert!(!validator.is_valid(BudgetedValue(&BorrowedJson::from(&value))), "an object seems to be empty");
    }

    #[test]
    fn what_is_left_bounds_the_errors_as_well() {
        let schema = json!({"items": {"type": "object", "required": ["a"]}});
        let validator = jsonschema::options_for::<Budgeted>().build(&schema).unwrap();
        let mut errors = 0;
        for items in [json!(vec![1; 1_000]), json!(vec![json!({}); 1_000])] {
            let items = BorrowedJson::from(&items);
            assert!(within(100, || errors = validator.iter_errors(BudgetedValue(&items)).count()).is_none());
            assert!((10..=100).contains(&errors), "{errors}");
            assert!(within(10_000, || errors = validator.iter_errors(BudgetedValue(&items)).count()).is_some());
            assert_eq!(errors, 1_000);
        }
    }
}
