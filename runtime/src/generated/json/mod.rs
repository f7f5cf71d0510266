//! Decoding of JSON into generated types.
//!
//! [`Decode`] is `serde`'s `Deserialize` with JSON Schema's rules: `1.0` is an integer, an array is
//! no object, and a value is null only where its type says so.

mod decode;
mod macros;
mod object;
mod union;

pub use crate::{
    __json_choice as choice, __json_newtype as newtype, __json_object as object, __json_strings as strings,
};
pub use decode::{Decode, Wire, string};
pub use object::{Members, Object, Writer, object, required, writer};
pub use serde::de::{Error, MapAccess};
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
pub use union::{Kind, Raw, Trial, Union, exactly_one, first, most_fitting, union};
