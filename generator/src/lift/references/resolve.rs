//! Follows references between objects of a document that is in one tree.

use std::collections::HashSet;

use crate::read::{Node, Pointer};

/// What a chain of references leads to.
pub(in crate::lift) enum Resolved<'n> {
    /// This object, at its own place.
    Node(Pointer, &'n Node),
    /// A place where nothing is.
    Missing,
    /// Itself.
    Cycle,
}

/// Follows the references that begin at `start` to their end, however many there are.
pub(in crate::lift) fn resolve<'n>(root: &'n Node, start: &Pointer) -> Resolved<'n> {
    let mut pointer = start.clone();
    let mut passed = HashSet::new();
    loop {
        let Some(node) = root.at(&pointer) else { return Resolved::Missing };
        let Some(next) = reference_of(node) else { return Resolved::Node(pointer, node) };
        if !passed.insert(std::mem::replace(&mut pointer, next)) {
            return Resolved::Cycle;
        }
    }
}

/// The place that an object with a `$ref` names; `None` if it has none.
pub(in crate::lift) fn reference_of(node: &Node) -> Option<Pointer> {
    node.get("$ref").and_then(Node::as_str).and_then(Pointer::from_fragment)
}
