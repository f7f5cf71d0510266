//! JSON (RFC 8259), strictly, with the place of every value.

use std::borrow::Cow;
use std::ops::Range;

use super::sources::{MAX_DEPTH, count_value, duplicate_key, empty, out_of_range, too_deep};
use super::{FileId, Map, Member, Node, Number, Span, Value};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Reads a JSON text.
pub(super) fn parse(file: FileId, text: &str, values: &mut usize, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut reader = Reader { file, text, at: 0, depth: 0, values, diagnostics };
    match reader.document() {
        Ok(node) => Some(node),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

/// The first error ends the reading.
type Result<T> = std::result::Result<T, Box<Diagnostic>>;

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
    depth: usize,
    /// How many values may still be read.
    values: &'t mut usize,
    diagnostics: &'t mut Diagnostics,
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Node> {
        self.space();
        if self.at == self.text.len() {
            return Err(Box::new(empty(self.file)));
        }
        let starts_like_json = matches!(self.peek(), Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9'));
        let node = self.value().map_err(|error| match starts_like_json {
            true => error,
            false => Box::new(error.help("if this is YAML, name the file `.yaml`")),
        })?;
        self.space();
        if self.at < self.text.len() {
            return Err(self.unexpected("the end of the file"));
        }
        Ok(node)
    }

    fn value(&mut self) -> Result<Node> {
        let start = self.at;
        count_value(self.values, self.span(start..start))?;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => Value::String(self.string()?.into_owned()),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            _ => match self.word() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => {
                    self.at = start;
                    return Err(self.unexpected("a value"));
                }
            },
        };
        Ok(Node { value, span: self.span(start..self.at) })
    }

    fn nested(&mut self, read: fn(&mut Self, usize) -> Result<Value>) -> Result<Value> {
        let start = self.at;
        if self.depth == MAX_DEPTH {
            return Err(Box::new(too_deep(self.span(start..start + 1))));
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self, start);
        self.depth -= 1;
        value
    }

    fn object(&mut self, start: usize) -> Result<Value> {
        let mut map = Map::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Map(map));
        }
        loop {
            let key_start = self.at;
            if self.peek() != Some(b'"') {
                let error = self.unexpected("a key in double quotes");
                return Err(self.inside(error, start, "in this object"));
            }
            let name = self.string()?;
            let key = self.span(key_start..self.at);
            self.space();
            if !self.take(b':') {
                return Err(self.unexpected("`:` and a value after the key"));
            }
            self.space();
            let node = self.value()?;
            self.insert(&mut map, name, Member { key, node });
            self.space();
            if self.take(b'}') {
                return Ok(Value::Map(map));
            }
            self.comma(b'}').map_err(|error| self.inside(error, start, "in this object"))?;
        }
    }

    /// The first of two members of one name stays.
    fn insert(&mut self, map: &mut Map, name: Cow<'_, str>, member: Member) {
        match map.get(name.as_ref()) {
            Some(first) => self.diagnostics.push(duplicate_key(&name, first.key, member.key)),
            None => {
                map.insert(name.into_owned(), member);
            }
        }
    }

    fn list(&mut self, start: usize) -> Result<Value> {
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.take(b']') {
                return Ok(Value::List(items));
            }
            self.comma(b']').map_err(|error| self.inside(error, start, "in this list"))?;
        }
    }

    /// Takes the comma between two members or items, and the space after it.
    fn comma(&mut self, close: u8) -> Result<()> {
        let comma = self.at;
        let close = char::from(close);
        if !self.take(b',') {
            return Err(self.unexpected(&format!("`,` or `{close}`")));
        }
        self.space();
        if self.peek() == Some(close as u8) {
            let reason = format!("there is a comma before `{close}`");
            return Err(self.error(comma..comma + 1, &reason, "remove the comma"));
        }
        Ok(())
    }

    /// Takes a word of letters, such as `null`.
    fn word(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn number(&mut self) -> Result<Number> {
        let start = self.at;
        self.take(b'-');
        let mut valid = self.take(b'0') || self.digits() > 0;
        if valid && self.take(b'.') {
            valid = self.digits() > 0;
        }
        if valid && (self.take(b'e') || self.take(b'E')) {
            let _sign = self.take(b'+') || self.take(b'-');
            valid = self.digits() > 0;
        }
        let rest = &self.text[self.at..];
        let tail = rest.find(|c: char| !c.is_alphanumeric() && !"+-._".contains(c)).unwrap_or(rest.len());
        if valid && tail == 0 {
            let number = Number::from_json(&self.text[start..self.at]);
            let place = self.span(start..self.at);
            return if number.is_in_range() { Ok(number) } else { Err(Box::new(out_of_range(place))) };
        }
        let end = self.at + tail;
        let reason = format!("`{}` is not a number", &self.text[start..end]);
        Err(self.error(start..end, &reason, "write numbers as in `10`, `-0.5` or `1e3`"))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<Cow<'t, str>> {
        let start = self.at;
        self.at += 1;
        let mut text = Cow::Borrowed("");
        loop {
            let plain = self.plain();
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.to_mut().push(self.escape()?),
                Some(b'\n' | b'\r') | None => {
                    let reason = "this string has no closing quote on its line";
                    let help = "close it with `\"`; write a line break in it as `\\n`";
                    return Err(self.error(start..self.at, reason, help));
                }
                Some(control) => {
                    let reason = format!("the control character U+{control:04X} stands in a string");
                    let help = format!("write it as `\\u{control:04x}`");
                    return Err(self.error(self.at..self.at + 1, &reason, &help));
                }
            }
        }
    }

    /// Takes what stands for itself in a string.
    fn plain(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let end = rest.as_bytes().iter().position(special).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn escape(&mut self) -> Result<char> {
        let start = self.at;
        self.at += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                let help = "write a backslash as `\\\\`";
                return Err(self.error(start..self.next(), "there is no such escape", help));
            }
        };
        self.at += 1;
        Ok(character)
    }

    /// `\u` and four digits; two of them for a character past the first plane.
    fn unicode(&mut self, start: usize) -> Result<char> {
        let mut code = self.hex(start)?;
        if (0xd800..0xdc00).contains(&code) && self.text[self.at..].starts_with("\\u") {
            self.at += 1;
            let low = self.hex(start)?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        char::from_u32(code).ok_or_else(|| {
            let help = "a character past U+FFFF is written as two escapes, as in `\\ud83d\\ude00`";
            self.error(start..self.at, "this is one half of a surrogate pair", help)
        })
    }

    /// Takes `u` and four digits.
    fn hex(&mut self, start: usize) -> Result<u32> {
        self.at += 1;
        let digits = self.text.as_bytes().get(self.at..self.at + 4).unwrap_or_default();
        let digit = |value: u32, byte: &u8| Some(value * 16 + char::from(*byte).to_digit(16)?);
        match digits.iter().try_fold(0, digit) {
            Some(code) if digits.len() == 4 => {
                self.at += 4;
                Ok(code)
            }
            _ => Err(self.error(start..self.at, "`\\u` needs four hexadecimal digits", "write `\\u00e9` for é")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Where the character here ends.
    fn next(&self) -> usize {
        self.at + self.text[self.at..].chars().next().map_or(0, char::len_utf8)
    }

    fn span(&self, place: Range<usize>) -> Span {
        Span { file: self.file, start: place.start as u32, end: place.end as u32 }
    }

    fn error(&self, place: Range<usize>, reason: &str, help: &str) -> Box<Diagnostic> {
        let message = format!("this is not JSON: {reason}");
        Box::new(Diagnostic::error("syntax", self.span(place), message).help(help))
    }

    /// The error of something else than what was expected here.
    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            let end = self.text.trim_end().len();
            let reason = format!("the file ends where {expected} was expected");
            return self.error(end..end, &reason, "is the file complete?");
        };
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let end = self.at + word.max(first.len_utf8());
        let found = &self.text[self.at..end];
        let help = match found {
            "/" | "#" => "JSON has no comments: remove it",
            "'" => "write strings in double quotes",
            "\"" => "is there a comma missing before it?",
            "NaN" | "Infinity" => "JSON has no such number",
            "True" | "False" | "None" => "write `true`, `false` or `null`",
            _ if word > 0 => "write strings and keys in double quotes",
            _ => "check the brackets, quotes and commas before it",
        };
        self.error(self.at..end, &format!("expected {expected}, found `{found}`"), help)
    }

    /// Says where the object or list starts that an error is in.
    fn inside(&self, mut error: Box<Diagnostic>, start: usize, label: &str) -> Box<Diagnostic> {
        error.related.push((self.span(start..start + 1), label.to_owned()));
        error
    }
}
