//! Patterns: regular expressions of ECMA-262.

mod backtracking;
mod lookahead;

use std::sync::OnceLock;

use jsonschema_regex::{RepeatedClass, Search, search_form, to_rust_regex};

use backtracking::TooLong;
use lookahead::Lookahead;

pub(crate) use backtracking::PatternBudget;
pub(super) use backtracking::{Backtracking, limit, weight};

/// A pattern, compiled when it is first used.
///
/// Most patterns run on an engine whose time is linear in the text, also those that begin with look-ahead. Those with
/// other look-around, or with back references, need one that tries again; its work is bounded, and a text past the
/// bound matches not.
pub struct Pattern {
    text: &'static str,
    engine: OnceLock<Engine>,
}

enum Engine {
    /// Characters of one kind, so many of them.
    Counted(RepeatedClass),
    Linear(regex::Regex),
    Lookahead(Lookahead),
    Backtracking(Box<Backtracking>),
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
            Engine::Lookahead(pattern) => pattern.is_match(text),
            Engine::Backtracking(pattern) => pattern.is_match(text).unwrap_or_else(|TooLong| {
                tracing::debug!(pattern = self.text, "a text took too long to match; it is refused");
                false
            }),
            Engine::Broken => false,
        }
    }
}

/// The pattern, where an engine of linear time does not take it.
pub(super) fn backtracking(pattern: &str) -> Option<Backtracking> {
    if !may_need_backtracking(pattern) {
        return None;
    }
    let translated = to_rust_regex(pattern).ok()?;
    let is_linear = search_form(pattern, &translated).is_some() || regex::Regex::new(&translated).is_ok();
    if is_linear { None } else { Backtracking::new(&translated).ok() }
}

/// Whether there is look-around or a reference in a pattern, as far as that is seen without compiling it.
fn may_need_backtracking(pattern: &str) -> bool {
    let is_reference = |pair: &[u8]| matches!(pair, [b'\\', b'1'..=b'9' | b'k']);
    ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|start| pattern.contains(start))
        || pattern.as_bytes().windows(2).any(is_reference)
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
    if let Some(pattern) = Lookahead::new(text) {
        return Engine::Lookahead(pattern);
    }
    match Backtracking::new(text) {
        Ok(pattern) => Engine::Backtracking(Box::new(pattern)),
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
    fn patterns_with_look_around_or_references_need_backtracking() {
        for pattern in ["(?=a)b", "^(?!a)", "(?<=a)b", "(?<!a)b", r"(a)\1"] {
            assert!(backtracking(pattern).is_some(), "{pattern}");
        }
        for pattern in ["^[a-z]+$", "(?:a|b)*", r"\\1", r"\d{2}", "(?<n>a)"] {
            assert!(backtracking(pattern).is_none(), "{pattern}");
        }
    }

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
