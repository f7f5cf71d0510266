//! The generator as build scripts use it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::compile::{CompileOptions, Compiled, GenerateError, compile_with};
use crate::diagnostic::{Diagnostic, Severity};
use crate::read::{Remote, SizeLimits};
use crate::render::{Files, Layout};
use crate::write::{Written, write_files};

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
    root: Option<PathBuf>,
    limits: SizeLimits,
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

    /// Lets references lead anywhere below this folder; by default below the document's repository, or else its cargo
    /// workspace, or else its folder.
    #[must_use]
    pub fn root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.root = Some(folder.into());
        self
    }

    /// How many bytes the files of each document may have together; by default 64 MiB.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// How many values, such as objects and strings, they may have; by default 5 million.
    #[must_use]
    pub fn max_values(mut self, values: usize) -> Self {
        self.limits.values = values;
        self
    }

    /// Adds a flow file: each of its services is a module, named as the file says.
    #[must_use]
    pub fn flow(self, path: impl Into<PathBuf>) -> Self {
        self.spec(path)
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
            let (formats, root) = (self.formats.clone(), self.root.clone());
            let limits = self.limits;
            let options =
                CompileOptions { name, skip_unsupported, remote, root, formats, limits, ..CompileOptions::default() };
            compile_with(path, &options)
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
            Ok(made) => {
                if let Some(path) = made.keys().find(|path| files.contains_key(*path)) {
                    let name = path.split('.').next().unwrap_or_default();
                    reports.push_str(&format!("error: two documents are called `{name}`; name one with `spec_as`\n"));
                }
                files.extend(made);
            }
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

#[cfg(test)]
mod tests {
    use std::io;

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
