//! Values that are listed become enums.

use super::values::{Listed, Values};
use crate::ir::{Constant, Docs, Enum, EnumValues, EnumVariant, Scalar};
use crate::lift::schemas::formats::{self, Extent};
use crate::lower::names::identifiers::Scope;
use crate::read::{Node, Value};

/// What kind of enum holds the values; none where they are better held by another type.
pub(in crate::lower) fn kind(values: &Values<'_>, format: Option<&str>) -> Option<EnumValues> {
    let constants: Vec<Constant> = values.listed.iter().map(|listed| constant(listed.node)).collect::<Option<_>>()?;
    let integers: Vec<i128> = constants.iter().filter_map(Constant::as_integer).collect();
    let is_text = |constant: &Constant| matches!(constant, Constant::Text(_));
    let is_bool = |constant: &Constant| matches!(constant, Constant::Bool(_));
    if constants.iter().all(is_bool) {
        // All there are is `bool`.
        return (constants.len() == 1).then_some(EnumValues::Mixed);
    }
    if constants.iter().all(is_text) {
        return Some(EnumValues::Texts { other: None });
    }
    if integers.len() == constants.len() {
        let extent = Extent { least: integers.iter().min().copied(), greatest: integers.iter().max().copied() };
        let Scalar::Integer(integer) = formats::integer(format, extent) else { return None };
        let (least, greatest) = integer.range();
        let fit = integers.iter().all(|value| (least..=greatest).contains(value));
        return fit.then_some(EnumValues::Integers(integer));
    }
    integers.iter().all(|value| i64::try_from(*value).is_ok()).then_some(EnumValues::Mixed)
}

/// An enum of these values, and of no others.
pub(in crate::lower) fn enumeration(values: &Values<'_>, kind: EnumValues) -> Enum {
    let mut scope = Scope::default();
    let variants = values.listed.iter().filter_map(|listed| {
        let value = constant(listed.node)?;
        Some(EnumVariant { name: scope.variant(&words(listed, &value)), docs: docs(listed), value })
    });
    Enum { variants: variants.collect(), values: kind }
}

/// An enum of these strings, with a variant that keeps any other.
pub(in crate::lower) fn open_enumeration(texts: &[&str]) -> Enum {
    let mut scope = Scope::default();
    let variant = |scope: &mut Scope, text: &&str| EnumVariant {
        name: scope.variant(text),
        docs: Docs::default(),
        value: Constant::Text((*text).to_owned()),
    };
    let variants = texts.iter().map(|text| variant(&mut scope, text)).collect();
    let is_other = |text: &&str| text.eq_ignore_ascii_case("other");
    let other = scope.variant(if texts.iter().any(is_other) { "unlisted" } else { "other" });
    Enum { variants, values: EnumValues::Texts { other: Some(other) } }
}

/// What a value is called: as the document names it, else by itself.
fn words(listed: &Listed<'_>, value: &Constant) -> String {
    let given = listed.notes.and_then(|notes| notes.rust_name.as_deref());
    let title = listed.notes.and_then(|notes| notes.title.as_deref());
    let said = given.or(listed.name).or(title).filter(|name| name.contains(|c: char| c.is_alphanumeric()));
    said.map_or_else(|| value.to_string(), str::to_owned)
}

fn docs(listed: &Listed<'_>) -> Docs {
    let notes = listed.notes;
    let description = notes.and_then(|notes| notes.description.as_deref()).or(listed.description);
    Docs {
        summary: None,
        description: description.map(str::to_owned),
        deprecated: notes.is_some_and(|notes| notes.deprecated),
    }
}

/// A value that a variant can stand for.
pub(in crate::lower) fn constant(node: &Node) -> Option<Constant> {
    match &node.value {
        Value::String(text) => Some(Constant::Text(text.clone())),
        Value::Bool(value) => Some(Constant::Bool(*value)),
        Value::Number(number) => number.as_integer().map(Constant::Integer),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}
