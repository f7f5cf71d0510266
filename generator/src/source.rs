//! The texts of files that were read, and where a place in them is.
//!
//! Uses no other room. How a text is read is in `read`.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Which of the files that were read; index into [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// Every file that was read.
#[derive(Debug)]
pub struct Sources {
    files: Vec<Source>,
    limits: SizeLimits,
    /// How much of the limits has been used.
    used: SizeLimits,
}

/// How large all files that are read may be together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeLimits {
    /// How many bytes they may have.
    pub bytes: u64,
    /// How many values they may have: objects, lists, strings, and all else.
    pub values: usize,
}

/// 64 MiB, and 5 million values: the largest published documents have a tenth of it.
impl Default for SizeLimits {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, values: 5_000_000 }
    }
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Source {
    pub path: PathBuf,
    name: String,
    pub text: String,
    /// The byte that each line starts at.
    lines: Vec<usize>,
    /// How many characters there are before each so many bytes: some documents are one line.
    characters: OnceLock<Vec<usize>>,
}

/// How many bytes are counted again to find a column.
const STEP: usize = 4096;

impl Source {
    /// How many characters there are before a byte.
    fn characters_before(&self, byte: usize) -> usize {
        let starts = |bytes: &[u8]| bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count();
        let bytes = self.text.as_bytes();
        let counts = self.characters.get_or_init(|| {
            let sums = bytes.chunks(STEP).scan(0, |sum, chunk| Some(std::mem::replace(sum, *sum + starts(chunk))));
            sums.chain([0]).collect()
        });
        let step = byte / STEP;
        // At the end of a text of whole steps there is no count.
        let step = if step * STEP == bytes.len() { step.saturating_sub(1) } else { step };
        counts[step] + starts(&bytes[step * STEP..byte])
    }
}

/// A place for people: both numbers count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position<'s> {
    /// The file, as it was named.
    pub file: &'s str,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Position<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Default for Sources {
    fn default() -> Self {
        Self::limited(SizeLimits::default())
    }
}

impl Sources {
    /// For files that are together not larger than this.
    pub fn limited(limits: SizeLimits) -> Self {
        Self { files: Vec::new(), limits, used: SizeLimits { bytes: 0, values: 0 } }
    }

    /// How large the files may be.
    pub(crate) fn limits(&self) -> SizeLimits {
        self.limits
    }

    /// How much larger what is still to be read may be.
    pub(crate) fn left(&self) -> SizeLimits {
        SizeLimits {
            bytes: self.limits.bytes.saturating_sub(self.used.bytes),
            values: self.limits.values.saturating_sub(self.used.values),
        }
    }

    /// Notes what was read.
    pub(crate) fn used(&mut self, read: SizeLimits) {
        self.used.bytes += read.bytes;
        self.used.values += read.values;
    }

    /// The files, in the order in which they were read.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|source| source.path.as_path())
    }

    /// The files with their texts, without byte order marks.
    #[cfg(feature = "cli")]
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|source| (source.path.as_path(), source.text.as_str()))
    }

    /// The name of a span's file, without its folder.
    pub(crate) fn file_name(&self, span: Span) -> String {
        let name = self.source(span.file).path.file_name();
        name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Where a span starts.
    pub fn position(&self, span: Span) -> Position<'_> {
        let source = self.source(span.file);
        let start = floor_boundary(&source.text, span.start as usize);
        let line = source.lines.partition_point(|first| *first <= start);
        let first = source.lines[line - 1];
        let column = source.characters_before(start) - source.characters_before(first) + 1;
        Position { file: &source.name, line, column }
    }

    /// A file's text, without its byte order mark.
    pub fn text(&self, file: FileId) -> &str {
        &self.source(file).text
    }

    /// A file's name, as it was given.
    pub fn name(&self, file: FileId) -> &str {
        &self.source(file).name
    }

    /// The bytes of the line that a byte of a file is in, without its line break.
    pub(crate) fn line(&self, file: FileId, byte: usize) -> Range<usize> {
        let Source { text, lines, .. } = self.source(file);
        let next = lines.partition_point(|first| *first <= byte);
        let end = lines.get(next).copied().unwrap_or(text.len());
        let start = lines[next - 1];
        start..start + text[start..end].trim_end_matches(['\r', '\n']).len()
    }

    pub(crate) fn source(&self, file: FileId) -> &Source {
        &self.files[file.0 as usize]
    }

    /// Keeps a text, without its byte order mark.
    pub(crate) fn keep(&mut self, path: PathBuf, name: String, mut text: String) -> FileId {
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        self.files.push(Source { path, name, text, lines, characters: OnceLock::new() });
        FileId(self.files.len() as u32 - 1)
    }
}

/// Where the character starts that a byte belongs to; the end of the text for all past it.
pub(crate) fn floor_boundary(text: &str, byte: usize) -> usize {
    // `str::floor_char_boundary` is younger than the oldest Rust this crate builds with.
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters_however_long_a_line_is() {
        let line = "aé€😀".repeat(2_000);
        for text in [format!("x\n{line}"), line.clone(), "a".repeat(2 * STEP), "a".repeat(2 * STEP + 1), String::new()]
        {
            let mut sources = Sources::default();
            let file = sources.keep(PathBuf::new(), String::new(), text.clone());
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]).step_by(7) {
                let position = sources.position(Span { file, start: byte as u32, end: byte as u32 });
                let before = &text[..byte];
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                assert_eq!((position.line, position.column), (before.matches('\n').count() + 1, column));
            }
        }
    }
}
