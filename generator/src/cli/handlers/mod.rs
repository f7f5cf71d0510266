//! `buildflow-gen handlers`.

mod source;
mod update;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use similar::TextDiff;

use self::update::{Update, implemented, update};
use super::rustfmt::rustfmt;
use super::{Failure, Specs, print, say};
use crate::diagnostic::list_of;
use crate::example::{Handlers, handlers_file};
use crate::ir::Service;
use crate::render::Files;
use crate::write::write_files;

/// Add a stub for each operation that an application does not handle yet.
///
/// Stubs answer 501. Nothing else is touched: operations that are gone and signatures that changed are told.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 done; 1 with --check, something is missing, gone or changed; 2 wrong usage.

Example:
  buildflow-gen handlers specs/todo.yaml --into src/handlers.rs")]
pub(super) struct HandlersCommand {
    #[command(flatten)]
    specs: Specs,
    /// The file that implements the traits, or a folder to look for it in
    #[arg(long, value_name = "PATH", default_value = "src")]
    into: PathBuf,
    /// Write nothing, and print what would be added
    #[arg(long)]
    dry_run: bool,
    /// Write nothing, and fail where something is missing, gone or changed
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
}

/// How deep folders are looked through.
const DEPTH: usize = 16;

impl HandlersCommand {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let compiled = self.specs.compile();
        if compiled.diagnostics.has_errors() {
            return Ok(ExitCode::FAILURE);
        }
        let mut sources = Vec::new();
        collect(&self.into, DEPTH, &mut sources)?;
        let mut is_complete = true;
        for (document, lowered) in &compiled.services {
            let service = &lowered.service;
            let wanted = handlers_file(document, service, &format!("crate::{}", service.module), Handlers::Unwritten)?;
            let traits = traits(service);
            let mut missing = traits.clone();
            for path in &sources {
                let Some(text) = readable(path, &traits) else { continue };
                let found = match implemented(&text, &service.module) {
                    Ok(found) => found,
                    Err(error) => {
                        say(&format!(
                            "warning: {} is no Rust that can be read, and is left alone: {error}",
                            path.display()
                        ));
                        continue;
                    }
                };
                if found.iter().any(|name| traits.contains(name)) {
                    missing.retain(|name| !found.contains(name));
                    let update = update(&text, &wanted, &service.module).map_err(|error| error.to_string())?;
                    is_complete &= self.updated(path, &text, update)?;
                }
            }
            for name in &missing {
                is_complete = false;
                say(&format!("error: nothing in {} implements `{name}`\n  = help: begin with", self.into.display()));
                say(&format!("          impl {name} for App {{}}\n          and run this again"));
            }
            if !missing.is_empty() && !self.check {
                return Ok(ExitCode::FAILURE);
            }
        }
        Ok(if self.check && !is_complete { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// Writes or shows what a file lacks, and tells the rest; whether there was nothing of either.
    fn updated(&self, path: &Path, text: &str, update: Update) -> Result<bool, Failure> {
        let shown = path.display().to_string();
        if !update.added.is_empty() {
            let text_then = formatted(path, text, &update.text).unwrap_or_else(|| update.text.clone());
            let names = list_of(&update.added);
            if self.dry_run || self.check {
                let diff = TextDiff::from_lines(text, &text_then);
                print(&diff.unified_diff().context_radius(3).header(&shown, &shown).to_string())?;
                say(&format!("{shown} lacks {names}"));
            } else {
                // It is whole, or as it was.
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let folder = path.parent().unwrap_or(Path::new(""));
                write_files(folder, &Files::from([(name, text_then)]))?;
                print(&format!("added {names} to {shown}\n"))?;
            }
        }
        for (name, line) in &update.gone {
            say(&format!("warning: `{name}` handles no operation any more\n  --> {shown}:{line}"));
        }
        for (line, own, wanted) in &update.changed {
            say(&format!("warning: this signature is another now\n  --> {shown}:{line}\n  - {own}\n  + {wanted}"));
        }
        let is_complete = update.added.is_empty() && update.gone.is_empty() && update.changed.is_empty();
        if is_complete && !self.check {
            print(&format!("{shown} handles every operation\n"))?;
        }
        Ok(is_complete)
    }
}

/// The text of a source that may implement one of these traits.
fn readable(path: &Path, traits: &[String]) -> Option<String> {
    let text = fs::read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    if text.is_none() {
        say(&format!("warning: {} cannot be read as text, and is left alone", path.display()));
    }
    text.filter(|text| traits.iter().any(|name| text.contains(name.as_str())))
}

/// The traits that an application implements for a service.
fn traits(service: &Service) -> Vec<String> {
    match &service.tags {
        None => vec![service.handler.to_string()],
        Some(traits) => {
            let parts = traits.security.iter().chain(traits.tags.iter().map(|tag| &tag.part));
            parts.map(|part| part.name.to_string()).collect()
        }
    }
}

/// The sources at a path, and below it.
fn collect(path: &Path, depth: usize, into: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let error = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    if path.is_file() {
        into.push(path.to_owned());
        return Ok(());
    }
    let mut entries = fs::read_dir(path)
        .map_err(error)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(error)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() && depth > 0 && !entry.is_symlink() {
            collect(&entry, depth - 1, into)?;
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            into.push(entry);
        }
    }
    Ok(())
}

/// The text as rustfmt lays it out, where the file was laid out so before: then nothing else changes.
fn formatted(path: &Path, before: &str, after: &str) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (rustfmt(folder, before)? == before).then(|| rustfmt(folder, after)).flatten()
}
