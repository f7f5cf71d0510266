//! Diagnostics as text for people: place, excerpt, what is wrong, what to do.

use std::collections::HashSet;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity};
use crate::source::{Position, Sources, Span, floor_boundary};

/// How many bytes of a long line are shown on either side of the place.
const AROUND: usize = 50;

/// How many bytes of a long place are shown.
const SHOWN: usize = 100;

/// How many characters of a message are shown.
const LONGEST: usize = 1000;

/// Stands in a path for a column that is put in afterwards; the document's own never get here.
const MARK: char = '\u{e000}';

/// Every diagnostic, as rustc would print it, and a last line that counts them.
pub fn render(diagnostics: &Diagnostics, sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    let mut notes = HashSet::new();
    for diagnostic in diagnostics.iter() {
        let is_note_of_its_kind =
            |other: &&Diagnostic| other.severity == Severity::Note && other.code == diagnostic.code;
        let mut others = 0;
        // Notes of one kind are shown once: there is nothing to do about the others.
        if diagnostic.severity == Severity::Note {
            if !notes.insert(diagnostic.code) {
                continue;
            }
            others = diagnostics.iter().filter(is_note_of_its_kind).count() - 1;
        }
        text.push_str(&report(diagnostic, others, sources, &renderer));
        text.push_str("\n\n");
    }
    if !diagnostics.is_empty() {
        text.push_str(&summary(diagnostics));
        text.push('\n');
    }
    text
}

/// `3 errors, 1 warning`.
fn summary(diagnostics: &Diagnostics) -> String {
    let counted = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let parts = counted.into_iter().filter_map(|(severity, name)| {
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {name}{plural}"))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// One diagnostic, with the number of others like it that are not shown.
fn report(diagnostic: &Diagnostic, others: usize, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let primary = diagnostic.span.map(|span| Excerpt::new(span, None, sources));
    let related = diagnostic.related.iter();
    let related = related.map(|(span, label)| Excerpt::new(*span, Some(label), sources));
    let excerpts: Vec<_> = primary.into_iter().chain(related).collect();
    let title = level.primary_title(message(&diagnostic.message)).id(diagnostic.code);
    let mut group = Group::with_title(title).elements(excerpts.iter().map(Excerpt::snippet));
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(message(help)));
    }
    match others {
        0 => {}
        1 => group = group.element(Level::NOTE.message("the same in 1 more place")),
        others => group = group.element(Level::NOTE.message(format!("the same in {others} more places"))),
    }
    let text = renderer.render(&[group]);
    excerpts.iter().fold(text, |text, excerpt| excerpt.put_column(&text))
}

/// A line of a document with a place in it.
struct Excerpt<'a> {
    position: Position<'a>,
    /// The line, cut where it is long, and where in it the place is.
    line: String,
    place: Range<usize>,
    label: Option<&'a str>,
}

impl<'a> Excerpt<'a> {
    fn new(span: Span, label: Option<&'a String>, sources: &'a Sources) -> Self {
        let (line, place) = window(sources, span);
        Self { position: sources.position(span), line, place, label: label.map(String::as_str) }
    }

    fn snippet(&self) -> Snippet<'a, Annotation<'a>> {
        let annotation = match self.label {
            None => AnnotationKind::Primary.span(self.place.clone()),
            Some(label) => AnnotationKind::Context.span(self.place.clone()).label(message(label)),
        };
        Snippet::source(self.line.clone())
            .path(format!("{}{MARK}", printable(self.position.file)))
            .line_start(self.position.line)
            .annotation(annotation)
    }

    /// Puts the column in the line for the one in what is left of the line.
    fn put_column(&self, text: &str) -> String {
        let Position { line, column, .. } = self.position;
        let cut = self.line[..self.place.start].chars().count() + 1;
        text.replacen(&format!("{MARK}:{line}:{cut}"), &format!(":{line}:{column}"), 1)
    }
}

/// The line that the place starts on, cut where it is long, and where in it the place is.
fn window(sources: &Sources, span: Span) -> (String, Range<usize>) {
    let text = sources.text(span.file);
    let start = floor_boundary(text, span.start as usize);
    let line = sources.line(span.file, start);
    // A place in a line break is shown behind the line.
    let start = start.min(line.end);
    let end = (span.end as usize).clamp(start, line.end);
    let end = floor_boundary(text, end.min(start + SHOWN)).max(start);
    let from = floor_boundary(text, line.start.max(start.saturating_sub(AROUND)));
    let to = floor_boundary(text, line.end.min(end + AROUND)).max(end);
    let mut shown = String::new();
    if from > line.start {
        shown.push('…');
    }
    shown.push_str(&printable(&text[from..start]));
    let place = shown.len();
    shown.push_str(&printable(&text[start..end]));
    let place = place..shown.len();
    shown.push_str(&printable(&text[end..to]));
    if to < line.end {
        shown.push('…');
    }
    (shown, place)
}

/// A message, which may have a piece of the document in it, as one line of bounded length.
pub(crate) fn message(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => printable(&text[..end]) + "…",
        None => printable(text),
    }
}

/// Text without what a terminal would obey or hide: a document must not steer it.
fn printable(text: &str) -> String {
    let is_direction =
        |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_break = |c| matches!(c, '\u{2028}' | '\u{2029}');
    let replaced = text.chars().map(|c| match c {
        '\t' => ' ',
        MARK => '\u{fffd}',
        c if c.is_control() || is_direction(c) || is_break(c) => '\u{fffd}',
        c => c,
    });
    replaced.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, place: Range<u32>) -> String {
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let node = sources.parse("pets.yaml", text.to_owned(), &mut diagnostics);
        let Some(node) = node else {
            return String::new();
        };
        let span = Span { file: node.span.file, start: place.start, end: place.end };
        diagnostics.push(Diagnostic::error("wrong-type", span, "not this").help("do that"));
        render(&diagnostics, &sources, false)
    }

    #[test]
    fn shows_file_line_column_excerpt_and_help() {
        let expected = "\
error[wrong-type]: not this
 --> pets.yaml:2:6
  |
2 |   b: ccc
  |      ^^^
  |
  = help: do that

1 error
";
        assert_eq!(rendered("a:\n  b: ccc\n", 8..11), expected);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("a: \"{}XYZ{}\"\n", "x".repeat(5000), "y".repeat(5000));
        let report = rendered(&text, 5004..5007);
        assert!(report.contains("pets.yaml:1:5005"), "{report}");
        assert!(report.len() < 1000, "{}", report.len());
    }

    #[test]
    fn terminal_escapes_of_the_document_do_not_get_through() {
        assert!(!rendered("a: \"\\e\"\nb: '\u{9b}31m'\n", 0..1).contains('\u{9b}'));
    }
}
