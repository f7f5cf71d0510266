//! From the paths of documents to generated text: the stages one after the other.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{self, Diagnostic, Diagnostics};
use crate::flow::{self, Entry};
use crate::ir::{RustType, Service};
use crate::lift::{Document, Salvage, lift};
use crate::lower::{Lowered, lower};
use crate::read::{FileSet, Node, Remote, SizeLimits, Sources};
use crate::render::{Arrangement, Files, Layout, RenderError, render};
use crate::threads::on_large_stack;

/// Documents that went through read, lift and lower, with all there is to tell about them.
#[derive(Debug)]
pub struct Compiled {
    /// The files that were read.
    pub sources: Sources,
    /// What is wrong, and what is not generated.
    pub diagnostics: Diagnostics,
    /// The documents and their IR, in the order in which they were named; without those that could not be understood.
    pub services: Vec<(Document, Lowered)>,
    /// Where their code stands in a crate.
    pub arrangement: Arrangement,
}

impl Compiled {
    /// The document and its IR, or the first of several; `None` where it could not be understood.
    pub fn outcome(&self) -> Option<&(Document, Lowered)> {
        self.services.first()
    }

    /// The diagnostics as text for people.
    pub fn report(&self, color: bool) -> String {
        diagnostic::render(&self.diagnostics, &self.sources, color)
    }

    /// The generated text; the report where there are errors.
    ///
    /// # Errors
    ///
    /// A document has errors, or the generator a mistake.
    pub fn render(&self, layout: &Layout) -> Result<Files, GenerateError> {
        if self.services.is_empty() || self.diagnostics.has_errors() {
            return Err(GenerateError::Document(self.report(false)));
        }
        let services: Vec<&Service> = self.services.iter().map(|(_, lowered)| &lowered.service).collect();
        self.within_reach(&services, layout)?;
        on_large_stack(|| render(&services, self.arrangement, layout)).map_err(GenerateError::Render)
    }

    /// A crate of its own does not see all types that a document may name.
    fn within_reach(&self, services: &[&Service], layout: &Layout) -> Result<(), GenerateError> {
        let Layout::Crate { .. } = layout else { return Ok(()) };
        let mut faults = Diagnostics::default();
        for (ty, span) in services.iter().flat_map(|service| &service.external) {
            let fault = ty.out_of_reach();
            faults.extend(fault.map(|(message, help)| Diagnostic::error("out-of-reach", *span, message).help(help)));
        }
        match faults.has_errors() {
            false => Ok(()),
            true => Err(GenerateError::Document(diagnostic::render(&faults, &self.sources, false))),
        }
    }
}

/// How documents are compiled.
#[derive(Debug, Clone, Default)]
pub struct CompileOptions {
    /// What the generated module is called; by default the file's name. Only one document can have it.
    pub name: Option<String>,
    /// Whether what is not generated is a warning, and no error.
    pub skip_unsupported: bool,
    /// URLs, and the folders that have what lies below them: `$ref`s to them are read from there.
    pub mirrors: Vec<(String, PathBuf)>,
    /// What may be fetched from other machines.
    pub remote: Remote,
    /// The folder that references may not lead out of; by default the document's repository, workspace or folder.
    pub root: Option<PathBuf>,
    /// Formats, and the Rust types that their values have: `("decimal", "rust_decimal::Decimal")`. They take
    /// the place of those that the document names.
    pub formats: Vec<(String, String)>,
    /// How large all files that are read may be together.
    pub limits: SizeLimits,
}

/// Reads, lifts and lowers the document at `path`.
///
/// `name` is what the generated module is called; by default the file's name. Without
/// `skip_unsupported`, what is not generated is an error.
pub fn compile(path: &Path, name: Option<&str>, skip_unsupported: bool) -> Compiled {
    let name = name.map(str::to_owned);
    compile_with(path, &CompileOptions { name, skip_unsupported, ..CompileOptions::default() })
}

/// Reads, lifts and lowers the document at `path`, or those of the [flow file](flow) there, as the options say.
pub fn compile_with(path: &Path, options: &CompileOptions) -> Compiled {
    compile_all(&[path], options)
}

/// Reads, lifts and lowers documents, and those that [flow files](flow) name, as the options say.
///
/// One document is a crate; several, and those of a flow file, are modules, whose names and base routes must differ.
pub fn compile_all(paths: &[impl AsRef<Path> + Sync], options: &CompileOptions) -> Compiled {
    on_large_stack(|| documents(paths, options))
}

