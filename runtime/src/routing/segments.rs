//! Paths cut at slashes.

use percent_encoding::percent_decode_str;

use crate::request::Captures;

/// What is left of a path: `/pets/` is `pets` and an empty segment, `/` is an empty segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segments<'p> {
    path: &'p str,
    /// Where the next segment starts; past the end, there is none.
    at: usize,
}

impl<'p> Segments<'p> {
    /// All segments of a path.
    pub(super) fn new(path: &'p str) -> Self {
        Self { path, at: usize::from(path.starts_with('/')) }
    }

    /// The next segment, and what follows it.
    pub(super) fn split(self) -> Option<(Segment<'p>, Segments<'p>)> {
        let rest = self.path.get(self.at..)?;
        let length = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
        let segment = Segment { text: &rest[..length], at: self.at };
        Some((segment, Segments { path: self.path, at: self.at + length + 1 }))
    }
}

/// One segment of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment<'p> {
    text: &'p str,
    at: usize,
}

impl<'p> Segment<'p> {
    /// Its text, percent-encoded as it came.
    pub(super) fn text(self) -> &'p str {
        self.text
    }

    /// Its bytes, percent-decoded; `None` where nothing is encoded.
    pub(super) fn decoded(self) -> Option<Vec<u8>> {
        self.text.bytes().any(|byte| byte == b'%').then(|| percent_decode_str(self.text).collect())
    }

    /// Adds it to what parameters take.
    pub(super) fn capture(self, captures: &mut Captures) {
        captures.push(self.at..self.at + self.text.len());
    }

    /// A part of it.
    pub(super) fn part(self, range: std::ops::Range<usize>) -> Option<Self> {
        let at = self.at + range.start;
        self.text.get(range).map(|text| Self { text, at })
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
    fn captures_are_parts_of_the_path() {
        let mut captures = Captures::default();
        let (_, rest) = Segments::new("/pets/a%20b").split().unwrap();
        let (segment, _) = rest.split().unwrap();
        segment.capture(&mut captures);
        assert_eq!(captures.get("/pets/a%20b", 0), Some("a%20b"));
        captures.truncate(0);
        assert_eq!(captures.get("/pets/a%20b", 0), None);
    }
}
