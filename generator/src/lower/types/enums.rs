//! Strings that are listed become enums.

use crate::ir::{Enum, EnumVariant};
use crate::lower::names::identifiers::Scope;

/// An enum of these strings, and of no others.
pub(in crate::lower) fn enumeration(texts: &[&str]) -> Enum {
    let mut scope = Scope::default();
    let variants = texts.iter().map(|text| EnumVariant { name: scope.variant(text), wire_name: (*text).to_owned() });
    Enum { variants: variants.collect(), other: None }
}

/// An enum of these strings, with a variant that keeps any other.
pub(in crate::lower) fn open_enumeration(texts: &[&str]) -> Enum {
    let is_other = |text: &&str| text.eq_ignore_ascii_case("other");
    let mut names = texts.to_vec();
    names.push(if texts.iter().any(is_other) { "unlisted" } else { "other" });
    let Enum { mut variants, .. } = enumeration(&names);
    let other = variants.pop().map(|variant| variant.name);
    Enum { variants, other }
}
