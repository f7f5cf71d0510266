//! The texts of files that were read, and where a place in them is.
//!
//! Uses no other room. How a text is read is in `read`.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

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
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Source {
    pub path: PathBuf,
    name: String,
    pub text: String,
    /// The byte that each line starts at.
    lines: Vec<usize>,
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

impl Sources {
    /// The files, in the order in which they were read.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|source| source.path.as_path())
    }

    /// The files with their texts, without byte order marks.
    #[cfg(feature = "cli")]
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|source| (source.path.as_path(), source.text.as_str()))
    }

    /// Where a span starts.
    pub fn position(&self, span: Span) -> Position<'_> {
        let source = self.source(span.file);
        let start = floor_boundary(&source.text, span.start as usize);
        let line = source.lines.partition_point(|first| *first <= start);
        let first = source.lines[line - 1];
        let column = source.text[first..start].chars().count() + 1;
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
        self.files.push(Source { path, name, text, lines });
        FileId(self.files.len() as u32 - 1)
    }
}

/// Where the character starts that a byte belongs to; the end of the text for all past it.
pub(crate) fn floor_boundary(text: &str, byte: usize) -> usize {
    // `str::floor_char_boundary` is younger than the oldest Rust this crate builds with.
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
