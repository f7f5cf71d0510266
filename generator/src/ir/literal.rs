//! Values that generated code spells out.

use super::{TypeId, VariantName};

/// A value that generated code spells out.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A string.
    Text(String),
    /// What the type reads from a text.
    Read(String),
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(i128),
    /// A finite float.
    Float(f64),
    /// A variant of an enum.
    Variant(TypeId, VariantName),
    /// A list.
    List(Vec<Literal>),
    /// A list with a type for each position.
    Tuple(Vec<Literal>),
    /// An object without members, or with those that have defaults.
    Empty,
    /// An object that is a map.
    Map(Vec<(String, Literal)>),
    /// An object that is a struct.
    Object(ObjectLiteral),
    /// A value of one of several types: the variant, and what it holds.
    Of(VariantName, Box<Literal>),
    /// Null.
    Null,
    /// A value where null is another one.
    NotNull(Box<Literal>),
}

/// A struct, spelled out.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectLiteral {
    /// What each field of the struct holds, in its order; `None` where the member is absent.
    pub fields: Vec<Option<Literal>>,
    /// The members that have no field, where the struct keeps them.
    pub others: Vec<(String, Literal)>,
}
