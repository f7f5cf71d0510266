//! `buildflow-gen check`.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use similar::TextDiff;

use super::generate::{Done, Target};
use super::temporary_folder::TemporaryFolder;
use super::{Failure, diff, print, say, shell_quoted};
use crate::compile::{CompileOptions, compile_with};
use crate::diff::{Change, diff as compared};
use crate::render::Files;
use crate::write::{Difference, differences};

/// Fail, with a diff, if a generated crate is stale.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    target: Target,
}

impl Check {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.target.done(|folder, files| compare(folder, files, "generate"))? {
            Done::Now(code) => Ok(code),
            Done::Before => Ok(ExitCode::SUCCESS),
        }
    }
}

/// Prints how a folder differs from what this command would write there, and fails where it does. Where a document is part
/// of it, what changed in that comes first.
pub(super) fn compare(folder: &Path, files: &Files, command: &str) -> Result<ExitCode, Failure> {
    let found = differences(folder, files)?;
    if found.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let documents = found.iter().filter(|difference| difference.path.ends_with("openapi.json"));
    print(&documents.map(changes).collect::<Result<String, Failure>>()?)?;
    print(&found.iter().map(diff_of_file).collect::<String>())?;
    let plural = if found.len() == 1 { "file is" } else { "files are" };
    say(&format!("error: {} {plural} stale; to make them fresh: {}", found.len(), fresh(command)));
    Ok(ExitCode::FAILURE)
}

/// This command as one that writes.
fn fresh(command: &str) -> String {
    // The first argument is the command's name.
    let arguments = std::env::args_os().skip(2).map(|argument| argument.to_string_lossy().into_owned());
    let arguments = arguments.filter(|argument| argument != "--check").map(|argument| shell_quoted(&argument));
    ["buildflow-gen".to_owned(), command.to_owned()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

/// What changed between the document that a crate was generated from and the one that there is now, as both were
/// published; nothing where one of them cannot be read alone.
fn changes(difference: &Difference) -> Result<String, Failure> {
    let (Some(now), Some(wanted)) = (&difference.now, &difference.wanted) else { return Ok(String::new()) };
    let folder = TemporaryFolder::new()?;
    let options = CompileOptions { skip_unsupported: true, ..CompileOptions::default() };
    let compiled = |name: &str, text: &String| -> Result<_, Failure> {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        Ok(compile_with(&path, &options))
    };
    let (old, new) = (compiled("old.json", now)?, compiled("new.json", wanted)?);
    if old.diagnostics.has_errors() || new.diagnostics.has_errors() {
        return Ok(String::new());
    }
    let changes: Vec<Change> = compared(&old, &new)?.changes;
    Ok(if changes.is_empty() { String::new() } else { diff::brief(&changes) + "\n" })
}

/// A unified diff from what is there to what should be.
fn diff_of_file(difference: &Difference) -> String {
    let Difference { path, now, wanted } = difference;
    let name = path.display().to_string();
    let side = |text: &Option<String>| if text.is_some() { name.clone() } else { "/dev/null".to_owned() };
    let texts = (now.as_deref().unwrap_or_default(), wanted.as_deref().unwrap_or_default());
    let diff = TextDiff::from_lines(texts.0, texts.1);
    diff.unified_diff().context_radius(3).header(&side(now), &side(wanted)).to_string()
}
