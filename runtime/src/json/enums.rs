//! Enums of a few values: how they are read from JSON and from text, and written.
//!
//! The names of types in macros begin with two underscores, as in `macros`; and `Self::Err` would be ambiguous beside a
//! variant of that name.

use std::fmt;

use super::decode::Decode;
use super::reader::{Failure, Reader};

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

impl Constant {
    /// Reads a value of the same type, and tells whether it is this one.
    pub(super) fn is_next(self, reader: &mut Reader<'_>) -> Result<bool, Failure> {
        match self {
            Self::Text(text) => Ok(reader.string()? == text),
            Self::Integer(value) => Ok(i64::decode(reader)? == value),
            Self::Bool(value) => Ok(bool::decode(reader)? == value),
        }
    }
}

/// Decodes the one of `all` whose constant is there.
pub fn listed<T: Copy>(reader: &mut Reader<'_>, all: &'static [T], constant: fn(T) -> Constant) -> Result<T, Failure> {
    let place = reader.place();
    let find = |is: &dyn Fn(Constant) -> bool| all.iter().copied().find(|value| is(constant(*value))).ok_or(place);
    match (reader.field(), reader.peek()) {
        (Some(_), _) | (None, b'"') => {
            let text = reader.string()?;
            find(&|constant| matches!(constant, Constant::Text(listed) if listed == text))
        }
        (None, b't' | b'f') => {
            let value = reader.boolean()?;
            find(&|constant| constant == Constant::Bool(value))
        }
        _ => {
            let value = i64::decode(reader)?;
            find(&|constant| constant == Constant::Integer(value))
        }
    }
}

/// Decodes a value, and makes another of it.
pub fn converted<F: Decode, T: TryFrom<F>>(reader: &mut Reader<'_>) -> Result<T, Failure> {
    let place = reader.place();
    T::try_from(F::decode(reader)?).map_err(|_| place)
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

        impl $crate::generated::json::Decode for $name {
            fn decode(
                reader: &mut $crate::generated::json::Reader<'_>,
            ) -> Result<Self, $crate::generated::json::Failure> {
                $crate::generated::json::string(reader, $crate::generated::FromText::from_text)
            }
        }

        $crate::__json_serde!($name);

        impl $crate::generated::json::Encode for $name {
            fn encode(&self, writer: &mut $crate::generated::json::Writer) {
                writer.string(self.as_str());
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

        impl $crate::generated::json::Decode for $name {
            fn decode(
                reader: &mut $crate::generated::json::Reader<'_>,
            ) -> Result<Self, $crate::generated::json::Failure> {
                $crate::generated::json::converted::<$integer, Self>(reader)
            }
        }

        $crate::__json_serde!($name);

        impl $crate::generated::json::Encode for $name {
            fn encode(&self, writer: &mut $crate::generated::json::Writer) {
                $crate::generated::json::Encode::encode(&self.$get(), writer);
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

        impl $crate::generated::json::Decode for $name {
            fn decode(
                reader: &mut $crate::generated::json::Reader<'_>,
            ) -> Result<Self, $crate::generated::json::Failure> {
                $crate::generated::json::listed(reader, Self::ALL, Self::constant)
            }
        }

        $crate::__json_serde!($name);

        impl $crate::generated::json::Encode for $name {
            fn encode(&self, writer: &mut $crate::generated::json::Writer) {
                $crate::generated::json::Encode::encode(&self.constant(), writer);
            }
        }
    };
}
