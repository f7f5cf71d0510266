//! Docs that nobody gets to see, as the document has their paths for itself.

use super::DocumentOperation;
use crate::diagnostic::{Diagnostic, Diagnostics, list_of};
use crate::ir::{Piece, Route, Segment};
use crate::lift::Document;
use crate::read::Pointer;

/// Warns of paths of the document that requests for its docs lead to.
pub(in crate::lower) fn tell_hidden(
    document: &Document,
    found: &[DocumentOperation<'_>],
    diagnostics: &mut Diagnostics,
) {
    let mut paths = document.options.docs.paths();
    for DocumentOperation { route, .. } in found {
        let hidden: Vec<String> = paths.extract_if(.., |path| leads_to(path, route)).collect();
        if hidden.is_empty() {
            continue;
        }
        let span = document.key_span(&Pointer::root().join("paths").join(&route.path));
        let message = format!("this path hides the docs at {}", list_of(hidden));
        diagnostics.push(
            Diagnostic::warning("hidden-docs", span, message)
                .help("move them with `docs` in `x-buildflow-service`, or turn them off with `docs: false`"),
        );
    }
}

fn leads_to(path: &str, route: &Route) -> bool {
    let texts: Vec<&str> = path.split('/').skip(1).collect();
    route.conditions.is_empty() && take(&route.segments, &texts)
}

/// Whether segments of a template take these texts.
fn take(segments: &[Segment], texts: &[&str]) -> bool {
    let Some((segment, rest)) = segments.split_first() else { return texts.is_empty() };
    if let [Piece::Segments { may_be_empty, .. }] = segment.pieces.as_slice() {
        let fewest = if *may_be_empty { 0 } else { 1 };
        return (fewest..=texts.len()).any(|count| take(rest, &texts[count..]));
    }
    texts.split_first().is_some_and(|(text, texts)| takes(segment, text) && take(rest, texts))
}

fn takes(segment: &Segment, text: &str) -> bool {
    let text_of = |piece: Option<&Piece>| match piece {
        Some(Piece::Text(text)) => text.clone(),
        Some(Piece::Parameter(_) | Piece::Start(_) | Piece::Segments { .. }) | None => String::new(),
    };
    let (first, last) = (text_of(segment.pieces.first()), text_of(segment.pieces.last()));
    match segment.pieces.iter().any(|piece| matches!(piece, Piece::Parameter(_))) {
        true => text.len() > first.len() + last.len() && text.starts_with(&first) && text.ends_with(&last),
        false => text == first,
    }
}
