//! What can be decoded from JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::values::{Base64, Decimal, External, FromText, Integer, Json, JsonObject, Nullable, Password};

/// A value that can be decoded from JSON by the rules of JSON Schema.
pub trait Decode<'de>: Sized {
    /// Decodes the value.
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A value that `serde` decodes through [`Decode`].
#[derive(Debug)]
pub struct ViaDecode<T>(pub T);

impl<'de, T: Decode<'de>> Deserialize<'de> for ViaDecode<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::decode(deserializer).map(ViaDecode)
    }
}

/// Decodes a JSON string that `parse` understands: an enum, or a format.
pub fn string<'de, T, D: Deserializer<'de>>(deserializer: D, parse: fn(&str) -> Option<T>) -> Result<T, D::Error> {
    deserializer.deserialize_str(TextVisitor(parse))
}

struct TextVisitor<T>(fn(&str) -> Option<T>);

impl<T> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string of the right form")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).ok_or_else(|| E::custom("a string of another form"))
    }
}

macro_rules! decode_by_serde {
    ($($name:ty),*) => {
        $(impl<'de> Decode<'de> for $name {
            fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$name>::deserialize(deserializer)
            }
        })*
    };
}

decode_by_serde!((), String, bool, Json, JsonObject, Decimal, Integer);

macro_rules! decode_by_text {
    ($($(#[$attribute:meta])* $name:ty),*) => {
        $($(#[$attribute])* impl<'de> Decode<'de> for $name {
            fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                string(deserializer, <$name>::from_text)
            }
        })*
    };
}

decode_by_text!(
    Ipv4Addr,
    Ipv6Addr,
    Base64,
    Password,
    uuid::Uuid,
    #[cfg(feature = "chrono")]
    chrono::NaiveDate,
    #[cfg(feature = "chrono")]
    crate::values::DateTime
);

impl<'de, T: Deserialize<'de>> Decode<'de> for External<T> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// Any number, as wide as it comes.
struct NumberVisitor<T> {
    integer: fn(i128) -> Option<T>,
    float: fn(f64) -> Option<T>,
}

impl<T> Visitor<'_> for NumberVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number in range")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        (self.integer)(value.into()).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        (self.integer)(value.into()).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        (self.float)(value).ok_or_else(|| E::custom("a number out of range"))
    }
}

macro_rules! decode_integers {
    ($($name:ident by $hint:ident),*) => {
        $(impl<'de> Decode<'de> for $name {
            fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.$hint(NumberVisitor { integer: |value| value.try_into().ok(), float: whole })
            }
        })*
    };
}

decode_integers!(
    i8 by deserialize_i64, i16 by deserialize_i64, i32 by deserialize_i64, i64 by deserialize_i64,
    u8 by deserialize_u64, u16 by deserialize_u64, u32 by deserialize_u64, u64 by deserialize_u64
);

/// `1.0` and `1e3` are integers (JSON Schema Core 2020-12 §4.2.3).
fn whole<T: TryFrom<i128>>(value: f64) -> Option<T> {
    // What the digits below an `i64` are rounded to; the smallest `i64` itself is no float.
    const BELOW: f64 = -9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && value != BELOW).then(|| T::try_from(value as i128).ok()).flatten()
}

impl<'de> Decode<'de> for f64 {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(NumberVisitor { integer: |value| Some(value as f64), float: Some })
    }
}

impl<'de> Decode<'de> for f32 {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let finite = |value: f64| Some(value as f32).filter(|value| value.is_finite());
        deserializer.deserialize_f64(NumberVisitor { integer: |value| Some(value as f32), float: finite })
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Box<T> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::decode(deserializer).map(Box::new)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Nullable<T> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(NullableVisitor(PhantomData))
    }
}

struct NullableVisitor<T>(PhantomData<T>);

impl<'de, T: Decode<'de>> Visitor<'de> for NullableVisitor<T> {
    type Value = Nullable<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("null or a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Nullable::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Nullable::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::decode(deserializer).map(Nullable::Value)
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Vec<T> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Decode<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(ViaDecode(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list)
    }
}

macro_rules! decode_tuples {
    ($(($($name:ident)+))*) => {
        $(impl<'de, $($name: Decode<'de>),+> Decode<'de> for ($($name,)+) {
            fn decode<DE: Deserializer<'de>>(deserializer: DE) -> Result<Self, DE::Error> {
                struct TupleVisitor<$($name),+>(PhantomData<($($name,)+)>);

                impl<'de, $($name: Decode<'de>),+> Visitor<'de> for TupleVisitor<$($name),+> {
                    type Value = ($($name,)+);

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        formatter.write_str("an array of a fixed length")
                    }

                    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Self::Value, S::Error> {
                        let value = ($(position::<$name, S>(&mut items)?,)+);
                        match items.next_element::<IgnoredAny>()? {
                            Some(_) => Err(S::Error::custom("an array that is too long")),
                            None => Ok(value),
                        }
                    }
                }

                deserializer.deserialize_seq(TupleVisitor(PhantomData))
            }
        })*
    };
}

decode_tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I)
    (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}

fn position<'de, T: Decode<'de>, S: SeqAccess<'de>>(items: &mut S) -> Result<T, S::Error> {
    match items.next_element::<ViaDecode<T>>()? {
        Some(ViaDecode(item)) => Ok(item),
        None => Err(S::Error::custom("an array that is too short")),
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for BTreeMap<String, T> {
    fn decode<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

struct MapVisitor<T>(PhantomData<T>);

impl<'de, T: Decode<'de>> Visitor<'de> for MapVisitor<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((name, ViaDecode(value))) = members.next_entry::<String, ViaDecode<T>>()? {
            map.insert(name, value);
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded<T: for<'de> Decode<'de>>(text: &str) -> Option<T> {
        serde_json::from_str::<ViaDecode<T>>(text).ok().map(|wire| wire.0)
    }

    #[test]
    fn whole_floats_are_integers() {
        assert_eq!(decoded::<i64>("1.0"), Some(1));
        assert_eq!(decoded::<i32>("1e3"), Some(1000));
        assert_eq!(decoded::<i64>("1.5"), None);
    }

    #[test]
    fn numbers_out_of_range_are_errors() {
        assert_eq!(decoded::<i64>("9223372036854775808"), None);
        assert_eq!(decoded::<i64>("1e300"), None);
        assert_eq!(decoded::<i64>("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(decoded::<i64>("-9223372036854775809"), None);
        assert_eq!(decoded::<u8>("-1"), None);
        assert_eq!(decoded::<f32>("1e39"), None);
    }

    #[test]
    fn tuples_have_their_length() {
        assert_eq!(decoded::<(i64, String)>("[1,\"a\"]"), Some((1, "a".to_owned())));
        assert_eq!(decoded::<(i64, String)>("[1]"), None);
        assert_eq!(decoded::<(i64, String)>("[1,\"a\",null]"), None);
    }

    #[test]
    fn null_is_no_value_and_strings_are_no_numbers() {
        assert_eq!(decoded::<String>("null"), None);
        assert_eq!(decoded::<Nullable<String>>("null"), Some(Nullable::Null));
        assert_eq!(decoded::<Vec<Nullable<i64>>>("[1,null]"), Some(vec![Nullable::Value(1), Nullable::Null]));
        assert_eq!(decoded::<i64>("\"1\""), None);
    }
}
