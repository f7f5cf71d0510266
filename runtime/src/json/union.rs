//! Values of one of several types.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::decode::{Decode, ViaDecode};
use super::object::Name;
use super::tokens::{Token, Tokens};

/// How deep the values of a union may be nested: what `serde_json` allows of any value.
const DEPTH: usize = 128;

/// A value of one of several types.
pub trait Union: Sized {
    /// The value as the variant that its text is of; `None` where it is of none.
    fn choose(value: &Raw<'_>) -> Option<Self>;
}

/// Decodes a union.
pub fn union<'de, T: Union, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = Box::<RawValue>::deserialize(deserializer)?;
    if is_too_deep(text.get()) {
        return Err(D::Error::custom("a value that is nested too deep"));
    }
    T::choose(&Raw { text: text.get() }).ok_or_else(|| D::Error::custom("a value of none of the types"))
}

/// A kind of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are what they say")]
pub enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// The text of one JSON value.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'t> {
    text: &'t str,
}

impl<'t> Raw<'t> {
    /// What kind of value it is.
    pub fn kind(&self) -> Kind {
        match self.text.as_bytes().first() {
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'"') => Kind::String,
            Some(b'[') => Kind::Array,
            Some(b'{') => Kind::Object,
            _ => Kind::Number,
        }
    }

    /// The value as a `T`.
    pub fn decode<T: for<'de> Decode<'de>>(&self) -> Option<T> {
        serde_json::from_slice::<ViaDecode<T>>(self.text.as_bytes()).ok().map(|wire| wire.0)
    }

    /// The value as a `T` that passes its checks.
    pub fn decode_if<T: for<'de> Decode<'de>>(&self, check: fn(&T) -> bool) -> Option<T> {
        self.decode().filter(check)
    }

    /// The string in a member of an object; a whole number or a boolean as text.
    pub fn member(&self, name: &str) -> Option<Cow<'t, str>> {
        let mut found = None;
        self.members(|member, value| {
            if member == name {
                found = Some(value);
            }
        });
        // Where a name comes twice, the last value counts, as in structs.
        let text = found?.get();
        match text.as_bytes().first()? {
            b'"' => serde_json::from_str::<Name<'t>>(text).ok().map(|name| name.0),
            b't' | b'f' => Some(Cow::Borrowed(text)),
            b'-' | b'0'..=b'9' => Some(whole_number(text)),
            _ => None,
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    fn members(&self, each: impl FnMut(&str, &'t RawValue)) {
        let mut deserializer = serde_json::Deserializer::from_str(self.text);
        // What is no object has no members.
        let _ = deserializer.deserialize_map(MembersVisitor(each, PhantomData));
    }
}

/// A number as an integer writes it, where it is one: `1` for `1.0`.
fn whole_number(text: &str) -> Cow<'_, str> {
    match text.parse::<f64>() {
        Ok(number) if text.contains(['.', 'e', 'E']) && number.fract() == 0.0 => Cow::Owned(format!("{number:.0}")),
        _ => Cow::Borrowed(text),
    }
}

struct MembersVisitor<'t, F>(F, PhantomData<&'t ()>);

impl<'t, F: FnMut(&str, &'t RawValue)> Visitor<'t> for MembersVisitor<'t, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            (self.0)(&name, map.next_value()?);
        }
        Ok(())
    }
}

/// Tries to decode a value as one of the types.
pub type Trial<T> = fn(&Raw<'_>) -> Option<T>;

/// The first type that the value is of (`anyOf`).
pub fn first<T>(value: &Raw<'_>, trials: &[Trial<T>]) -> Option<T> {
    trials.iter().find_map(|trial| trial(value))
}

/// The one type that the value is of (`oneOf`).
pub fn exactly_one<T>(value: &Raw<'_>, trials: &[Trial<T>]) -> Option<T> {
    let mut fitting = trials.iter().filter_map(|trial| trial(value));
    let one = fitting.next()?;
    fitting.next().is_none().then_some(one)
}

/// The type that an object is of, of several the one that has fields for most of its members, so
/// that the least is lost.
pub fn most_fitting<T>(value: &Raw<'_>, trials: &[(&[&str], Trial<T>)]) -> Option<T> {
    let mut known = vec![0_usize; trials.len()];
    value.members(|name, _| {
        for (count, (fields, _)) in known.iter_mut().zip(trials) {
            *count += usize::from(fields.contains(&name));
        }
    });
    let mut order: Vec<usize> = (0..trials.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(known[*index]));
    order.into_iter().find_map(|index| trials[index].1(value))
}

/// Whether a JSON text is nested deeper than any decoder goes.
fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    Tokens::new(text.as_bytes()).any(|token| {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEPTH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_by_its_first_character() {
        let kinds = ["null", "true", "-1", "\"\"", "[]", "{}"].map(|text| Raw { text }.kind());
        assert_eq!(kinds, [Kind::Null, Kind::Boolean, Kind::Number, Kind::String, Kind::Array, Kind::Object]);
    }

    #[test]
    fn a_member_is_found_whatever_stands_before_it() {
        let value = Raw { text: r#"{"a":{"kind":"inner"},"kind":"c\u0061t","b":[1]}"# };
        assert_eq!(value.member("kind").as_deref(), Some("cat"));
        assert_eq!(value.member("a"), None);
        assert_eq!(value.member("c"), None);
        assert_eq!(Raw { text: r#"{"kind":"a","kind":"b"}"# }.member("kind").as_deref(), Some("b"));
    }

    #[test]
    fn one_type_means_no_other() {
        let value = Raw { text: "1" };
        let integer: Trial<&str> = |value| value.decode::<i64>().map(|_| "integer");
        let number: Trial<&str> = |value| value.decode::<f64>().map(|_| "number");
        let string: Trial<&str> = |value| value.decode::<String>().map(|_| "string");
        assert_eq!(exactly_one(&value, &[integer, number]), None);
        assert_eq!(exactly_one(&value, &[string, number]), Some("number"));
        assert_eq!(first(&value, &[string, integer, number]), Some("integer"));
    }

    #[test]
    fn the_type_with_most_of_the_members_is_taken() {
        let value = Raw { text: r#"{"b":1,"c":2}"# };
        let trials: [(&[&str], Trial<&str>); 3] =
            [(&["a"], |_| Some("first")), (&["b", "c"], |_| Some("second")), (&["c"], |_| Some("third"))];
        assert_eq!(most_fitting(&value, &trials), Some("second"));
    }

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert!(!is_too_deep(&format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH))));
        assert!(is_too_deep(&"[".repeat(DEPTH + 1)));
        assert!(!is_too_deep(&format!("\"\\\"{}\"", "[".repeat(DEPTH + 1))));
    }
}
