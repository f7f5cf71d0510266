//! Types without names of their own: values without parts, lists, maps and plain JSON.

use std::collections::HashSet;

use super::plan::Plan;
use super::{TypeOrigin, Types, checks, nullable_if};
use crate::diagnostic::Diagnostic;
use crate::ir::{Check, ConstrainedType, Type};
use crate::lift::schemas::effective_schema::EffectiveSchema;
use crate::lift::schemas::{Schema, SchemaId};

impl<'d> Types<'d> {
    pub(super) fn structural(
        &mut self,
        view: EffectiveSchema<'d>,
        plan: Plan<'d>,
        subject: &TypeOrigin,
    ) -> ConstrainedType {
        let ty = match plan {
            Plan::Scalar(scalar) => Type::Scalar(scalar),
            Plan::List(items) => {
                if view.keywords().any(|keywords| !keywords.array.prefix.is_empty()) {
                    self.untyped_part(subject.about(), "items with a schema for each position are JSON");
                }
                Type::List(Box::new(self.every(&items, subject, "item")))
            }
            Plan::Tuple(positions) => Type::Tuple(positions.iter().map(|position| self.slot(*position)).collect()),
            Plan::Map(members) => {
                if members.is_empty() && view.keywords().any(|keywords| !keywords.object.patterns.is_empty()) {
                    self.untyped_part(subject.about(), "members whose schemas depend on their names are JSON");
                }
                if members.iter().any(|id| self.is_never(*id)) {
                    self.validator_only.insert(subject.owner());
                    Type::JsonObject
                } else if members.iter().all(|id| matches!(self.document.schemas.get(*id).schema, Schema::Always)) {
                    Type::JsonObject
                } else {
                    Type::Map(Box::new(self.every(&members, subject, "value")))
                }
            }
            Plan::Union(branches) => return self.only_branch(branches, subject),
            Plan::External { ty, nullable } => return self.external(ty, nullable, subject),
            Plan::Untyped(why) => return self.untyped(subject, why),
            Plan::TooManyCombinations => return self.too_many_combinations(subject),
            Plan::Struct | Plan::Enum(..) | Plan::OpenEnum(_) | Plan::Any => return ConstrainedType::plain(Type::Json),
        };
        let mut carried = checks::carry(&view, &ty, &mut self.patterns);
        // Where different items of a document are the same value of Rust, the validator compares them.
        if let Type::List(items) = &ty
            && !self.tells_apart(&items.ty, &mut HashSet::new())
        {
            carried.leave_to_validator(Check::UniqueItems);
        }
        if carried.partial {
            self.validator_only.insert(subject.owner());
        }
        ConstrainedType { ty: nullable_if(view.is_nullable(), ty), checks: carried.checks }
    }

    /// Plain JSON, that the validator checks.
    pub(in crate::lower) fn untyped(&mut self, subject: &TypeOrigin, why: &'static str) -> ConstrainedType {
        self.validator_only.insert(subject.owner());
        self.untyped_part(subject.about(), why);
        ConstrainedType::plain(Type::Json)
    }

    /// Plain JSON, with a warning: that is not what the document's author expects.
    fn too_many_combinations(&mut self, subject: &TypeOrigin) -> ConstrainedType {
        const WHY: &str = "choices that combine in more than 1,000 ways";
        let span = self.document.schemas.get(subject.about()).span;
        let message =
            format!("{WHY} have no type of their own: the value is plain JSON, which the schema is checked for");
        let help = "name fewer choices in one schema, or nest them in properties";
        self.diagnostics.push(Diagnostic::warning("too-many-combinations", span, message).help(help));
        self.untyped(subject, WHY)
    }

    /// Notes that a part of a schema is plain JSON.
    pub(super) fn untyped_part(&mut self, id: SchemaId, why: &'static str) {
        self.ledger.untyped_schema(id, &self.document.schemas.get(id).pointer, why);
    }

    /// The type of each item of a list, or each member of a map.
    fn every(&mut self, ids: &[SchemaId], subject: &TypeOrigin, word: &str) -> ConstrainedType {
        match ids {
            [] => ConstrainedType::plain(Type::Json),
            [only] => self.slot(*only),
            several => {
                let words = match subject {
                    TypeOrigin::Schema(id) => self.namer.words_of(*id),
                    TypeOrigin::Merged { words, .. } => words.clone(),
                };
                self.member(several, subject.owner(), &format!("{words} {word}"))
            }
        }
    }
}
