//! Files and texts become nodes: JSON or YAML, in UTF-8.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Node, json, yaml};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, SizeLimits, Sources, Span};

/// How deep values may be nested, in JSON and in YAML.
pub(super) const MAX_DEPTH: usize = 128;

/// The diagnostic of what is nested deeper.
pub(super) const TOO_DEEP: &str = "too-deep";

/// The diagnostic of what is larger than it may be.
pub(super) const TOO_LARGE: &str = "too-large";

impl Sources {
    /// Reads a file: JSON where its name ends in `.json` or its text is JSON, YAML otherwise.
    ///
    /// Where that fails, a diagnostic tells why.
    pub fn read(&mut self, path: &Path, diagnostics: &mut Diagnostics) -> Option<Node> {
        self.read_named_at(None, path, diagnostics)
    }

    /// Reads a file that another one names at this place.
    pub(crate) fn read_named_at(
        &mut self,
        place: Option<Span>,
        path: &Path,
        diagnostics: &mut Diagnostics,
    ) -> Option<Node> {
        let name = path.display().to_string();
        match self.read_bytes(path) {
            Ok(bytes) => self.decode(path, name, bytes, diagnostics),
            Err(error) => {
                diagnostics.push(self.unreadable(&name, place, &error));
                None
            }
        }
    }

    /// Reads the bytes of a file, and no more than may still be read.
    pub(super) fn read_bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let most = self.left().bytes;
        let bytes = read_regular(path, most.saturating_add(1))?;
        if bytes.len() as u64 > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    /// The diagnostic of a file that cannot be read, at the place that names it.
    pub(super) fn unreadable(&self, name: &str, named_at: Option<Span>, error: &io::Error) -> Diagnostic {
        if error.kind() == io::ErrorKind::FileTooLarge {
            return self.too_many_bytes(named_at);
        }
        let (reason, help) = match error.kind() {
            io::ErrorKind::NotFound => ("there is no such file".to_owned(), "check the path"),
            io::ErrorKind::IsADirectory => ("it is a folder".to_owned(), "name a file in it"),
            io::ErrorKind::PermissionDenied => ("permission denied".to_owned(), "check the file's permissions"),
            _ => (error.to_string(), "check the path"),
        };
        Diagnostic::error("unreadable-file", named_at, format!("cannot read `{name}`: {reason}")).help(help)
    }

    /// The diagnostic of files that are too large together, at the place that names the last one.
    fn too_many_bytes(&self, named_at: Option<Span>) -> Diagnostic {
        let message = format!("the files are larger than {} bytes together", self.limits().bytes);
        Diagnostic::error(TOO_LARGE, named_at, message).help("if they should be, allow more with `--max-bytes`")
    }

    /// Reads bytes as [`read`](Self::read) does, as if they came from a file at `path`.
    pub(super) fn decode(
        &mut self,
        path: &Path,
        name: String,
        bytes: Vec<u8>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Node> {
        match String::from_utf8(bytes) {
            Ok(text) => self.add(path.to_owned(), name, text, diagnostics),
            Err(error) => {
                self.refuse_encoding(path.to_owned(), name, error.as_bytes(), diagnostics);
                None
            }
        }
    }

    /// Reads text as [`read`](Self::read) does, as if it came from a file of this name.
    pub fn parse(&mut self, name: &str, text: String, diagnostics: &mut Diagnostics) -> Option<Node> {
        self.add(PathBuf::from(name), name.to_owned(), text, diagnostics)
    }

    fn add(&mut self, path: PathBuf, name: String, text: String, diagnostics: &mut Diagnostics) -> Option<Node> {
        let left = self.left();
        if text.len() as u64 > left.bytes {
            diagnostics.push(self.too_many_bytes(None));
            return None;
        }
        let (bytes, mut values) = (text.len() as u64, left.values);
        let file = self.keep(path, name, text);
        let source = self.source(file);
        let is_json = source.path.extension().is_some_and(|name| name.eq_ignore_ascii_case("json"));
        let node = if is_json {
            json::parse(file, &source.text, &mut values, diagnostics)
        } else {
            parse_either(file, &source.text, &mut values, diagnostics)
        };
        self.used(SizeLimits { bytes, values: left.values - values });
        node
    }

    /// Keeps what can be shown of a file that is not UTF-8, and points at the first bad byte.
    fn refuse_encoding(&mut self, path: PathBuf, name: String, bytes: &[u8], diagnostics: &mut Diagnostics) {
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let mark = if valid.starts_with('\u{feff}') { 3 } else { 0 };
        let start = (valid.len() - mark) as u32;
        let message = format!("`{name}` is not UTF-8");
        let help = match bytes {
            [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => "this is UTF-16: save the file as UTF-8",
            _ => "save the file as UTF-8",
        };
        let file = self.keep(path, name, String::from_utf8_lossy(bytes).into_owned());
        // The replacement character stands there now.
        let span = Span { file, start, end: start + 3 };
        diagnostics.push(Diagnostic::error("not-utf8", span, message).help(help));
    }
}

/// A file that does not say what it is: its first character does, unless the JSON is broken.
fn parse_either(file: FileId, text: &str, values: &mut usize, diagnostics: &mut Diagnostics) -> Option<Node> {
    if text.trim_start().starts_with(['{', '[']) {
        let (mut attempt, mut left) = (Diagnostics::default(), *values);
        let node = json::parse(file, text, &mut left, &mut attempt);
        // What is too deep, or too large, for JSON is so for YAML.
        if node.is_some() || attempt.iter().any(|diagnostic| [TOO_DEEP, TOO_LARGE].contains(&diagnostic.code)) {
            diagnostics.extend(attempt);
            *values = left;
            return node;
        }
    }
    yaml::parse(file, text, values, diagnostics)
}

/// Reads a file, and no more of it than so many bytes; never a device, which may have no end, or do something when it is
/// read.
pub(super) fn read_regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The diagnostic of a file without a value.
pub(super) fn empty(file: FileId) -> Diagnostic {
    let span = Span { file, start: 0, end: 0 };
    Diagnostic::error("empty-file", span, "the file is empty").help("an OpenAPI document starts with `openapi: 3.1.0`")
}

/// The diagnostic of a key that stands twice in one mapping.
pub(super) fn duplicate_key(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("duplicate-key", second, format!("the key `{name}` stands here twice"))
        .related(first, "it stands here first")
        .help("remove or rename one of the two")
}

/// The diagnostic of a value that is nested deeper than [`MAX_DEPTH`].
pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(TOO_DEEP, span, format!("values are nested more than {MAX_DEPTH} deep"))
        .help("move the inner values to `components` and name them with `$ref`")
}

/// Counts a value among those that may still be read.
pub(super) fn count_value(left: &mut usize, span: Span) -> Result<(), Box<Diagnostic>> {
    *left = left.checked_sub(1).ok_or_else(|| {
        let message = "the files have more values than may be read, up to here";
        let help = "if they should, allow more with `--max-values`";
        Box::new(Diagnostic::error(TOO_LARGE, span, message).help(help))
    })?;
    Ok(())
}

/// The diagnostic of a number that no double can hold.
pub(super) fn out_of_range(span: Span) -> Diagnostic {
    Diagnostic::error("number-out-of-range", span, "this number is out of the range of double precision")
        .help("leave the limit out, or put what is meant as text in quotes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_read() {
        let error = read_regular(Path::new("/dev/zero"), 1).expect_err("it has no end");
        assert_eq!(error.to_string(), "it is not a regular file");
    }
}
