//! `buildflow-gen generate`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::new::package_name;
use super::record::Record;
use super::surroundings::{missing_member, runtime_for};
use super::upgrade::{self, Shape};
use super::{Failure, Specs, print, tell};
use crate::render::{Dependency, Files, Layout};
use crate::write::write_folder;

/// Write a complete crate for a document, or for several: then each is a module.
#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(flatten)]
    pub target: Target,
}

/// Documents, and the crate that is made of them.
#[derive(Debug, Args)]
pub(super) struct Target {
    #[command(flatten)]
    specs: Specs,
    /// The crate's folder
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// The crate's name; by default that of its folder
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// Depend on the runtime in this folder, relative to the crate; by default on the published one, or, where the
    /// generator is built from a clone, on the one beside it
    #[arg(long, value_name = "FOLDER")]
    runtime_path: Option<String>,
    /// Write names, types and signatures as this version of the generator did; by default as its own
    #[arg(long, value_enum, value_name = "VERSION", default_value_t, hide_default_value = true)]
    compat: Shape,
}

impl Target {
    /// Does something with the files of the crate, unless this very command has succeeded with the same before;
    /// not where the document has errors, which are told.
    pub(super) fn done(&self, with: impl FnOnce(&Path, &Files) -> Result<ExitCode, Failure>) -> Result<Done, Failure> {
        let record = Record::of_this_command();
        if let Some(told) = record.unchanged() {
            tell(&told);
            return Ok(Done::Before);
        }
        let compiled = self.specs.compile();
        if compiled.diagnostics.has_errors() {
            return Ok(Done::Now(ExitCode::FAILURE));
        }
        let package = match &self.package {
            Some(package) => package.clone(),
            None => {
                let package = package_name(&self.out)?;
                if self.out.file_name().is_some_and(|name| !name.eq_ignore_ascii_case(&package)) {
                    tell(&format!("the package is called `{package}`; `--package` gives it another name"));
                }
                package
            }
        };
        let runtime = match &self.runtime_path {
            Some(path) => Dependency::Path(path.clone()),
            None => runtime_for(&self.out)?,
        };
        let files = compiled.render(&Layout::Crate { package, runtime })?;
        if let Some(told) = upgrade::told(&self.out, self.compat) {
            tell(&told);
        }
        let code = with(&self.out, &files)?;
        if code == ExitCode::SUCCESS {
            record.keep(&compiled, &self.out, &files);
        }
        Ok(Done::Now(code))
    }
}

/// When a command has done its work.
pub(super) enum Done {
    /// Earlier, and nothing has changed since.
    Before,
    /// With this outcome.
    Now(ExitCode),
}

impl Generate {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let code = match self.target.done(write)? {
            Done::Now(code) => code,
            Done::Before => up_to_date(&self.target.out)?,
        };
        if let Some(missing) = missing_member(&self.target.out).filter(|_| code == ExitCode::SUCCESS) {
            tell(&format!("note: {missing}"));
        }
        Ok(code)
    }
}

/// Writes files into a folder, and prints which of them were not as they should be.
pub(super) fn write(folder: &Path, files: &Files) -> Result<ExitCode, Failure> {
    let report = write_folder(folder, files)?;
    let mut text = String::new();
    for path in &report.written {
        text.push_str(&format!("wrote {}\n", path.display()));
    }
    for path in &report.removed {
        text.push_str(&format!("removed {}\n", path.display()));
    }
    if text.is_empty() {
        return up_to_date(folder);
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn up_to_date(folder: &Path) -> Result<ExitCode, Failure> {
    print(&format!("{} is up to date\n", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}
