//! Schemas that ask for themselves about the very same value: no validator comes to an end with them.

use indexmap::IndexMap;

use super::discriminator::Cases;
use super::{SchemaId, Schemas};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Keywords that ask another schema about the same value, and are read by no other name here.
const SAME_VALUE: [&str; 4] = ["not", "if", "then", "else"];

/// Tells the first schema of each such cycle.
pub(crate) fn refuse(schemas: &Schemas, cases: &IndexMap<SchemaId, Cases>, diagnostics: &mut Diagnostics) {
    let mut states = vec![State::New; schemas.len()];
    for start in schemas.ids() {
        let mut path = Vec::new();
        if states[start.index()] == State::New {
            states[start.index()] = State::Open;
            path.push((start, asked(schemas, cases, start)));
        }
        while let Some((at, pending)) = path.last_mut() {
            match pending.pop() {
                Some(next) => match states[next.index()] {
                    State::New => {
                        states[next.index()] = State::Open;
                        path.push((next, asked(schemas, cases, next)));
                    }
                    State::Open => {
                        states[next.index()] = State::Told;
                        tell(schemas, next, diagnostics);
                    }
                    State::Told | State::Done => {}
                },
                None => {
                    states[at.index()] = State::Done;
                    path.pop();
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    New,
    /// On the way that is being followed.
    Open,
    /// On the way that is being followed; that it leads back here was reported.
    Told,
    Done,
}

fn tell(schemas: &Schemas, id: SchemaId, diagnostics: &mut Diagnostics) {
    let span = schemas.get(id).span;
    let is_reference = schemas.keywords(id).is_some_and(|keywords| keywords.reference.is_some());
    diagnostics.push(if is_reference {
        Diagnostic::error("reference-cycle", span, "this `$ref` leads back to itself")
            .help("let one schema of the cycle say what it is")
    } else {
        Diagnostic::error("infinite-schema", span, "whether a value satisfies this schema depends on whether it does")
            .help("let the schema hold itself in a property or in items, or add a `discriminator` to its choice")
    });
}

/// The schemas that this one asks about the same value.
fn asked(schemas: &Schemas, cases: &IndexMap<SchemaId, Cases>, id: SchemaId) -> Vec<SchemaId> {
    let Some(keywords) = schemas.keywords(id) else { return Vec::new() };
    let mut asked: Vec<SchemaId> = keywords.reference.into_iter().collect();
    // An heir asks its base only for what holds without the choice.
    let inherits = |part: &SchemaId| {
        let base = cases.get(&schemas.resolve(*part));
        base.is_some_and(|base| base.cases.iter().any(|(case, _)| schemas.resolve(*case) == id))
    };
    asked.extend(keywords.all_of.iter().filter(|part| !inherits(part)));
    asked.extend(keywords.any_of.iter().chain(&keywords.one_of));
    let family = cases.get(&id).filter(|cases| cases.is_family).into_iter().flat_map(|cases| &cases.cases);
    asked.extend(family.map(|(heir, _)| *heir).filter(|heir| *heir != id));
    let pointer = &schemas.get(id).pointer;
    asked.extend(SAME_VALUE.iter().filter_map(|keyword| schemas.at(&pointer.join(keyword))));
    asked
}
