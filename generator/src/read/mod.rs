//! read: files become [`Node`] trees in which every value knows its file, line and column.

mod file_set;
mod json;
mod location;
mod node;
mod pointer;
mod remote;
mod sources;
mod yaml;

pub use file_set::{FileSet, Opened};
pub use location::Location;
pub use node::{FileId, Map, Member, Node, Number, Span, Value};
pub use pointer::Pointer;
pub use remote::Remote;
#[cfg(feature = "cli")]
pub(crate) use remote::digest;
pub(crate) use sources::floor_boundary;
pub use sources::{Position, Sources};
