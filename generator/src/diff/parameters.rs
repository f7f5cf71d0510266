//! Parameters, by where they stand and their names; those of paths by their order.

use super::Changes;
use super::change::{Level, parameter_named};
use super::operations::{Both, Operation};
use super::schemas::Schemas;
use crate::lift::schemas::{Type, Types};
use crate::lift::{Direction, Document};
use crate::lower::operations::declared::Declared;
use crate::read::Pointer;
use crate::source::Span;

/// What is the same in all versions of a parameter.
#[derive(Debug, PartialEq, Eq)]
enum Identity<'p> {
    /// Of the path: which one of the template's.
    Path(usize),
    /// Its place and name; of headers in lower case.
    Named(&'p str, String),
}

impl<'p> Identity<'p> {
    fn of(parameter: &Declared<'p>, operation: &Operation<'_>) -> Option<Self> {
        let name = parameter.name();
        Some(match parameter.location() {
            "path" => Self::Path(operation.path().find(&format!("{{{name}}}"))?).in_order(operation.path()),
            "header" => Self::Named("header", name.to_ascii_lowercase()),
            location => Self::Named(location, name.to_owned()),
        })
    }

    /// The number of braces before a place of the path.
    fn in_order(self, path: &str) -> Self {
        match self {
            Self::Path(at) => Self::Path(path[..at].matches('{').count()),
            named => named,
        }
    }
}

pub(super) fn compare<'d>(both: &Both<'_, 'd>, (number, schemas): (usize, &mut Schemas<'d>), changes: &mut Changes) {
    let (before, after) = (both.old.parameters(), both.new.parameters());
    let sent = |all: &[Declared<'d>], operation: &Operation<'d>| {
        let sent = all.iter().filter(|parameter| !parameter.is_ignored()).cloned();
        sent.filter_map(|parameter| Some((Identity::of(&parameter, operation)?, parameter))).collect::<Vec<_>>()
    };
    let (before, after) = (sent(&before, both.old), sent(&after, both.new));
    for (identity, parameter) in &after {
        match before.iter().find(|(known, _)| known == identity) {
            Some((_, old)) => {
                let pair = Parameters { both, old, new: parameter };
                pair.compare(changes);
                if let Some((one, other)) = pair.schemas() {
                    schemas.uses(number, (vec![one], vec![other]), Direction::Request);
                }
            }
            None => added(both, parameter, changes),
        }
    }
    for (_, parameter) in before.iter().filter(|(identity, _)| !after.iter().any(|(known, _)| known == identity)) {
        let message = format!("{} is gone; what clients send there is not looked at", spoken(parameter));
        let places = (Some(span(both.old.document, parameter)), Some(both.new.span("parameters")));
        changes.push(both.changed("parameter-removed", Level::Unclear, message, places));
    }
}

fn added(both: &Both<'_, '_>, parameter: &Declared<'_>, changes: &mut Changes) {
    let (id, level, how) = match parameter.is_required() {
        true => ("required-parameter-added", Level::Breaking, "is new, and must be there"),
        false => ("parameter-added", Level::Compatible, "is new"),
    };
    let places = (None, Some(span(both.new.document, parameter)));
    changes.push(both.changed(id, level, format!("{} {how}", spoken(parameter)), places));
}

fn span(document: &Document, parameter: &Declared<'_>) -> Span {
    document.span(&parameter.at)
}

/// The query parameter `limit`.
fn spoken(parameter: &Declared<'_>) -> String {
    parameter_named(parameter.location(), parameter.name())
}

/// A parameter that both documents have.
struct Parameters<'p, 'o, 'd> {
    both: &'p Both<'o, 'd>,
    old: &'p Declared<'d>,
    new: &'p Declared<'d>,
}

