//! The command line.

mod check;
mod deploy;
mod diff;
mod explain;
mod generate;
mod handlers;
mod inspect;
mod new;
mod record;
mod rustfmt;
mod serve;
mod surroundings;
mod temporary_folder;
mod upgrade;
mod watch;

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::compile::{CompileOptions, Compiled, compile_all};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::RustType;
use crate::read::{Remote, SizeLimits, digest, fetch};
use crate::render::Dependency;

/// Serve an HTTP API in Rust from its OpenAPI document.
#[derive(Debug, Parser)]
#[command(name = "buildflow-gen", version, after_help = EXAMPLES)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  buildflow-gen serve pets.yaml                          try a document at once
  buildflow-gen new pet-shop pets.yaml                   start an application
  buildflow-gen watch                                    run an application while you write it
  buildflow-gen generate pets.yaml --out crates/pets-api generate a crate to commit
  buildflow-gen check pets.yaml --out crates/pets-api    fail in CI when it is stale
  buildflow-gen handlers pets.yaml --into src            add what the application does not handle yet
  buildflow-gen diff git:main:pets.yaml pets.yaml        see what a change means for clients
  buildflow-gen inspect pets.yaml                        see what a document maps to
  buildflow-gen explain unknown-field                    read what a diagnostic means
  buildflow-gen generate flow.yaml --out crates/shop-api generate a crate of the services that a flow file names
  buildflow-gen deploy flow.yaml --target kubernetes --image NAME:TAG --out deploy

Exit codes: 0 done; 1 the document has errors, the crate is stale, or the command failed; 2 wrong usage.";

#[derive(Debug, Subcommand)]
enum Action {
    /// Write a complete crate for a document, or for several.
    Generate(generate::Generate),
    /// Fail, with a diff, if a generated crate is stale.
    Check(check::Check),
    /// Start an application: manifest, build script, document, and a handler to fill in.
    New(new::New),
    /// Generate, compile and serve a document with example responses.
    Serve(serve::Serve),
    /// Run an application, and compile and start it again whenever its files change.
    Watch(watch::WatchCommand),
    /// Write manifests that run a flow on many machines: Ray Serve, Knative or Kubernetes.
    Deploy(Box<deploy::Deploy>),
    /// Add a stub for each operation that an application does not handle yet.
    Handlers(Box<handlers::HandlersCommand>),
    /// Say what changed between two versions of a document, and whether that breaks clients.
    Diff(Box<diff::DiffCommand>),
    /// Show what a document contains and how it maps: endpoints, types, what is not supported.
    Inspect(inspect::Inspect),
    /// Explain a diagnostic: its cause, an example, and how to mend it.
    Explain(explain::Explain),
}

/// The documents, and how to read them.
#[derive(Debug, Clone, Args)]
struct Specs {
    /// OpenAPI documents, in YAML or JSON, or flow files, whose `services:` name them
    #[arg(value_name = "DOCUMENT", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// How documents are read.
#[derive(Debug, Clone, Args)]
struct Reading {
    /// What the service is called; by default the file's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Leave out what is wrong or not supported: operations that are not generated answer 501
    #[arg(long)]
    skip_unsupported: bool,
    /// Fetch what the document refers to on other machines, and pin it by its SHA-256 in `<DOCUMENT>.lock`
    #[arg(long)]
    allow_remote: bool,
    /// Let `$ref`s lead anywhere below this folder; by default below the document's repository, workspace or folder
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// Limit the bytes of all files together
    #[arg(long, value_name = "BYTES", default_value_t = SizeLimits::default().bytes)]
    max_bytes: u64,
    /// Limit the values of all files together, such as objects and strings
    #[arg(long, value_name = "COUNT", default_value_t = SizeLimits::default().values)]
    max_values: usize,
    /// Give values of a format this Rust type, as in `decimal=rust_decimal::Decimal@1`
    #[arg(long, value_name = "FORMAT=TYPE", value_parser = format_and_type)]
    format: Vec<(String, String)>,
    /// Report this as an error
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Denied>,
}

/// What may be taken for an error.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Denied {
    /// Parts without a type of their own, such as XML
    Untyped,
}

fn format_and_type(text: &str) -> Result<(String, String), String> {
    let (format, ty) = text.split_once('=').ok_or("write FORMAT=TYPE")?;
    ty.parse::<RustType>()?;
    Ok((format.to_owned(), ty.to_owned()))
}

