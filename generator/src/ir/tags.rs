//! A service's trait in parts.

use super::{FieldName, TypeName};

/// A trait a tag, and the struct of their handlers, which implements the service's trait.
#[derive(Debug)]
pub struct TagTraits {
    /// The struct, such as `PetsHandlers`.
    pub handlers: TypeName,
    /// What checks credentials; `None` where no endpoint asks for any.
    pub security: Option<Part>,
    /// The tags, in the order in which endpoints first have them. Each has endpoints, and each endpoint one of them.
    pub tags: Vec<TagTrait>,
}

/// A part of the service's trait, and what implements it.
#[derive(Debug, Clone)]
pub struct Part {
    /// The trait, such as `PetsEndpoints`.
    pub name: TypeName,
    /// The handler's type as a parameter of the struct, such as `PetsHandler`.
    pub handler: TypeName,
    /// The struct's field, such as `pets`.
    pub field: FieldName,
}

/// The trait of the endpoints whose first tag is the same.
#[derive(Debug)]
pub struct TagTrait {
    /// The trait.
    pub part: Part,
    /// The tag; `None` for endpoints without one.
    pub tag: Option<String>,
    /// What the document says of the tag.
    pub description: Option<String>,
    /// Where the endpoints stand among the service's.
    pub endpoints: Vec<usize>,
}
