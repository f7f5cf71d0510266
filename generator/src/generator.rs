//! From a document's path to generated text: the stages one after the other.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{self, Diagnostic, Diagnostics, Severity};
use crate::ir::Service;
use crate::lift::rust_type::RustType;
use crate::lift::{Document, lift};
use crate::lower::{Lowered, lower};
use crate::read::{FileSet, Remote, Sources};
use crate::render::{Files, Layout, RenderError, render};
use crate::write::{Written, write_files};

/// Schemas refer to each other in long chains, and types nest; the stages follow them by recursion, bounded.
const STACK: usize = 256 * 1024 * 1024;

/// A document that went through read, lift and lower, with all there is to tell about it.
#[derive(Debug)]
pub struct Compiled {
    /// The files that were read.
    pub sources: Sources,
    /// What is wrong, and what is not generated.
    pub diagnostics: Diagnostics,
    /// The document and its IR; `None` where it could not be understood.
    pub outcome: Option<(Document, Lowered)>,
}

impl Compiled {
    /// The diagnostics as text for people.
    pub fn report(&self, color: bool) -> String {
        diagnostic::render(&self.diagnostics, &self.sources, color)
    }

    /// The generated text; the report where there are errors.
    ///
    /// # Errors
    ///
    /// The document has errors, or the generator a mistake.
    pub fn render(&self, layout: &Layout) -> Result<Files, GenerateError> {
        match &self.outcome {
            Some((_, lowered)) if !self.diagnostics.has_errors() => {
                self.within_reach(&lowered.service, layout)?;
                on_large_stack(|| render(&lowered.service, layout)).map_err(GenerateError::Render)
            }
            _ => Err(GenerateError::Document(self.report(false))),
        }
    }

    /// A crate of its own does not see all types that a document may name.
    fn within_reach(&self, service: &Service, layout: &Layout) -> Result<(), GenerateError> {
        let Layout::Crate { .. } = layout else { return Ok(()) };
        let mut faults = Diagnostics::default();
        for (ty, span) in &service.external {
            let fault = ty.out_of_reach();
            faults.extend(fault.map(|(message, help)| Diagnostic::error("out-of-reach", *span, message).help(help)));
        }
        match faults.has_errors() {
            false => Ok(()),
            true => Err(GenerateError::Document(diagnostic::render(&faults, &self.sources, false))),
        }
    }
}

/// How a document is compiled.
#[derive(Debug, Clone, Default)]
pub struct CompileOptions {
    /// What the generated module is called; by default the file's name.
    pub name: Option<String>,
    /// Whether what is not generated is a warning, and no error.
    pub skip_unsupported: bool,
    /// URLs, and the folders that have what lies below them: `$ref`s to them are read from there.
    pub mirrors: Vec<(String, PathBuf)>,
    /// What may be fetched from other machines.
    pub remote: Remote,
    /// Formats, and the Rust types that their values have: `("decimal", "rust_decimal::Decimal")`. They take
    /// the place of those that the document names.
    pub formats: Vec<(String, String)>,
}

/// Reads, lifts and lowers the document at `path`.
///
/// `name` is what the generated module is called; by default the file's name. Without
/// `skip_unsupported`, what is not generated is an error.
pub fn compile(path: &Path, name: Option<&str>, skip_unsupported: bool) -> Compiled {
    let name = name.map(str::to_owned);
    compile_with(path, &CompileOptions { name, skip_unsupported, ..CompileOptions::default() })
}

/// Reads, lifts and lowers the document at `path`, as the options say.
pub fn compile_with(path: &Path, options: &CompileOptions) -> Compiled {
    on_large_stack(|| stages(path, options))
}

/// Runs a part of the work on a thread with [`STACK`], whatever the caller's is.
fn on_large_stack<T: Send>(work: impl Fn() -> T + Sync) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // Without a thread to spare, this one's stack must do.
            Err(_) => work(),
        }
    })
}

