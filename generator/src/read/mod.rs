//! read: files become [`Node`] trees in which every value knows its file, line and column.

mod json;
mod node;
mod pointer;
mod sources;
mod yaml;

pub use node::{FileId, Map, Member, Node, Number, Span, Value};
pub use pointer::Pointer;
pub(crate) use sources::floor_boundary;
pub use sources::{Position, Sources};
