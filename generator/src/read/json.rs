//! JSON (RFC 8259), strictly, with the place of every value.

use super::{FileId, Map, Member, Node, Number, Span, Value};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// How deep values may be nested, here and in YAML.
pub(super) const DEPTH: usize = 128;

/// Reads a JSON text.
pub(super) fn parse(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut reader = Reader { file, text, at: 0, depth: 0, diagnostics };
    reader.at = text.len() - text.trim_start_matches('\u{feff}').len();
    let read = reader.value().and_then(|node| {
        reader.space();
        if reader.at < text.len() { reader.fail("the document ends before this") } else { Ok(node) }
    });
    match read {
        Ok(node) => Some(node),
        Err(Failed { at, reason }) => {
            let end = text[at..].chars().next().map_or(at, |character| at + character.len_utf8());
            let span = Span { file, start: at as u32, end: end as u32 };
            let message = format!("this is not JSON: {reason}");
            diagnostics.push(Diagnostic::error("syntax", span, message).help("write it as RFC 8259 has it, or as YAML in a .yaml file"));
            None
        }
    }
}

struct Failed {
    at: usize,
    reason: &'static str,
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
    depth: usize,
    diagnostics: &'t mut Diagnostics,
}

impl Reader<'_> {
    fn fail<T>(&self, reason: &'static str) -> Result<T, Failed> {
        Err(Failed { at: self.at, reason })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn span(&self, start: usize) -> Span {
        Span { file: self.file, start: start as u32, end: self.at as u32 }
    }

    fn value(&mut self) -> Result<Node, Failed> {
        self.space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) => return self.fail("a value was expected here"),
            None => return self.fail("it ends where a value was expected"),
        };
        Ok(Node { value, span: self.span(start) })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Failed>) -> Result<Value, Failed> {
        if self.depth == DEPTH {
            return self.fail("values are nested more than 128 deep");
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Value, Failed> {
        self.at += 1;
        let mut map = Map::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Map(map));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return self.fail("a member's name in double quotes was expected here");
            }
            let name = self.string()?;
            let key = self.span(start);
            self.space();
            if !self.take(b':') {
                return self.fail("`:` was expected here");
            }
            let node = self.value()?;
            insert(&mut map, name, Member { key, node }, self.diagnostics);
            self.space();
            if self.take(b'}') {
                return Ok(Value::Map(map));
            }
            if !self.take(b',') {
                return self.fail("`,` or `}` was expected here");
            }
        }
    }

    fn list(&mut self) -> Result<Value, Failed> {
        self.at += 1;
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
            if !self.take(b',') {
                return self.fail("`,` or `]` was expected here");
            }
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Failed> {
        if !self.text[self.at..].starts_with(word) {
            return self.fail("a value was expected here");
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Number, Failed> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') && self.digits() == 0 {
            return self.fail("a digit was expected here");
        }
        if self.take(b'.') && self.digits() == 0 {
            return self.fail("a digit was expected here");
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            if self.digits() == 0 {
                return self.fail("a digit was expected here");
            }
        }
        Ok(Number::from_json(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, Failed> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
            text.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    let character = self.escape()?;
                    text.push(character);
                }
                Some(_) => return self.fail("a control character must be escaped in a string"),
                None => return self.fail("the string does not end"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Failed> {
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
            Some(b'u') => return self.unicode(),
            _ => return self.fail("there is no such escape"),
        };
        self.at += 1;
        Ok(character)
    }

    /// `\u` and four digits; two of them for a character past the first plane.
    fn unicode(&mut self) -> Result<char, Failed> {
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff if self.text[self.at..].starts_with("\\u") => {
                self.at += 1;
                let second = self.hex()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return self.fail("half of a surrogate pair is missing");
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(code).map_or_else(|| self.fail("half of a surrogate pair is missing"), Ok)
    }

    fn hex(&mut self) -> Result<u32, Failed> {
        self.at += 1;
        let digits = self.text.get(self.at..self.at + 4).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(code) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
            return self.fail("four hexadecimal digits were expected here");
        };
        self.at += 4;
        Ok(code)
    }
}

/// Adds a member; a second one of the same name is told, and dropped.
pub(super) fn insert(map: &mut Map, name: String, member: Member, diagnostics: &mut Diagnostics) {
    match map.get(&name) {
        Some(first) => diagnostics.push(
            Diagnostic::error("duplicate-key", member.key, format!("the key `{name}` stands here a second time"))
                .related(first.key, "the first one")
                .help("keep one of the two"),
        ),
        None => {
            map.insert(name, member);
        }
    }
}
