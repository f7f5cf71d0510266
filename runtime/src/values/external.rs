//! Types that the document names, and does not describe.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value of a type that the document names: `x-rust-type`, or the type of a format.
///
/// It is read and written through the type's own `serde::Deserialize` (of an owned value) and
/// `serde::Serialize`. Generated types derive `Debug`, `Clone` and `PartialEq`, and handlers run on any thread, so
/// it needs these as well, `Send`, `Sync` and `'static`. What else its schema says is checked by the schema's
/// validator.
///
/// This is the value and nothing more: `value.0`, `*value`, or `.into()` the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct External<T>(pub T);

impl<T> From<T> for External<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for External<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for External<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: fmt::Display> fmt::Display for External<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for External<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: Serialize> Serialize for External<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