/// What went wrong, for people.
type Failure = Box<dyn std::error::Error>;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let done = match Command::parse().action {
        Action::Generate(generate) => generate.run(),
        Action::Check(check) => check.run(),
        Action::New(new) => new.run(),
        Action::Serve(serve) => serve.run(),
        Action::Watch(watch) => watch.run(),
        Action::Deploy(deploy) => deploy.run(),
        Action::Handlers(handlers) => handlers.run(),
        Action::Diff(diff) => diff.run(),
        Action::Inspect(inspect) => inspect.run(),
        Action::Explain(explain) => explain.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

impl Reading {
    /// Compiles documents.
    fn read(&self, paths: &[PathBuf]) -> Compiled {
        let (name, skip_unsupported) = (self.name.clone(), self.skip_unsupported);
        let remote = if self.allow_remote { Remote::Pinning } else { Remote::Stored };
        let formats = self.format.clone();
        let root = self.root.clone();
        let limits = SizeLimits { bytes: self.max_bytes, values: self.max_values };
        let options =
            CompileOptions { name, skip_unsupported, remote, root, formats, limits, ..CompileOptions::default() };
        let mut compiled = compile_all(paths, &options);
        if let Some(Denied::Untyped) = self.deny {
            let untyped = compiled.services.iter().flat_map(|(document, lowered)| {
                lowered.untyped().into_iter().map(|part| {
                    let message = format!("{}: this has no type of its own", part.why);
                    Diagnostic::error("untyped", document.span(&part.pointer), message)
                        .help("describe it in the document, or leave out `--deny untyped`")
                })
            });
            compiled.diagnostics.extend(untyped);
        }
        compiled
    }

    /// Compiles documents, and tells what there is to tell.
    fn compile(&self, paths: &[PathBuf]) -> Compiled {
        let compiled = self.read(paths);
        report(&compiled);
        compiled
    }
}

impl Specs {
    /// Fetches documents of other machines into the user's cache, where that is allowed. What they refer to beside
    /// themselves is not fetched.
    fn fetched(mut self) -> Result<Self, Failure> {
        for path in &mut self.paths {
            let Some(url) = path.to_str().filter(|path| path.starts_with("https://")) else { continue };
            if !self.reading.allow_remote {
                return Err(format!("{url} is on another machine; pass `--allow-remote` to read it").into());
            }
            let bytes = fetch(url).map_err(|error| format!("cannot fetch {url}: {error}"))?;
            let name = url.split(['?', '#']).next().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
            let plain: String = name.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' }).collect();
            let ending = if name.ends_with(".json") { "json" } else { "yaml" };
            let stem = plain.trim_end_matches("-json").trim_end_matches("-yaml").trim_end_matches("-yml");
            let stem = if stem.trim_matches('-').is_empty() { "openapi" } else { stem };
            let folder = cache()?.join("fetched").join(digest(url.as_bytes()));
            std::fs::create_dir_all(&folder)?;
            let file = folder.join(format!("{stem}.{ending}"));
            std::fs::write(&file, bytes)?;
            *path = file;
        }
        Ok(self)
    }

    /// Compiles the documents, and tells what there is to tell.
    fn compile(&self) -> Compiled {
        self.reading.compile(&self.paths)
    }
}

/// Tells what there is to tell of documents.
fn report(compiled: &Compiled) {
    tell(&compiled.report(std::io::stderr().is_terminal()));
    let first = compiled.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    if let Some(Diagnostic { code, .. }) = first {
        tell(&format!("For more about this error, run `buildflow-gen explain {code}`."));
    }
}

/// A report for people, if there is one.
fn tell(report: &str) {
    if !report.is_empty() {
        say(report.trim_end());
    }
}

/// A line for people, on standard error; results for programs go to standard output.
fn say(line: &str) {
    // Nobody is left to tell where standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints results; a reader that has seen enough, such as `head`, is no error.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The cargo that runs this command, or else the one that is installed.
fn cargo() -> process::Command {
    process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A path or another argument as a shell takes it.
fn shell_quoted(argument: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "/._-+:@,=".contains(character);
    match argument.chars().all(is_plain) && !argument.is_empty() {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    }
}

/// The runtime beside the generator's own sources, if it was built from them; else the published one.
fn local_runtime() -> Dependency {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    match beside.canonicalize() {
        Ok(path) if path.join("Cargo.toml").is_file() => Dependency::Path(path.display().to_string()),
        _ => Dependency::Version,
    }
}

/// The user's cache folder (XDG Base Directory Specification).
fn cache() -> Result<PathBuf, Failure> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    Ok(cache.ok_or("no cache folder is known; say one with --work-dir")?.join("buildflow-gen"))
}
