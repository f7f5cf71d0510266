//! What fields stand for, and how types decode it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::values::{EXACT, FromText};

/// A value whose texts have not been told apart yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FormValue<'t> {
    /// A text: a string, or any value that is written as one.
    Text(Cow<'t, str>),
    /// A text that is JSON.
    Json(Cow<'t, str>),
    /// Several values.
    List(Vec<FormValue<'t>>),
    /// Values with names, or with the numbers of a list.
    Object(BTreeMap<Cow<'t, str>, FormValue<'t>>),
}

impl<'t> FormValue<'t> {
    /// The items, where this stands for a list: a lone value is a list of one.
    pub(crate) fn items(&self) -> Vec<&Self> {
        match self {
            Self::List(items) => items.iter().collect(),
            Self::Object(members) if is_numbered(members) => {
                let mut items: Vec<(u64, &Self)> =
                    members.iter().filter_map(|(name, node)| Some((name.parse().ok()?, node))).collect();
                items.sort_by_key(|(number, _)| *number);
                items.into_iter().map(|(_, node)| node).collect()
            }
            node => vec![node],
        }
    }

    /// The members, where this stands for an object; also where names and values come in turn.
    pub(crate) fn members(&self) -> Option<Vec<(&str, &Self)>> {
        match self {
            Self::Object(members) => Some(members.iter().map(|(name, node)| (name.as_ref(), node)).collect()),
            Self::List(items) if items.len() % 2 == 0 => {
                let pairs = items.chunks(2).map(|pair| match pair {
                    [Self::Text(name), value] => Some((name.as_ref(), value)),
                    _ => None,
                });
                pairs.collect()
            }
            _ => None,
        }
    }
}

fn is_numbered(members: &BTreeMap<Cow<'_, str>, FormValue<'_>>) -> bool {
    members.keys().all(|name| name.parse::<u64>().is_ok())
}

/// A text that is JSON, read by what is wanted of it.
fn json(text: &str) -> serde_json::Deserializer<serde_json::de::StrRead<'_>> {
    serde_json::Deserializer::from_str(text)
}

fn of_json<'de, V: Visitor<'de>>(text: &'de str, visitor: V) -> Result<V::Value, Error> {
    let mut deserializer = json(text);
    let value = deserializer.deserialize_any(visitor).map_err(Error::custom)?;
    deserializer.end().map_err(Error::custom)?;
    Ok(value)
}

macro_rules! deserialize_texts {
    ($($method:ident: $kind:ty => $visit:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                FormValue::Text(text) => match <$kind>::from_text(text) {
                    Some(value) => visitor.$visit(value),
                    None => Err(Error::custom("a text of another form")),
                },
                _ => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for &'de FormValue<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            FormValue::Text(text) => visitor.visit_borrowed_str(text),
            FormValue::Json(text) => of_json(text, visitor),
            FormValue::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            FormValue::Object(_) => self.deserialize_map(visitor),
        }
    }

    deserialize_texts! {
        deserialize_bool: bool => visit_bool;
        deserialize_i64: i64 => visit_i64;
        deserialize_u64: u64 => visit_u64;
        deserialize_f64: f64 => visit_f64;
    }

    /// No text is null; JSON may be.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            FormValue::Json(text) => {
                let mut deserializer = json(text);
                deserializer.deserialize_option(visitor).map_err(Error::custom)
            }
            _ => visitor.visit_some(self),
        }
    }

    /// Numbers that are kept exact take a text as it is.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        match self {
            FormValue::Json(text) if name == EXACT => {
                json(text).deserialize_newtype_struct(name, visitor).map_err(Error::custom)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            FormValue::Json(text) => of_json(text, visitor),
            _ => visitor.visit_seq(SeqDeserializer::new(self.items().into_iter())),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self, self.members()) {
            (_, Some(members)) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
            // An object is sent as JSON (OpenAPI 3.1.1 §4.8.15.1.1).
            (FormValue::Text(text) | FormValue::Json(text), None) => of_json(text, visitor),
            (_, None) => Err(Error::custom("no object")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct struct enum identifier
    }
}

impl<'de> IntoDeserializer<'de> for &'de FormValue<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Decode;
    use crate::values::Nullable;

    fn text(text: &str) -> FormValue<'_> {
        FormValue::Text(text.into())
    }

    fn decoded<T: for<'de> Decode<'de>>(node: &FormValue<'_>) -> Option<T> {
        T::decode(node).ok()
    }

    #[test]
    fn the_type_says_what_a_text_is() {
        assert_eq!(decoded::<String>(&text("7")).as_deref(), Some("7"));
        assert_eq!(
            (decoded::<i32>(&text("7")), decoded::<u8>(&text("-7")), decoded::<i64>(&text("x"))),
            (Some(7), None, None)
        );
        assert_eq!((decoded::<f64>(&text("1e2")), decoded::<bool>(&text("true"))), (Some(100.0), Some(true)));
        assert_eq!(decoded::<Nullable<i64>>(&text("7")), Some(Nullable::Value(7)));
    }

    #[test]
    fn one_text_is_a_list_of_one() {
        assert_eq!(decoded::<Vec<i64>>(&text("7")), Some(vec![7]));
        assert_eq!(decoded::<Vec<i64>>(&FormValue::List(vec![text("7"), text("8")])), Some(vec![7, 8]));
        assert_eq!(decoded::<i64>(&FormValue::List(vec![text("7"), text("8")])), None);
    }

    #[test]
    fn numbered_members_are_a_list_in_the_order_of_their_numbers() {
        let members = [("10", "c"), ("2", "b"), ("0", "a")].map(|(name, value)| (name.into(), text(value)));
        let node = FormValue::Object(BTreeMap::from(members));
        assert_eq!(decoded::<Vec<String>>(&node), Some(["a", "b", "c"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn objects_are_json_or_names_and_values_in_turn() {
        let expected = Some(BTreeMap::from([("a".to_owned(), 1_i64)]));
        assert_eq!(decoded::<BTreeMap<String, i64>>(&text(r#"{"a": 1}"#)), expected);
        assert_eq!(decoded::<BTreeMap<String, i64>>(&FormValue::List(vec![text("a"), text("1")])), expected);
        assert_eq!(decoded::<BTreeMap<String, i64>>(&text(r#"{"a": 1} x"#)), None);
    }
}
