//! diff: two versions of a document are compared: what changed for clients, and for whoever implements the service.
//!
//! Uses `source` to `compile`. Operations are matched by method and path, in which names of parameters do not count.
//! References are followed: a schema that has moved has not changed, and one that several operations use is told once.

mod change;
mod content;
mod handlers;
mod operations;
mod parameters;
mod responses;
mod schemas;
mod security;
mod service;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use indexmap::map::Entry;

pub(crate) use change::shortened;
pub use change::{Change, Level, OperationName};
pub use handlers::{Implementation, MethodChange, TypeChange};
pub(crate) use handlers::{text as rust_text, type_names};

use crate::compile::Compiled;
use crate::lift::Document;
use crate::lower::Lowered;
use crate::render::RenderError;
use crate::source::Span;
use operations::Operation;
use schemas::Schemas;

/// What changed between two versions of a flow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// The changes, the worst first.
    pub changes: Vec<Change>,
    /// What they mean for the implementation, by the names of services; nothing of those where all compiles as it did.
    pub implementation: Vec<(String, Implementation)>,
}

/// Compares what was compiled without errors. The services of flows are matched by their modules' names, and a single
/// service with a single one.
///
/// # Errors
///
/// A mistake of the generator.
pub fn diff(old: &Compiled, new: &Compiled) -> Result<Diff, RenderError> {
    let mut implementation = Vec::new();
    let mut changes = Changes::default();
    let single = old.services.len() == 1 && new.services.len() == 1;
    let name = |(_, lowered): &(Document, Lowered)| lowered.service.module.clone();
    let same = |one: &(Document, Lowered), other: &(Document, Lowered)| single || name(one) == name(other);
    for before in &old.services {
        match new.services.iter().find(|after| same(before, after)) {
            Some(after) => {
                compare(before, after, &mut changes);
                let (service, told) = (&after.1.service, handlers::compare(&before.1.service, &after.1.service)?);
                if !told.is_unchanged() {
                    implementation.push((service.module.clone(), told));
                }
            }
            None => changes.service_gone(before),
        }
    }
    for after in new.services.iter().filter(|after| !old.services.iter().any(|before| same(before, after))) {
        changes.service_come(after);
    }
    let mut changes: Vec<Change> = changes.found.into_values().collect();
    changes.sort_by(|one, other| other.level.cmp(&one.level).then_with(|| one.operations.cmp(&other.operations)));
    Ok(Diff { changes, implementation })
}

/// The changes that were found, by what tells them apart: one that several operations share is told once.
#[derive(Debug, Default)]
struct Changes {
    found: IndexMap<ChangeKey, Change>,
}

type ChangeKey = (String, Option<Span>, Option<Span>, String);

impl Changes {
    fn push(&mut self, change: Change) {
        let key = (change.id.clone(), change.old, change.new, change.message.clone());
        match self.found.entry(key) {
            Entry::Occupied(mut known) => {
                let operations = &mut known.get_mut().operations;
                for operation in change.operations {
                    if !operations.contains(&operation) {
                        operations.push(operation);
                    }
                }
            }
            Entry::Vacant(place) => drop(place.insert(change)),
        }
    }

    fn service_gone(&mut self, (document, lowered): &(Document, Lowered)) {
        let mut change = service::changed("service-removed", Level::Breaking, lowered, "is gone");
        change.old = Some(document.span(&crate::read::Pointer::root()));
        self.push(change);
    }

    fn service_come(&mut self, (document, lowered): &(Document, Lowered)) {
        let mut change = service::changed("service-added", Level::Compatible, lowered, "is new");
        change.new = Some(document.span(&crate::read::Pointer::root()));
        self.push(change);
    }
}

fn compare((old, lowered): &(Document, Lowered), (new, to): &(Document, Lowered), changes: &mut Changes) {
    service::compare((old, lowered), (new, to), changes);
    let (before, after) = (Operation::all(old), Operation::all(new));
    let known: HashMap<_, &Operation<'_>> =
        before.iter().map(|operation| (operation.name().identity(), operation)).collect();
    let names: Vec<OperationName> = after.iter().map(Operation::name).collect();
    let mut schemas = Schemas::new(old, new);
    for (number, operation) in after.iter().enumerate() {
        match known.get(&operation.name().identity()) {
            Some(before) => operations::compare(before, operation, (number, &mut schemas), changes),
            None => changes.push(operation.added()),
        }
    }
    let kept: HashSet<_> = names.iter().map(OperationName::identity).collect();
    let gone = before.iter().filter(|operation| !kept.contains(&operation.name().identity()));
    gone.for_each(|operation| changes.push(operation.removed()));
    schemas.tell(&names, changes);
}
