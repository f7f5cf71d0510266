//! What of each operation has no type of its own: told by `inspect --support`, refused by `--deny untyped`.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::ir::Route;
use crate::lift::Document;
use crate::lift::schemas::SchemaId;
use crate::read::Pointer;

/// Something that is generated without a type of its own: its values are plain JSON, text or bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untyped {
    /// Where it stands.
    pub pointer: Pointer,
    /// Why.
    pub why: &'static str,
}

/// An operation, and what of it has no type of its own.
#[derive(Debug)]
pub struct Support {
    /// Method and path.
    pub route: Route,
    /// Nothing, most often.
    pub untyped: Vec<Untyped>,
}

/// What is written down while operations are lowered.
#[derive(Default)]
pub(super) struct SupportReport {
    operations: Vec<Operation>,
    /// Schemas that are plain JSON.
    schemas: IndexMap<SchemaId, Untyped>,
}

struct Operation {
    route: Route,
    /// The schemas of what it takes and answers.
    schemas: Vec<SchemaId>,
    /// What is untyped beside schemas: media types, headers.
    untyped: Vec<Untyped>,
}

impl SupportReport {
    /// What follows belongs to this operation.
    pub(super) fn open(&mut self, route: &Route) {
        self.operations.push(Operation { route: route.clone(), schemas: Vec::new(), untyped: Vec::new() });
    }

    /// The operation takes or answers values of this schema.
    pub(super) fn uses(&mut self, id: SchemaId) {
        if let Some(operation) = self.operations.last_mut() {
            operation.schemas.push(id);
        }
    }

    /// A schema has no type, wherever it is used.
    pub(super) fn untyped_schema(&mut self, id: SchemaId, pointer: &Pointer, why: &'static str) {
        self.schemas.entry(id).or_insert_with(|| Untyped { pointer: pointer.clone(), why });
    }

    /// A part of the operation has no type.
    pub(super) fn untyped(&mut self, pointer: &Pointer, why: &'static str) {
        if let Some(operation) = self.operations.last_mut() {
            operation.untyped.push(Untyped { pointer: pointer.clone(), why });
        }
    }

    /// The parts of the operation that have no type, so far.
    pub(super) fn parts(&self) -> &[Untyped] {
        self.operations.last().map_or(&[], |operation| &operation.untyped)
    }

    /// Every operation, with all that has no type.
    pub(super) fn close(self, document: &Document) -> Vec<Support> {
        let Self { operations, schemas } = self;
        let support = operations.into_iter().map(|operation| {
            let mut untyped = operation.untyped;
            if !schemas.is_empty() {
                let used = reachable(document, operation.schemas);
                untyped.extend(schemas.iter().filter(|(id, _)| used.contains(id)).map(|(_, untyped)| untyped.clone()));
            }
            Support { route: operation.route, untyped }
        });
        support.collect()
    }
}

fn reachable(document: &Document, mut pending: Vec<SchemaId>) -> HashSet<SchemaId> {
    let mut seen = HashSet::new();
    while let Some(id) = pending.pop() {
        if seen.insert(id) {
            pending.extend(document.schemas.children(id));
            pending.extend(document.cases(id).into_iter().flat_map(|cases| &cases.cases).map(|(id, _)| *id));
        }
    }
    seen
}
