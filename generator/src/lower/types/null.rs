//! Null is said where a type is used, and is no part of the type: these find out where that is.

use super::plan::{Branch, Branches, Plan};
use super::{DEPTH, TypeOrigin, Types};
use crate::ir::{Scalar, Type};
use crate::lift::schemas::SchemaId;
use crate::lift::schemas::effective_schema::EffectiveSchema;

impl<'d> Types<'d> {
    /// The schema that this one only refers to. A `type` beside the reference may say what is known already.
    pub(super) fn target(&self, id: SchemaId) -> Option<SchemaId> {
        let schemas = &self.document.schemas;
        let keywords = schemas.keywords(id)?;
        let parts: Vec<SchemaId> = keywords.reference.iter().chain(&keywords.all_of).copied().collect();
        let is_more = !keywords.any_of.is_empty() || !keywords.one_of.is_empty() || keywords.constrains_values();
        if parts.is_empty() || is_more || keywords.notes.rust_type.is_some() {
            return None;
        }
        if let ([only], true) = (parts.as_slice(), keywords.types.is_empty()) {
            return Some(*only);
        }
        // The part that says all: it says as much as they do together.
        let weight = EffectiveSchema::combine(schemas, &parts).weight();
        parts.iter().copied().find(|part| {
            let target = EffectiveSchema::combine(schemas, &[*part]);
            if target.weight() < weight {
                return false;
            }
            let types = keywords.types;
            let others: Vec<SchemaId> = parts.iter().copied().filter(|other| other != part).collect();
            (types.is_empty() || target.possible_types(schemas).is_within(types))
                && EffectiveSchema::combine(schemas, &others).is_implied_by(&target, schemas)
        })
    }

    /// What there is beside null, where that is said in place.
    pub(super) fn beside_null(&self, plan: &Plan<'d>) -> Option<EffectiveSchema<'d>> {
        let Plan::Union(Branches { branches, nullable: true, .. }) = plan else { return None };
        let schemas = &self.document.schemas;
        match branches.as_slice() {
            [Branch::Schema(id)] => {
                let is_inline =
                    !self.is_named(*id) && schemas.keywords(*id)?.reference.is_none() && self.target(*id).is_none();
                is_inline.then(|| EffectiveSchema::combine(schemas, &[*id]))
            }
            [Branch::Merged(_, view)] => Some(view.clone()),
            _ => None,
        }
    }

    /// Whether null is one of the values.
    pub(super) fn allows_null(&self, view: &EffectiveSchema<'d>, plan: &Plan<'d>, depth: usize) -> bool {
        match plan {
            Plan::Union(Branches { nullable: true, .. }) => true,
            Plan::Union(Branches { branches, .. }) => match branches.as_slice() {
                [Branch::Schema(id)] => self.is_nullable(*id, depth + 1),
                _ => false,
            },
            Plan::Enum(values, _) => values.nullable,
            Plan::External { nullable, .. } => *nullable,
            // JSON has null anyway.
            Plan::Any | Plan::Untyped(_) | Plan::TooManyCombinations => false,
            Plan::Scalar(Scalar::Null) => false,
            _ => view.is_nullable(),
        }
    }

    /// Whether a schema allows null as one of its values.
    pub(super) fn is_nullable(&self, id: SchemaId, depth: usize) -> bool {
        if let Some(slot) = self.slots.get(&self.key(id)) {
            return matches!(slot.ty, Type::Nullable(_));
        }
        if depth >= DEPTH {
            return false;
        }
        match self.target(id) {
            Some(target) => self.is_nullable(target, depth + 1),
            None => {
                let view = EffectiveSchema::combine(&self.document.schemas, &[id]);
                let plan = self.plan(&view, &TypeOrigin::Schema(id));
                self.allows_null(&view, &plan, depth)
            }
        }
    }
}
