//! A document as OpenAPI has it: what it may hold, what is put right, the rules that span several objects, and how
//! clients get to see it.

pub(crate) mod path_segments;
pub(crate) mod published_document;
pub(crate) mod repair;
pub(crate) mod rules;
pub(crate) mod structure;
pub(crate) mod structure_check;
pub(crate) mod to_openapiv3;
mod used_components;
