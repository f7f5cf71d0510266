//! Reports are what a person needs to find and mend the mistake.
//!
//! Each file of `broken` has its report beside it; `BLESS=1` writes the reports anew.

use std::path::Path;

use buildflow_gen::diagnostic::{Diagnostic, Diagnostics, render};
use buildflow_gen::read::{FileId, Sources, Span};

use super::read;

#[test]
fn broken_documents_are_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/broken");
    let mut checked = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|name| name == "txt") {
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let read = read(name, &std::fs::read_to_string(&path).expect("a document"));
        let report = render(&read.diagnostics, &read.sources, false);
        let expected = path.with_file_name(format!("{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, &report).expect("written");
        }
        assert_eq!(report, std::fs::read_to_string(&expected).unwrap_or_default(), "{name}");
        checked += 1;
    }
    assert!(checked > 10);
}

#[test]
fn a_report_without_a_place_has_message_and_help_only() {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(Diagnostic::warning("a-code", None, "nobody\nis here").help("go on"));
    diagnostics.push(Diagnostic::note("a-code", None, "just so"));
    let report = render(&diagnostics, &Sources::default(), false);
    let expected =
        "warning[a-code]: nobody\u{fffd}is here\n |\n = help: go on\n\nnote[a-code]: just so\n\n1 warning, 1 note\n";
    assert_eq!(report, expected);
}

#[test]
fn nothing_to_tell_is_told_with_nothing() {
    assert_eq!(render(&Diagnostics::default(), &Sources::default(), true), "");
}

#[test]
fn the_same_thing_at_the_same_place_is_told_once_and_places_are_sorted() {
    let span = |start| Span { file: FileId(0), start, end: start + 1 };
    let mut diagnostics = Diagnostics::default();
    for start in [5, 2, 5] {
        diagnostics.push(Diagnostic::error("b", span(start), "x"));
    }
    diagnostics.push(Diagnostic::error("a", span(5), "x"));
    diagnostics.push(Diagnostic::error("c", None, "x"));
    diagnostics.sort();
    let order: Vec<_> = diagnostics.iter().map(|one| (one.span.map(|span| span.start), one.code)).collect();
    assert_eq!(order, [(None, "c"), (Some(2), "b"), (Some(5), "a"), (Some(5), "b")]);
    assert_eq!(diagnostics.error_count(), 4);
}

/// The report of one error at a place of a text.
fn report(text: &str, start: usize, end: usize) -> String {
    let mut read = read("pets.yaml", text);
    let span = Span { file: FileId(0), start: start as u32, end: end as u32 };
    read.diagnostics.push(Diagnostic::error("wrong", span, "not this").related(span, "but this"));
    render(&read.diagnostics, &read.sources, false)
}

#[test]
fn a_long_line_is_cut_around_the_place_and_keeps_its_column() {
    let text = format!("a: \"é{}XYZ{}\"\n", "x".repeat(2_000_000), "y".repeat(2_000_000));
    let report = report(&text, 2_000_006, 2_000_009);
    assert!(report.contains("pets.yaml:1:2000006\n"), "{report}");
    assert!(report.contains("xXYZy"), "{report}");
    assert!(report.len() < 1500, "{report}");
}

#[test]
fn a_place_of_many_lines_is_shown_by_its_first() {
    let text = "a: 1\nb:\n".to_owned() + &"  - x\n".repeat(500);
    let report = report(&text, 0, text.len());
    assert!(report.contains("1 | a: 1\n  | ^^^^"), "{report}");
    assert!(report.lines().count() < 15, "{report}");
}

#[test]
fn what_would_steer_a_terminal_does_not_get_through() {
    let text = "a: \"\u{9b}31m\u{202e}\u{200f}\u{e000}\tx\"\nb: '\u{7f}'\n";
    let mut read = read("na\u{1b}[31mme.yaml", text);
    let span = Span { file: FileId(0), start: 3, end: text.len() as u32 };
    let diagnostic = Diagnostic::error("wrong", span, "a\u{1b}[2Jb\u{202e}").help("\u{1b}]0;x\u{7}");
    read.diagnostics.push(diagnostic.related(span, "\u{1b}[0m\nerror: forged"));
    let report = render(&read.diagnostics, &read.sources, false);
    let bad = |c: char| c != '\n' && c.is_control() || "\u{202e}\u{200f}\u{e000}".contains(c);
    assert!(!report.contains(bad), "{report:?}");
    assert!(!report.lines().any(|line| line.starts_with("error: forged")), "{report}");
}

#[test]
fn places_beyond_the_text_are_shown_at_its_end() {
    for (start, end) in [(3, 4), (4, 4), (5, 5), (5, 500), (700, 900), (9, 2)] {
        assert!(report("é: 1\n", start, end).contains("pets.yaml:"));
    }
}

#[test]
fn a_long_message_is_cut() {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(Diagnostic::error("wrong", None, "x".repeat(1_000_000)));
    assert!(render(&diagnostics, &Sources::default(), false).len() < 1200);
}

#[test]
fn colours_are_there_on_request_only() {
    let read = read("a.json", "[1,]");
    assert!(render(&read.diagnostics, &read.sources, true).contains("\u{1b}["));
    assert!(!render(&read.diagnostics, &read.sources, false).contains("\u{1b}["));
}
