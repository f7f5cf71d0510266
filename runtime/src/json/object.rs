//! Objects with known members.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::decode::{Decode, ViaDecode};
use super::enums::Constant;

/// An object with known members: a generated struct.
pub trait Object<'de>: Sized {
    /// The object's name, for messages.
    const NAME: &'static str;

    /// Reads all members; an error where one is missing.
    fn read<A: MapAccess<'de>>(members: &mut Members<A>) -> Result<Self, A::Error>;
}

/// The members of an object, as they come in.
#[derive(Debug)]
pub struct Members<A>(A);

impl<'de, A: MapAccess<'de>> Members<A> {
    /// The name of the next member.
    pub fn name(&mut self) -> Result<Option<Cow<'de, str>>, A::Error> {
        Ok(self.0.next_key::<Name<'de>>()?.map(|name| name.0))
    }

    /// The value of the member whose name was read, for a field that starts as `None`.
    pub fn value<T: Decode<'de>>(&mut self, field: &mut Option<T>) -> Result<(), A::Error> {
        *field = Some(self.0.next_value::<ViaDecode<T>>()?.0);
        Ok(())
    }

    /// Reads a member that is always the same. Of a member that is there twice, the last counts, as for fields.
    pub fn constant(&mut self, seen: &mut Option<()>, constant: Constant) -> Result<(), A::Error> {
        *seen = self.0.next_value_seed(constant)?.then_some(());
        Ok(())
    }

    /// Reads a member of which nothing is kept but that it was there.
    pub fn any<T: Decode<'de>>(&mut self, seen: &mut Option<()>) -> Result<(), A::Error> {
        self.0.next_value::<ViaDecode<T>>()?;
        *seen = Some(());
        Ok(())
    }

    /// Writes a member that has no field.
    pub fn keep<T: Decode<'de>>(
        &mut self,
        name: Cow<'_, str>,
        others: &mut BTreeMap<String, T>,
    ) -> Result<(), A::Error> {
        let value = self.0.next_value::<ViaDecode<T>>()?.0;
        others.insert(name.into_owned(), value);
        Ok(())
    }

    /// Reads over that value.
    pub fn skip(&mut self) -> Result<(), A::Error> {
        self.0.next_value::<IgnoredAny>().map(drop)
    }

    /// Refuses that member.
    pub fn refuse(&mut self) -> Result<(), A::Error> {
        Err(A::Error::custom("a member that the schema does not allow"))
    }
}

/// The value of a member that must be there.
pub fn required<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}

/// Writes the members of an object. The first error is kept for the end: a `?` for each member would be most of what
/// the compiler has to look at in generated code.
#[derive(Debug)]
pub struct Writer<M: SerializeMap> {
    map: M,
    failed: Option<M::Error>,
}

/// Begins an object.
pub fn writer<S: Serializer>(serializer: S) -> Result<Writer<S::SerializeMap>, S::Error> {
    Ok(Writer { map: serializer.serialize_map(None)?, failed: None })
}

impl<M: SerializeMap> Writer<M> {
    /// Writes a member.
    pub fn member<T: Serialize>(&mut self, name: &str, value: &T) {
        if self.failed.is_none() {
            let written = self.map.serialize_key(name);
            self.failed = written.and_then(|()| self.map.serialize_value(value)).err();
        }
    }

    /// Writes a member that may be absent.
    pub fn optional<T: Serialize>(&mut self, name: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.member(name, value);
        }
    }

    /// Ends the object.
    pub fn end(self) -> Result<M::Ok, M::Error> {
        match self.failed {
            None => self.map.end(),
            Some(error) => Err(error),
        }
    }
}

/// Decodes an object, and nothing but an object.
pub fn object<'de, T: Object<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object ({})", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(&mut Members(map))
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
