//! Patterns as they are found: those that JavaScript takes without the flag `u` (ECMA-262 Annex B.1.2), the classes that
//! Java has by name, and the anchors and named groups of Python and Perl, as the engines of servers read them.

use std::iter::Peekable;
use std::str::Chars;

/// The pattern in other words, which mean what it was meant to; what has no such words is left as it is.
pub(super) fn modern(pattern: &str) -> String {
    let (written, groups, names) = (String::new(), Vec::new(), Vec::new());
    let mut rewriting = Rewriting { rest: pattern.chars().peekable(), written, groups, names };
    while let Some(character) = rewriting.rest.next() {
        rewriting.atom(character);
    }
    rewriting.written
}

/// A range of characters that only pairs of UTF-16 can say.
const ASTRAL: &str = r"\x{10000}-\x{10FFFF}";

/// What Java calls its classes.
const JAVA_CLASSES: [(&str, &str); 14] = [
    ("all", r"\s\S"),
    ("ASCII", r"\x00-\x7F"),
    ("Alnum", "0-9A-Za-z"),
    ("Alpha", "A-Za-z"),
    ("Blank", r" \t"),
    ("Cntrl", r"\x00-\x1F\x7F"),
    ("Digit", "0-9"),
    ("Graph", r"\x21-\x7E"),
    ("LD", r"\p{L}\p{Nd}"),
    ("Lower", "a-z"),
    ("Print", r"\x20-\x7E"),
    ("Punct", r"!-/:-@\[-`{-~"),
    ("Upper", "A-Z"),
    ("XDigit", "0-9A-Fa-f"),
];

struct Rewriting<'p> {
    rest: Peekable<Chars<'p>>,
    written: String,
    groups: Vec<Group>,
    /// The names of the groups that capture, in their order; empty where they have none.
    names: Vec<String>,
}

/// A group that is open, and where what is written of it starts.
struct Group {
    start: usize,
    looks: bool,
}

/// What an escape stands for.
enum Escape {
    /// Characters, as a class writes them.
    Set(String),
    /// One character, or what is none: a word boundary, a reference.
    Other(String),
    /// Half of a character.
    Surrogate,
}

