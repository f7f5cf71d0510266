//! Forms as `serde` reads them: for types that the document names, and for any JSON.

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::form_value::FormValue;
use crate::values::FromText;

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
        newtype_struct tuple tuple_struct struct enum identifier
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
    use crate::json::of_field;
    use crate::values::{External, Json};

    #[test]
    fn the_type_says_what_a_text_is() {
        let text = FormValue::Text("7".into());
        assert_eq!(of_field::<External<std::num::NonZeroU64>>(&text).map(|value| value.0.get()), Ok(7));
        assert_eq!(of_field::<External<String>>(&text).as_deref().map(String::as_str), Ok("7"));
        assert_eq!(of_field::<Json>(&FormValue::List(vec![text])), Ok(serde_json::json!(["7"])));
    }
}
