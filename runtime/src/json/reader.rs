//! Reading of JSON texts (RFC 8259), value by value, as the types ask for them.
//!
//! One concrete reader for all types: what the compiler has to look at in generated code is a list of members. A text is
//! known to be UTF-8 before, so that strings are cut out of it as they are.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use super::form_value::FormValue;
use super::strings;

/// How deep values may be nested, also those that are passed over: what `serde_json` allows, which the validator reads
/// with.
const DEPTH: u8 = 127;

/// The type cannot take what is there, or it is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Where the value begins; for a member that is refused, where its name ends.
    pub(crate) at: usize,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "what stands at byte {} is not what its type asks for", self.at)
    }
}

impl std::error::Error for Failure {}

/// Reads a text from its start to its end.
#[derive(Debug)]
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u8,
    /// What is read instead of a text: a field of a form, which is not JSON as a whole.
    field: Option<&'t FormValue<'t>>,
    /// How many bytes the trials of a union, in which this is read, may still read.
    trials: Option<&'t Cell<usize>>,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, field: None, trials: None }
    }

    /// Reads a value of a union, which is nested so deep in a text.
    pub(super) fn nested(text: &'t str, depth: u8, trials: &'t Cell<usize>) -> Self {
        Self { depth, trials: Some(trials), ..Self::new(text) }
    }

    pub(super) fn trials(&self) -> Option<&'t Cell<usize>> {
        self.trials
    }

    /// Reads what the fields of a form stand for.
    pub(crate) fn of_field(field: &'t FormValue<'t>) -> Self {
        match field {
            FormValue::Json(text) => Self::new(text),
            _ => Self { field: Some(field), ..Self::new("") },
        }
    }

    pub(super) fn depth(&self) -> u8 {
        self.depth
    }

    /// The field that is read, if it is no text that is JSON.
    pub(super) fn field(&self) -> Option<&'t FormValue<'t>> {
        self.field
    }

    /// The text of a field, which a type reads in its own way; nothing where JSON is read.
    pub(super) fn field_text(&self) -> Result<Option<&'t str>, Failure> {
        match self.field {
            None => Ok(None),
            Some(FormValue::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.failure()),
        }
    }

    /// Reads one value, behind which nothing but white space may follow.
    pub(super) fn whole<T>(mut self, read: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, Failure> {
        let value = read(&mut self)?;
        self.end()?;
        Ok(value)
    }

    /// Nothing but white space may follow.
    fn end(&mut self) -> Result<(), Failure> {
        self.peek();
        if self.at == self.text.len() { Ok(()) } else { Err(self.failure()) }
    }

    /// That it fails where the reader stands.
    pub(super) fn failure(&self) -> Failure {
        Failure { at: self.at }
    }

    /// Where the next value begins, behind white space.
    pub(super) fn place(&mut self) -> Failure {
        self.peek();
        self.failure()
    }

    /// The next byte that is no white space; 0, which is in no JSON text, at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
        0
    }

    /// Takes the next byte if it is this one.
    #[inline]
    fn take(&mut self, mark: u8) -> bool {
        let is_there = self.peek() == mark;
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, mark: u8) -> Result<(), Failure> {
        if self.take(mark) { Ok(()) } else { Err(self.failure()) }
    }

    /// Begins an object or array; tells where, for what is missing in it.
    #[inline]
    fn open(&mut self, mark: u8) -> Result<Failure, Failure> {
        let place = self.place();
        if self.depth >= DEPTH || !self.take(mark) {
            return Err(place);
        }
        self.depth += 1;
        Ok(place)
    }

    /// Ends an object or array, if this is its end.
    #[inline]
    fn close(&mut self, mark: u8) -> bool {
        let is_end = self.take(mark);
        self.depth -= u8::from(is_end);
        is_end
    }

    /// The end of an object or array, or another part of it.
    #[inline]
    fn is_closed(&mut self, mark: u8) -> Result<bool, Failure> {
        if self.take(b',') {
            return Ok(false);
        }
        if self.close(mark) { Ok(true) } else { Err(self.failure()) }
    }

    /// The name of a member, with the colon behind it.
    pub(super) fn name(&mut self) -> Result<Cow<'t, str>, Failure> {
        let name = self.quoted()?;
        self.expect(b':')?;
        Ok(name)
    }

    /// Takes a name, if it is written so, with its colon.
    #[inline]
    pub(super) fn take_name(&mut self, written: &str) -> bool {
        self.peek();
        let is_next = self.text.as_bytes()[self.at..].starts_with(written.as_bytes());
        self.at += if is_next { written.len() } else { 0 };
        is_next
    }

    /// Reads an object of JSON, and tells where it begins. `each` reads a member.
    #[inline]
    pub(super) fn members(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Failure>,
    ) -> Result<Failure, Failure> {
        let place = self.open(b'{')?;
        let mut is_closed = self.close(b'}');
        while !is_closed {
            each(self)?;
            is_closed = self.is_closed(b'}')?;
        }
        Ok(place)
    }

    /// Reads an array. `each` reads an item.
    pub(super) fn array(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Failure>) -> Result<(), Failure> {
        if let Some(field) = self.field {
            return field.items().into_iter().try_for_each(|item| Reader::of_field(item).whole(&mut each));
        }
        self.open(b'[')?;
        let mut is_closed = self.close(b']');
        while !is_closed {
            each(self)?;
            is_closed = self.is_closed(b']')?;
        }
        Ok(())
    }

    /// Reads `null`, if it is next. No text of a form is null.
    pub(super) fn null(&mut self) -> bool {
        self.peek() == b'n' && self.literal("null")
    }

    fn literal(&mut self, literal: &str) -> bool {
        let is_there = self.text[self.at..].starts_with(literal);
        self.at += if is_there { literal.len() } else { 0 };
        is_there
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Failure> {
        let is_true = self.peek() == b't';
        if self.literal(if is_true { "true" } else { "false" }) { Ok(is_true) } else { Err(self.failure()) }
    }

    /// A string, borrowed where it has no escapes.
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>, Failure> {
        match self.field_text()? {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.quoted(),
        }
    }

    #[inline]
    fn quoted(&mut self) -> Result<Cow<'t, str>, Failure> {
        if self.peek() != b'"' {
            return Err(self.failure());
        }
        let rest = &self.text[self.at + 1..];
        let length = strings::plain(rest.as_bytes());
        if rest.as_bytes().get(length) == Some(&b'"') {
            self.at += length + 2;
            return Ok(Cow::Borrowed(&rest[..length]));
        }
        self.escaped().map(Cow::Owned)
    }

    /// A string with escapes.
    #[cold]
    fn escaped(&mut self) -> Result<String, Failure> {
        let mut text = String::new();
        let mut rest = &self.text[self.at + 1..];
        loop {
            let plain = strings::plain(rest.as_bytes());
            text.push_str(&rest[..plain]);
            rest = &rest[plain..];
            if rest.starts_with('"') {
                self.at = self.text.len() - rest.len() + 1;
                return Ok(text);
            }
            let (character, length) = strings::escape(rest.as_bytes()).ok_or(self.failure())?;
            text.push(character);
            rest = &rest[length..];
        }
    }

    /// Reads over a string; whether its escapes are characters is not looked at.
    fn skip_string(&mut self) -> Result<(), Failure> {
        if self.peek() != b'"' {
            return Err(self.failure());
        }
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        loop {
            at += strings::plain(&bytes[at..]);
            let length = match bytes.get(at..) {
                Some([b'"', ..]) => break,
                Some([b'\\', b'u', digits @ ..]) => match digits.get(..4) {
                    Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => 6,
                    _ => return Err(self.failure()),
                },
                Some([b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..]) => 2,
                _ => return Err(self.failure()),
            };
            at += length;
        }
        self.at = at + 1;
        Ok(())
    }

    /// A number, as it is written (RFC 8259 §6).
    pub(super) fn number(&mut self) -> Result<&'t str, Failure> {
        self.peek();
        let length = number_length(&self.text.as_bytes()[self.at..]).ok_or(self.failure())?;
        let number = &self.text[self.at..self.at + length];
        self.at += length;
        Ok(number)
    }

    /// An integer of up to 18 digits that is written as one; nothing is read where it is
    /// another number, also `-0`, which is another float.
    #[inline]
    pub(super) fn short_integer(&mut self) -> Option<i64> {
        let is_negative = self.peek() == b'-';
        let digits = &self.text.as_bytes()[self.at + usize::from(is_negative)..];
        let mut value = 0_i64;
        let mut count = 0;
        while let Some(byte @ b'0'..=b'9') = digits.get(count) {
            if count == 18 {
                return None;
            }
            value = value * 10 + i64::from(byte - b'0');
            count += 1;
        }
        let is_plain = count > 0 && (count == 1 || digits[0] != b'0');
        let is_zero = is_negative && value == 0;
        if !is_plain || is_zero || matches!(digits.get(count), Some(b'.' | b'e' | b'E')) {
            return None;
        }
        self.at += count + usize::from(is_negative);
        Some(if is_negative { -value } else { value })
    }

    /// Reads over a value, and gives its text.
    pub(super) fn raw(&mut self) -> Result<&'t str, Failure> {
        if self.field.is_some() {
            return Err(self.failure());
        }
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    /// Reads over a value.
    pub(super) fn skip(&mut self) -> Result<(), Failure> {
        if self.field.is_some() {
            return Ok(());
        }
        match self.peek() {
            b'"' => self.skip_string(),
            b'[' => self.array(Self::skip),
            b'{' => self
                .members(|reader| {
                    reader.skip_string()?;
                    reader.expect(b':')?;
                    reader.skip()
                })
                .map(drop),
            b't' | b'f' => self.boolean().map(drop),
            b'n' if self.null() => Ok(()),
            _ => self.number().map(drop),
        }
    }
}

/// The length of the number that begins here.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(text.first() == Some(&b'-'));
    at += match (text.get(at)?, digits(at)) {
        (_, 0) => return None,
        (b'0', 2..) => return None,
        (_, count) => count,
    };
    if text.get(at) == Some(&b'.') {
        at += 1 + Some(digits(at + 1)).filter(|count| *count > 0)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at += Some(digits(at)).filter(|count| *count > 0)?;
    }
    Some(at)
}
