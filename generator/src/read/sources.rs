//! The files that were read, and where a place in them is.

use std::path::{Path, PathBuf};

use super::{FileId, Node, Span, json, yaml};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Every file that was read.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    path: PathBuf,
    name: String,
    text: String,
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

impl Sources {
    /// Reads a file as YAML or JSON; tells why, where it cannot.
    pub fn read(&mut self, path: &Path, diagnostics: &mut Diagnostics) -> Option<Node> {
        let name = path.display().to_string();
        let reason = match std::fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => return self.add(path.to_owned(), name, text, diagnostics),
                Err(_) => "it is not UTF-8".to_owned(),
            },
            Err(error) => error.to_string(),
        };
        let message = format!("cannot read `{name}`: {reason}");
        diagnostics.push(Diagnostic::error("unreadable-file", None, message).help("check the path and its permissions"));
        None
    }

    /// Reads text as YAML or JSON, as if it came from a file of this name.
    pub fn parse(&mut self, name: &str, text: String, diagnostics: &mut Diagnostics) -> Option<Node> {
        self.add(PathBuf::from(name), name.to_owned(), text, diagnostics)
    }

    fn add(&mut self, path: PathBuf, name: String, text: String, diagnostics: &mut Diagnostics) -> Option<Node> {
        let file = FileId(u32::try_from(self.files.len()).ok()?);
        if u32::try_from(text.len()).is_err() {
            let message = format!("cannot read `{name}`: it is larger than 4 GiB");
            diagnostics.push(Diagnostic::error("unreadable-file", None, message));
            return None;
        }
        let lines = std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1));
        let lines = lines.collect();
        self.files.push(Source { path, name, text, lines });
        let source = &self.files[file.0 as usize];
        let body = source.text.trim_start_matches('\u{feff}');
        if body.trim().is_empty() {
            let span = Span { file, start: 0, end: 0 };
            diagnostics.push(Diagnostic::error("empty-file", span, "the file is empty"));
            return None;
        }
        let is_json = source.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        // YAML's flow style looks like JSON, but a YAML file may have comments in it.
        if is_json { json::parse(file, &source.text, diagnostics) } else { yaml::parse(file, &source.text, diagnostics) }
    }

    /// The files, in the order in which they were read.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|source| source.path.as_path())
    }

    /// Where a span starts.
    pub fn position(&self, span: Span) -> Position<'_> {
        let source = &self.files[span.file.0 as usize];
        let start = source.text.floor_char_boundary((span.start as usize).min(source.text.len()));
        let line = source.lines.partition_point(|first| *first <= start);
        let column = source.text[source.lines[line - 1]..start].chars().count() + 1;
        Position { file: &source.name, line, column }
    }

    /// A file's text.
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }
}
