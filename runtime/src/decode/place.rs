//! Which value of a JSON text a decoder stopped at.
//!
//! `serde_json` tells line and column alone. The pointer is found by walking the text again, which only
//! a refused request pays for.

/// The pointer (RFC 6901) of the value that ends at, or is open at, a line and a column of a text that
/// is JSON. Both count from 1, the column in bytes; 0 stands for nowhere in particular.
pub(super) fn pointer(text: &[u8], line: usize, column: usize) -> String {
    if line == 0 {
        return String::new();
    }
    let start = if line == 1 { 0 } else { newlines(text).nth(line - 2).map_or(text.len(), |at| at + 1) };
    let end = start.saturating_add(column).min(text.len());
    Walk { text: &text[..end], at: 0 }.pointer()
}

fn newlines(text: &[u8]) -> impl Iterator<Item = usize> {
    text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at)
}

/// A walk through the text up to where the decoder stopped.
struct Walk<'t> {
    text: &'t [u8],
    at: usize,
}

/// A list or an object that is open, with the member that the walk is in.
enum Open {
    List(usize),
    Object(String),
}

impl Walk<'_> {
    fn pointer(mut self) -> String {
        let mut open: Vec<Open> = Vec::new();
        // A member's value has not begun while the text still says its name.
        let mut named = true;
        let mut last = b' ';
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            last = byte;
            match byte {
                b'[' => open.push(Open::List(0)),
                b'{' => {
                    open.push(Open::Object(String::new()));
                    named = false;
                }
                b']' | b'}' => {
                    open.pop();
                    named = true;
                }
                b',' => match open.last_mut() {
                    Some(Open::List(index)) => *index += 1,
                    Some(Open::Object(_)) => named = false,
                    None => {}
                },
                b'"' if named => drop(self.string()),
                b'"' => {
                    let name = self.string();
                    if let Some(Open::Object(member)) = open.last_mut() {
                        *member = name;
                    }
                    named = true;
                }
                _ => {}
            }
        }
        // The decoder did not want a list or an object at all.
        if matches!(last, b'[' | b'{') {
            open.pop();
        }
        written(&open)
    }

    /// The rest of a string whose quote was seen.
    fn string(&mut self) -> String {
        let start = self.at;
        let mut escaped = false;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'"' if !escaped => break,
                b'\\' => escaped = !escaped,
                _ => escaped = false,
            }
        }
        let quoted = self.text.get(start - 1..self.at).unwrap_or_default();
        serde_json::from_slice(quoted).unwrap_or_default()
    }
}

fn written(open: &[Open]) -> String {
    let mut pointer = String::new();
    for step in open {
        pointer.push('/');
        match step {
            Open::List(index) => pointer.push_str(&index.to_string()),
            Open::Object(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::json::{Decode, Wire};
    use std::collections::BTreeMap;

    fn stopped<T: for<'de> Decode<'de>>(text: &str) -> String {
        let error = serde_json::from_str::<Wire<T>>(text).map(|_| ()).unwrap_err();
        pointer(text.as_bytes(), error.line(), error.column())
    }

    #[test]
    fn the_value_that_cannot_be_decoded_is_pointed_to() {
        assert_eq!(stopped::<i64>("99999999999999999999"), "");
        assert_eq!(stopped::<Vec<i64>>("[1, 2,\n 99999999999999999999, 4]"), "/2");
        assert_eq!(stopped::<BTreeMap<String, i64>>(r#"{"a": 1, "b/c": 99999999999999999999}"#), "/b~1c");
        assert_eq!(stopped::<BTreeMap<String, Vec<i32>>>(r#"{"x\"[": [1], "y": [3e9]}"#), "/y/0");
        assert_eq!(stopped::<Vec<Vec<u8>>>("[[1],[2],[3,256]]"), "/2/1");
    }

    #[test]
    fn a_place_that_is_not_told_is_the_whole() {
        assert_eq!(pointer(b"[1]", 0, 0), "");
        assert_eq!(pointer(b"[1]", 9, 9), "");
    }
}
