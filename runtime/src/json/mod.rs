//! How generated types are read from JSON, and written to it.
//!
//! Uses `values`. Knows nothing of requests, and checks no schema: that is for `validation`.
//!
//! [`Decode`] is `serde`'s `Deserialize` with JSON Schema's rules: `1.0` is an integer, an array is
//! no object, and a value is null only where its type says so.

mod borrowed_json;
mod decode;
mod enums;
mod macros;
mod object;
mod tokens;
mod union;

pub(crate) use borrowed_json::{BorrowedJson, Member, Members as BorrowedMembers};
pub use decode::{Decode, ViaDecode, string};
pub use enums::{Constant, listed};
pub use object::{Members, Object, Writer, object, required, writer};
pub(crate) use tokens::{Token, Tokens};
pub use union::{Kind, Raw, Trial, Union, exactly_one, first, most_fitting, union};
