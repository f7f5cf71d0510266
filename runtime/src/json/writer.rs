//! Writing of JSON texts (RFC 8259). One concrete writer for all types, as there is one reader.

use std::collections::BTreeMap;

use serde::Serialize;

use super::encode::Encode;
use super::strings;

/// Writes into a buffer. The first failure is kept for the end: a `?` for each member would be most of what the compiler
/// has to look at in generated code.
#[derive(Debug, Default)]
pub struct Writer {
    text: Vec<u8>,
    failed: Option<serde_json::Error>,
}

/// The items of an array, on their way.
#[derive(Debug)]
pub(super) struct ArrayWriter<'w> {
    writer: &'w mut Writer,
    is_empty: bool,
}

/// Members of any name.
pub trait OtherMembers {
    /// Calls `write` for each of them.
    fn each(&self, write: &mut dyn FnMut(&str, &dyn Encode));
}

impl<T: Encode> OtherMembers for BTreeMap<String, T> {
    fn each(&self, write: &mut dyn FnMut(&str, &dyn Encode)) {
        self.iter().for_each(|(name, value)| write(name, value));
    }
}

impl Writer {
    /// Writes behind what is in the buffer.
    pub(super) fn behind(text: Vec<u8>) -> Self {
        Self { text, failed: None }
    }

    /// What has been written; an error if it is no JSON, since a type of the application could not be.
    pub(super) fn finish(self) -> (Vec<u8>, serde_json::Result<()>) {
        (self.text, self.failed.map_or(Ok(()), Err))
    }

    /// Writes an object: the members that are not absent, in their order, and then the others. The names of members are
    /// as they are written, with their quotes and the colon.
    pub fn object(&mut self, members: &[(&'static str, &dyn Encode)], others: Option<&dyn OtherMembers>) {
        let mut mark = b'{';
        for (name, value) in members {
            if !value.is_absent() {
                self.text.push(std::mem::replace(&mut mark, b','));
                self.token(name);
                value.encode(self);
            }
        }
        if let Some(others) = others {
            others.each(&mut |name, value| {
                self.text.push(std::mem::replace(&mut mark, b','));
                self.string(name);
                self.text.push(b':');
                value.encode(self);
            });
        }
        self.token(if mark == b'{' { "{}" } else { "}" });
    }

    pub(super) fn array(&mut self, items: impl FnOnce(&mut ArrayWriter<'_>)) {
        let mut array = ArrayWriter { writer: self, is_empty: true };
        items(&mut array);
        let end = if array.is_empty { "[]" } else { "]" };
        self.token(end);
    }

    /// Writes a text that is JSON already.
    pub(super) fn token(&mut self, token: &str) {
        self.text.extend_from_slice(token.as_bytes());
    }

    /// Writes a string.
    pub fn string(&mut self, text: &str) {
        self.text.reserve(text.len() + 2);
        self.text.push(b'"');
        let plain = strings::plain(text.as_bytes());
        self.text.extend_from_slice(&text.as_bytes()[..plain]);
        if plain < text.len() {
            self.escaped(&text.as_bytes()[plain..]);
        }
        self.text.push(b'"');
    }

    /// Writes the rest of a string, which begins with a byte that no string holds as it is.
    #[cold]
    fn escaped(&mut self, mut rest: &[u8]) {
        while let [special, behind @ ..] = rest {
            self.escape(*special);
            let (plain, behind) = behind.split_at(strings::plain(behind));
            self.text.extend_from_slice(plain);
            rest = behind;
        }
    }

    /// Writes a byte that no string holds as it is.
    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x0c => b'f',
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            _ => return self.token(&format!("\\u{byte:04x}")),
        };
        self.text.extend_from_slice(&[b'\\', short]);
    }

    /// Writes what `serde` knows how to write.
    pub(super) fn by_serde<T: Serialize>(&mut self, value: &T) {
        if let Err(error) = serde_json::to_writer(&mut self.text, value) {
            self.failed.get_or_insert(error);
        }
    }
}

impl ArrayWriter<'_> {
    pub(super) fn item(&mut self, item: &(impl Encode + ?Sized)) {
        self.writer.text.push(if self.is_empty { b'[' } else { b',' });
        self.is_empty = false;
        item.encode(self.writer);
    }
}

#[cfg(test)]
mod tests {
    use crate::json::to_string;
    use crate::values::Nullable;
    use std::collections::BTreeMap;

    #[test]
    fn strings_are_written_as_serde_json_writes_them() {
        for character in (0..0x3000).filter_map(char::from_u32) {
            for before in ["", "a", "abcdefg", "abcdefgh"] {
                let text = format!("{before}{character}\u{1f980}");
                assert_eq!(to_string(&text).unwrap(), serde_json::to_string(&text).unwrap(), "{character:?}");
            }
        }
    }

    #[test]
    fn lists_and_maps_have_their_marks() {
        assert_eq!(to_string(&Vec::<i64>::new()).unwrap(), "[]");
        assert_eq!(to_string(&vec![Nullable::Value(1_u8), Nullable::Null]).unwrap(), "[1,null]");
        assert_eq!(to_string(&BTreeMap::<String, i64>::new()).unwrap(), "{}");
        assert_eq!(
            to_string(&BTreeMap::from([("a\"".to_owned(), 1.5), ("b".to_owned(), 2.0)])).unwrap(),
            "{\"a\\\"\":1.5,\"b\":2.0}"
        );
        assert_eq!(to_string(&(1, "a", true, ())).unwrap(), "[1,\"a\",true,null]");
    }

    #[test]
    fn numbers_that_json_does_not_have_are_null() {
        assert_eq!(to_string(&vec![f64::NAN, f64::INFINITY, -0.0, 1e300]).unwrap(), "[null,null,-0.0,1e+300]");
    }
}
