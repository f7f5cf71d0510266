//! Enums of a few values: how they are read from JSON and from text, and written.
//!
//! The names of types in macros begin with two underscores, as in `macros`; and `Self::Err` would be ambiguous beside a
//! variant of that name.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, Visitor};

use super::decode::Decode;

/// One of the values that an enum of several kinds lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// A string.
    Text(&'static str),
    /// An integer.
    Integer(i64),
    /// A boolean.
    Bool(bool),
}

impl From<&'static str> for Constant {
    fn from(text: &'static str) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Constant {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Constant {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Integer(value) => value.fmt(formatter),
            Self::Bool(value) => value.fmt(formatter),
        }
    }
}

impl serde::Serialize for Constant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Bool(value) => serializer.serialize_bool(*value),
        }
    }
}

/// Decodes a value of the same type, and tells whether it is this one.
impl<'de> DeserializeSeed<'de> for Constant {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        match self {
            Self::Text(text) => deserializer.deserialize_str(SameText(text)),
            Self::Integer(value) => Ok(i64::decode(deserializer)? == value),
            Self::Bool(value) => Ok(bool::decode(deserializer)? == value),
        }
    }
}

struct SameText(&'static str);

impl Visitor<'_> for SameText {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        Ok(text == self.0)
    }
}

/// Decodes the one of `all` whose constant is there.
pub fn listed<'de, T: Copy, D: Deserializer<'de>>(
    deserializer: D,
    all: &'static [T],
    constant: fn(T) -> Constant,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(ListedVisitor { all, constant })
}

struct ListedVisitor<T: 'static> {
    all: &'static [T],
    constant: fn(T) -> Constant,
}

impl<T: Copy> ListedVisitor<T> {
    fn find<E: Error>(self, is: impl Fn(Constant) -> bool) -> Result<T, E> {
        let found = self.all.iter().copied().find(|value| is((self.constant)(*value)));
        found.ok_or_else(|| E::custom("none of the listed values"))
    }
}

impl<T: Copy> Visitor<'_> for ListedVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("one of the listed values")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.find(|constant| matches!(constant, Constant::Text(listed) if listed == text))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        self.find(|constant| constant == Constant::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        self.find(|constant| constant == Constant::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        self.find(|constant| matches!(constant, Constant::Integer(listed) if u64::try_from(listed) == Ok(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        self.find(|constant| matches!(constant, Constant::Integer(listed) if listed as f64 == value))
    }
}

/// An enum whose values are strings. With `else Other`, a variant of that name keeps values that are not listed.
///
/// ```ignore
/// json::strings!(State { Open = "open", Closed = "closed" });
/// json::strings!(Kind { Cat = "cat", Dog = "dog" } else Other);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __json_strings {
    ($name:ident { $($variant:ident = $wire:literal),* $(,)? }) => {
        impl $name {
            /// Every value, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it is written in the document.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)*
                }
            }
        }

        impl $crate::generated::FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                match text {
                    $($wire => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        $crate::__json_text!($name);
        $crate::__json_from_str!($name);
    };
    ($name:ident { $($variant:ident = $wire:literal),* $(,)? } else $other:ident) => {
        impl $name {
            /// Every value that the document lists, in its order.
            pub const LISTED: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it is written.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::$other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($wire => Self::$variant,)*
                    _ => Self::$other(text.to_owned()),
                }
            }
        }

        impl $crate::generated::FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                Some(Self::from(text))
            }
        }

        $crate::__json_text!($name);
    };
}

/// An enum that is read from text, and written as text.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_text {
    ($name:ident) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl<'de> $crate::generated::json::Decode<'de> for $name {
            fn decode<__D: $crate::generated::json::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                $crate::generated::json::string(deserializer, $crate::generated::FromText::from_text)
            }
        }

        $crate::__json_deserialize!($name);

        impl $crate::generated::json::Serialize for $name {
            fn serialize<__S: $crate::generated::json::Serializer>(
                &self,
                serializer: __S,
            ) -> Result<__S::Ok, __S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// `FromStr`, by [`FromText`](crate::generated::FromText).
#[doc(hidden)]
#[macro_export]
macro_rules! __json_from_str {
    ($name:ident) => {
        impl ::std::str::FromStr for $name {
            type Err = $crate::types::NotListed;

            fn from_str(text: &str) -> Result<Self, $crate::types::NotListed> {
                $crate::generated::FromText::from_text(text).ok_or($crate::types::NotListed)
            }
        }
    };
}

/// An enum whose values are integers of a type, which its variants have as their discriminants.
///
/// ```ignore
/// json::integers!(Priority: i32, as_i32 { Low = 1, High = 2 });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __json_integers {
    ($name:ident: $integer:ident, $get:ident { $($variant:ident = $value:literal),* $(,)? }) => {
        impl $name {
            /// Every value, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it is written in the document.
            pub fn $get(self) -> $integer {
                self as $integer
            }
        }

        impl From<$name> for $integer {
            fn from(value: $name) -> Self {
                value.$get()
            }
        }

        impl TryFrom<$integer> for $name {
            type Error = $crate::types::NotListed;

            fn try_from(value: $integer) -> Result<Self, $crate::types::NotListed> {
                match value {
                    $($value => Ok($name::$variant),)*
                    _ => Err($crate::types::NotListed),
                }
            }
        }

        impl $crate::generated::FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                <$integer as $crate::generated::FromText>::from_text(text)?.try_into().ok()
            }
        }

        $crate::__json_from_str!($name);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.$get(), formatter)
            }
        }

        impl<'de> $crate::generated::json::Decode<'de> for $name {
            fn decode<__D: $crate::generated::json::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                let value: $integer = $crate::generated::json::Decode::decode(deserializer)?;
                Self::try_from(value).map_err($crate::generated::json::Error::custom)
            }
        }

        $crate::__json_deserialize!($name);

        impl $crate::generated::json::Serialize for $name {
            fn serialize<__S: $crate::generated::json::Serializer>(
                &self,
                serializer: __S,
            ) -> Result<__S::Ok, __S::Error> {
                $crate::generated::json::Serialize::serialize(&self.$get(), serializer)
            }
        }
    };
}

/// An enum whose values are strings, integers and booleans.
///
/// ```ignore
/// json::constants!(Level { Auto = "auto", N1 = 1, True = true });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __json_constants {
    ($name:ident { $($variant:ident = $value:literal),* $(,)? }) => {
        impl $name {
            /// Every value, in the order of the document.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn constant(self) -> $crate::generated::json::Constant {
                match self {
                    $(Self::$variant => $crate::generated::json::Constant::from($value),)*
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.constant().fmt(formatter)
            }
        }

        impl<'de> $crate::generated::json::Decode<'de> for $name {
            fn decode<__D: $crate::generated::json::Deserializer<'de>>(deserializer: __D) -> Result<Self, __D::Error> {
                $crate::generated::json::listed(deserializer, Self::ALL, Self::constant)
            }
        }

        $crate::__json_deserialize!($name);

        impl $crate::generated::json::Serialize for $name {
            fn serialize<__S: $crate::generated::json::Serializer>(
                &self,
                serializer: __S,
            ) -> Result<__S::Ok, __S::Error> {
                $crate::generated::json::Serialize::serialize(&self.constant(), serializer)
            }
        }
    };
}
