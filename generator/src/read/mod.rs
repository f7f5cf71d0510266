//! read: files become [`Node`] trees in which every value knows its file, line and column.
//!
//! Uses `source` and `diagnostic`. Knows nothing of OpenAPI: a document is a tree of nodes here.

mod boundary;
mod file_set;
mod json;
mod location;
mod node;
mod pointer;
mod remote;
mod sources;
mod to_json;
mod yaml;

pub use file_set::{FileSet, Opened};
pub use location::Location;
pub use node::{Map, Member, Node, Number, Value};
pub use pointer::Pointer;
#[cfg(feature = "cli")]
pub(crate) use pointer::percent_decode;
pub use remote::Remote;
#[cfg(feature = "cli")]
pub(crate) use remote::digest;
#[cfg(feature = "cli")]
pub(crate) use remote::fetch;
pub use to_json::to_json;
pub(crate) use to_json::{json_depth, write_key, write_list, write_map, write_string, write_value};

pub use crate::source::{FileId, Position, SizeLimits, Sources, Span};
