//! What can be written as JSON.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use super::enums::Constant;
use super::writer::Writer;
use crate::values::{Base64, Decimal, External, Integer, Json, JsonObject, Nullable, Password};

/// A value that can be written as JSON.
pub trait Encode {
    /// Writes the value.
    fn encode(&self, writer: &mut Writer);

    /// Whether a member with this value is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, writer: &mut Writer) {
        (**self).encode(writer);
    }

    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

impl<T: Encode> Encode for Box<T> {
    fn encode(&self, writer: &mut Writer) {
        (**self).encode(writer);
    }

    fn is_absent(&self) -> bool {
        (**self).is_absent()
    }
}

/// A member that may be absent.
impl<T: Encode> Encode for Option<T> {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Some(value) => value.encode(writer),
            None => writer.token("null"),
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Encode> Encode for Nullable<T> {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Value(value) => value.encode(writer),
            Self::Null => writer.token("null"),
        }
    }
}

impl Encode for () {
    fn encode(&self, writer: &mut Writer) {
        writer.token("null");
    }
}

impl Encode for bool {
    fn encode(&self, writer: &mut Writer) {
        writer.token(if *self { "true" } else { "false" });
    }
}

impl Encode for str {
    fn encode(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl Encode for String {
    fn encode(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl Encode for Constant {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Self::Text(text) => writer.string(text),
            Self::Integer(value) => value.encode(writer),
            Self::Bool(value) => value.encode(writer),
        }
    }
}

macro_rules! encode_exactly {
    ($($name:ty),*) => {
        $(impl Encode for $name {
            fn encode(&self, writer: &mut Writer) {
                writer.token(self.as_str());
            }
        })*
    };
}

encode_exactly!(Decimal, Integer);

macro_rules! encode_by_serde {
    ($($(#[$attribute:meta])* $name:ty $(, $parameter:ident)?;)*) => {
        $($(#[$attribute])* impl $(<$parameter: Serialize>)? Encode for $name {
            fn encode(&self, writer: &mut Writer) {
                writer.by_serde(self);
            }
        })*
    };
}

encode_by_serde! {
    i8;
    i16;
    i32;
    i64;
    u8;
    u16;
    u32;
    u64;
    f32;
    f64;
    Ipv4Addr;
    Ipv6Addr;
    Base64;
    Password;
    uuid::Uuid;
    #[cfg(feature = "chrono")]
    chrono::NaiveDate;
    #[cfg(feature = "chrono")]
    crate::values::DateTime;
    Json;
    JsonObject;
    External<T>, T;
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, writer: &mut Writer) {
        writer.array(|array| self.iter().for_each(|item| array.item(item)));
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, writer: &mut Writer) {
        self.as_slice().encode(writer);
    }
}

macro_rules! encode_tuples {
    ($(($($name:ident)+))*) => {
        $(impl<$($name: Encode),+> Encode for ($($name,)+) {
            #[allow(non_snake_case, reason = "a type and its value have one name here")]
            fn encode(&self, writer: &mut Writer) {
                let ($($name,)+) = self;
                writer.array(|array| {
                    $(array.item($name);)+
                });
            }
        })*
    };
}

encode_tuples! {
    (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) (A B C D E F G H I)
    (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}

impl<T: Encode> Encode for BTreeMap<String, T> {
    fn encode(&self, writer: &mut Writer) {
        writer.object(&[], Some(self));
    }
}
