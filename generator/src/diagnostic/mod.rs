//! Diagnostics: what is wrong with a document, where, and what would be right.

mod report;
mod suggestion;

#[cfg(feature = "cli")]
pub(crate) use report::message;
pub use report::render;
pub(crate) use suggestion::{list_of, nearest};

use std::collections::HashSet;

use crate::source::Span;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Something is generated, but not what the document may have meant.
    Warning,
    /// Good to know.
    Note,
}

/// One thing to tell about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// Its name, such as `unresolved-reference`: stable, for scripts and searches.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where; `None` where no file could be read.
    pub span: Option<Span>,
    /// What to do.
    pub help: Option<String>,
    /// Other places that have to do with it.
    pub related: Vec<(Span, String)>,
}

impl Diagnostic {
    /// Something that stops generation.
    pub fn error(code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    /// Something that does not stop generation.
    pub fn warning(code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    /// Something that is good to know.
    pub fn note(code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, span, message)
    }

    fn new(severity: Severity, code: &'static str, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self { severity, code, message: message.into(), span: span.into(), help: None, related: Vec::new() }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at another place that has to do with it.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }
}

/// Everything there is to tell about a run; the same thing at the same place is told once.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    told: HashSet<(&'static str, Option<Span>, String)>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.told.insert((diagnostic.code, diagnostic.span, diagnostic.message.clone())) {
            self.list.push(diagnostic);
        }
    }

    /// In the order in which they were told, or sorted by [`sort`](Self::sort).
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Whether generation must stop.
    pub fn has_errors(&self) -> bool {
        self.error_count() > 0
    }

    /// How many errors there are.
    pub fn error_count(&self) -> usize {
        self.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Puts them in the order of the files, those without a place first.
    pub fn sort(&mut self) {
        self.list.sort_by_key(|diagnostic| {
            let place = diagnostic.span.map(|span| (span.file, span.start));
            (place, diagnostic.severity, diagnostic.code)
        });
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
