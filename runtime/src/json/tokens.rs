//! The tokens of a JSON text (RFC 8259 §2).
//!
//! For texts that were read or written as JSON already: of one that is not JSON, the tokens are of no use, but reading
//! them ends and never panics.

/// A token, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// `[` or `{`.
    Open(u8),
    /// `]` or `}`.
    Close,
    Comma,
    Colon,
    /// A string, with its quotes.
    String(&'t [u8]),
    /// A number, `true`, `false` or `null`.
    Scalar(&'t [u8]),
}

/// Reads a text token by token.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The length of the string that begins here, with its quotes; up to the end of the text if it has no end.
    fn string(&self) -> usize {
        let mut is_escaped = false;
        let end = self.text[self.at + 1..].iter().position(|byte| {
            let is_end = *byte == b'"' && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            is_end
        });
        end.map_or(self.text.len() - self.at, |end| end + 2)
    }

    fn scalar(&self) -> usize {
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || b",:]}[{\"".contains(byte);
        self.text[self.at..].iter().position(is_end).unwrap_or(self.text.len() - self.at)
    }

    fn take(&mut self, length: usize) -> &'t [u8] {
        let token = &self.text[self.at..self.at + length];
        self.at += length;
        token
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        self.at += self.text[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let byte = *self.text.get(self.at)?;
        let mark = match byte {
            b'[' | b'{' => Token::Open(byte),
            b']' | b'}' => Token::Close,
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => {
                let length = self.string();
                return Some(Token::String(self.take(length)));
            }
            _ => {
                let length = self.scalar();
                return Some(Token::Scalar(self.take(length)));
            }
        };
        self.at += 1;
        Some(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_its_tokens() {
        let tokens: Vec<Token<'_>> = Tokens::new(br#" {"a\"]": [1.5e3 ,true],"b\\":null}"#).collect();
        let expected = [
            Token::Open(b'{'),
            Token::String(br#""a\"]""#),
            Token::Colon,
            Token::Open(b'['),
            Token::Scalar(b"1.5e3"),
            Token::Comma,
            Token::Scalar(b"true"),
            Token::Close,
            Token::Comma,
            Token::String(br#""b\\""#),
            Token::Colon,
            Token::Scalar(b"null"),
            Token::Close,
        ];
        assert_eq!(tokens, expected);
    }

    #[test]
    fn a_text_that_is_no_json_ends_as_well() {
        for text in [&b"\"abc"[..], b"\"\\", b"]]", b"\xff\xfe", b"\"a\"\"b", b""] {
            assert!(Tokens::new(text).count() <= text.len(), "{text:?}");
        }
    }
}
