//! Fields: names and texts that together stand for a value, as a form sends them.
//!
//! Their texts do not say what they are: `7` may be a number or a string. On the valid path the Rust
//! type that is decoded says it; for the validator, the schema does.

mod parse;
mod typing;

pub(super) use crate::json::FormValue;
pub(super) use parse::{MalformedName, Tree, form};

/// How a field of a form is written, where that is not as usual: one text a value, lists repeated,
/// objects as JSON or with members in brackets.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub style: FieldStyle,
}

/// How a field of a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldStyle {
    /// Its name has brackets of its own.
    Plain,
    /// One text, cut at this character: the items of a list, or names and values in turn.
    Delimited(char),
    /// JSON.
    Json,
    /// JSON: a list, or one of its items.
    JsonItems,
    /// Each of these members is a field of its own.
    Spread(&'static [&'static str]),
}
