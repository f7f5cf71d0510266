//! `readOnly` and `writeOnly`: a property that must be there, but not in this direction.

use std::collections::HashSet;

use super::SchemaIds;
use crate::lift::Document;
use crate::lift::schema::{Annotations, SchemaId};
use crate::unsupported::{Feature, Loss, Unsupported};

/// The schemas of a direction, the keyword that takes properties out of it, and whether it is there.
type Direction<'s> = (&'s SchemaIds, &'static str, fn(&Annotations) -> bool);

/// Tells required properties that one direction must do without (OpenAPI 3.0.3 §4.7.24.2).
pub(super) fn check(
    document: &Document,
    requests: &SchemaIds,
    responses: &SchemaIds,
    unsupported: &mut Vec<Unsupported>,
) {
    let mut told = HashSet::new();
    let directions: [Direction<'_>; 2] =
        [(requests, "readOnly", |notes| notes.read_only), (responses, "writeOnly", |notes| notes.write_only)];
    for (roots, keyword, marked) in directions {
        for id in reachable(document, roots) {
            let Some(keywords) = document.schemas.keywords(id) else { continue };
            for (_, property) in
                keywords.object.properties.iter().filter(|(name, _)| keywords.object.required.contains(*name))
            {
                let own = document.schemas.keywords(*property);
                let target = document.schemas.keywords(document.schemas.resolve(*property));
                let is_marked = [own, target].into_iter().flatten().any(|keywords| marked(&keywords.notes));
                if is_marked && told.insert((keyword, *property)) {
                    let span = document.schemas.get(*property).span;
                    let feature = Feature::Directional(keyword);
                    unsupported.push(Unsupported { feature, span, operation: None, loss: Loss::Part });
                }
            }
        }
    }
}

fn reachable(document: &Document, roots: &SchemaIds) -> Vec<SchemaId> {
    let mut seen = HashSet::new();
    let mut pending = roots.clone();
    let mut order = Vec::new();
    while let Some(id) = pending.pop() {
        if seen.insert(id) {
            order.push(id);
            pending.extend(document.schemas.children(id));
        }
    }
    order
}
