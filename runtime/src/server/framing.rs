//! How requests of HTTP/1 follow each other, byte by byte, more strictly than the parser is about it: what another
//! program between the client and the server might understand in another way is refused (RFC 9112 §2.2, §6.3, §7.1).
//!
//! Bytes go on to the parser. Nothing comes after what is refused, and the end of a head's line becomes NUL, which the
//! parser refuses with 400.

use memchr::memchr;

use super::activity::Activity;

/// The longest line that is followed; a head has to be shorter.
const LONGEST: usize = 512 * 1024;

/// Where a connection is among its requests.
#[derive(Debug)]
pub(super) struct Framing {
    at: At,
    /// The start of a line whose end has not come.
    line: Vec<u8>,
    head: Head,
    /// How many heads have come.
    heads: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    RequestLine,
    Headers,
    /// So many bytes of a body, or of a chunk and its line's end, are still to come.
    Body(u64),
    Chunk(u64),
    ChunkSize,
    Trailers,
    /// The parser refuses what came; nothing more is read.
    Refused,
    /// Nothing more is looked at: it is no HTTP any more.
    Lost,
}

/// What a head says of the body.
#[derive(Debug, Default)]
struct Head {
    length: Option<u64>,
    is_chunked: bool,
}

/// A line that is understood in two ways.
struct Ambiguous;

impl Framing {
    pub(super) fn new() -> Self {
        Self { at: At::RequestLine, line: Vec::new(), head: Head::default(), heads: 0 }
    }

    /// Whether what comes is for nobody.
    pub(super) fn is_refused(&self) -> bool {
        self.at == At::Refused
    }

    /// The number of the head that has begun and not come whole, where all before it were taken up.
    pub(super) fn unfinished_head(&self, requests: usize) -> Option<usize> {
        let is_begun = match self.at {
            At::RequestLine => !self.line.is_empty(),
            At::Headers | At::Lost | At::Refused => true,
            At::Body(_) | At::Chunk(_) | At::ChunkSize | At::Trailers => false,
        };
        (is_begun && self.heads <= requests).then_some(self.heads)
    }

    /// Follows what has come in; how much of it goes on to the parser.
    pub(super) fn follow(&mut self, bytes: &mut [u8], activity: &Activity) -> usize {
        // A parser that has seen more requests than this has another view of the bytes, and what it reads is its own.
        if activity.is_upgraded() || activity.requests() > self.heads {
            self.at = At::Lost;
        }
        let mut done = 0;
        while done < bytes.len() {
            let rest = &mut bytes[done..];
            match self.at {
                At::Lost | At::Refused => break,
                At::Body(left) => done += self.skip(rest.len(), left, At::Body, At::RequestLine),
                At::Chunk(left) => done += self.skip(rest.len(), left, At::Chunk, At::ChunkSize),
                At::RequestLine | At::Headers | At::ChunkSize | At::Trailers => {
                    let Some(end) = memchr(b'\n', rest) else {
                        self.line.extend_from_slice(rest);
                        if self.line.len() > LONGEST {
                            self.at = At::Lost;
                        }
                        break;
                    };
                    // Only a head could end here; in a body, the parser waits for more, which never comes.
                    let is_head = matches!(self.at, At::RequestLine | At::Headers);
                    done += end + 1;
                    if self.line_ended(&rest[..=end]).is_err() {
                        if is_head {
                            rest[end] = 0;
                        }
                        self.at = At::Refused;
                        return done;
                    }
                }
            }
        }
        bytes.len()
    }

    /// Skips what belongs to a body, of so many bytes that there are; how many those are.
    fn skip(&mut self, there: usize, left: u64, more: fn(u64) -> At, then: At) -> usize {
        let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(there);
        let left = left - skipped as u64;
        self.at = if left == 0 { then } else { more(left) };
        skipped
    }

    /// A line has come, whose start may have come before.
    fn line_ended(&mut self, end: &[u8]) -> Result<(), Ambiguous> {
        if self.line.is_empty() {
            return self.line(end);
        }
        let mut line = std::mem::take(&mut self.line);
        line.extend_from_slice(end);
        self.line(&line)
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        let line = line.strip_suffix(b"\r\n").ok_or(Ambiguous)?;
        match self.at {
            // Empty lines before a request are skipped.
            At::RequestLine if line.is_empty() => {}
            At::RequestLine => (self.at, self.head) = (At::Headers, Head::default()),
            At::Headers if line.is_empty() => {
                self.heads += 1;
                self.at = self.head.body();
            }
            At::Headers => self.head.header(line)?,
            At::ChunkSize => self.at = chunk(line)?,
            At::Trailers if line.is_empty() => self.at = At::RequestLine,
            _ => {}
        }
        Ok(())
    }
}

impl Head {
    /// What follows the head.
    fn body(&self) -> At {
        match self.length {
            _ if self.is_chunked => At::ChunkSize,
            None | Some(0) => At::RequestLine,
            Some(length) => At::Body(length),
        }
    }

    fn header(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        // A space before the colon is refused by the parser.
        if let Some(value) = value_of(line, b"content-length") {
            // So is what is no number, or another one than before.
            let digits = value.trim_ascii().iter().map(|byte| u64::from(byte.wrapping_sub(b'0')));
            self.length = Some(digits.fold(0, |sum: u64, digit| sum.saturating_mul(10).saturating_add(digit)));
        } else if value_of(line, b"transfer-encoding").is_some() {
            self.is_chunked = true;
        }
        if self.is_chunked && self.length.is_some() { Err(Ambiguous) } else { Ok(()) }
    }
}

/// What follows a name, in any case, and a colon.
#[inline]
fn value_of<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    // Most names are of another length.
    let is_named = line.get(name.len()) == Some(&b':') && line[..name.len()].eq_ignore_ascii_case(name);
    is_named.then(|| &line[name.len() + 1..])
}

/// What follows the line of a chunk's size.
fn chunk(line: &[u8]) -> Result<At, Ambiguous> {
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    let digits = line.split(|byte| *byte == b';').next().filter(|_| !line.iter().any(is_control)).unwrap_or_default();
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
        None => Err(Ambiguous),
        Some(0) => Ok(At::Trailers),
        Some(size) => Ok(At::Chunk(size.saturating_add(2))),
    }
}
