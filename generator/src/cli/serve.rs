//! `buildflow-gen serve`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use askama::Template as _;
use clap::Args;

use super::new::{ApiCrate, Manifest, depend};
use super::watch::{Builds, Built, Processes, keep_running};
use super::{Failure, Specs, cache, cargo, local_runtime, say};
use crate::compile::Compiled;
use crate::example::{Handlers, flow_main_file, handlers_file, main_file};
use crate::ir::Service;
use crate::render::{Arrangement, Dependency, Files, Layout, quoted};
use crate::write::write_files;

/// Generate, compile and serve a document with example responses.
///
/// This is a real compiled server: every request is validated. Answers come from the document's
/// examples, or are made from its schemas; any credentials are taken.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    specs: Specs,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000", value_parser = address)]
    bind: String,
    /// Compile with optimisations: slower to start, faster to serve
    #[arg(long)]
    release: bool,
    /// Compile and start it again whenever a file of the document changes
    #[arg(long)]
    watch: bool,
    /// Where the server is generated and compiled; by default a cache folder of the user
    #[arg(long, value_name = "FOLDER")]
    work_dir: Option<PathBuf>,
}

/// A host and a port.
pub(super) fn address(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port);
    match port.is_some_and(|port| port.parse::<u16>().is_ok()) {
        true => Ok(text.to_owned()),
        false => Err("give a host and a port, as in `127.0.0.1:8000`".to_owned()),
    }
}

impl Serve {
    pub(super) fn run(mut self) -> Result<ExitCode, Failure> {
        self.specs = self.specs.fetched()?;
        if self.watch {
            let bind = self.bind.clone();
            return keep_running(Watched { serve: self, files: Vec::new() }, &bind, &[]);
        }
        let compiled = self.specs.compile();
        match self.built(&compiled)? {
            Some(Built { program, pages }) => {
                say(&format!("serving {} on http://{}", self.named(), self.bind));
                pages.iter().for_each(|page| say(&format!("docs on http://{}{page}", self.bind)));
                become_server(&program, &self.bind)
            }
            None => Ok(ExitCode::FAILURE),
        }
    }

    /// Generates and compiles the server of a document, unless that has errors.
    fn built(&self, compiled: &Compiled) -> Result<Option<Built>, Failure> {
        if compiled.diagnostics.has_errors() {
            return Ok(None);
        }
        let work = self.work_dir.clone().map_or_else(cache, Ok)?;
        let project = Project::new(compiled, &work)?;
        project.write()?;
        say(&format!("compiling {} (the first time takes about a minute)", self.named()));
        let program = project.build(&self.target(&work), self.release)?;
        let pages = compiled.services.iter().filter_map(|(_, lowered)| docs_page(&lowered.service));
        Ok(Some(Built { program, pages: pages.collect() }))
    }

    fn named(&self) -> String {
        let named: Vec<String> = self.specs.paths.iter().map(|path| path.display().to_string()).collect();
        named.join(", ")
    }
}

/// A document that is served again when one of its files changes.
struct Watched {
    serve: Serve,
    /// The files that it was last made of.
    files: Vec<PathBuf>,
}

impl Builds for Watched {
    fn build(&mut self, _: &Processes) -> Result<Option<Built>, Failure> {
        let compiled = self.serve.specs.compile();
        self.files = compiled.sources.files().map(Path::to_owned).collect();
        self.serve.built(&compiled)
    }

    fn watched(&self) -> Vec<PathBuf> {
        self.serve.specs.paths.iter().chain(&self.files).cloned().collect()
    }
}

impl Serve {
    /// Where it is compiled. From a clone, that is where the generator was: what both use is compiled once.
    fn target(&self, work: &Path) -> PathBuf {
        let of_clone = || {
            let binary = std::env::current_exe().ok()?;
            let target = binary.parent()?.parent()?;
            let is_cargos = target.join("CACHEDIR.TAG").exists() && local_runtime() != Dependency::Version;
            is_cargos.then(|| target.to_owned())
        };
        let shared = if self.work_dir.is_none() { of_clone() } else { None };
        shared.unwrap_or_else(|| work.join("target"))
    }
}

/// The path of the page that shows a service's document, if it is shown.
fn docs_page(service: &Service) -> Option<String> {
    let base_route = service.options.base_route.as_deref().unwrap_or_default().trim_end_matches('/');
    service.options.docs.paths().first().map(|path| format!("{base_route}{path}"))
}

