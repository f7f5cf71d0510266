//! The list of changes that do not count, each with a reason.

use std::cell::Cell;
use std::path::Path;

use crate::cli::Failure;
use crate::diagnostic::{self, Diagnostics};
use crate::diff::Change;
use crate::read::{Node, Sources};

/// A list: `[{ id: operation-removed, operation: DELETE /tasks/{id}, reason: … }]`. Without an `operation`, an entry is
/// for all of them; with one, for changes that are about that operation alone.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: String,
    operation: Option<String>,
    reason: String,
    is_used: Cell<bool>,
}

impl Allowed {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let (mut sources, mut told) = (Sources::default(), Diagnostics::default());
        let node = sources.read(path, &mut told);
        let Some(node) = node.filter(|_| !told.has_errors()) else {
            return Err(diagnostic::render(&told, &sources, false).into());
        };
        let place = |node: &Node| sources.position(node.span).to_string();
        let list = node.as_list().ok_or_else(|| format!("{}: this should be a list of entries", place(&node)))?;
        let read = |node: &Node| {
            let text = |name: &str| node.get(name).and_then(Node::as_str).map(str::to_owned);
            let known = ["id", "operation", "reason"];
            let unknown =
                node.as_map().into_iter().flat_map(|map| map.keys()).find(|key| !known.contains(&key.as_str()));
            if let Some(unknown) = unknown {
                return Err(format!("{}: an entry has no member `{unknown}`", place(node)));
            }
            if node.get("operation").is_some_and(|operation| operation.as_str().is_none()) {
                return Err(format!("{}: `operation` should be a text, such as `GET /tasks`", place(node)));
            }
            let needed = |name: &str| {
                let text = text(name).filter(|text| !text.trim().is_empty());
                text.ok_or_else(|| format!("{}: the entry needs a text for `{name}`", place(node)))
            };
            Ok(Entry {
                id: needed("id")?,
                operation: text("operation"),
                reason: needed("reason")?,
                is_used: Cell::new(false),
            })
        };
        Ok(Self { entries: list.iter().map(read).collect::<Result<_, String>>()? })
    }

    /// Why a change does not count, if the list says so.
    pub(super) fn reason(&self, change: &Change) -> Option<&str> {
        let is_for = |entry: &&Entry| {
            let operation = entry.operation.as_ref();
            let is_there = operation.is_none_or(|name| change.operations.iter().all(|one| one.to_string() == *name));
            let is_about = operation.is_none() || !change.operations.is_empty();
            entry.id == change.id && is_there && is_about
        };
        let entry = self.entries.iter().find(is_for)?;
        entry.is_used.set(true);
        Some(&entry.reason)
    }

    /// The entries that no change needed.
    pub(super) fn unused(&self) -> impl Iterator<Item = String> {
        let unused = self.entries.iter().filter(|entry| !entry.is_used.get());
        unused.map(|entry| match &entry.operation {
            Some(operation) => format!("{} of {operation}", entry.id),
            None => entry.id.clone(),
        })
    }
}
