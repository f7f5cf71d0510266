//! Diagnostics as text for people: place, excerpt, what is wrong, what to do.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Severity};
use crate::read::{Sources, Span};

/// How much of a long line is shown on either side of the place.
const AROUND: usize = 100;

/// Every diagnostic in the order of the files, and a line that counts them.
pub fn render(diagnostics: &Diagnostics, sources: &Sources, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for diagnostic in diagnostics.iter() {
        text.push_str(&renderer.render(&[group(diagnostic, sources)]));
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

fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(printable(&diagnostic.message)).id(diagnostic.code);
    let mut group = Group::with_title(title);
    if let Some(span) = diagnostic.span {
        group = excerpt(group, span, None, sources);
    }
    for (span, label) in &diagnostic.related {
        group = excerpt(group, *span, Some(label), sources);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    group
}

fn excerpt<'a>(group: Group<'a>, span: Span, label: Option<&'a str>, sources: &'a Sources) -> Group<'a> {
    let position = sources.position(span);
    let origin = Origin::path(printable(position.file)).line(position.line).char_column(position.column);
    let (text, place) = window(sources.text(span.file), span);
    let annotation = match label {
        None => AnnotationKind::Primary.span(place),
        Some(label) => AnnotationKind::Context.span(place).label(printable(label)),
    };
    let snippet = Snippet::source(text).line_start(position.line).annotation(annotation);
    group.element(origin).element(snippet)
}

/// The line of the place, cut where it is long, without what a terminal would obey.
fn window(text: &str, span: Span) -> (String, Range<usize>) {
    let start = floor_boundary(text, span.start as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = floor_boundary(text, (span.end as usize).min(line_end)).max(start);
    let from = if start - line_start > AROUND { floor_boundary(text, start - AROUND) } else { line_start };
    let to = if line_end - end > AROUND { floor_boundary(text, end + AROUND) } else { line_end };
    let end = end.min(floor_boundary(text, start + AROUND)).max(start);
    let (before, inside) = (printable(&text[from..start]), printable(&text[start..end]));
    let place = before.len()..before.len() + inside.len();
    (format!("{before}{inside}{}", printable(text[end..to].trim_end_matches('\r'))), place)
}

fn floor_boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// Text without control characters: a document must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\t' { ' ' } else if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, place: Range<u32>) -> String {
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let node = sources.parse("pets.yaml", text.to_owned(), &mut diagnostics);
        let Some(node) = node else { return String::new() };
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
