//! Values of one of several types.

use std::borrow::Cow;
use std::cell::Cell;

use super::decode::Decode;
use super::reader::{Failure, Reader};

/// A value of one of several types.
pub trait Union: Sized {
    /// The value as the variant that its text is of; `None` where it is of none.
    fn choose(value: &Raw<'_>) -> Option<Self>;
}

/// How often each byte of a union may be read again by trials: unions in unions are tried again for each of the outer
/// ones, which would take a hostile text of a few bytes for ever.
const READINGS: usize = 256;

/// Decodes a union.
pub fn union<T: Union>(reader: &mut Reader<'_>) -> Result<T, Failure> {
    let (place, depth, outer) = (reader.place(), reader.depth(), reader.trials());
    let text = reader.raw()?;
    let own = Cell::new(READINGS * (text.len() + READINGS));
    T::choose(&Raw { text, depth, trials: outer.unwrap_or(&own) }).ok_or(place)
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
    /// How deep it is nested in what it was read from: its own parts are nested deeper.
    depth: u8,
    /// How many bytes trials may still read.
    trials: &'t Cell<usize>,
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
    pub fn decode<T: Decode>(&self) -> Option<T> {
        T::decode(&mut self.reader()).ok()
    }

    /// The value as a `T` that passes its checks.
    pub fn decode_if<T: Decode>(&self, check: fn(&T) -> bool) -> Option<T> {
        self.decode().filter(check)
    }

    fn reader(&self) -> Reader<'t> {
        Reader::nested(self.text, self.depth, self.trials)
    }

    /// Whether it may be tried once more.
    fn is_tried(&self) -> bool {
        let left = self.trials.get().checked_sub(self.text.len() + 1);
        self.trials.set(left.unwrap_or(0));
        left.is_some()
    }

    /// What a trial says; `None`, as soon as there were too many.
    fn tried<T>(&self, trial: Trial<T>) -> Option<T> {
        if self.is_tried() { trial(self) } else { None }
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
        let value = found?;
        match value.kind() {
            Kind::String => value.reader().string().ok(),
            Kind::Boolean => Some(Cow::Borrowed(value.text)),
            Kind::Number => Some(whole_number(value.text)),
            Kind::Null | Kind::Array | Kind::Object => None,
        }
    }

    /// The text.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    fn members(&self, mut each: impl FnMut(&str, Self)) {
        let of_member = |reader: &mut Reader<'t>| {
            let (name, depth) = (reader.name()?, reader.depth());
            each(&name, Raw { text: reader.raw()?, depth, trials: self.trials });
            Ok(())
        };
        // What is no object has no members.
        let _ = self.reader().members(of_member);
    }
}

/// A number as an integer writes it, where it is one: `1` for `1.0`.
fn whole_number(text: &str) -> Cow<'_, str> {
    match text.parse::<f64>() {
        Ok(number) if text.contains(['.', 'e', 'E']) && number.fract() == 0.0 => Cow::Owned(format!("{number:.0}")),
        _ => Cow::Borrowed(text),
    }
}

