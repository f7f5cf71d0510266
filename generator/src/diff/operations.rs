//! Operations: which came and went, and what differs in those that stayed.

use super::change::{Change, Level, OperationName};
use super::schemas::Schemas;
use super::{Changes, content, parameters, responses, security};
use crate::lift::Document;
use crate::lower::operations::selection::is_selected;
use crate::lower::operations::{DocumentOperation, declared, find};
use crate::read::{Node, Pointer, to_json};
use crate::source::Span;
use declared::Declared;

/// An operation, and the document that has it.
pub(super) struct Operation<'d> {
    pub document: &'d Document,
    found: DocumentOperation<'d>,
}

impl<'d> Operation<'d> {
    pub(super) fn all(document: &'d Document) -> Vec<Self> {
        let found = find(document, &mut Vec::new()).into_iter();
        found
            .filter(|found| found.unreachable.is_none() && is_selected(document, found.operation))
            .map(|found| Self { document, found })
            .collect()
    }

    pub(super) fn name(&self) -> OperationName {
        OperationName::of(&self.found.route)
    }

    pub(super) fn path(&self) -> &str {
        &self.found.route.path
    }

    pub(super) fn parameters(&self) -> Vec<Declared<'d>> {
        declared::of_operation(self.document, &self.found)
    }

    /// Where a field of the operation really stands, if it has the field.
    pub(super) fn field(&self, name: &str) -> Option<(Pointer, &'d Node)> {
        let at = self.document.locate(&self.found.pointer.join(name));
        self.document.node(&at).map(|node| (at, node))
    }

    /// Where a field of the operation stands, or else the operation.
    pub(super) fn span(&self, field: &str) -> Span {
        let at = self.found.pointer.join(field);
        let at = if self.document.node(&at).is_some() { at } else { self.found.pointer.clone() };
        self.document.key_span(&at)
    }

    fn own_span(&self) -> Span {
        self.document.key_span(&self.found.pointer)
    }

    fn is_deprecated(&self) -> bool {
        self.found.operation.deprecated
    }

    pub(super) fn added(&self) -> Change {
        let (message, operations) = ("the operation is new".to_owned(), vec![self.name()]);
        let id = "operation-added".to_owned();
        Change { id, level: Level::Compatible, message, operations, old: None, new: Some(self.own_span()) }
    }

    /// Clients of an operation that was deprecated have been told.
    pub(super) fn removed(&self) -> Change {
        let (level, message) = match self.is_deprecated() {
            true => (Level::Unclear, "the operation is gone, and was deprecated"),
            false => (Level::Breaking, "the operation is gone"),
        };
        let (id, operations) = ("operation-removed".to_owned(), vec![self.name()]);
        Change { id, level, message: message.to_owned(), operations, old: Some(self.own_span()), new: None }
    }
}

/// An operation that both documents have.
pub(super) struct Both<'o, 'd> {
    pub old: &'o Operation<'d>,
    pub new: &'o Operation<'d>,
}

impl Both<'_, '_> {
    /// A change of the operation, where its places are.
    pub(super) fn changed(
        &self,
        id: &str,
        level: Level,
        message: impl Into<String>,
        (old, new): (Option<Span>, Option<Span>),
    ) -> Change {
        Change { id: id.to_owned(), level, message: message.into(), operations: vec![self.new.name()], old, new }
    }

    /// A change of one field.
    fn field(&self, id: &str, level: Level, name: &str, message: impl Into<String>) -> Change {
        self.changed(id, level, message, (Some(self.old.span(name)), Some(self.new.span(name))))
    }
}

pub(super) fn compare<'d>(
    old: &Operation<'d>,
    new: &Operation<'d>,
    (number, schemas): (usize, &mut Schemas<'d>),
    changes: &mut Changes,
) {
    let both = Both { old, new };
    words(&both, changes);
    parameters::compare(&both, (number, schemas), changes);
    content::bodies(&both, (number, schemas), changes);
    responses::compare(&both, (number, schemas), changes);
    security::compare(&both, changes);
}

/// What people read of an operation, and what tools call it.
fn words(both: &Both<'_, '_>, changes: &mut Changes) {
    let text = |operation: &Operation<'_>, name: &str| operation.field(name).map(|(_, node)| to_json(node));
    for (field, id, message) in [
        ("summary", "summary-changed", "the summary is another"),
        ("description", "description-changed", "the description is another"),
        ("tags", "tags-changed", "the tags are others"),
        ("externalDocs", "external-docs-changed", "the external documentation is another"),
    ] {
        if text(both.old, field) != text(both.new, field) {
            changes.push(both.field(id, Level::Documentation, field, message));
        }
    }
    let (before, after) = (&both.old.found.operation.operation_id, &both.new.found.operation.operation_id);
    if before != after {
        let spoken = |id: &Option<String>| id.as_ref().map_or_else(|| "none".to_owned(), |id| format!("`{id}`"));
        let message = format!("the `operationId` is {}, and was {}", spoken(after), spoken(before));
        changes.push(both.field("operation-id-changed", Level::Compatible, "operationId", message));
    }
    match (both.old.is_deprecated(), both.new.is_deprecated()) {
        (false, true) => {
            let message = "the operation is deprecated";
            changes.push(both.field("operation-deprecated", Level::Documentation, "deprecated", message));
        }
        (true, false) => {
            let message = "the operation is not deprecated any more";
            changes.push(both.field("operation-reactivated", Level::Documentation, "deprecated", message));
        }
        _ => {}
    }
}
