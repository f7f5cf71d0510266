//! Look-ahead at the start of a pattern, which most patterns with look-ahead have, without an engine that goes back:
//! `^(?=.*[0-9])(?!admin)[a-z0-9]{4,}$` matches where three patterns of linear time do, and do not.

use regex::Regex;

/// A pattern that begins with look-ahead.
#[derive(Debug)]
pub(super) struct Lookahead {
    /// What must, or must not, match at the start.
    ahead: Vec<(bool, Regex)>,
    rest: Regex,
}

impl Lookahead {
    /// Takes a pattern apart; `None` where it does not begin like this, or its parts are not of linear time either.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let mut rest = pattern.strip_prefix('^').or_else(|| pattern.strip_prefix(r"\A"))?;
        let mut ahead = Vec::new();
        while let Some((is_wanted, inside)) = start(rest) {
            let length = group_length(inside)?;
            ahead.push((is_wanted, anchored(&inside[..length])?));
            rest = &inside[length + 1..];
        }
        // An alternative at the top would not have the look-ahead.
        if ahead.is_empty() || has_alternatives(rest) {
            return None;
        }
        Some(Self { ahead, rest: anchored(rest)? })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.ahead.iter().all(|(is_wanted, regex)| regex.is_match(text) == *is_wanted) && self.rest.is_match(text)
    }
}

/// What is in a group of look-ahead, and whether it is wanted.
fn start(pattern: &str) -> Option<(bool, &str)> {
    let wanted = pattern.strip_prefix("(?=").map(|inside| (true, inside));
    wanted.or_else(|| pattern.strip_prefix("(?!").map(|inside| (false, inside)))
}

fn anchored(pattern: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{pattern})")).ok()
}

/// How long a group is up to its closing parenthesis.
fn group_length(pattern: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in syntax(pattern) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn has_alternatives(pattern: &str) -> bool {
    let mut depth = 0usize;
    syntax(pattern).any(|(_, byte)| {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        byte == b'|' && depth == 0
    })
}

/// The bytes that are syntax: neither escaped nor in a class.
fn syntax(pattern: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut is_escaped, mut classes) = (false, 0usize);
    pattern.bytes().enumerate().filter(move |(_, byte)| {
        if std::mem::take(&mut is_escaped) {
            return false;
        }
        match byte {
            b'\\' => is_escaped = true,
            b'[' => classes += 1,
            b']' => classes = classes.saturating_sub(1),
            _ => return classes == 0,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_matches_what_an_engine_that_goes_back_matches() {
        let texts = ["", "a", "abc1", "abcd", "1234", "admin1", "xadmin1", "a|b", "(a)1", "a)b1", "]a1", "a1\nb", "b"];
        for pattern in [
            r"^(?=.*[0-9])(?=.*[a-z]).{4,}$",
            r"^(?!admin)[a-z0-9]+$",
            r"^(?!.*\))\S*$",
            r"^(?=[^|)(]*\d)(?![\])])(a|b|.)*$",
            r"^(?!a(b|c))(?:a|b)",
            r"^(?=(a|1)b*)a?",
            r"^(?!$)[^0-9]*$",
            r"\A(?!x).*",
        ] {
            let apart = Lookahead::new(pattern).expect(pattern);
            let whole = fancy_regex::Regex::new(pattern).unwrap();
            for text in texts {
                assert_eq!(apart.is_match(text), whole.is_match(text).unwrap(), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn other_look_around_is_not_taken_apart() {
        for pattern in
            [r"(?=a)b", r"^(?=a)b|c", r"^a(?=b)", r"^(?<=a)b", r"^(?=(a))\1", r"^(?=a", r"^[(?=a)]", r"^(?=a)(b(?=c))"]
        {
            assert!(Lookahead::new(pattern).is_none(), "{pattern}");
        }
    }
}