impl<'d> Parameters<'_, '_, 'd> {
    fn push(&self, id: &str, level: Level, how: &str, changes: &mut Changes) {
        let places = (span(self.both.old.document, self.old), span(self.both.new.document, self.new));
        let message = format!("{} {how}", spoken(self.new));
        changes.push(self.both.changed(id, level, message, (Some(places.0), Some(places.1))));
    }

    fn compare(&self, changes: &mut Changes) {
        let (old, new) = (self.old, self.new);
        if old.name() != new.name() && old.location() == "path" {
            let how = format!("was called `{}`", old.name());
            self.push("path-parameter-renamed", Level::Compatible, &how, changes);
        }
        match (old.is_required(), new.is_required()) {
            (false, true) => {
                self.push("parameter-became-required", Level::Breaking, "must be there, and was optional", changes);
            }
            (true, false) => {
                self.push("parameter-became-optional", Level::Compatible, "is optional, and had to be there", changes);
            }
            _ => {}
        }
        if !self.is_written_alike() {
            let how = "is written in another way (`style`, `explode`, `content`)";
            self.push("parameter-serialization-changed", Level::Breaking, how, changes);
        }
        let allows_reserved = |declared: &Declared<'d>| {
            declared.node.get("allowReserved").and_then(crate::read::Node::as_bool).unwrap_or(false)
        };
        match (allows_reserved(old), allows_reserved(new)) {
            (true, false) => {
                let how = "must have its reserved characters encoded";
                self.push("parameter-reserved-forbidden", Level::Breaking, how, changes);
            }
            (false, true) => {
                let how = "may have reserved characters as they are";
                self.push("parameter-reserved-allowed", Level::Compatible, how, changes);
            }
            _ => {}
        }
        match (old.allows_empty(), new.allows_empty()) {
            (true, false) => {
                self.push("parameter-empty-forbidden", Level::Breaking, "may not be empty any more", changes)
            }
            (false, true) => self.push("parameter-empty-allowed", Level::Compatible, "may be empty", changes),
            _ => {}
        }
        if old.description() != new.description() {
            self.push("parameter-description-changed", Level::Documentation, "is described in other words", changes);
        }
        match (old.is_deprecated(), new.is_deprecated()) {
            (false, true) => self.push("parameter-deprecated", Level::Documentation, "is deprecated", changes),
            (true, false) => {
                self.push("parameter-reactivated", Level::Documentation, "is not deprecated any more", changes);
            }
            _ => {}
        }
    }

    /// Whether values are written in the same way; of one text there is nothing to explode.
    fn is_written_alike(&self) -> bool {
        let (old, new) = (self.old, self.new);
        let written = |declared: &Declared<'d>| (declared.style(), declared.explodes(), self.media_type(declared));
        let is_text = self.schemas().is_some_and(|(one, other)| {
            let types =
                |document: &Document, id| document.schemas.keywords(document.schemas.resolve(id)).map(|all| all.types);
            let is_scalar = |types: Option<Types>| {
                types.is_some_and(|types| {
                    !types.is_empty() && !types.contains(Type::Array) && !types.contains(Type::Object)
                })
            };
            is_scalar(types(self.both.old.document, one)) && is_scalar(types(self.both.new.document, other))
        });
        written(old) == written(new)
            || is_text && (old.style(), self.media_type(old)) == (new.style(), self.media_type(new))
    }

    fn media_type(&self, declared: &Declared<'d>) -> Option<String> {
        declared.node.get("content")?.as_map()?.keys().next().cloned()
    }

    fn schemas(&self) -> Option<(crate::lift::schemas::SchemaId, crate::lift::schemas::SchemaId)> {
        let of = |document: &'d Document, declared: &Declared<'d>| {
            let content = || declared.content(document).map(|(_, at)| at.join("schema"));
            let at: Pointer = document.locate(&declared.at).join("schema");
            document.schemas.at(&at).or_else(|| document.schemas.at(&content()?))
        };
        Some((of(self.both.old.document, self.old)?, of(self.both.new.document, self.new)?))
    }
}
