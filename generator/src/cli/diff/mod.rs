//! `buildflow-gen diff`.

mod allowed;
mod json;
mod markdown;
mod revision;
mod text;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use self::allowed::Allowed;
use self::revision::Version;
use super::{Failure, Reading, print, say};
use crate::compile::Compiled;
use crate::diagnostic::message;
use crate::diff::{Change, Diff, Implementation, Level, MethodChange, OperationName, diff, shortened};
use crate::source::Span;

/// Say what changed between two versions of a document: for its clients, and for whoever implements it.
#[derive(Debug, Args)]
#[command(after_help = "\
Levels:
  breaking       requests that were right are refused, or answers are not what clients were told
  unclear        it may break clients: that depends on what they do, or cannot be told from the documents
  compatible     what clients send and read today stays right
  documentation  nothing that is sent changes

Exit codes: 0 done; 1 something has the level of `--fail-on`, or a worse one; 2 a document cannot be read, or wrong usage.

Examples:
  buildflow-gen diff git:main:specs/todo.yaml specs/todo.yaml
  buildflow-gen diff old.yaml new.yaml --as markdown
  buildflow-gen diff git:v1.0:specs/todo.yaml specs/todo.yaml --fail-on breaking --allow allowed-changes.yaml")]
pub(super) struct DiffCommand {
    /// The document as it was: a file, or `git:REVISION:PATH`
    old: String,
    /// The document as it is, likewise
    new: String,
    /// How changes are told
    #[arg(long = "as", value_enum, value_name = "FORM", default_value = "text")]
    form: Form,
    /// Exit with 1 where a change has this level, or a worse one
    #[arg(long, value_enum, value_name = "LEVEL")]
    fail_on: Option<Threshold>,
    /// A file that lists changes which do not count for `--fail-on`, each with a reason
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// How changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people at a terminal
    Text,
    /// For pull requests
    Markdown,
    /// For programs
    Json,
}

/// The level from which on it is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Threshold {
    /// What breaks clients
    Breaking,
    /// What may break clients, as well
    Unclear,
    /// Everything that clients could notice
    Compatible,
    /// Everything
    Documentation,
}

impl Threshold {
    fn level(self) -> Level {
        match self {
            Self::Breaking => Level::Breaking,
            Self::Unclear => Level::Unclear,
            Self::Compatible => Level::Compatible,
            Self::Documentation => Level::Documentation,
        }
    }
}

/// The exit code of documents that cannot be read.
const UNREADABLE: u8 = 2;

impl DiffCommand {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        match self.compare() {
            Ok(code) => Ok(code),
            Err(error) => {
                say(&format!("error: {error}"));
                Ok(ExitCode::from(UNREADABLE))
            }
        }
    }

    fn compare(&self) -> Result<ExitCode, Failure> {
        let (old, new) = (Version::open(&self.old)?, Version::open(&self.new)?);
        let (before, after) = (old.compiled(&self.reading), new.compiled(&self.reading));
        let mut is_broken = false;
        for (version, compiled) in [(&old, &before), (&new, &after)] {
            if compiled.diagnostics.has_errors() {
                is_broken = true;
                say(&version.shown(&compiled.report(std::io::stderr().is_terminal())));
            }
        }
        if is_broken {
            return Ok(ExitCode::from(UNREADABLE));
        }
        let allowed = self.allow.as_deref().map(Allowed::read).transpose()?.unwrap_or_default();
        let report = Report::new(diff(&before, &after)?, &allowed, [(&old, &before), (&new, &after)]);
        print(&match self.form {
            Form::Text => text::render(&report, std::io::stdout().is_terminal()),
            Form::Markdown => markdown::render(&report),
            Form::Json => json::render(&report),
        })?;
        for unused in allowed.unused() {
            say(&format!("warning: nothing changed that this entry of the list allows: {unused}"));
        }
        let fails = |threshold: Threshold| report.worst() >= Some(threshold.level());
        Ok(if self.fail_on.is_some_and(fails) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Changes, as they are told.
struct Report<'r> {
    changes: Vec<Told<'r>>,
    implementation: Vec<(String, Implementation)>,
}

/// A change, with its places in words.
struct Told<'r> {
    change: Change,
    old: Option<String>,
    new: Option<String>,
    /// Why it does not count.
    allowed: Option<&'r str>,
}

impl<'r> Report<'r> {
    fn new(diff: Diff, allowed: &'r Allowed, [old, new]: [(&Version, &Compiled); 2]) -> Self {
        let place = |(version, compiled): (&Version, &Compiled), span: Option<Span>| {
            span.map(|span| message(&version.shown(&compiled.sources.position(span).to_string())))
        };
        let told = |change: Change| Told {
            old: place(old, change.old),
            new: place(new, change.new),
            allowed: allowed.reason(&change),
            change: plain(change),
        };
        let mut implementation = diff.implementation;
        for (_, told) in &mut implementation {
            told.types.iter_mut().flat_map(|change| &mut change.lines).for_each(|line| *line = message(line));
            told.methods.iter_mut().for_each(|method| method.operation = line(&method.operation));
        }
        Self { changes: diff.changes.into_iter().map(told).collect(), implementation }
    }

    /// Those of a level.
    fn of(&self, level: Level) -> impl Iterator<Item = &Told<'r>> {
        self.changes.iter().filter(move |told| told.change.level == level)
    }

    /// The worst level of all that counts.
    fn worst(&self) -> Option<Level> {
        self.changes.iter().filter(|told| told.allowed.is_none()).map(|told| told.change.level).max()
    }
}

/// An operation, without what a terminal would obey.
fn line(operation: &OperationName) -> OperationName {
    OperationName { path: message(&operation.path), method: message(&operation.method) }
}

/// A change, likewise.
fn plain(change: Change) -> Change {
    let operations = change.operations.iter().map(line).collect();
    Change { message: message(&change.message), operations, ..change }
}

/// A method's change in a word, its operation, and its signatures.
fn method(change: &MethodChange) -> (&'static str, Vec<String>) {
    match (&change.old, &change.new) {
        (None, Some(new)) => ("new", vec![new.clone()]),
        (Some(old), None) => ("gone", vec![old.clone()]),
        (old, new) => ("changed", [old, new].into_iter().flatten().cloned().collect()),
    }
}

/// The summary of changes, and a line for each.
pub(super) fn brief(changes: &[Change]) -> String {
    text::brief(&changes.iter().cloned().map(plain).collect::<Vec<_>>())
}

/// Operations in a line; of many, how many more there are.
fn operations(names: &[OperationName], most: usize) -> String {
    shortened(names.iter().map(ToString::to_string), most)
}
