//! What may become of a document, and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use buildflow_gen::example::{Handlers, main_file};
use buildflow_gen::render::{Dependency, Files, Layout};
use buildflow_gen::{Compiled, compile};
use proc_macro2::{TokenStream, TokenTree};

use super::mutation::INJECTED;

/// Far more than any of these documents needs, also on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// What threads have where nobody asks for more.
const ORDINARY_STACK: usize = 2 * 1024 * 1024;

/// What became of the mutants.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub refused: usize,
    pub generated: usize,
}

/// What became of one.
pub(crate) enum Outcome {
    Refused,
    Generated,
}

impl Seen {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Refused => self.refused += 1,
            Outcome::Generated => self.generated += 1,
        }
    }
}

/// Generates from a text, in a file that is left behind where that goes wrong.
pub(crate) fn check(name: &str, text: &[u8]) -> Outcome {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the document can be written");
    let document = path.clone();
    let generated = within(PATIENCE, ORDINARY_STACK, move || generate(&document));
    let checked = generated.and_then(|files| match files {
        None => Ok(Outcome::Refused),
        // What is read here may be nested deeply; the parser takes that from the stack.
        Some(files) => within(PATIENCE, 32 * ORDINARY_STACK, move || check_files(&files)),
    });
    let outcome = checked.unwrap_or_else(|reason| panic!("{}: {reason}", path.display()));
    fs::remove_file(&path).expect("the document can be removed");
    outcome
}

/// Does work on another thread, for no longer than that.
fn within<T: Send + 'static>(
    patience: Duration,
    stack: usize,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new().stack_size(stack).spawn(move || sender.send(work()));
    thread.map_err(|error| format!("no thread: {error}"))?;
    receiver.recv_timeout(patience).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => "it takes too long".to_owned(),
        mpsc::RecvTimeoutError::Disconnected => "the generator panics".to_owned(),
    })?
}

/// `None` where the document is refused.
fn generate(document: &Path) -> Result<Option<Files>, String> {
    let compiled = compile(document, Some("mutant"), true);
    let report = compiled.report(true);
    match (compiled.diagnostics.has_errors(), report.contains("error")) {
        (true, true) => Ok(None),
        (true, false) => Err(format!("no error in {report}")),
        (false, _) => files(&compiled).map(Some),
    }
}

fn check_files(files: &Files) -> Result<Outcome, String> {
    for (path, text) in files {
        if path.ends_with(".rs") {
            check_rust(path, text)?;
        }
        if path.ends_with(".json") {
            serde_json::from_str::<serde_json::Value>(text).map_err(|error| format!("{path}: {error}"))?;
        }
    }
    Ok(Outcome::Generated)
}

/// Everything that can be made of a document.
fn files(compiled: &Compiled) -> Result<Files, String> {
    let layout = Layout::Crate { package: "mutant".to_owned(), runtime: Dependency::Version };
    let mut files = compiled.render(&layout).map_err(|error| error.to_string())?;
    files.extend(compiled.render(&Layout::Include).map_err(|error| error.to_string())?);
    let (document, lowered) = compiled.outcome().ok_or("neither an error nor a service")?;
    for (path, handlers) in [("examples.rs", Handlers::Examples), ("unwritten.rs", Handlers::Unwritten)] {
        let text = main_file(document, &lowered.service, "mutant", handlers);
        files.insert(path.to_owned(), text.map_err(|error| error.to_string())?);
    }
    Ok(files)
}

/// The text is Rust, and none of its words comes from a document as it is.
fn check_rust(path: &str, text: &str) -> Result<(), String> {
    syn::parse_file(text).map_err(|error| format!("{path}: {error}"))?;
    let tokens: TokenStream = text.parse().map_err(|error| format!("{path}: {error}"))?;
    if has_injected(tokens) { Err(format!("{path} has code of the document:\n{text}")) } else { Ok(()) }
}

/// Literals, and documentation with them, may say anything.
fn has_injected(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_injected(group.stream()),
        TokenTree::Ident(ident) => ident == INJECTED,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
