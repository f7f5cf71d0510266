//! Schemas as JSON Schema has them: one dialect, 2020-12, whatever they are written in.

pub(crate) mod contradictions;
pub(crate) mod dialect;
pub(crate) mod direction;
pub(crate) mod discriminator;
pub(crate) mod discriminator_check;
pub(crate) mod effective_schema;
pub(crate) mod format_check;
pub(crate) mod formats;
pub(crate) mod infinite_schemas;
pub(crate) mod keywords;
mod model;
pub(crate) mod pattern;
pub(crate) mod reader;
pub(crate) mod upgrade_3_0;
mod validator_document;
pub(crate) mod vocabularies;

pub(crate) use model::Root;
pub use model::{
    Annotations, ArrayKeywords, Discriminator, Keywords, NumberKeywords, ObjectKeywords, Placed, Schema, SchemaId,
    Schemas, StringKeywords, Type, Types,
};
