//! The files that one document consists of: the one that was named, and those that its references lead to.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::boundary;
use super::location::is_absolute_file;
use super::pointer::percent_decode;
use super::remote::{Pins, Remote};
use super::sources::TOO_LARGE;
use super::{Location, Node, Pointer, Sources, Span};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// How many files one document may consist of: the largest published ones have a fifth of it.
const MAX_FILES: usize = 10_000;

/// Reads the files of a document, each once.
///
/// A document names other files by paths relative to the file that the reference stands in, so that it means
/// the same on every machine: absolute paths and `file:` URLs are refused, and so is what is not a regular file, and what
/// lies outside of the document's repository, or of another folder that is named.
/// Files of other machines are read as [`Remote`] says.
#[derive(Debug)]
pub struct FileSet<'s> {
    sources: &'s mut Sources,
    root: Location,
    /// The folder of the root file, absolute and as it was named.
    folder: PathBuf,
    /// No reference leads out of this folder.
    boundary: PathBuf,
    shown: PathBuf,
    mirrors: Vec<(String, PathBuf)>,
    pins: Pins,
    /// The places in the bundle; `None` for what could not be read, which was told.
    opened: HashMap<Location, Option<Pointer>>,
}

/// What a reference led to.
#[derive(Debug)]
pub enum Opened {
    /// A file that is in the bundle already, at this place.
    Known(Pointer),
    /// A file that has to be put there.
    New(Pointer, Node),
    /// Nothing; why was told.
    Failed,
}

impl<'s> FileSet<'s> {
    /// The member of the bundle's root that holds the other files, by their names.
    pub const MEMBER: &'static str = "x-buildflow-files";

    /// The files of the document at `path`.
    ///
    /// # Errors
    ///
    /// The path is not Unicode, or relative to a folder that is gone.
    pub fn of_document(path: &Path, sources: &'s mut Sources) -> io::Result<Self> {
        let absolute = std::path::absolute(path)?;
        let root = Location::of_file(&absolute).ok_or_else(|| io::Error::other("its path is not Unicode"))?;
        let folder = absolute.parent().map(cleaned).unwrap_or_default();
        let shown = path.parent().unwrap_or(Path::new("")).to_owned();
        let opened = HashMap::from([(root.clone(), Some(Pointer::root()))]);
        let pins = Pins::of_document(path, Remote::default());
        let boundary = boundary::around(&folder);
        Ok(Self { sources, root, folder, boundary, shown, mirrors: Vec::new(), pins, opened })
    }

    /// What was read.
    pub(crate) fn sources(&self) -> &Sources {
        self.sources
    }

    /// Reads what lies below a URL from `folder` instead.
    #[must_use]
    pub fn mirror(mut self, url: &str, folder: PathBuf) -> Self {
        self.mirrors.push((url.to_owned(), folder));
        self
    }

    /// Lets references lead anywhere below this folder, and not beyond.
    ///
    /// # Errors
    ///
    /// The folder is relative to one that is gone.
    pub fn within(mut self, folder: &Path) -> io::Result<Self> {
        self.boundary = cleaned(&std::path::absolute(folder)?);
        Ok(self)
    }

    /// Reads files of other machines as `remote` says.
    #[must_use]
    pub fn remote(mut self, document: &Path, remote: Remote) -> Self {
        self.pins = Pins::of_document(document, remote);
        self
    }

    /// Where the root file is.
    pub fn root(&self) -> &Location {
        &self.root
    }

