//! `buildflow-gen check`.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use similar::TextDiff;

use super::generate::{Done, Target};
use super::{Failure, print, say};
use crate::render::Files;
use crate::write::{Difference, differences};

/// Fail, with a diff, when a generated crate is not what its document says.
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

/// Prints how a folder differs from what this command would write there, and fails where it does.
pub(super) fn compare(folder: &Path, files: &Files, command: &str) -> Result<ExitCode, Failure> {
    let found = differences(folder, files)?;
    if found.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    print(&found.iter().map(diff).collect::<String>())?;
    let plural = if found.len() == 1 { "file is" } else { "files are" };
    say(&format!("error: {} {plural} stale; run `buildflow-gen {command}` with the same arguments", found.len()));
    Ok(ExitCode::FAILURE)
}

/// A unified diff from what is there to what should be.
fn diff(difference: &Difference) -> String {
    let Difference { path, now, wanted } = difference;
    let name = path.display().to_string();
    let side = |text: &Option<String>| if text.is_some() { name.clone() } else { "/dev/null".to_owned() };
    let texts = (now.as_deref().unwrap_or_default(), wanted.as_deref().unwrap_or_default());
    let diff = TextDiff::from_lines(texts.0, texts.1);
    diff.unified_diff().context_radius(3).header(&side(now), &side(wanted)).to_string()
}
