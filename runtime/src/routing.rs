//! Matching of paths: what the code that is made for a document's paths is built from.

use percent_encoding::percent_decode_str;
use smallvec::SmallVec;

/// What a method and a path lead to.
#[derive(Debug)]
pub enum Found {
    /// An endpoint.
    Endpoint {
        /// Its number among the service's endpoints.
        endpoint: usize,
        /// Its path template.
        route: &'static str,
        /// The parts of the path that parameters take.
        captures: Captures,
    },
    /// The path exists, but not with this method.
    MethodNotAllowed {
        /// The path's template.
        route: &'static str,
        /// The methods that it has, as the `Allow` header lists them.
        allow: &'static str,
    },
    /// There is no such path.
    NotFound,
}

/// What is left of a path, cut at slashes: `/pets/` is `pets` and an empty segment, `/` is an empty
/// segment.
#[derive(Debug, Clone, Copy)]
pub struct Segments<'p> {
    path: &'p str,
    /// Where the next segment starts; past the end, there is none.
    at: usize,
}

impl<'p> Segments<'p> {
    /// All segments of a path.
    pub fn new(path: &'p str) -> Self {
        Self { path, at: usize::from(path.starts_with('/')) }
    }

    /// The next segment, and what follows it.
    pub fn split(self) -> Option<(Segment<'p>, Segments<'p>)> {
        let rest = self.path.get(self.at..)?;
        let length = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
        let segment = Segment { text: &rest[..length], at: self.at };
        Some((segment, Segments { path: self.path, at: self.at + length + 1 }))
    }
}

/// One segment of a path.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'p> {
    text: &'p str,
    at: usize,
}

impl Segment<'_> {
    /// Whether it is this text, percent-encoded or not.
    pub fn is(&self, literal: &str) -> bool {
        self.text == literal
            || (self.text.contains('%') && percent_decode_str(self.text).eq(literal.as_bytes().iter().copied()))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// The parts of a path that parameters take, as ranges of it.
#[derive(Debug, Default)]
pub struct Captures {
    ranges: SmallVec<[(u32, u32); 4]>,
}

impl Captures {
    /// Adds a segment; gives the number of captures before it, to go back to.
    pub fn push(&mut self, segment: Segment<'_>) -> usize {
        let mark = self.ranges.len();
        self.ranges.push((segment.at as u32, (segment.at + segment.text.len()) as u32));
        mark
    }

    /// Drops all captures from this number on.
    pub fn truncate(&mut self, mark: usize) {
        self.ranges.truncate(mark);
    }

    /// The text of a capture, percent-encoded as it came.
    pub fn get<'p>(&self, path: &'p str, index: usize) -> Option<&'p str> {
        let (start, end) = *self.ranges.get(index)?;
        path.get(start as usize..end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(path: &str) -> Vec<&str> {
        let mut segments = Segments::new(path);
        let mut texts = Vec::new();
        while let Some((segment, rest)) = segments.split() {
            texts.push(segment.text);
            segments = rest;
        }
        texts
    }

    #[test]
    fn paths_are_cut_at_slashes() {
        assert_eq!(texts("/"), [""]);
        assert_eq!(texts("/pets/1"), ["pets", "1"]);
        assert_eq!(texts("/pets/"), ["pets", ""]);
        assert_eq!(texts("//"), ["", ""]);
    }

    #[test]
    fn literals_match_percent_encoded_too() {
        let (segment, _) = Segments::new("/p%65ts").split().unwrap();
        assert!(segment.is("pets"));
        assert!(!segment.is("p%65ts ") && !segment.is("pet"));
    }

    #[test]
    fn captures_are_parts_of_the_path() {
        let mut captures = Captures::default();
        let (_, rest) = Segments::new("/pets/a%20b").split().unwrap();
        let (segment, _) = rest.split().unwrap();
        let mark = captures.push(segment);
        assert_eq!(captures.get("/pets/a%20b", 0), Some("a%20b"));
        captures.truncate(mark);
        assert_eq!(captures.get("/pets/a%20b", 0), None);
    }
}
