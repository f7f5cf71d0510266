//! Patterns: regular expressions of ECMA-262.

use std::sync::OnceLock;

/// How much work a pattern with look-around or back references may be.
const BACKTRACKS: usize = 100_000;

/// A pattern, compiled when it is first used.
///
/// Most patterns run on an engine whose time is linear in the text. Those with look-around or back
/// references need one that tries again; its work is bounded, and a text past the bound matches not.
pub struct Pattern {
    text: &'static str,
    engine: OnceLock<Engine>,
}

enum Engine {
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
    let translated = jsonschema_regex::to_rust_regex(pattern);
    let text = translated.as_deref().unwrap_or(pattern);
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
