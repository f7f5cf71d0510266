//! A value that may be null, apart from one that may be absent.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value or JSON's null.
///
/// A member that may be absent is an `Option`; one that may be both is an `Option<Nullable<T>>`, so
/// that "leave it as it is" and "set it to null" stay apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Nullable<T> {
    /// `null`.
    #[default]
    Null,
    /// A value.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, if it is not null.
    pub fn as_option(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, if it is not null.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_goes_in_and_out() {
        let values: Vec<Nullable<i64>> = serde_json::from_str("[1,null]").unwrap();
        assert_eq!(values, [Nullable::Value(1), Nullable::Null]);
        assert_eq!(serde_json::to_string(&values).unwrap(), "[1,null]");
        assert_eq!((values[0].as_option(), values[1].into_option()), (Some(&1), None));
        assert!(Nullable::<i64>::default().is_null() && Nullable::from(Some(1)) == Nullable::from(1));
    }
}
