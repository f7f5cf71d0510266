//! Paths that take requests of a path with a parameter of several segments.

use super::DocumentOperation;
use super::template::takes_segments;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Piece, Segment};
use crate::lift::Document;
use crate::read::Pointer;

/// How many other paths are shown.
const SHOWN: usize = 3;

/// Tells of each path with a parameter of several segments which other paths go before it, where both fit.
pub(in crate::lower) fn tell(document: &Document, found: &[DocumentOperation<'_>], diagnostics: &mut Diagnostics) {
    let mut paths: Vec<&DocumentOperation<'_>> = Vec::new();
    for operation in found.iter().filter(|operation| operation.unreachable.is_none()) {
        if paths.iter().all(|known| known.route.path != operation.route.path) {
            paths.push(operation);
        }
    }
    let key = |path: &str| document.key_span(&Pointer::root().join("paths").join(path));
    for wide in paths.iter().filter(|path| path.template.segments.iter().any(takes_segments)) {
        let overlaps = |other: &&&DocumentOperation<'_>| {
            other.route.path != wide.route.path && overlap(&wide.template.segments, &other.template.segments)
        };
        let others: Vec<_> = paths.iter().filter(overlaps).collect();
        if others.is_empty() {
            continue;
        }
        let message = format!("some requests for `{}` fit other paths as well", wide.route.path);
        let note = Diagnostic::note("overlapping-paths", key(&wide.route.path), message);
        let note = others.iter().take(SHOWN).fold(note, |note, other| note.related(key(&other.route.path), "this one"));
        diagnostics.push(note.help("a request that fits several paths goes to the most specific one"));
    }
}

/// Whether a path may fit both templates.
fn overlap(left: &[Segment], right: &[Segment]) -> bool {
    match (left, right) {
        ([], []) => true,
        ([many, rest @ ..], other) | (other, [many, rest @ ..]) if takes_segments(many) => {
            (1..=other.len()).any(|count| overlap(rest, &other[count..]))
        }
        ([left, left_rest @ ..], [right, right_rest @ ..]) => {
            may_be_same(left, right) && overlap(left_rest, right_rest)
        }
        ([], _) | (_, []) => false,
    }
}

fn may_be_same(left: &Segment, right: &Segment) -> bool {
    match (left.pieces.as_slice(), right.pieces.as_slice()) {
        ([] | [Piece::Text(_)], [] | [Piece::Text(_)]) => left == right,
        ([], _) | (_, []) => false,
        _ => true,
    }
}
