//! `buildflow-gen generate`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::new::package_name;
use super::{Failure, Specs, print};
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
    /// Depend on the runtime in this folder, relative to the crate, instead of the published one
    #[arg(long, value_name = "FOLDER")]
    runtime_path: Option<String>,
}

impl Target {
    /// The files of the crate; `None` where the document has errors, which were told.
    pub fn files(&self) -> Result<Option<Files>, Failure> {
        let compiled = self.specs.compile();
        if compiled.diagnostics.has_errors() {
            return Ok(None);
        }
        let package = match &self.package {
            Some(package) => package.clone(),
            None => package_name(&self.out)?,
        };
        let runtime = self.runtime_path.clone().map_or(Dependency::Version, Dependency::Path);
        Ok(Some(compiled.render(&Layout::Crate { package, runtime })?))
    }
}

impl Generate {
    pub fn run(self) -> Result<ExitCode, Failure> {
        let Some(files) = self.target.files()? else { return Ok(ExitCode::FAILURE) };
        write(&self.target.out, &files)
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
    if report.written.is_empty() && report.removed.is_empty() {
        text.push_str(&format!("{} is up to date\n", folder.display()));
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