fn stages(path: &Path, options: &CompileOptions) -> Compiled {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let root = sources.read(path, &mut diagnostics);
    let broken = diagnostics.has_errors();
    let files = FileSet::of_document(path, &mut sources).map(|files| {
        let mirrors = options.mirrors.iter();
        mirrors.fold(files.remote(path, options.remote), |files, (url, folder)| files.mirror(url, folder.clone()))
    });
    let document = match (root, files) {
        (Some(root), Ok(mut files)) => lift(root, &mut files, &mut diagnostics).filter(|_| !broken),
        (Some(_), Err(error)) => {
            let message = format!("the folder of `{}` is not known: {error}", path.display());
            diagnostics.push(Diagnostic::error("unreadable-file", None, message));
            None
        }
        (None, _) => None,
    };
    let outcome = document.map(|mut document| {
        document.formats.extend(formats(options, &mut diagnostics));
        let name = options.name.clone().unwrap_or_else(|| stem(path));
        let lowered = lower(&document, &name, &mut diagnostics);
        let unsupported = lowered.unsupported.iter();
        diagnostics.extend(unsupported.map(|unsupported| unsupported.diagnostic(options.skip_unsupported)));
        (document, lowered)
    });
    diagnostics.sort();
    Compiled { sources, diagnostics, outcome }
}

/// The types of formats that the options name.
fn formats(options: &CompileOptions, diagnostics: &mut Diagnostics) -> Vec<(String, RustType)> {
    let mut parsed = Vec::new();
    for (format, ty) in &options.formats {
        match ty.parse() {
            Ok(ty) => parsed.push((format.clone(), ty)),
            Err(message) => {
                let message = format!("the type of the format `{format}`: {message}");
                diagnostics.push(Diagnostic::error("invalid-rust-type", None, message));
            }
        }
    }
    parsed
}

/// The file's name without its ending.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "api".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// Generates code from a build script.
///
/// ```no_run
/// fn main() -> Result<(), buildflow_gen::GenerateError> {
///     buildflow_gen::Generator::new().spec("specs/pets.yaml").build_script()
/// }
/// ```
///
/// Then `buildflow_runtime::include_api!("pets");` includes what was generated.
#[derive(Debug, Clone, Default)]
pub struct Generator {
    specs: Vec<(PathBuf, Option<String>)>,
    skip_unsupported: bool,
    allow_remote: bool,
    formats: Vec<(String, String)>,
}

impl Generator {
    /// Nothing to generate yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a document; its module is named after the file.
    #[must_use]
    pub fn spec(mut self, path: impl Into<PathBuf>) -> Self {
        self.specs.push((path.into(), None));
        self
    }

    /// Adds a document under another name.
    #[must_use]
    pub fn spec_as(mut self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        self.specs.push((path.into(), Some(name.into())));
        self
    }

    /// Generates what is supported, and warns of the rest, instead of refusing the document.
    #[must_use]
    pub fn skip_unsupported(mut self) -> Self {
        self.skip_unsupported = true;
        self
    }

    /// Fetches what documents refer to on other machines and have pinned, where it is not stored beside them.
    ///
    /// What is not pinned is refused: the command line pins it, with `--allow-remote`.
    #[must_use]
    pub fn allow_remote(mut self, allow: bool) -> Self {
        self.allow_remote = allow;
        self
    }

    /// Gives values of a format this type in all documents: `.format("decimal", "rust_decimal::Decimal")`.
    ///
    /// The application must have the crate among its dependencies; `crate::…` is its own. What the type must
    /// implement is said at `buildflow_runtime::types::External`.
    #[must_use]
    pub fn format(mut self, format: impl Into<String>, ty: impl Into<String>) -> Self {
        self.formats.push((format.into(), ty.into()));
        self
    }

    /// Generates each document's module into cargo's `OUT_DIR`, and nothing anywhere else.
    ///
    /// # Errors
    ///
    /// A document has errors; the error's text is the same report as on the command line.
    pub fn build_script(&self) -> Result<(), GenerateError> {
        let folder = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or(GenerateError::NoOutDir)?;
        let compiled = self.compile();
        for path in self.watched(&compiled) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        write(&compiled, &folder).map(|_| ())
    }

