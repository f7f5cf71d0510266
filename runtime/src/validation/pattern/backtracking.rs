//! Patterns that no engine of linear time takes: each match has a limit, and all matches of a value together have one.
//!
//! What a match costs is the number of times that the engine goes back, times the length of the text, as going back may
//! look at all of it. Both are counted, so that what is refused depends on the request alone.

use std::cell::Cell;
use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

/// How often an engine may go back in a match: the least is tried first.
const LIMITS: [usize; 6] = [10, 50, 250, 1_000, 10_000, 100_000];

/// How often it may go back in all matches of one value together.
const ALLOWANCE: u64 = 2_000_000;

/// A text of this length, in bytes, counts twice.
const UNIT: u64 = 256;

/// What each byte of a text costs, also where nothing goes back.
const FORWARD: u64 = 4;

thread_local! {
    /// What is left to the value that this thread looks at; without one, nothing is counted.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// As long as there is one, all patterns of this thread have one allowance together. Past it, they match nothing.
pub(crate) struct PatternBudget(u64);

impl PatternBudget {
    #[inline]
    pub(crate) fn new() -> Self {
        Self(LEFT.replace(ALLOWANCE))
    }
}

/// What was left before is put back, also where a check panics.
impl Drop for PatternBudget {
    #[inline]
    fn drop(&mut self) {
        LEFT.set(self.0);
    }
}

/// What one step back costs in a text of this length.
pub(in crate::validation) fn weight(length: usize) -> u64 {
    1 + length as u64 / UNIT
}

/// How often an engine may go back in each match where the texts of a value cost so much together.
pub(in crate::validation) fn limit(weight: u64) -> usize {
    let possible = LIMITS.into_iter().rev().find(|limit| *limit as u64 * weight <= ALLOWANCE);
    possible.unwrap_or(LIMITS[0])
}

/// A pattern, compiled once for each limit.
pub(in crate::validation) struct Backtracking {
    text: String,
    engines: [OnceLock<Option<Box<Regex>>>; LIMITS.len()],
}

/// A text took too long to match.
#[derive(Debug)]
pub(super) struct TooLong;

impl Backtracking {
    /// Takes the text of a pattern; the error says why it is none.
    pub(in crate::validation) fn new(text: &str) -> Result<Self, fancy_regex::Error> {
        Regex::new(text)?;
        Ok(Self { text: text.to_owned(), engines: Default::default() })
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool, TooLong> {
        let (weight, length) = (weight(text.len()), text.len() as u64);
        for (engine, limit) in self.engines.iter().zip(LIMITS) {
            // On its way forward, an engine keeps where it could go back to.
            let cost = limit as u64 * weight + length * FORWARD;
            let left = LEFT.get();
            if cost > left.min(ALLOWANCE) {
                return Err(TooLong);
            }
            if left != u64::MAX {
                LEFT.set(left - cost);
            }
            if let Some(is_match) = self.matches(engine, limit, text) {
                return Ok(is_match);
            }
        }
        Err(TooLong)
    }

    /// Whether this limit is enough to say whether the text matches.
    pub(in crate::validation) fn is_decided(&self, text: &str, limit: usize) -> bool {
        let engine = self.engines.iter().zip(LIMITS).find(|(_, other)| *other == limit);
        engine.is_some_and(|(engine, limit)| self.matches(engine, limit, text).is_some())
    }

    /// Whether the text matches; `None` where the limit is too low to say so.
    fn matches(&self, engine: &OnceLock<Option<Box<Regex>>>, limit: usize, text: &str) -> Option<bool> {
        let build = || RegexBuilder::new(&self.text).backtrack_limit(limit).build().ok().map(Box::new);
        // It was compiled before.
        engine.get_or_init(build).as_ref()?.is_match(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounded<T>(check: impl FnOnce() -> T) -> T {
        let _budget = PatternBudget::new();
        check()
    }

    const SLOW: &str = r"^(a|a)*\1b";

    fn hostile(length: usize) -> String {
        format!("{}!", "a".repeat(length))
    }

    #[test]
    fn what_needs_few_steps_matches_however_many_texts_there_are() {
        let pattern = Backtracking::new(r"^(\w)\w*\1$").unwrap();
        let matches = bounded(|| (0..40_000).filter(|_| pattern.is_match("abca").is_ok_and(|found| found)).count());
        assert_eq!(matches, 40_000);
    }

    #[test]
    fn texts_that_need_many_steps_have_one_allowance_together() {
        let pattern = Backtracking::new(SLOW).unwrap();
        let text = hostile(30);
        let begun = std::time::Instant::now();
        let counts = bounded(|| (0..100_000).map(|_| pattern.is_match(&text)).filter(Result::is_ok).count());
        assert_eq!(counts, 0);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
        // The next value has its own.
        assert!(bounded(|| pattern.is_match("aab")).is_ok_and(|found| found));
    }

    #[test]
    fn a_panic_leaves_as_much_as_there_was() {
        let panicked = std::panic::catch_unwind(|| {
            bounded(|| {
                LEFT.set(0);
                std::panic::resume_unwind(Box::new("as it was told"))
            })
        });
        assert!(panicked.is_err());
        assert!(Backtracking::new(SLOW).unwrap().is_match("aab").is_ok());
    }

    #[test]
    fn what_overflows_the_engines_stack_is_no_match_and_no_panic() {
        let pattern = Backtracking::new(r"(.*)*\1x").unwrap();
        assert!(!pattern.is_match(&"a".repeat(30)).unwrap_or(false));
    }
}
