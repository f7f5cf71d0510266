//! The formats that get a Rust type of their own: the one table of them.
//!
//! Further formats of strings are asserted. Any other format is an annotation (JSON Schema Validation 2020-12
//! §7.2.1): the value stays a string or number, and the format is not asserted.

use crate::ir::{Integer, Scalar};
use crate::read::{Node, Number};

/// The formats without a type that strings are checked for: those of OpenAPI's registry of formats that are
/// JSON Schema's (Validation 2020-12 §7.3). `regex` is none of them: what it costs to read one has no bound that a
/// server could afford.
pub(crate) const ASSERTED: [&str; 13] = [
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
];

/// The format as one of [`ASSERTED`].
pub(crate) fn asserted(format: &str) -> Option<&'static str> {
    ASSERTED.into_iter().find(|asserted| *asserted == format)
}

/// The type of a `string` of this format.
pub(crate) fn string(format: Option<&str>) -> Scalar {
    match format {
        Some("uuid") => Scalar::Uuid,
        Some("date") => Scalar::Date,
        Some("date-time") => Scalar::DateTime,
        Some("byte" | "base64") => Scalar::Base64,
        Some("ipv4") => Scalar::Ipv4,
        Some("ipv6") => Scalar::Ipv6,
        Some("password") => Scalar::Password,
        _ => Scalar::String,
    }
}

/// The least and the greatest integer that a schema allows, where it says so.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extent {
    /// By `minimum` or `exclusiveMinimum`.
    pub least: Option<i128>,
    /// By `maximum` or `exclusiveMaximum`.
    pub greatest: Option<i128>,
}

impl Extent {
    /// What is between two bounds that are not allowed themselves.
    pub(crate) fn between(above: Option<i128>, below: Option<i128>) -> Self {
        let least = above.map(|bound| bound.saturating_add(1));
        Self { least, greatest: below.map(|bound| bound.saturating_sub(1)) }
    }

    /// What both allow.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            least: self.least.max(other.least),
            greatest: [self.greatest, other.greatest].into_iter().flatten().min(),
        }
    }
}

/// The integer type that a format names.
fn sized(format: &str) -> Option<Integer> {
    Some(match format {
        "int8" => Integer::I8,
        "int16" => Integer::I16,
        "int32" => Integer::I32,
        "int64" => Integer::I64,
        "uint8" => Integer::U8,
        "uint16" => Integer::U16,
        "uint32" => Integer::U32,
        "uint64" | "uint" => Integer::U64,
        _ => return None,
    })
}

/// The least and the greatest integer of a format that names an integer type.
pub(crate) fn range(format: &str) -> Option<(i128, i128)> {
    sized(format).map(Integer::range)
}

/// The type of an `integer` of this format; where none is said, `i64`, or what holds all that the schema allows.
pub(crate) fn integer(format: Option<&str>, extent: Extent) -> Scalar {
    Scalar::Integer(match (format.and_then(sized), format) {
        (Some(integer), _) => integer,
        (None, Some("bigint")) => return Scalar::BigInteger,
        (None, _) => {
            // Limits of 64 bits are often written as doubles have them: 9223372036854776000.
            let holds = |integer: Integer| {
                let (least, greatest) = integer.range();
                extent.least.is_none_or(|bound| bound as f64 >= least as f64)
                    && extent.greatest.is_none_or(|bound| bound as f64 <= greatest as f64)
            };
            match (holds(Integer::I64), extent.least.is_some() && holds(Integer::U64)) {
                (true, _) => Integer::I64,
                (false, true) => Integer::U64,
                (false, false) => return Scalar::BigInteger,
            }
        }
    })
}

/// The type of a `number` of this format; `f64` where none is said.
pub(crate) fn number(format: Option<&str>) -> Scalar {
    match format {
        Some("float") => Scalar::F32,
        Some("decimal" | "decimal128") => Scalar::Decimal,
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

/// Whether the schema's `format` is enforced of strings; without `type`, strings may still come.
pub(crate) fn is_enforced(schema: &Node) -> bool {
    let format = schema.get("format").and_then(Node::as_str);
    let allows_strings = schema.get("type").is_none() || has_type(schema, "string");
    // A password may be any string.
    let is_typed = !matches!(string(format), Scalar::String | Scalar::Password);
    allows_strings && (is_typed || format.is_some_and(|format| asserted(format).is_some()))
}

/// The bounds of the schema's integer type, where its type is `integer`.
pub(crate) fn implied_bounds(schema: &Node) -> Vec<(&'static str, i128)> {
    if !has_type(schema, "integer") || schema.get("enum").or(schema.get("const")).is_some() {
        return Vec::new();
    }
    let bound = |keyword: &str| schema.get(keyword).and_then(Node::as_number).map(Number::rounded);
    let extent = Extent { least: bound("minimum"), greatest: bound("maximum") };
    let extent = extent.and(Extent::between(bound("exclusiveMinimum"), bound("exclusiveMaximum")));
    let Scalar::Integer(integer) = integer(schema.get("format").and_then(Node::as_str), extent) else {
        return Vec::new();
    };
    let (least, greatest) = integer.range();
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
