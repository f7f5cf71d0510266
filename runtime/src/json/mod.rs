//! How generated types are read from JSON, and written to it.
//!
//! Uses `values`. Knows nothing of requests, and checks no schema: that is for `validation`.
//!
//! [`Decode`] reads by JSON Schema's rules: `1.0` is an integer, an array is no object, and a value is null only where
//! its type says so. One concrete [`Reader`] reads all types, and one [`Writer`] writes them; `serde`'s traits are
//! implemented by way of these.

mod borrowed_json;
mod decode;
mod encode;
mod enums;
mod form_deserializer;
mod form_value;
mod macros;
mod object;
mod reader;
mod strict;
mod strings;
mod tokens;
mod union;
mod via_serde;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use borrowed_json::{BorrowedJson, Member as BorrowedMember, Members as BorrowedMembers};
pub use decode::{Decode, string};
pub use encode::Encode;
pub use enums::{Constant, converted, listed};
pub(crate) use form_value::FormValue;
pub use object::{Member, Omitted, Others, Same, Slot, Unknown};
pub use reader::{Failure, Reader};
pub(crate) use strict::Strict;
pub(crate) use tokens::{Token, Tokens};
pub use union::{Kind, Raw, Trial, Union, exactly_one, first, most_fitting, union};
pub use via_serde::{deserialize, serialize};
pub use writer::{OtherMembers, Writer};

/// The value that a JSON text is.
pub fn from_str<T: Decode>(text: &str) -> Result<T, Failure> {
    Reader::new(text).whole(T::decode)
}

/// The value that fields stand for.
pub(crate) fn of_field<T: Decode>(field: &FormValue<'_>) -> Result<T, Failure> {
    Reader::of_field(field).whole(T::decode)
}

/// Writes a value behind what is in a buffer.
pub(crate) fn write<T: Encode + ?Sized>(value: &T, text: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut writer = Writer::behind(std::mem::take(text));
    value.encode(&mut writer);
    let (written, result) = writer.finish();
    *text = written;
    result
}

/// A value as JSON.
pub fn to_string<T: Encode + ?Sized>(value: &T) -> serde_json::Result<String> {
    let mut text = Vec::with_capacity(128);
    write(value, &mut text)?;
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}