/// Tries to decode a value as one of the types.
pub type Trial<T> = fn(&Raw<'_>) -> Option<T>;

/// The first type that the value is of (`anyOf`).
pub fn first<T>(value: &Raw<'_>, trials: &[Trial<T>]) -> Option<T> {
    trials.iter().find_map(|trial| value.tried(*trial))
}

/// The one type that the value is of (`oneOf`).
pub fn exactly_one<T>(value: &Raw<'_>, trials: &[Trial<T>]) -> Option<T> {
    let mut fitting = trials.iter().filter_map(|trial| value.tried(*trial));
    let one = fitting.next()?;
    // Of too many trials, the last ones say nothing.
    (fitting.next().is_none() && value.trials.get() > 0).then_some(one)
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
    order.into_iter().find_map(|index| value.tried(trials[index].1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::from_str;

    #[test]
    fn a_value_is_told_by_its_first_character() {
        let kinds = ["null", "true", "-1", "\"\"", "[]", "{}"]
            .map(|text| Raw { text, depth: 0, trials: &Cell::new(1_000) }.kind());
        assert_eq!(kinds, [Kind::Null, Kind::Boolean, Kind::Number, Kind::String, Kind::Array, Kind::Object]);
    }

    #[test]
    fn a_member_is_found_whatever_stands_before_it() {
        let value =
            Raw { text: r#"{"a":{"kind":"inner"},"kind":"c\u0061t","b":[1]}"#, depth: 0, trials: &Cell::new(1_000) };
        assert_eq!(value.member("kind").as_deref(), Some("cat"));
        assert_eq!(value.member("a"), None);
        assert_eq!(value.member("c"), None);
        assert_eq!(
            Raw { text: r#"{"kind":"a","kind":"b"}"#, depth: 0, trials: &Cell::new(1_000) }.member("kind").as_deref(),
            Some("b")
        );
    }

    #[test]
    fn one_type_means_no_other() {
        let value = Raw { text: "1", depth: 0, trials: &Cell::new(1_000) };
        let integer: Trial<&str> = |value| value.decode::<i64>().map(|_| "integer");
        let number: Trial<&str> = |value| value.decode::<f64>().map(|_| "number");
        let string: Trial<&str> = |value| value.decode::<String>().map(|_| "string");
        assert_eq!(exactly_one(&value, &[integer, number]), None);
        assert_eq!(exactly_one(&value, &[string, number]), Some("number"));
        assert_eq!(first(&value, &[string, integer, number]), Some("integer"));
    }

    #[test]
    fn the_type_with_most_of_the_members_is_taken() {
        let value = Raw { text: r#"{"b":1,"c":2}"#, depth: 0, trials: &Cell::new(1_000) };
        let trials: [(&[&str], Trial<&str>); 3] =
            [(&["a"], |_| Some("first")), (&["b", "c"], |_| Some("second")), (&["c"], |_| Some("third"))];
        assert_eq!(most_fitting(&value, &trials), Some("second"));
    }

    #[test]
    fn parts_of_parts_are_as_deep_as_they_are_in_the_whole() {
        /// A list of such lists, which is read as one of several types at each step.
        struct Nested;

        impl Union for Nested {
            fn choose(value: &Raw<'_>) -> Option<Self> {
                value.decode::<Vec<Self>>().map(|_| Self)
            }
        }

        impl Decode for Nested {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                union(reader)
            }
        }

        let nested = |depth: usize| from_str::<Nested>(&format!("{}{}", "[".repeat(depth), "]".repeat(depth))).is_ok();
        assert_eq!([1, 127, 128, 1_000].map(nested), [true, true, false, false]);
    }

    #[test]
    fn unions_in_unions_take_no_time_that_grows_with_each_level() {
        /// One of two types, which both have such a value inside; what tells them apart comes last.
        struct Chain;

        impl Union for Chain {
            fn choose(value: &Raw<'_>) -> Option<Self> {
                let trial: Trial<Self> = |value| value.decode::<(Self, i64)>().map(|_| Self);
                let other: Trial<Self> = |value| value.decode::<(Self, String)>().map(|_| Self);
                match value.kind() {
                    Kind::Null => Some(Self),
                    _ => exactly_one(value, &[trial, other]),
                }
            }
        }

        impl Decode for Chain {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                union(reader)
            }
        }

        let chain =
            |depth: usize| from_str::<Chain>(&format!("{}null{}", "[".repeat(depth), ",1]".repeat(depth))).is_ok();
        assert_eq!([1, 5].map(chain), [true, true]);
        let begun = std::time::Instant::now();
        assert_eq!([60, 120].map(chain), [false, false]);
        assert!(begun.elapsed().as_secs() < 5);
    }
}
