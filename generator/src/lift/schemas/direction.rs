//! `readOnly` and `writeOnly`: properties that one direction does without (OpenAPI 3.0.3 §4.7.24.2).

use std::collections::HashSet;

use indexmap::IndexMap;

use super::discriminator::Cases;
use super::{Annotations, SchemaId, Schemas};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client.
    Request,
    /// To the client.
    Response,
}

impl Direction {
    /// Whether values that go this way do without the property; `ids` are the schemas it must satisfy.
    pub fn omits(self, schemas: &Schemas, ids: &[SchemaId]) -> bool {
        let marked = |notes: &Annotations| match self {
            Self::Request => notes.read_only,
            Self::Response => notes.write_only,
        };
        ids.iter().any(|id| said_of(schemas, *id).any(marked))
    }
}

/// What is said of a property: by itself, and by the schema that it refers to.
fn said_of(schemas: &Schemas, id: SchemaId) -> impl Iterator<Item = &Annotations> {
    [id, schemas.resolve(id)].into_iter().filter_map(|id| Some(&schemas.keywords(id)?.notes))
}

/// The schemas whose values differ between the directions, by what they are or hold.
pub(crate) fn directed(schemas: &Schemas, cases: &IndexMap<SchemaId, Cases>) -> HashSet<SchemaId> {
    let omits = |id: SchemaId| [Direction::Request, Direction::Response].iter().any(|way| way.omits(schemas, &[id]));
    let mut holders = vec![Vec::new(); schemas.len()];
    let mut pending = Vec::new();
    for id in schemas.ids() {
        let family = cases.get(&id).into_iter().flat_map(|cases| &cases.cases).map(|(heir, _)| *heir);
        for child in schemas.children(id).into_iter().chain(family) {
            holders[child.index()].push(id);
        }
        if schemas.keywords(id).is_some_and(|keywords| keywords.object.properties.values().any(|id| omits(*id))) {
            pending.push(id);
        }
    }
    let mut directed = HashSet::new();
    while let Some(id) = pending.pop() {
        if directed.insert(id) {
            pending.extend(&holders[id.index()]);
        }
    }
    directed
}