/// The application that serves examples, and the generated crate that it uses.
struct Project {
    folder: PathBuf,
    files: Files,
    package: String,
}

impl Project {
    fn new(compiled: &Compiled, work: &Path) -> Result<Self, Failure> {
        let (_, first) = compiled.outcome().ok_or("the document could not be read")?;
        let runtime = local_runtime();
        let package = format!("{}-examples", first.service.module);
        let library = format!("{}_api", first.service.module);
        let layout = Layout::Crate { package: library.clone(), runtime: runtime.clone() };
        let mut files: Files =
            compiled.render(&layout)?.into_iter().map(|(path, text)| (format!("api/{path}"), text)).collect();
        let api = ApiCrate { name: library.clone(), place: depend(&Dependency::Path("api".to_owned()), "") };
        // What the document needs beside this, the generated crate turns on.
        let runtime_used = depend(&runtime, ", default-features = false, features = [\"log\"]");
        let manifest = Manifest {
            package: quoted(&package),
            runtime: runtime_used,
            api: Some(api),
            generator: None,
            shares_with_generator: runtime != Dependency::Version,
        };
        files.insert("Cargo.toml".to_owned(), manifest.render()?);
        files.extend(application(compiled, &library)?);
        // The versions that the runtime was tested with.
        if let Dependency::Path(path) = &runtime
            && let Ok(lock) = fs::read_to_string(Path::new(path).with_file_name("Cargo.lock"))
        {
            files.insert("Cargo.lock".to_owned(), lock);
        }
        Ok(Self { folder: work.join(&package), files, package })
    }

    fn write(&self) -> io::Result<()> {
        // What an earlier run has made and this one does not must not be compiled along.
        for stale in ["api/src", "src"] {
            let kept = |path: &str| self.files.contains_key(&format!("{stale}/{path}"));
            for entry in fs::read_dir(self.folder.join(stale)).into_iter().flatten().flatten() {
                // A folder is a service's, and compiled where a file says so.
                if entry.path().is_file() && !kept(&entry.file_name().to_string_lossy()) {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        write_files(&self.folder, &self.files).map(|_| ())
    }

    /// Compiles with cargo, whose progress is shown.
    fn build(&self, target: &Path, release: bool) -> Result<PathBuf, Failure> {
        let mut cargo = cargo();
        cargo.arg("build").arg("--manifest-path").arg(self.folder.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(target);
        if release {
            cargo.arg("--release");
        }
        let profile = if release { "release" } else { "debug" };
        let server = target.join(profile).join(&self.package);
        // What incremental compilation would write down is of no use yet, and takes seconds.
        if !server.exists() && std::env::var_os("CARGO_INCREMENTAL").is_none() {
            cargo.env("CARGO_INCREMENTAL", "0");
        }
        let status = cargo.status().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "`serve` compiles the server with cargo, which is not in `PATH`; install Rust \
                                        with rustup (https://rustup.rs), or set `CARGO`"
                .to_owned(),
            _ => format!("cannot run cargo: {error}"),
        })?;
        if !status.success() {
            return Err("the generated server does not compile: please report this with your document".into());
        }
        Ok(server)
    }
}

/// The source of the application: handlers that answer with examples.
fn application(compiled: &Compiled, library: &str) -> Result<Files, Failure> {
    let mut files = Files::new();
    let mut modules = Vec::new();
    for (document, lowered) in &compiled.services {
        let service = &lowered.service;
        if compiled.arrangement == Arrangement::Root {
            let main = main_file(document, service, library, Handlers::Examples)?;
            files.insert("src/main.rs".to_owned(), main);
            return Ok(files);
        }
        let api = format!("{library}::{}", service.module);
        let handlers = handlers_file(document, service, &api, Handlers::Examples)?;
        files.insert(format!("src/{}.rs", service.module), handlers);
        modules.push(service.module.as_str());
    }
    files.insert("src/main.rs".to_owned(), flow_main_file(&modules)?);
    Ok(files)
}

/// Puts the server in the place of this process, so that signals reach it.
#[cfg(unix)]
fn become_server(binary: &Path, bind: &str) -> Result<ExitCode, Failure> {
    use std::os::unix::process::CommandExt as _;
    let error = Command::new(binary).arg("--bind").arg(bind).exec();
    Err(format!("cannot run {}: {error}", binary.display()).into())
}

#[cfg(not(unix))]
fn become_server(binary: &Path, bind: &str) -> Result<ExitCode, Failure> {
    let status = Command::new(binary).arg("--bind").arg(bind).status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
