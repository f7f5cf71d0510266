//! What can be decoded from JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::de::{Deserialize, DeserializeOwned};

use super::object::Unknown;
use super::reader::{Failure, Reader};
use crate::values::{Base64, Decimal, External, FromText, Integer, Json, JsonObject, Nullable, Password};

/// A value that can be decoded from JSON by the rules of JSON Schema: `1.0` is an integer, an array is no object, and a
/// value is null only where its type says so.
pub trait Decode: Sized {
    /// Reads the value.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure>;
}

/// Decodes a JSON string that `parse` understands: an enum, or a format.
pub fn string<T>(reader: &mut Reader<'_>, parse: fn(&str) -> Option<T>) -> Result<T, Failure> {
    let place = reader.place();
    parse(&reader.string()?).ok_or(place)
}

impl Decode for String {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        reader.string().map(Cow::into_owned)
    }
}

impl Decode for bool {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        scalar(reader, |reader| reader.boolean())
    }
}

impl Decode for () {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        if reader.null() { Ok(()) } else { Err(reader.failure()) }
    }
}

/// A value that is a text of its own in forms.
fn scalar<T: FromText>(
    reader: &mut Reader<'_>,
    json: impl FnOnce(&mut Reader<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    match reader.field_text()? {
        Some(text) => T::from_text(text).ok_or(reader.failure()),
        None => json(reader),
    }
}

macro_rules! decode_by_text {
    ($($(#[$attribute:meta])* $name:ty),*) => {
        $($(#[$attribute])* impl Decode for $name {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                string(reader, <$name>::from_text)
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

macro_rules! decode_integers {
    ($($name:ident),*) => {
        $(impl Decode for $name {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                scalar(reader, |reader| {
                    let place = reader.place();
                    match reader.short_integer() {
                        Some(value) => value.try_into().ok(),
                        None => long_integer(reader.number()?).and_then(|value| value.try_into().ok()),
                    }
                    .ok_or(place)
                })
            }
        })*
    };
}

decode_integers!(i8, i16, i32, i64, u8, u16, u32, u64);

/// `1.0` and `1e3` are integers (JSON Schema Core 2020-12 §4.2.3).
fn long_integer(number: &str) -> Option<i128> {
    // What the digits below an `i64` are rounded to; the smallest `i64` itself is no float.
    const BELOW: f64 = -9_223_372_036_854_775_808.0;
    if !number.contains(['.', 'e', 'E']) {
        return number.parse().ok();
    }
    let value: f64 = number.parse().ok()?;
    (value.fract() == 0.0 && value != BELOW).then_some(value as i128)
}

macro_rules! decode_floats {
    ($($name:ident),*) => {
        $(impl Decode for $name {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                scalar(reader, |reader| {
                    if let Some(value) = reader.short_integer() {
                        return Ok(value as $name);
                    }
                    let place = reader.failure();
                    let value: Option<$name> = reader.number()?.parse().ok();
                    // One past the greatest is none.
                    value.filter(|value| value.is_finite()).ok_or(place)
                })
            }
        })*
    };
}

decode_floats!(f32, f64);

macro_rules! decode_exactly {
    ($($name:ty),*) => {
        $(impl Decode for $name {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                scalar(reader, |reader| {
                    let place = reader.place();
                    <$name>::from_text(reader.number()?).ok_or(place)
                })
            }
        })*
    };
}

decode_exactly!(Decimal, Integer);

macro_rules! decode_by_serde {
    ($($name:ty $(, $parameter:ident)?;)*) => {
        $(impl $(<$parameter: DeserializeOwned>)? Decode for $name {
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                let place = reader.place();
                match reader.field() {
                    Some(field) => Self::deserialize(field).map_err(|_| place),
                    None => serde_json::from_str(reader.raw()?).map_err(|_| place),
                }
            }
        })*
    };
}

decode_by_serde!(Json; JsonObject; External<T>, T;);

impl<T: Decode> Decode for Box<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        T::decode(reader).map(Box::new)
    }
}

impl<T: Decode> Decode for Nullable<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        if reader.null() { Ok(Self::Null) } else { T::decode(reader).map(Self::Value) }
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let mut list = Vec::new();
        reader.array(|reader| {
            list.push(T::decode(reader)?);
            Ok(())
        })?;
        Ok(list)
    }
}

macro_rules! decode_tuples {
    ($(($($name:ident)+))*) => {
        $(impl<$($name: Decode),+> Decode for ($($name,)+) {
            #[allow(non_snake_case, reason = "a type and its value have one name here")]
            fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
                $(let mut $name = None::<$name>;)+
                let place = reader.tuple(&mut [$(&mut $name),+])?;
                Ok(($($name.ok_or(place)?,)+))
            }
        })*
    };
}

decode_tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I)
    (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let mut map = BTreeMap::new();
        reader.object(&mut [], Unknown::Kept(&mut map))?;
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::from_str;

    fn decoded<T: Decode>(text: &str) -> Option<T> {
        from_str(text).ok()
    }

    #[test]
    fn whole_floats_are_integers() {
        assert_eq!(decoded::<i64>("1.0"), Some(1));
        assert_eq!(decoded::<i32>("1e3"), Some(1000));
        assert_eq!(decoded::<u8>("-0.0"), Some(0));
        assert_eq!(decoded::<u8>("-0"), Some(0));
        assert_eq!(decoded::<i64>("1.5"), None);
    }

    #[test]
    fn numbers_out_of_range_are_errors() {
        assert_eq!(decoded::<i64>("9223372036854775808"), None);
        assert_eq!(decoded::<u64>("18446744073709551615"), Some(u64::MAX));
        assert_eq!(decoded::<u64>("18446744073709551616"), None);
        assert_eq!(decoded::<i64>("1e300"), None);
        assert_eq!(decoded::<i64>("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(decoded::<i64>("-9223372036854775809"), None);
        assert_eq!(decoded::<i64>("170141183460469231731687303715884105728"), None);
        assert_eq!(decoded::<u8>("-1"), None);
        assert_eq!(decoded::<f32>("1e39"), None);
        assert_eq!(decoded::<f64>("1e400"), None);
    }

    #[test]
    fn tuples_have_their_length() {
        assert_eq!(decoded::<(i64, String)>("[1,\"a\"]"), Some((1, "a".to_owned())));
        assert_eq!(decoded::<(i64, String)>("[1]"), None);
        assert_eq!(decoded::<(i64, String)>("[1,\"a\",null]"), None);
        assert_eq!(decoded::<(i64,)>("[]"), None);
    }

    #[test]
    fn null_is_no_value_and_strings_are_no_numbers() {
        assert_eq!(decoded::<String>("null"), None);
        assert_eq!(decoded::<Nullable<String>>("null"), Some(Nullable::Null));
        assert_eq!(decoded::<Vec<Nullable<i64>>>("[1,null]"), Some(vec![Nullable::Value(1), Nullable::Null]));
        assert_eq!(decoded::<i64>("\"1\""), None);
        assert_eq!(decoded::<()>("null"), Some(()));
        assert_eq!(decoded::<()>("nul"), None);
    }
}
