//! The service block, `x-buildflow-service`, and what else is ours in a document: middleware, replicas, docs, and Rust
//! types.

mod docs;
pub(crate) mod middleware;
mod options;
mod replicas;
pub(crate) mod rust_type;

pub(crate) use options::{BLOCK, names, read};
