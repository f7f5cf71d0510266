//! Objects with known members.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::decode::{Decode, Wire};

/// The members of an object, as they come in.
pub trait Fields<'de>: Default {
    /// The object that they make.
    type Object;
    /// The object's name, for messages.
    const NAME: &'static str;

    /// Reads the value of member `name`; `false` where there is no such member and nothing was read.
    fn read<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;

    /// The object; an error where a member is missing.
    fn finish<E: Error>(self) -> Result<Self::Object, E>;
}

/// Decodes an object, and nothing but an object.
pub fn object<'de, F: Fields<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<F::Object, D::Error> {
    deserializer.deserialize_map(ObjectVisitor::<F>(PhantomData))
}

/// The next value of a map, for a field that starts as `None`.
pub fn value<'de, T: Decode<'de>, A: MapAccess<'de>>(map: &mut A) -> Result<Option<T>, A::Error> {
    map.next_value::<Wire<T>>().map(|wire| Some(wire.0))
}

/// The error for a member that must be there.
pub fn missing<E: Error>(name: &'static str) -> E {
    E::missing_field(name)
}

struct ObjectVisitor<F>(PhantomData<F>);

impl<'de, F: Fields<'de>> Visitor<'de> for ObjectVisitor<F> {
    type Value = F::Object;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object ({})", F::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = F::default();
        while let Some(Name(name)) = map.next_key()? {
            if !fields.read(&name, &mut map)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        fields.finish()
    }
}

/// A member's name, borrowed from the text where it has no escapes.
pub(super) struct Name<'de>(pub(super) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }
}
