//! JSON as YAML 1.2: the same scalars, which YAML reads as JSON does, in lines and indents instead of brackets.

use std::iter::Peekable;

use crate::json::{Token, Tokens};

/// Rewrites JSON; numbers keep all of their digits.
pub(super) fn from_json(json: &str) -> String {
    let tokens = Tokens::new(json.as_bytes()).peekable();
    let mut writer = Writer { tokens, out: String::with_capacity(json.len() + json.len() / 2) };
    writer.value(0, Place::Start);
    writer.out.push('\n');
    writer.out
}

/// What stands before a value on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    /// `key:`
    Member,
    /// `-`
    Item,
}

struct Writer<'j> {
    tokens: Peekable<Tokens<'j>>,
    out: String,
}

impl Writer<'_> {
    fn value(&mut self, depth: usize, place: Place) {
        match self.tokens.next() {
            Some(Token::Open(open)) => match (self.tokens.next_if_eq(&Token::Close), open) {
                (Some(_), b'[') => self.scalar("[]", place),
                (Some(_), _) => self.scalar("{}", place),
                (None, b'[') => self.list(depth, place),
                (None, _) => self.object(depth, place),
            },
            Some(Token::String(text) | Token::Scalar(text)) => self.scalar(plain(text), place),
            Some(Token::Close | Token::Comma | Token::Colon) | None => {}
        }
    }

    fn scalar(&mut self, text: &str, place: Place) {
        self.out.push_str(if place == Place::Start { "" } else { " " });
        self.out.push_str(text);
    }

    fn object(&mut self, depth: usize, place: Place) {
        // The first member of an item stands on its line.
        let mut on_line = place != Place::Member;
        if place == Place::Item {
            self.out.push(' ');
        }
        while let Some(Token::String(key)) = self.tokens.next_if(|token| matches!(token, Token::String(_))) {
            self.line(depth, &mut on_line);
            self.out.push_str(plain(key));
            self.out.push(':');
            self.tokens.next_if_eq(&Token::Colon);
            self.value(depth + 1, Place::Member);
            self.tokens.next_if_eq(&Token::Comma);
        }
        self.tokens.next_if_eq(&Token::Close);
    }

    fn list(&mut self, depth: usize, place: Place) {
        let mut on_line = place != Place::Member;
        if place == Place::Item {
            self.out.push(' ');
        }
        while self.tokens.peek().is_some() && self.tokens.next_if_eq(&Token::Close).is_none() {
            self.line(depth, &mut on_line);
            self.out.push('-');
            self.value(depth + 1, Place::Item);
            self.tokens.next_if_eq(&Token::Comma);
        }
    }

    fn line(&mut self, depth: usize, on_line: &mut bool) {
        if !std::mem::take(on_line) {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", depth));
        }
    }
}

/// A string without its quotes where none are needed: a name, a path or a few words that YAML takes for nothing else.
fn plain(token: &[u8]) -> &str {
    // The tokens of a text are text.
    let token = str::from_utf8(token).unwrap_or_default();
    /// What YAML, or YAML 1.1, takes for something else.
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let Some(text) = token.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return token };
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '$');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" /$._-{}()+".contains(&byte);
    let is_word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    if starts && text.bytes().all(is_plain) && !text.ends_with(' ') && !is_word { text } else { token }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_lines_and_indents() {
        let json = r#"{"openapi":"3.1.0","tags":[],"a":{},"paths":{"/pets/{id}":{"get":{"ids":[1,-2.50e3,null,true],"nested":[[1,2],[{"x":"w","z":"no"}]]}}}}"#;
        let yaml = "openapi: \"3.1.0\"\ntags: []\na: {}\npaths:\n  /pets/{id}:\n    get:\n      ids:\n        - 1\n        \
                    - -2.50e3\n        - null\n        - true\n      nested:\n        - - 1\n          - 2\n        \
                    - - x: w\n            z: \"no\"\n";
        assert_eq!(from_json(json), yaml);
    }

    #[test]
    fn strings_are_quoted_unless_they_are_plain_words() {
        for quoted in
            ["", "1.0", "a: b", "a #b", "#/a", "{a}", "- a", "Yes", "a\\nb", "a\\\"b", "it's", "end ", "é", "a\\\\"]
        {
            let json = format!("[\"{quoted}\"]");
            assert_eq!(from_json(&json), format!("- \"{quoted}\"\n"));
        }
        for plain in ["a", "a b", "/pets/{id}", "$ref", "List tasks.", "x-y_z"] {
            assert_eq!(from_json(&format!("{{\"k\":\"{plain}\"}}")), format!("k: {plain}\n"));
        }
    }
}
