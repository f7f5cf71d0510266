//! Which value of a JSON text a decoder stopped at.
//!
//! It tells the byte alone. The pointer is found by walking the text again, which only a refused request pays for.

use crate::json::{Failure, Token, Tokens};

/// The pointer (RFC 6901) of the value of a text that is JSON which a decoder stopped at.
pub(super) fn pointer(text: &str, failure: Failure) -> String {
    walk(&text.as_bytes()[..failure.at])
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
    use crate::json::{self, Decode};
    use crate::values::External;
    use std::collections::BTreeMap;

    fn stopped<T: Decode + std::fmt::Debug>(text: &str) -> String {
        pointer(text, json::from_str::<T>(text).unwrap_err())
    }

    #[test]
    fn the_value_that_cannot_be_decoded_is_pointed_to() {
        assert_eq!(stopped::<i64>("99999999999999999999"), "");
        assert_eq!(stopped::<Vec<i64>>("[1, 2,\n 99999999999999999999, 4]"), "/2");
        assert_eq!(stopped::<BTreeMap<String, i64>>(r#"{"a": 1, "b/c": 99999999999999999999}"#), "/b~1c");
        assert_eq!(stopped::<BTreeMap<String, Vec<i32>>>(r#"{"x\"[": [1], "y": [3e9]}"#), "/y/0");
        assert_eq!(stopped::<Vec<Vec<u8>>>("[[1],[2],[3,256]]"), "/2/1");
        assert_eq!(stopped::<Vec<i64>>(r#"{"a": [1]}"#), "");
        assert_eq!(stopped::<Vec<BTreeMap<String, i64>>>("[{}, [1]]"), "/1");
        assert_eq!(stopped::<Vec<(i64, i64)>>("[[1, 2], [1], [1, 2]]"), "/1");
    }

    #[test]
    fn so_is_a_value_that_is_read_whole_and_looked_at_then() {
        #[derive(Debug)]
        struct Even;

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
}
