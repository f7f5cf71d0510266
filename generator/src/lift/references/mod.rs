//! Turns every reference of a document into a pointer: files that it leads to are put into the document's tree,
//! each at a place of its own, and identities (`$id`, `$anchor`) are resolved.
//!
//! Later stages know no files and no base URIs: each `$ref` that is left says `#/…`.

mod dynamic;
mod link;
mod path_items;
mod resolve;
mod resources;
mod scan;
mod target;

pub(super) use link::{Linked, link, reference_to};
pub(super) use resolve::{Resolved, reference_of, resolve};
pub(super) use target::unresolved;
