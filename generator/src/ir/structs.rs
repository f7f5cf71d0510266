//! Structs: objects with known members, and how one is made of another.

use super::types::{Constant, ConstrainedType, TypeId};
use super::{Docs, FieldName, Literal};

/// An object with known members.
#[derive(Debug)]
pub struct Struct {
    /// The members, in the order of the document.
    pub fields: Vec<Field>,
    /// Members that are always the same; they must be there, and have no field.
    pub constants: Vec<ConstantMember>,
    /// What happens to other members.
    pub unknown: Unknown,
    /// Members that this direction does without (`readOnly`, `writeOnly`): taken no notice of.
    pub omitted: Vec<String>,
}

impl Struct {
    /// Whether an object without members is one.
    pub fn may_be_empty(&self) -> bool {
        self.constants.is_empty() && self.has_default()
    }

    /// Whether no field has to be given.
    pub fn has_default(&self) -> bool {
        !self.fields.iter().any(|field| field.presence == FieldPresence::Required)
    }
}

/// A member that is always the same.
#[derive(Debug)]
pub struct ConstantMember {
    /// What it is called in code.
    pub name: FieldName,
    /// Its name in JSON.
    pub wire_name: String,
    /// What is written.
    pub value: Constant,
    /// What is read.
    pub accepted: Accepted,
}

/// Which values of a constant member are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// No other.
    Same,
    /// Any string: a discriminator has looked at it, or nobody has to.
    AnyText,
    /// Any value of an enum.
    Any(TypeId),
}

/// What happens to members that have no field.
#[derive(Debug)]
pub enum Unknown {
    /// They are allowed, and dropped.
    Ignored,
    /// They are refused (`additionalProperties: false`).
    Refused,
    /// They are kept in a map of this name.
    Kept(FieldName, ConstrainedType),
}

/// A member of a struct.
#[derive(Debug)]
pub struct Field {
    /// The field.
    pub name: FieldName,
    /// Its name in JSON.
    pub wire_name: String,
    /// Its type.
    pub slot: ConstrainedType,
    /// Whether it may be absent.
    pub presence: FieldPresence,
    /// Its title and description.
    pub docs: Docs,
}

/// Whether a member of a struct may be absent.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldPresence {
    /// It must be there.
    Required,
    /// It may be absent: the field is `None`.
    Optional,
    /// It may be absent: the field has this value.
    Default(Literal),
}

/// How a struct is made of another one.
#[derive(Debug)]
pub struct Conversion {
    /// The other one.
    pub base: TypeId,
    /// The function's name, where more is needed than the other one.
    pub function: FieldName,
    /// Where each field comes from, in the order of the struct's fields.
    pub fields: Vec<FieldSource>,
}

/// Where a field comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSource {
    /// It is the other struct's.
    Base,
    /// It is given beside it.
    Given,
    /// It is absent, or has its default.
    Absent,
}
