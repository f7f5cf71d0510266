//! Which operations of a document are served, where the service names tags.

use std::collections::BTreeSet;

use openapiv3::Operation;

use super::DocumentOperation;
use super::endpoint::Names;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::lift::Document;
use crate::lift::service::BLOCK;
use crate::read::Pointer;

/// The operations that are served, each with its names, and where the others stand.
pub(in crate::lower) struct Selection<'d> {
    pub found: Vec<DocumentOperation<'d>>,
    pub names: Vec<Names>,
    pub left_out: Vec<Pointer>,
}

/// Selects the operations that have one of the service's tags; all, where it names none.
pub(in crate::lower) fn select<'d>(
    document: &Document,
    found: Vec<DocumentOperation<'d>>,
    names: Vec<Names>,
    diagnostics: &mut Diagnostics,
) -> Selection<'d> {
    let Some(tags) = &document.options.tags else { return Selection { found, names, left_out: Vec::new() } };
    let known: BTreeSet<&str> =
        found.iter().flat_map(|operation| &operation.operation.tags).map(String::as_str).collect();
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| !known.contains(tag.as_str())) {
        diagnostics.push(unknown(document, (index, tag), &known));
    }
    let mut selection = Selection { found: Vec::new(), names: Vec::new(), left_out: Vec::new() };
    for (operation, names) in found.into_iter().zip(names) {
        if is_selected(document, operation.operation) {
            selection.found.push(operation);
            selection.names.push(names);
        } else {
            selection.left_out.push(operation.pointer);
        }
    }
    selection
}

/// Whether the service has an operation, by its tags.
pub(crate) fn is_selected(document: &Document, operation: &Operation) -> bool {
    let tags = document.options.tags.as_ref();
    tags.is_none_or(|tags| operation.tags.iter().any(|tag| tags.contains(tag)))
}

fn unknown(document: &Document, (index, tag): (usize, &str), known: &BTreeSet<&str>) -> Diagnostic {
    let place = Pointer::root().join(BLOCK).join("tags").join(&index.to_string());
    let span = document.span(&place);
    let help = match nearest(tag, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "name tags of operations".to_owned(),
    };
    Diagnostic::error("invalid-option", span, format!("no operation has the tag `{tag}`")).help(help)
}
