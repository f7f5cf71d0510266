//! `serde`'s own traits for generated types: by way of their JSON, so that each type is compiled for one reader only.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use super::borrowed_json::NUMBER;
use super::decode::Decode;
use super::encode::Encode;
use super::reader::{Failure, Reader};
use super::{from_str, to_string};

/// How `serde_json` names what it hands out as text: so every digit of a number is kept. To other formats the name says
/// nothing, and they hand out values.
const RAW: &str = "$serde_json::private::RawValue";

/// Decodes a value from whatever format.
pub fn deserialize<'de, T: Decode, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let Text(text) = deserializer.deserialize_newtype_struct(RAW, TextVisitor)?;
    from_str(&text).map_err(|_| D::Error::custom("a value that its schema does not allow"))
}

/// A value as the text of its JSON.
struct Text<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value that JSON has")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed("null")))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Text(value.to_string().into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Text(value.to_string().into()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Self::Value, E> {
        Ok(Text(value.to_string().into()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Self::Value, E> {
        Ok(Text(value.to_string().into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        if value.is_finite() { written(&value) } else { Err(E::custom("a number that JSON does not have")) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        written(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut array = String::from("[");
        while let Some(Text(item)) = items.next_element()? {
            separate(&mut array);
            array.push_str(&item);
        }
        Ok(Text((array + "]").into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = String::from("{");
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            // The only member stands for the value itself.
            if object.len() == 1 && (name == RAW || name == NUMBER) {
                let text: Cow<'de, str> = map.next_value()?;
                let is_value = Written::read_whole(&text).is_ok() && map.next_key::<IgnoredAny>()?.is_none();
                return if is_value { Ok(Text(text)) } else { Err(A::Error::custom("a value that is no JSON")) };
            }
            let Text(value) = map.next_value()?;
            separate(&mut object);
            object.push_str(&written::<_, A::Error>(&*name)?.0);
            object.push(':');
            object.push_str(&value);
        }
        Ok(Text((object + "}").into()))
    }
}

fn written<'de, T: Serialize + ?Sized, E: Error>(value: &T) -> Result<Text<'de>, E> {
    serde_json::to_string(value).map(|text| Text(text.into())).map_err(E::custom)
}

fn separate(text: &mut String) {
    if text.len() > 1 {
        text.push(',');
    }
}

/// Writes a value in whatever format.
pub fn serialize<T: Encode, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let text = to_string(value).map_err(S::Error::custom)?;
    let value = Written::read_whole(&text);
    value.map_err(|_| S::Error::custom("a value that is nested too deep"))?.serialize(serializer)
}

/// A value that was written as JSON.
enum Written<'t> {
    Null,
    Bool(bool),
    Number(&'t str),
    Text(Cow<'t, str>),
    Array(Vec<Self>),
    Object(Vec<(Cow<'t, str>, Self)>),
}

impl<'t> Written<'t> {
    fn read_whole(text: &'t str) -> Result<Self, Failure> {
        Reader::new(text).whole(Self::read)
    }

    fn read(reader: &mut Reader<'t>) -> Result<Self, Failure> {
        Ok(match reader.peek() {
            b'n' if reader.null() => Self::Null,
            b't' | b'f' => Self::Bool(reader.boolean()?),
            b'"' => Self::Text(reader.string()?),
            b'[' => {
                let mut items = Vec::new();
                reader.array(|reader| {
                    items.push(Self::read(reader)?);
                    Ok(())
                })?;
                Self::Array(items)
            }
            b'{' => {
                let mut members = Vec::new();
                reader.members(|reader| {
                    members.push((reader.name()?, Self::read(reader)?));
                    Ok(())
                })?;
                Self::Object(members)
            }
            _ => Self::Number(reader.number()?),
        })
    }
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(text) => number(text, serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// A number as one of `serde`'s, where that has all of its digits; else as it is written, which `serde_json` alone takes.
fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(value) = text.parse::<i64>() {
        return serializer.serialize_i64(value);
    }
    if let Ok(value) = text.parse::<u64>() {
        return serializer.serialize_u64(value);
    }
    match text.parse::<f64>() {
        Ok(value) if to_string(&value).is_ok_and(|written| written == text) => serializer.serialize_f64(value),
        _ => serde_json::from_str::<&RawValue>(text).map_err(S::Error::custom)?.serialize(serializer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Decimal;
    use std::collections::BTreeMap;

    /// A type that `serde` knows by its JSON.
    #[derive(Debug, PartialEq)]
    struct Known<T>(T);

    impl<'de, T: Decode> Deserialize<'de> for Known<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserialize(deserializer).map(Self)
        }
    }

    impl<T: Encode> Serialize for Known<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serialize(&self.0, serializer)
        }
    }

    #[test]
    fn every_digit_is_kept() {
        let text = "[1.00,123456789012345678901234567890.5,-1e400,1.5,18446744073709551615]";
        let read: Known<Vec<Decimal>> = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert_eq!(serde_json::to_string(&Known(vec![1.5_f32, 0.1])).unwrap(), "[1.5,0.1]");
    }

    #[test]
    fn values_come_from_any_format_and_go_to_any() {
        let value = serde_json::json!({"b": ["x", null, true], "a": {"c": -1, "d": 1.5}});
        let read: Known<BTreeMap<String, crate::values::Json>> = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), value);
        // A deserializer of values alone, without a text.
        let pairs = [("a", 1_u8), ("b", 2)];
        let deserializer = serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(pairs.into_iter());
        let read = Known::<BTreeMap<String, i64>>::deserialize(deserializer).unwrap();
        assert_eq!(read.0, BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]));
    }

    #[test]
    fn members_keep_their_order() {
        struct Pair;

        impl Encode for Pair {
            fn encode(&self, writer: &mut crate::json::Writer) {
                writer.object(&[("\"z\":", &1_i64), ("\"none\":", &None::<i64>), ("\"a\":", &"x")], None);
            }
        }

        assert_eq!(serde_json::to_string(&Known(Pair)).unwrap(), r#"{"z":1,"a":"x"}"#);
    }
}
