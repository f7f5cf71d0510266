//! `buildflow-gen explain`.

use std::process::ExitCode;

use clap::Args;

use super::{Failure, print};
use crate::diagnostic::nearest;
use crate::explain::{PAGES, page};

/// Explain a diagnostic: its cause, an example, and how to mend it. Without an id, list all of them.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The id of the diagnostic: what stands in brackets in a report, such as `unknown-field`
    id: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Some(id) = self.id else {
            print(&list())?;
            return Ok(ExitCode::SUCCESS);
        };
        let id = id.trim_matches(['[', ']']);
        match page(id) {
            Some(page) => print(&format!("{id}: {page}"))?,
            None => {
                let near = nearest(id, PAGES.iter().map(|(id, _)| *id));
                let help = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_else(|| ".".to_owned());
                return Err(
                    format!("there is no diagnostic `{id}`{help} `buildflow-gen explain` lists all of them").into()
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// All diagnostics, each with the first sentence of its page.
fn list() -> String {
    let width = PAGES.iter().map(|(id, _)| id.len()).max().unwrap_or_default();
    let lines = PAGES.iter().map(|(id, page)| {
        let sentence = page.split_inclusive(['.', ':']).next().unwrap_or_default();
        format!("{id:width$}  {}\n", sentence.trim_end_matches(['.', ':']))
    });
    lines.collect()
}