fn documents(paths: &[impl AsRef<Path>], options: &CompileOptions) -> Compiled {
    let mut sources = Sources::limited(options.limits);
    let mut diagnostics = Diagnostics::default();
    let (opened, arrangement) = open(paths, &mut sources, &mut diagnostics);
    if let (Some(name), true) = (&options.name, opened.len() > 1) {
        let message = format!("`{name}` names one service, and these are {}", opened.len());
        let help = "name each of them in a flow file: `services: [{ document: pets.yaml, name: pets }]`";
        diagnostics.push(Diagnostic::error("several-services", None, message).help(help));
    }
    let (mut entries, mut services) = (Vec::new(), Vec::new());
    for Opened { entry, root, mut told } in opened {
        if let Some(service) = root.and_then(|root| stages(&entry, root, options, &mut sources, &mut told)) {
            services.push(service);
            entries.push(entry);
        }
        diagnostics.extend(told);
    }
    if arrangement == Arrangement::Modules {
        flow::check(&entries, &services, &mut diagnostics);
    }
    diagnostics.sort();
    Compiled { sources, diagnostics, services, arrangement }
}

/// A document that was read, and what there is to tell about it alone: mistakes of one do not hide those of others.
struct Opened {
    entry: Entry,
    root: Option<Node>,
    told: Diagnostics,
}

impl Opened {
    fn open(entry: Entry, sources: &mut Sources) -> Self {
        let mut told = Diagnostics::default();
        let root = sources.read_named_at(entry.place, &entry.document, &mut told).map(|root| entry.over(root));
        Self { entry, root, told }
    }
}

/// Reads documents, and those that flow files name.
fn open(
    paths: &[impl AsRef<Path>],
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (Vec<Opened>, Arrangement) {
    let mut opened = Vec::new();
    let mut arrangement = if paths.len() > 1 { Arrangement::Modules } else { Arrangement::Root };
    for path in paths {
        let one = Opened::open(Entry::for_document(path.as_ref()), sources);
        match one.root.as_ref().filter(|root| flow::is_flow(root)) {
            Some(root) => {
                arrangement = Arrangement::Modules;
                diagnostics.extend(one.told);
                let entries = flow::read(path.as_ref(), root, diagnostics);
                opened.extend(entries.into_iter().map(|entry| Opened::open(entry, sources)));
            }
            None => opened.push(one),
        }
    }
    (opened, arrangement)
}

fn stages(
    entry: &Entry,
    root: Node,
    options: &CompileOptions,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<(Document, Lowered)> {
    let broken = diagnostics.has_errors();
    let mut document = understood(&entry.document, root, options, sources, diagnostics).filter(|_| !broken)?;
    document.formats.extend(formats(options, diagnostics));
    let name = entry.name.clone().or_else(|| options.name.clone()).unwrap_or_else(|| stem(&entry.document));
    let lowered = lower(&document, &name, diagnostics);
    let mut told: Vec<Diagnostic> = Vec::new();
    for diagnostic in lowered.unsupported.iter().map(|unsupported| unsupported.diagnostic(options.skip_unsupported)) {
        if !told.contains(&diagnostic) {
            told.push(diagnostic);
        }
    }
    diagnostics.extend(told);
    Some((document, lowered))
}

/// How often parts of a document are left out: what refers to one may be left out as well, and what refers to that.
const ROUNDS: usize = 32;

/// Lifts the document at `path`; without what is wrong with it, where the options say so.
fn understood(
    path: &Path,
    root: Node,
    options: &CompileOptions,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    if !options.skip_unsupported {
        return lifted(path, root, options, sources, diagnostics);
    }
    let (mut root, mut salvage, mut round) = (root, Salvage::default(), 0);
    loop {
        let mut told = Diagnostics::default();
        let document = lifted(path, root.clone(), options, sources, &mut told);
        round += 1;
        if document.is_some() || round == ROUNDS || !salvage.leave_out(&mut root, &told) {
            diagnostics.extend(told);
            diagnostics.extend(salvage.told);
            return document.map(|document| document.without(salvage.operations));
        }
    }
}

fn lifted(
    path: &Path,
    root: Node,
    options: &CompileOptions,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    let files = FileSet::of_document(path, sources).and_then(|files| match &options.root {
        Some(root) => files.within(root),
        None => Ok(files),
    });
    match files {
        Ok(files) => {
            let files = files.remote(path, options.remote);
            let mirrors = options.mirrors.iter();
            let mut files = mirrors.fold(files, |files, (url, folder)| files.mirror(url, folder.clone()));
            lift(root, &mut files, diagnostics)
        }
        Err(error) => {
            let message = format!("the folder of `{}` is not known: {error}", path.display());
            diagnostics.push(Diagnostic::error("unreadable-file", None, message));
            None
        }
    }
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

/// Why nothing was generated.
pub enum GenerateError {
    /// The document has errors; this is the report.
    Document(String),
    /// A mistake of the generator.
    Render(RenderError),
    /// A file cannot be written.
    Write(io::Error),
    /// [`Generator::build_script`](crate::Generator::build_script) was called outside of a build script.
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