    /// The place in the bundle of what a `reference` names that stands in the file at `from`, at `span`.
    ///
    /// The reference has no fragment.
    pub fn open(&mut self, from: &Location, reference: &str, span: Span, diagnostics: &mut Diagnostics) -> Opened {
        let Some(location) = from.join(reference) else {
            diagnostics.push(
                Diagnostic::error("invalid-reference", span, format!("`{reference}` is no URI reference"))
                    .help("write a relative path, such as `schemas/pet.yaml`"),
            );
            return Opened::Failed;
        };
        if let Some(known) = self.opened.get(&location) {
            return known.clone().map_or(Opened::Failed, Opened::Known);
        }
        match self.read(&location, reference, span) {
            Ok(bytes) => {
                let name = self.name(&location);
                let (path, shown) = self.path_shown(&location, &name);
                let place = Pointer::root().join(Self::MEMBER).join(&name);
                let node = self.decode((&path, &name, shown), bytes, span, diagnostics);
                self.opened.insert(location, node.is_some().then(|| place.clone()));
                node.map_or(Opened::Failed, |node| Opened::New(place, node))
            }
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                // Each reference to it is told: a file that is missing may be misspelled at one place only.
                Opened::Failed
            }
        }
    }

    /// Reads a file as JSON or YAML. Of a file that is neither by its name, nothing is shown: it may be no part of a document.
    fn decode(
        &mut self,
        (path, name, shown): (&Path, &str, String),
        bytes: Vec<u8>,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> Option<Node> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ["json", "yaml", "yml"].iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            return self.sources.decode(path, shown, bytes, diagnostics);
        }
        let mut told = Diagnostics::default();
        let node = self.sources.decode(path, shown, bytes, &mut told);
        let node = node.filter(|node| node.as_map().is_some() && !told.has_errors());
        if node.is_none() {
            let message = format!("`{name}` is not an object in JSON or YAML");
            let help = "name a file that is one, and ends in `.json` or `.yaml`";
            diagnostics.push(Diagnostic::error("not-a-document", span, message).help(help));
        }
        node
    }

    fn read(&mut self, location: &Location, reference: &str, span: Span) -> Result<Vec<u8>, Box<Diagnostic>> {
        if self.opened.len() == MAX_FILES {
            let message = format!("the document consists of more than {MAX_FILES} files");
            return Err(Box::new(Diagnostic::error(TOO_LARGE, span, message).help("use fewer files")));
        }
        match self.path_of(location, reference, span)? {
            Some(path) => {
                let told = |error| Box::new(self.sources.unreadable(&self.name(location), Some(span), &error));
                self.sources.read_bytes(&path).map_err(told)
            }
            None => self.pins.read(location.as_str(), span),
        }
    }

    /// The file of this machine to read; `None` where it is on another one.
    fn path_of(&self, location: &Location, reference: &str, span: Span) -> Result<Option<PathBuf>, Box<Diagnostic>> {
        if let Some(path) = self.mirrored(location) {
            return Ok(Some(path));
        }
        match location.path() {
            Some(_) if is_absolute_file(reference) => Err(Box::new(
                Diagnostic::error("absolute-reference", span, format!("`{reference}` is not a relative path"))
                    .help("name the file relative to this one, so that the document means the same on every machine"),
            )),
            Some(path) if !cleaned(&path).starts_with(&self.boundary) => Err(Box::new(
                Diagnostic::error(
                    "reference-outside",
                    span,
                    format!("`{reference}` leads out of `{}`", self.boundary.display()),
                )
                .help("move the file there; or, where the document is to be trusted, name a folder around both with `--root`"),
            )),
            Some(path) => Ok(Some(path)),
            None if location.is_remote() => Ok(None),
            None => Err(Box::new(
                Diagnostic::error("external-reference", span, format!("no schema has the `$id` `{location}`"))
                    .help("give it to a schema, or store the file beside this one and name it by a relative path"),
            )),
        }
    }

    fn mirrored(&self, location: &Location) -> Option<PathBuf> {
        self.mirrors.iter().find_map(|(url, folder)| {
            let rest = location.as_str().strip_prefix(url.trim_end_matches('/'))?;
            Some(folder.join(percent_decode(rest.strip_prefix('/')?)?))
        })
    }

    /// The name of a file in the bundle.
    fn name(&self, location: &Location) -> String {
        location.path().map_or_else(|| location.to_string(), |path| relative(&path, &self.folder))
    }

    /// The path of a file, beginning as that of the root file does, and its name for people; for a file of another
    /// machine, the path is that of the lock file, since only when that changes it may be another one.
    fn path_shown(&self, location: &Location, name: &str) -> (PathBuf, String) {
        let path = match location.path() {
            Some(path) if self.shown.is_absolute() => path,
            Some(_) => cleaned(&self.shown.join(name)),
            None => {
                let path = self.mirrored(location).unwrap_or_else(|| self.pins.lock().to_owned());
                return (path, name.to_owned());
            }
        };
        let shown = path.display().to_string();
        (path, shown)
    }
}

/// The path without `.`, and without `..` where a folder stands before it.
fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match (component, cleaned.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(cleaned.pop()),
            (Component::ParentDir, Some(Component::RootDir)) => {}
            _ => cleaned.push(component),
        }
    }
    cleaned
}

/// The way from a folder to a file, with `/` between the names: the same on every machine.
fn relative(path: &Path, folder: &Path) -> String {
    let common = path.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common).map(|component| component.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_a_folder_to_a_file_is_short() {
        let way = |path, folder| relative(Path::new(path), Path::new(folder));
        assert_eq!(way("/specs/schemas/pet.yaml", "/specs"), "schemas/pet.yaml");
        assert_eq!(way("/common/pet.yaml", "/specs/v1"), "../../common/pet.yaml");
    }

    #[test]
    fn a_cleaned_path_has_parent_folders_only_at_its_start() {
        assert_eq!(cleaned(Path::new("specs/../common/./a.yaml")), Path::new("common/a.yaml"));
        assert_eq!(cleaned(Path::new("../a/../../b.yaml")), Path::new("../../b.yaml"));
    }
}
