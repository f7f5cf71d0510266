//! Paths cut at slashes.

use percent_encoding::percent_decode_str;
use smallvec::SmallVec;

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

    /// The ways to take several segments at once, as one text with slashes in it: first those that leave the most behind
    /// it, which are no more than `most`.
    pub(super) fn split_many(self, most: usize) -> impl Iterator<Item = (Segment<'p>, Segments<'p>)> {
        let Self { path, at } = self;
        let rest = path.get(at..);
        let slashes = rest.unwrap_or_default().rmatch_indices('/').map(|(slash, _)| slash);
        let mut ends: SmallVec<[usize; 4]> = rest.map(str::len).into_iter().chain(slashes.take(most)).collect();
        ends.reverse();
        ends.into_iter().map(move |end| {
            let text = rest.and_then(|rest| rest.get(..end)).unwrap_or_default();
            (Segment { text, at }, Segments { path, at: at + end + 1 })
        })
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
    fn several_segments_are_taken_with_some_left_behind_them() {
        let (_, rest) = Segments::new("/files/a/b/c").split().unwrap();
        let ways = |rest: Segments<'_>, most| {
            let ways = rest
                .split_many(most)
                .map(|(many, after)| (many.text.to_owned(), after.split().map(|(next, _)| next.text)));
            ways.map(|(many, next)| format!("{many} {}", next.unwrap_or("-"))).collect::<Vec<_>>()
        };
        assert_eq!(ways(rest, 0), ["a/b/c -"]);
        assert_eq!(ways(rest, 1), ["a/b c", "a/b/c -"]);
        assert_eq!(ways(rest, 9), ["a b", "a/b c", "a/b/c -"]);
        let (_, rest) = Segments::new("/files/").split().unwrap();
        assert_eq!(ways(rest, 1), [" -"]);
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
