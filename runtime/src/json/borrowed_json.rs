//! JSON that borrows its texts from where it was read: what validators look into.
//!
//! It is made for each body whose schema says more than types can, and for each that is refused, so it takes few
//! allocations: none for a text without escapes, and one for an object or array.

use std::borrow::Cow;
use std::fmt;

use jsonschema::json::cmp;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use super::encode::Encode;
use super::writer::Writer;

/// How `serde_json` names the only member of what stands for a number, where a crate has asked it to keep all digits
/// (its feature `arbitrary_precision`).
pub(super) const NUMBER: &str = "$serde_json::private::Number";

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum BorrowedJson<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'t, str>),
    Array(Vec<Self>),
    Object(Members<'t>),
}

/// Members in the order of their names, each once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Members<'t>(Vec<Member<'t>>);

pub(crate) type Member<'t> = (Cow<'t, str>, BorrowedJson<'t>);

impl<'t> Members<'t> {
    /// Of members with the same name, the last counts.
    fn from_members(mut members: Vec<Member<'t>>) -> Self {
        members.sort_by(|(left, _), (right, _)| left.cmp(right));
        members.dedup_by(|later, earlier| {
            let is_again = later.0 == earlier.0;
            if is_again {
                std::mem::swap(later, earlier);
            }
            is_again
        });
        Self(members)
    }

    pub(crate) fn as_slice(&self) -> &[Member<'t>] {
        &self.0
    }

    pub(crate) fn get(&self, name: &str) -> Option<&BorrowedJson<'t>> {
        let at = self.0.binary_search_by(|(member, _)| (**member).cmp(name)).ok()?;
        Some(&self.0[at].1)
    }
}

impl BorrowedJson<'_> {
    /// Whether it is the same value (JSON Schema Core 2020-12 §4.2.2).
    pub(crate) fn equals(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Null, Value::Null) => true,
            (Self::Bool(left), Value::Bool(right)) => left == right,
            (Self::Number(left), Value::Number(right)) => cmp::equal_numbers(&left, right),
            (Self::Text(left), Value::String(right)) => left == right,
            (Self::Array(left), Value::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.equals(right))
            }
            (Self::Object(left), Value::Object(right)) => {
                let is_in = |(name, value): &Member<'_>| right.get(&**name).is_some_and(|right| value.equals(right));
                left.0.len() == right.len() && left.0.iter().all(is_in)
            }
            _ => false,
        }
    }
}

impl<'v> From<&'v Value> for BorrowedJson<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(text.into()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| (name.into(), value.into()));
                Self::Object(Members::from_members(members.collect()))
            }
        }
    }
}

impl<'de> Deserialize<'de> for BorrowedJson<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = BorrowedJson<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(BorrowedJson::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(BorrowedJson::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(BorrowedJson::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(BorrowedJson::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(value).map_or(BorrowedJson::Null, BorrowedJson::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(BorrowedJson::Text(text.to_owned().into()))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(BorrowedJson::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            push(&mut array, item);
        }
        Ok(BorrowedJson::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((BorrowedJson::Text(name), value)) = map.next_entry()? {
            push(&mut members, (name, value));
        }
        match members.as_slice() {
            [(name, BorrowedJson::Text(digits))] if name == NUMBER && are_digits_kept() => {
                digits.parse().map(BorrowedJson::Number).map_err(Error::custom)
            }
            _ => Ok(BorrowedJson::Object(Members::from_members(members))),
        }
    }
}

/// Adds a part. Most hostile objects and arrays are small, so the first allocation is as well.
fn push<T>(parts: &mut Vec<T>, part: T) {
    if parts.is_empty() {
        parts.reserve_exact(2);
    }
    parts.push(part);
}

/// Whether `serde_json` keeps all digits, in this program.
fn are_digits_kept() -> bool {
    "1.00".parse::<Number>().is_ok_and(|number| number.to_string() == "1.00")
}

impl Serialize for BorrowedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => serializer.collect_map(members.0.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl Encode for BorrowedJson<'_> {
    fn encode(&self, writer: &mut Writer) {
        writer.by_serde(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TEXT: &str = r#"{"b":[null,true,-1,1.5,"a","\n",{}],"a":{"c":1,"b":2,"a":3,"c":"last"}}"#;

    #[test]
    fn it_is_read_as_values_are() {
        let read: BorrowedJson<'_> = serde_json::from_str(TEXT).unwrap();
        let value: Value = serde_json::from_str(TEXT).unwrap();
        assert_eq!(read, BorrowedJson::from(&value));
        assert_eq!(serde_json::to_value(&read).unwrap(), value);
        let BorrowedJson::Object(members) = &read else { panic!("{read:?}") };
        let Some(BorrowedJson::Object(inner)) = members.get("a") else { panic!("{members:?}") };
        let names: Vec<&str> = inner.as_slice().iter().map(|(name, _)| &**name).collect();
        assert_eq!((names, inner.get("d")), (vec!["a", "b", "c"], None));
        assert_eq!(inner.get("c"), Some(&BorrowedJson::Text("last".into())));
    }

    #[test]
    fn texts_without_escapes_are_borrowed() {
        let read: Vec<BorrowedJson<'_>> = serde_json::from_str(r#"["a", "\u0061"]"#).unwrap();
        let is_borrowed = |one: &BorrowedJson<'_>| matches!(one, BorrowedJson::Text(Cow::Borrowed("a")));
        assert_eq!(read.iter().map(is_borrowed).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn values_are_compared_as_json_schema_has_it() {
        let same = [("1", json!(1.0)), ("[1.0]", json!([1])), (TEXT, serde_json::from_str(TEXT).unwrap())];
        for (text, value) in same {
            assert!(serde_json::from_str::<BorrowedJson<'_>>(text).unwrap().equals(&value), "{text}");
        }
        let different = [
            ("1", json!("1")),
            ("null", json!(false)),
            ("[1]", json!([1, 2])),
            (r#"{"a":1}"#, json!({"a": 1, "b": 2})),
            (r#"{"a":1}"#, json!({"b": 1})),
        ];
        for (text, value) in different {
            assert!(!serde_json::from_str::<BorrowedJson<'_>>(text).unwrap().equals(&value), "{text}");
        }
    }

    #[test]
    fn an_object_is_not_taken_for_a_number() {
        let text = format!(r#"{{"{NUMBER}":"1"}}"#);
        let read: BorrowedJson<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(matches!(read, BorrowedJson::Number(_)), are_digits_kept());
        assert!(serde_json::from_str::<BorrowedJson<'_>>("1.00").unwrap().equals(&json!(1)));
    }
}
