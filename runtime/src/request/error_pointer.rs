//! Which value of a JSON text a decoder stopped at.
//!
//! `serde_json` tells line and column alone. The pointer is found by walking the text again, which only
//! a refused request pays for.

use serde_json::Error;

use crate::json::{Token, Tokens};

/// The pointer (RFC 6901) of the value of a text that is JSON which a decoder stopped at with this error.
///
/// Behind the end of a list or an object, that is either the whole of it or what is last in it; behind a comma, what is
/// before it or after. The decoder tells, asked once more without that.
pub(super) fn pointer(text: &[u8], error: &Error, decode: impl Fn(&[u8]) -> Option<Error>) -> String {
    let end = offset(text, error.line(), error.column());
    let last = match text[..end].trim_ascii_end() {
        [before @ .., b']' | b'}' | b','] => decode(before).filter(Error::is_data).map(|_| before),
        _ => None,
    };
    walk(last.unwrap_or(&text[..end]))
}

/// Where a line and a column are. Both count from 1, the column in bytes; 0 stands for nowhere in particular.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let start = match line {
        0 => return 0,
        1 => 0,
        _ => newlines(text).nth(line - 2).map_or(text.len(), |at| at + 1),
    };
    start.saturating_add(column).min(text.len())
}

fn newlines(text: &[u8]) -> impl Iterator<Item = usize> {
    text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at)
}

/// A list or an object that is open, with the member that the walk is in.
enum Open<'t> {
    List(usize),
    /// The name is as it is written, with its quotes.
    Object(&'t [u8]),
}

/// Walks through the text up to where the decoder stopped.
fn walk(text: &[u8]) -> String {
    let mut open: Vec<Open<'_>> = Vec::new();
    // A member's value has not begun while the text still says its name.
    let mut is_named = true;
    let mut last = None;
    for token in Tokens::new(text) {
        match token {
            Token::Open(b'[') => open.push(Open::List(0)),
            Token::Open(_) => {
                open.push(Open::Object(b""));
                is_named = false;
            }
            Token::Close => {
                open.pop();
                is_named = true;
            }
            Token::Comma => match open.last_mut() {
                Some(Open::List(index)) => *index += 1,
                Some(Open::Object(_)) => is_named = false,
                None => {}
            },
            Token::String(name) if !is_named => {
                if let Some(Open::Object(member)) = open.last_mut() {
                    *member = name;
                }
                is_named = true;
            }
            Token::String(_) | Token::Colon | Token::Scalar(_) => {}
        }
        last = Some(token);
    }
    // The decoder did not want a list or an object at all.
    if matches!(last, Some(Token::Open(_))) {
        open.pop();
    }
    written(&open)
}

fn written(open: &[Open<'_>]) -> String {
    let mut pointer = String::new();
    for step in open {
        pointer.push('/');
        match step {
            Open::List(index) => pointer.push_str(&index.to_string()),
            Open::Object(name) => {
                let name: String = serde_json::from_slice(name).unwrap_or_default();
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Decode, ViaDecode};
    use crate::values::External;
    use std::collections::BTreeMap;

    fn stopped<T: for<'de> Decode<'de>>(text: &str) -> String {
        let decode = |text: &[u8]| serde_json::from_slice::<ViaDecode<T>>(text).err();
        pointer(text.as_bytes(), &decode(text.as_bytes()).unwrap(), decode)
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
    fn what_is_last_and_what_it_is_last_in_are_told_apart() {
        #[derive(Debug)]
        struct Even;

        // As types do that read a value whole, and then look at it.
        impl<'de> serde::Deserialize<'de> for Even {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                let size = value.as_u64().or_else(|| Some(value.as_array()?.len() as u64));
                size.filter(|size| size % 2 == 0).map(|_| Self).ok_or_else(|| serde::de::Error::custom("odd"))
            }
        }

        assert_eq!(stopped::<Vec<External<Even>>>("[2, 1]"), "/1");
        assert_eq!(stopped::<Vec<External<Even>>>("[1, 2]"), "/0");
        assert_eq!(stopped::<BTreeMap<String, External<Even>>>(r#"{"a": 2, "b": [1, 2, 3] }"#), "/b");
        assert_eq!(stopped::<BTreeMap<String, Vec<External<Even>>>>(r#"{"a": [2, 3]}"#), "/a/1");
    }

    #[test]
    fn a_place_that_is_not_told_is_the_whole() {
        assert_eq!(offset(b"[1]", 0, 0), 0);
        assert_eq!(offset(b"[1]", 9, 9), 3);
    }
}
