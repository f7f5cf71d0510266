//! `buildflow-gen new`.

mod application;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use askama::Template;
use clap::Args;

use super::rustfmt::rustfmt;
use super::{Failure, Reading, print};
use crate::compile::Compiled;
use crate::render::{Dependency, quoted};
use application::Application;

/// Start an application.
#[derive(Debug, Args)]
pub(super) struct New {
    /// The application's folder, which must not exist yet
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The OpenAPI document, in YAML or JSON, or a flow file
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,
    /// Write a Dockerfile as well
    #[arg(long)]
    dockerfile: bool,
    #[command(flatten)]
    reading: Reading,
}

/// The manifest of an application.
#[derive(Template)]
#[template(path = "app/Cargo.toml.askama", escape = "none")]
pub(super) struct Manifest {
    pub package: String,
    pub runtime: String,
    pub api: Option<ApiCrate>,
    pub generator: Option<String>,
    /// Whether it is compiled where the generator was.
    pub shares_with_generator: bool,
}

/// The generated crate that an application depends on.
pub(super) struct ApiCrate {
    pub name: String,
    pub place: String,
}

impl New {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        if self.folder.exists() {
            let help = "choose another folder, or add what it lacks with `buildflow-gen handlers`";
            return Err(format!("{} exists; {help}", self.folder.display()).into());
        }
        let compiled = self.reading.compile(std::slice::from_ref(&self.document));
        if compiled.outcome().is_none() || compiled.diagnostics.has_errors() {
            return Ok(ExitCode::FAILURE);
        }
        let application = Application::new(&self, &compiled)?;
        let files = application.files()?;
        copy_document(&self.document, &compiled, &self.folder.join("specs"))?;
        for (path, text) in &files {
            let path = self.folder.join(path);
            let folder = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder)?;
            // Without rustfmt, sources are as they were printed.
            let is_rust = path.extension().is_some_and(|ending| ending == "rs");
            let formatted = is_rust.then(|| rustfmt(folder, text)).flatten();
            fs::write(&path, formatted.as_deref().unwrap_or(text))?;
        }
        print(&format!(
            "made {0}\n\n  cd {0}\n  cargo test\n  cargo run\n\nThe handlers are in src/{1}; each answers 501 until it is \
             written.\n",
            self.folder.display(),
            application.handlers_path(),
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Copies a document with all its files, and what it has pinned of other machines.
fn copy_document(document: &Path, compiled: &Compiled, into: &Path) -> Result<(), Failure> {
    let document = std::path::absolute(document)?;
    let folder = document.parent().unwrap_or(Path::new("/"));
    let mut files: Vec<PathBuf> = compiled.sources.files().map(std::path::absolute).collect::<Result<_, _>>()?;
    let store = PathBuf::from(format!("{}.remote", document.display()));
    files.extend(fs::read_dir(store).into_iter().flatten().flatten().map(|entry| entry.path()));
    for file in files {
        let inner = file.strip_prefix(folder).map_err(|_| {
            format!("the document refers to {}, outside of its folder; put its files together first", file.display())
        })?;
        let copy = into.join(inner);
        fs::create_dir_all(copy.parent().unwrap_or(into))?;
        fs::copy(&file, copy)?;
    }
    Ok(())
}

/// The folder's name, where cargo takes it as one.
pub(super) fn package_name(folder: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(folder)?;
    let name = absolute.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
    let is_plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let words: Vec<&str> = name.split(|character: char| !is_plain(character)).filter(|word| !word.is_empty()).collect();
    let package = words.join("-");
    if !package.starts_with(|first: char| first.is_ascii_alphabetic()) {
        let help = "choose a folder whose name begins with a letter";
        return Err(format!("`{name}` cannot be a crate's name; {help}").into());
    }
    if ["alloc", "core", "proc-macro", "proc_macro", "std", "test"].contains(&package.as_str()) {
        return Err(format!("`{package}` is a crate of Rust itself; choose another name").into());
    }
    Ok(package)
}

/// A dependency as TOML.
pub(super) fn depend(dependency: &Dependency, more: &str) -> String {
    match dependency {
        Dependency::Version => format!("{{ version = {}{more} }}", quoted(env!("CARGO_PKG_VERSION"))),
        Dependency::Path(path) => format!("{{ path = {}{more} }}", quoted(path)),
    }
}
