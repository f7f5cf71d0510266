//! Patterns: checked when the document is read by the same engines that match them at run time.

use jsonschema_regex::{Search, search_form, to_rust_regex};

/// Compiles an ECMA-262 pattern, to see whether it can be.
pub(crate) fn compile(pattern: &str) -> Result<(), String> {
    let translated = to_rust_regex(pattern);
    let text = translated.as_deref().unwrap_or(pattern);
    let compiled = match search_form(pattern, text) {
        Some(Search::RepeatedClass(_)) => return Ok(()),
        Some(Search::Collapsed(text)) => fancy_regex::Regex::new(&text),
        None => fancy_regex::Regex::new(text),
    };
    match compiled {
        Ok(_) => Ok(()),
        // The first line says it; the rest is a drawing of the pattern.
        Err(error) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}
