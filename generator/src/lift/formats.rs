//! The formats that get a Rust type of their own: the one table of them.
//!
//! Any other format is an annotation (JSON Schema Validation 2020-12 §7.2.1): the value stays a
//! string or number, and the format is not asserted.

use crate::read::Node;

/// A value without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// `String`.
    String,
    /// Null and nothing else: `()`.
    Null,
    /// `bool`.
    Bool,
    /// An integer type.
    Integer(Integer),
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// A UUID (RFC 9562).
    Uuid,
    /// A full-date (RFC 3339).
    Date,
    /// A date-time (RFC 3339).
    DateTime,
    /// Bytes in base64 (RFC 4648 §4).
    Base64,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
}

/// An integer type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "they are what they say")]
pub enum Integer {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl Integer {
    /// The Rust type's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
        }
    }

    /// The least and the greatest value.
    pub fn range(self) -> (i128, i128) {
        match self {
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN.into(), i64::MAX.into()),
            Self::U8 => (0, u8::MAX.into()),
            Self::U16 => (0, u16::MAX.into()),
            Self::U32 => (0, u32::MAX.into()),
            Self::U64 => (0, u64::MAX.into()),
        }
    }
}

/// The type of a `string` of this format.
pub fn string(format: Option<&str>) -> Scalar {
    match format {
        Some("uuid") => Scalar::Uuid,
        Some("date") => Scalar::Date,
        Some("date-time") => Scalar::DateTime,
        Some("byte" | "base64") => Scalar::Base64,
        Some("ipv4") => Scalar::Ipv4,
        Some("ipv6") => Scalar::Ipv6,
        _ => Scalar::String,
    }
}

/// The type of an `integer` of this format; `i64` where none is said.
pub fn integer(format: Option<&str>) -> Integer {
    match format {
        Some("int8") => Integer::I8,
        Some("int16") => Integer::I16,
        Some("int32") => Integer::I32,
        Some("uint8") => Integer::U8,
        Some("uint16") => Integer::U16,
        Some("uint32") => Integer::U32,
        Some("uint64" | "uint") => Integer::U64,
        _ => Integer::I64,
    }
}

/// The type of a `number` of this format; `f64` where none is said.
pub fn number(format: Option<&str>) -> Scalar {
    match format {
        Some("float") => Scalar::F32,
        _ => Scalar::F64,
    }
}

fn has_type(schema: &Node, name: &str) -> bool {
    match schema.get("type") {
        Some(node) => match node.as_list() {
            Some(names) => names.iter().any(|item| item.as_str() == Some(name)),
            None => node.as_str() == Some(name),
        },
        None => false,
    }
}

/// Whether the schema's `format` is one that strings have a type for; without `type`, strings may still come.
pub(super) fn is_enforced(schema: &Node) -> bool {
    let format = schema.get("format").and_then(Node::as_str);
    let allows_strings = schema.get("type").is_none() || has_type(schema, "string");
    allows_strings && string(format) != Scalar::String
}

/// The bounds of the schema's integer type, where its type is `integer`.
pub(super) fn implied_bounds(schema: &Node) -> Vec<(&'static str, i128)> {
    if !has_type(schema, "integer") || schema.get("enum").is_some() {
        return Vec::new();
    }
    let (least, greatest) = integer(schema.get("format").and_then(Node::as_str)).range();
    let mut bounds = Vec::new();
    let bounded = |keywords: [&str; 2]| keywords.iter().any(|keyword| schema.get(keyword).is_some());
    if !bounded(["minimum", "exclusiveMinimum"]) {
        bounds.push(("minimum", least));
    }
    if !bounded(["maximum", "exclusiveMaximum"]) {
        bounds.push(("maximum", greatest));
    }
    bounds
}
