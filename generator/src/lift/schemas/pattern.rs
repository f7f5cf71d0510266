//! Patterns: checked when the document is read by the same engines that match them at run time.

use jsonschema_regex::{Search, search_form, to_rust_regex};

/// Whether a text matches a pattern; not so where the pattern is none.
pub(crate) fn is_match(pattern: &str, text: &str) -> bool {
    let translated = to_rust_regex(pattern).ok();
    let compiled = translated.and_then(|pattern| fancy_regex::Regex::new(&pattern).ok());
    compiled.is_some_and(|regex| regex.is_match(text).unwrap_or(false))
}

/// What runs a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// In a time that is linear in the text.
    Linear,
    /// By trying again, for look-around and back references; servers give up after some steps.
    Backtracking,
}

/// Compiles an ECMA-262 pattern, to see whether generated checks and the schema validator can.
pub(crate) fn compile(pattern: &str) -> Result<Engine, String> {
    let Ok(text) = to_rust_regex(pattern) else {
        // The engine says why, unless it knows what ECMA-262 does not.
        let reason = fancy_regex::Regex::new(pattern).err().map(|error| error.to_string());
        let reason = reason.as_deref().and_then(|text| text.lines().next()).map(str::to_owned);
        return Err(reason.unwrap_or_else(|| "it has a construct that ECMA-262 does not know".to_owned()));
    };
    let compiled = match search_form(pattern, &text) {
        Some(Search::RepeatedClass(_)) => return Ok(Engine::Linear),
        Some(Search::Collapsed(text)) => fancy_regex::Regex::new(&text),
        None => fancy_regex::Regex::new(&text),
    };
    match compiled {
        Ok(_) if regex_syntax::parse(&text).is_ok() => Ok(Engine::Linear),
        Ok(_) => Ok(Engine::Backtracking),
        // The first line says it; the rest is a drawing of the pattern.
        Err(error) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}
