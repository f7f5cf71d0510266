//! Objects with known members become structs.

use super::{TypeOrigin, Types, docs};
use crate::ir::{Accepted, ConstantMember, ConstrainedType, Field, FieldPresence, Struct, Type, Unknown};
use crate::lift::schemas::effective_schema::{Additional, EffectiveSchema};
use crate::lift::schemas::{Schema, SchemaId};
use crate::lower::names::identifiers::Scope;

impl<'d> Types<'d> {
    /// The struct of `view`, which belongs to the schema `owner` and is called `name`.
    pub(in crate::lower) fn structure(&mut self, view: &EffectiveSchema<'d>, owner: SchemaId, name: &str) -> Struct {
        let mut scope = Scope::default();
        let required = view.required();
        let (mut fields, mut constants, mut omitted) = (Vec::new(), Vec::new(), Vec::new());
        for (wire_name, ids) in view.properties() {
            if self.direction.omits(&self.document.schemas, &ids) {
                omitted.push(wire_name.to_owned());
                continue;
            }
            let is_required = required.contains(wire_name);
            let own = self.document.schemas.keywords(ids[0]);
            let called = own.and_then(|keywords| keywords.notes.rust_name.as_deref()).unwrap_or(wire_name);
            let mut constant = |value, accepted| constants.push((called, wire_name.to_owned(), value, accepted));
            if let Some(value) = self.only_value(&ids).filter(|_| is_required) {
                constant(value, Accepted::Same);
                continue;
            }
            let slot = self.member(&ids, owner, &format!("{name} {wire_name}"));
            if let Some((value, accepted)) = self.tag(owner, wire_name, &slot).filter(|_| is_required) {
                constant(value, accepted);
                continue;
            }
            let presence = match is_required {
                true => FieldPresence::Required,
                false => self.field_presence(wire_name, &ids, &slot),
            };
            let docs = docs(own);
            fields.push(Field { name: scope.field(called), wire_name: wire_name.to_owned(), slot, presence, docs });
        }
        let mut kept = |slot| Unknown::Kept(scope.field("additional_properties"), slot);
        let unknown = match view.additional(&self.document.schemas) {
            Additional::Unsaid => Unknown::Ignored,
            // What is said of a part only is left to the validator; nothing that passes it is dropped.
            Additional::Partial => {
                self.untyped_part(owner, "members that a part of it speaks of are kept as JSON");
                kept(ConstrainedType::plain(Type::Json))
            }
            Additional::Said(ids) if ids.iter().any(|id| self.is_never(*id)) => Unknown::Refused,
            Additional::Said(ids) => kept(self.member(&ids, owner, &format!("{name} value"))),
        };
        // Fields have the better names.
        let constants = constants.into_iter().map(|(called, wire_name, value, accepted)| ConstantMember {
            name: scope.field(called),
            wire_name,
            value,
            accepted,
        });
        Struct { fields, constants: constants.collect(), unknown, omitted }
    }

    pub(super) fn is_never(&self, id: SchemaId) -> bool {
        matches!(self.document.schemas.get(id).schema, Schema::Never)
    }

    /// The type of a value that must satisfy all of `ids`.
    pub(super) fn member(&mut self, ids: &[SchemaId], owner: SchemaId, words: &str) -> ConstrainedType {
        let schemas = &self.document.schemas;
        let mut distinct: Vec<SchemaId> = Vec::new();
        for id in ids {
            let resolved = schemas.resolve(*id);
            if !distinct.iter().any(|known| schemas.resolve(*known) == resolved) {
                distinct.push(*id);
            }
        }
        let view = |id: SchemaId| EffectiveSchema::combine(schemas, &[id]);
        distinct.retain(|id| !view(*id).leaves.is_empty() || self.is_never(*id));
        // What says no more than the others do is left out, so that their type has the name that it has elsewhere.
        for at in (0..distinct.len()).rev() {
            if distinct.len() == 1 {
                break;
            }
            let mut others = distinct.clone();
            let own = view(others.remove(at));
            if own.is_implied_by(&EffectiveSchema::combine(schemas, &others), schemas) {
                distinct = others;
            }
        }
        match distinct.as_slice() {
            [] => self.slot(ids[0]),
            [only] => self.slot(*only),
            several => {
                let about = several[several.len() - 1];
                let subject = TypeOrigin::Merged { owner, about, words: words.to_owned() };
                self.merged(EffectiveSchema::combine(schemas, several), &subject)
            }
        }
    }
}