impl Rewriting<'_> {
    fn atom(&mut self, character: char) {
        match character {
            '\\' => match self.escape(false) {
                Escape::Set(set) if set.starts_with('\\') && !set[1..].contains(['\\', '-']) => self.written += &set,
                Escape::Set(set) => self.written += &format!("[{set}]"),
                Escape::Other(text) => self.written += &text,
                Escape::Surrogate => self.written += &format!("[{ASTRAL}]"),
            },
            '[' => self.class(),
            '(' => self.group(),
            ')' => {
                self.written.push(')');
                if let Some(Group { start, looks: true }) = self.groups.pop() {
                    self.repeated_look(start);
                }
            }
            // A brace that counts nothing is itself.
            '{' if !self.is_count() => self.written += r"\{",
            other => self.written.push(other),
        }
    }

    /// The start of a group. `(?P<name>…)` is `(?<name>…)`, and `(?P=name)` refers to it.
    fn group(&mut self) {
        let ahead: String = self.rest.clone().take(3).collect();
        if ahead.starts_with("?P=") {
            let name = self.ahead(3, ')');
            if let Some(reference) = self.reference_to(&name) {
                self.rest.nth(3 + name.chars().count());
                self.written += &reference;
                return;
            }
        }
        let looks = ["?=", "?!", "?<=", "?<!"].iter().any(|start| ahead.starts_with(start));
        self.groups.push(Group { start: self.written.len(), looks });
        self.written.push('(');
        if ahead.starts_with("?P<") {
            self.rest.nth(1);
            self.written.push('?');
        }
        match ahead.starts_with("?P<") || (ahead.starts_with("?<") && !looks) {
            true => {
                let inside = self.rest.clone().skip_while(|character| *character != '<').skip(1);
                self.names.push(inside.take_while(|character| *character != '>').collect());
            }
            false if !ahead.starts_with('?') => self.names.push(String::new()),
            false => {}
        }
    }

    /// The text from so many characters ahead up to an end.
    fn ahead(&self, skipped: usize, end: char) -> String {
        self.rest.clone().skip(skipped).take_while(|character| *character != end).collect()
    }

    /// A reference to the group of this name by its number, which all engines know.
    fn reference_to(&self, name: &str) -> Option<String> {
        let at = self.names.iter().position(|known| known == name && !name.is_empty())?;
        Some(format!(r"(?:\{})", at + 1))
    }

    /// To look twice is to look once; a look that may be left out says nothing.
    fn repeated_look(&mut self, start: usize) {
        match self.rest.peek() {
            Some('+') => drop(self.rest.next()),
            Some('*' | '?') => {
                self.rest.next();
                self.written.truncate(start);
            }
            _ => {}
        }
    }

    fn is_count(&self) -> bool {
        let inside = self.ahead(0, '}');
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
        !least.is_empty() && digits(least) && digits(most)
    }

    fn class(&mut self) {
        self.written.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.written.push('^');
        }
        // Whether a hyphen that follows can be no range.
        let (mut after_set, mut is_astral) = (true, false);
        while let Some(character) = self.rest.next() {
            match character {
                ']' => {
                    self.written += if is_astral { ASTRAL } else { "" };
                    self.written.push(']');
                    return;
                }
                '-' if after_set || self.is_before_set() => {
                    self.written += r"\-";
                    after_set = false;
                }
                '\\' => match self.escape(true) {
                    Escape::Set(set) => {
                        self.written += &set;
                        after_set = true;
                    }
                    Escape::Other(text) => {
                        self.written += &text;
                        after_set = false;
                    }
                    Escape::Surrogate => {
                        // What follows up to here is halves of the same characters.
                        self.rest.next_if_eq(&'-');
                        is_astral = true;
                        after_set = true;
                    }
                },
                '[' | '&' | '~' => {
                    self.written.extend(['\\', character]);
                    after_set = false;
                }
                other => {
                    self.written.push(other);
                    after_set = false;
                }
            }
        }
    }

    /// Whether a hyphen stands before the end of a class, or before characters that it cannot reach to.
    fn is_before_set(&self) -> bool {
        let mut rest = self.rest.clone();
        match rest.next() {
            Some('\\') => rest.next().is_some_and(|letter| "dDsSwWpP".contains(letter)),
            next => next == Some(']'),
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self, in_class: bool) -> Escape {
        let Some(character) = self.rest.next() else { return Escape::Other("\\".to_owned()) };
        match character {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Escape::Set(format!("\\{character}")),
            'p' | 'P' => self.property(character),
            'u' => self.unit(),
            'b' if in_class => Escape::Other(r"\x08".to_owned()),
            '0'..='7' if in_class || character == '0' => Escape::Other(self.octal(character)),
            'A' if !in_class => Escape::Other("^".to_owned()),
            'z' | 'Z' if !in_class => Escape::Other("$".to_owned()),
            'k' if !in_class && self.rest.peek() == Some(&'<') => {
                let name = self.ahead(1, '>');
                match self.reference_to(&name) {
                    Some(reference) => {
                        self.rest.nth(name.chars().count() + 1);
                        Escape::Other(reference)
                    }
                    None => Escape::Other(r"\k".to_owned()),
                }
            }
            letter if letter.is_ascii_alphanumeric() => Escape::Other(format!("\\{letter}")),
            sign if sign.is_ascii_punctuation() && sign != '_' => Escape::Other(format!("\\{sign}")),
            other => Escape::Other(other.to_string()),
        }
    }

    fn property(&mut self, letter: char) -> Escape {
        let name = self.ahead(1, '}');
        let is_name = self.rest.peek() == Some(&'{')
            && !name.is_empty()
            && name.chars().all(|character| character.is_ascii_alphanumeric() || "_=".contains(character));
        if !is_name {
            return Escape::Other(letter.to_string());
        }
        self.rest.nth(name.len() + 1);
        match JAVA_CLASSES.iter().find(|(java, _)| *java == name) {
            Some((_, set)) if letter == 'p' => Escape::Set((*set).to_owned()),
            _ => Escape::Set(format!("\\{letter}{{{name}}}")),
        }
    }

    /// `\u002F`, a unit of UTF-16.
    fn unit(&mut self) -> Escape {
        let digits: String = self.rest.clone().take(4).collect();
        let unit =
            Some(&digits).filter(|digits| digits.len() == 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(unit) = unit else { return Escape::Other(r"\u".to_owned()) };
        self.rest.nth(3);
        match unit {
            0xD800..=0xDFFF => Escape::Surrogate,
            unit => Escape::Other(format!(r"\x{{{unit:X}}}")),
        }
    }

    fn octal(&mut self, first: char) -> String {
        let mut value = first.to_digit(8).unwrap_or_default();
        while let Some(digit) =
            self.rest.peek().and_then(|digit| digit.to_digit(8)).filter(|digit| value * 8 + digit < 256)
        {
            value = value * 8 + digit;
            self.rest.next();
        }
        format!(r"\x{{{value:X}}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lift::schemas::pattern::compile;

    #[test]
    fn patterns_are_read_as_javascript_reads_them_without_the_flag_u() {
        for (found, expected) in [
            (r"^[\w-.+]+@[\w-.+]+$", r"^[\w\-.+]+@[\w\-.+]+$"),
            (r"[a-z\d-]", r"[a-z\d\-]"),
            (r"[+-\w]", r"[+\-\w]"),
            (r"[^/:|\000-\037]+", r"[^/:|\x{0}-\x{1F}]+"),
            (r"^(\/|(\/(?!\.)+[^$]+){1,4})$", r"^(\/|(\/(?!\.)[^$]+){1,4})$"),
            (r"a(?=b)*c", "ac"),
            (r"[^\p\{C\}]*\+", r"[^p\{C\}]*\+"),
            (r"\u002F[\u0021-\u007F]+", r"\x{2F}[\x{21}-\x{7F}]+"),
            (r"[[&]", r"[\[\&]"),
            ("{a}{2}", r"\{a}{2}"),
        ] {
            assert_eq!(modern(found), expected);
            assert_eq!(compile(expected).map(drop), Ok(()), "{found}");
        }
    }

    #[test]
    fn characters_past_16_bits_are_whole() {
        let found = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDBFF-\uDC00\uDFFF\t]*";
        assert_eq!(modern(found), r"[\x{20}-\x{D7FF}\x{E000}-\x{FFFD}\t\x{10000}-\x{10FFFF}]*");
        assert_eq!(compile(&modern(found)).map(drop), Ok(()));
    }

    #[test]
    fn classes_of_java_are_known() {
        assert_eq!(modern(r"\p{XDigit}{8}"), "[0-9A-Fa-f]{8}");
        assert_eq!(modern(r"^(\p{LD}|\p{Punct}| )+$"), r"^([\p{L}\p{Nd}]|[!-/:-@\[-`{-~]| )+$");
        assert_eq!(modern(r"[\p{all}]*\p{L}"), r"[\s\S]*\p{L}");
        assert_eq!(compile(&modern(r"^(\p{LD}|\p{Punct}| )+$")).map(drop), Ok(()));
    }

    #[test]
    fn anchors_and_named_groups_of_python_and_perl_are_known() {
        for (found, expected) in [
            (r"\A[\w.@+-]+\Z", r"^[\w.@+\-]+$"),
            (r"^(?P<year>\d{4})-(?P<month>\d\d)\z", r"^(?<year>\d{4})-(?<month>\d\d)$"),
            (r"(a)(?P<quote>['x]).*(?P=quote)", r"(a)(?<quote>['x]).*(?:\2)"),
            (r"(?<é>a)\k<é>(?P=é)b", r"(?<é>a)(?:\1)(?:\1)b"),
            (r"(?:b)(?<q>['x]).*\k<q>1", r"(?:b)(?<q>['x]).*(?:\1)1"),
        ] {
            assert_eq!(modern(found), expected);
            assert_eq!(compile(expected).map(drop), Ok(()), "{found}");
        }
        for unknown in [r"(?P=none)", r"\k<none>", r"(?P>again)", r"a\Ka", r"(?<q>a)(?P=Q)"] {
            assert!(compile(&modern(unknown)).is_err(), "{unknown}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_none_afterwards() {
        for broken in ["(", "[a", "a)", "*", r"a\", "(?<", "[z-a]"] {
            assert!(compile(&modern(broken)).is_err(), "{broken}");
        }
    }
}
