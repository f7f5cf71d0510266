//! Patterns: regular expressions of ECMA-262.

use std::sync::OnceLock;

use jsonschema_regex::{RepeatedClass, Search, search_form, to_rust_regex};

/// How much work a pattern with look-around or back references may be.
pub(super) const BACKTRACKS: usize = 100_000;

/// A pattern, compiled when it is first used.
///
/// Most patterns run on an engine whose time is linear in the text. Those with look-around or back
/// references need one that tries again; its work is bounded, and a text past the bound matches not.
pub struct Pattern {
    text: &'static str,
    engine: OnceLock<Engine>,
}

enum Engine {
    /// Characters of one kind, so many of them.
    Counted(RepeatedClass),
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
    /// The generator refuses such patterns; should one come through, nothing matches it.
    Broken,
}

impl Pattern {
    /// Takes the text of a pattern.
    pub const fn new(text: &'static str) -> Self {
        Self { text, engine: OnceLock::new() }
    }

    /// Whether the pattern matches anywhere in the text.
    pub fn is_match(&self, text: &str) -> bool {
        match self.engine.get_or_init(|| compile(self.text)) {
            Engine::Counted(class) => class.is_match(text),
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or_else(|error| {
                tracing::warn!(pattern = self.text, %error, "a text took too long to match; it is refused");
                false
            }),
            Engine::Broken => false,
        }
    }
}

fn compile(pattern: &str) -> Engine {
    let Ok(translated) = to_rust_regex(pattern) else {
        tracing::error!(pattern, "a pattern is not one of ECMA-262; nothing matches it");
        return Engine::Broken;
    };
    // Long counts of characters are slow to build and large: those at an edge need no end.
    let text = &match search_form(pattern, &translated) {
        Some(Search::RepeatedClass(class)) => return Engine::Counted(class),
        Some(Search::Collapsed(text)) => text,
        None => translated.into_owned(),
    };
    if let Ok(regex) = regex::Regex::new(text) {
        return Engine::Linear(regex);
    }
    match fancy_regex::RegexBuilder::new(text).backtrack_limit(BACKTRACKS).build() {
        Ok(regex) => Engine::Backtracking(Box::new(regex)),
        Err(error) => {
            tracing::error!(pattern, %error, "a pattern does not compile; nothing matches it");
            Engine::Broken
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_ahead_is_enforced() {
        static PASSWORD: Pattern = Pattern::new("^(?=.*[0-9])(?=.*[a-z]).{4,}$");
        assert!(PASSWORD.is_match("abc1"));
        assert!(!PASSWORD.is_match("abcd"));
    }

    #[test]
    fn long_counts_are_enforced() {
        static COUNTED: Pattern = Pattern::new("^.{2,262144}$");
        assert!(COUNTED.is_match(&"é".repeat(262_144)));
        assert!(!COUNTED.is_match(&"é".repeat(262_145)));
        assert!(!COUNTED.is_match("é"));
        static PARTLY: Pattern = Pattern::new(r"a\S{2,8192}");
        assert!(PARTLY.is_match(" abc"));
        assert!(!PARTLY.is_match(" ab c"));
    }

    #[test]
    fn digits_are_ascii() {
        static DIGITS: Pattern = Pattern::new(r"^\d+$");
        assert!(DIGITS.is_match("12"));
        assert!(!DIGITS.is_match("١٢"));
    }

    #[test]
    fn hostile_texts_end() {
        static HOSTILE: Pattern = Pattern::new(r"^(?=(a+)+$)b");
        assert!(!HOSTILE.is_match(&format!("{}!", "a".repeat(50))));
    }
}