    /// Generates each document's module into `folder`.
    ///
    /// # Errors
    ///
    /// A document has errors, or a file cannot be written. All documents are looked at first.
    pub fn generate_into(&self, folder: &Path) -> Result<Written, GenerateError> {
        write(&self.compile(), folder)
    }

    /// The files that cargo runs the script again for, also where they have mistakes.
    fn watched<'c>(&'c self, compiled: &'c [Compiled]) -> BTreeSet<&'c Path> {
        let named = self.specs.iter().map(|(path, _)| path.as_path());
        named.chain(compiled.iter().flat_map(|one| one.sources.files())).collect()
    }

    fn compile(&self) -> Vec<Compiled> {
        let compiled = self.specs.iter().map(|(path, name)| {
            let (name, skip_unsupported) = (name.clone(), self.skip_unsupported);
            let remote = if self.allow_remote { Remote::Pinned } else { Remote::Stored };
            let formats = self.formats.clone();
            compile_with(path, &CompileOptions { name, skip_unsupported, remote, formats, ..CompileOptions::default() })
        });
        compiled.collect()
    }
}

fn write(documents: &[Compiled], folder: &Path) -> Result<Written, GenerateError> {
    let mut files = Files::new();
    let mut reports = String::new();
    for compiled in documents {
        warn(compiled);
        match compiled.render(&Layout::Include) {
            Ok(made) => files.extend(made),
            Err(GenerateError::Document(report)) => reports.push_str(&report),
            Err(other) => return Err(other),
        }
    }
    if reports.is_empty() {
        write_files(folder, &files).map_err(GenerateError::Write)
    } else {
        Err(GenerateError::Document(reports))
    }
}

/// Cargo shows a build script's warnings a line each.
fn warn(compiled: &Compiled) {
    let warnings = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
    for Diagnostic { code, message, span, .. } in warnings {
        let message: String = message.chars().filter(|character| !character.is_control()).collect();
        match span.map(|span| compiled.sources.position(span)) {
            Some(place) => {
                println!("cargo::warning={}:{}:{}: {message} [{code}]", place.file, place.line, place.column)
            }
            None => println!("cargo::warning={message} [{code}]"),
        }
    }
}

/// Why nothing was generated.
pub enum GenerateError {
    /// The document has errors; this is the report.
    Document(String),
    /// A mistake of the generator.
    Render(RenderError),
    /// A file cannot be written.
    Write(io::Error),
    /// [`Generator::build_script`] was called outside of a build script.
    NoOutDir,
}

impl fmt::Display for GenerateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(report) => formatter.write_str(report),
            Self::Render(error) => error.fmt(formatter),
            Self::Write(error) => write!(formatter, "cannot write what was generated: {error}"),
            Self::NoOutDir => formatter.write_str("OUT_DIR is not set: call this from a build script"),
        }
    }
}

/// A build script's `main` prints its error by `Debug`; the report is meant to be read.
impl fmt::Debug for GenerateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\n{self}")
    }
}

impl std::error::Error for GenerateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_script_runs_again_when_any_file_changes() -> io::Result<()> {
        let folder = std::env::temp_dir().join(format!("buildflow-watched-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let document = "openapi: 3.1.0\ninfo: { title: a, version: '1' }\ncomponents:\n  schemas:\n";
        let schemas = "    A: { $ref: a.yaml }\n    B: { $ref: 'broken.yaml' }\n";
        std::fs::write(folder.join("api.yaml"), format!("{document}{schemas}"))?;
        std::fs::write(folder.join("a.yaml"), "{ type: string }")?;
        std::fs::write(folder.join("broken.yaml"), "[")?;
        let generator = Generator::new().spec(folder.join("api.yaml")).spec(folder.join("missing.yaml"));
        let expected = ["a.yaml", "api.yaml", "broken.yaml", "missing.yaml"].map(|name| folder.join(name));
        let compiled = generator.compile();
        assert_eq!(generator.watched(&compiled).into_iter().collect::<Vec<_>>(), expected);
        std::fs::remove_dir_all(folder)
    }
}
