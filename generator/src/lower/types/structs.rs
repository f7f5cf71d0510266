//! Objects with known members become structs.

use super::effective_schema::{Additional, EffectiveSchema};
use super::{TypeOrigin, Types, docs};
use crate::ir::{ConstrainedType, Field, FieldPresence, Struct, Type, Unknown};
use crate::lift::schemas::{Schema, SchemaId};
use crate::lower::names::identifiers::Scope;

impl<'d> Types<'d> {
    /// The struct of `view`, which belongs to the schema `owner` and is called `name`.
    pub(in crate::lower) fn structure(&mut self, view: &EffectiveSchema<'d>, owner: SchemaId, name: &str) -> Struct {
        let mut scope = Scope::default();
        let required = view.required();
        let (mut fields, mut omitted) = (Vec::new(), Vec::new());
        for (wire_name, ids) in view.properties() {
            if self.direction.omits(&self.document.schemas, &ids) {
                omitted.push(wire_name.to_owned());
                continue;
            }
            let slot = self.member(&ids, owner, &format!("{name} {wire_name}"));
            let presence = match required.contains(wire_name) {
                true => FieldPresence::Required,
                false => self.field_presence(wire_name, &ids, &slot),
            };
            let docs = docs(self.document.schemas.keywords(ids[0]));
            fields.push(Field { name: scope.field(wire_name), wire_name: wire_name.to_owned(), slot, presence, docs });
        }
        let mut kept = |slot| Unknown::Kept(scope.field("additional_properties"), slot);
        let unknown = match view.additional(&self.document.schemas) {
            Additional::Unsaid => Unknown::Ignored,
            // What is said of a part only is left to the validator; nothing that passes it is dropped.
            Additional::Partial => kept(ConstrainedType::plain(Type::Json)),
            Additional::Said(id) => match &self.document.schemas.get(id).schema {
                Schema::Never => Unknown::Refused,
                Schema::Always => kept(ConstrainedType::plain(Type::Json)),
                Schema::Keywords(_) => kept(self.slot(id)),
            },
        };
        Struct { fields, unknown, omitted }
    }

    /// The type of a member that must satisfy all of `ids`.
    fn member(&mut self, ids: &[SchemaId], owner: SchemaId, words: &str) -> ConstrainedType {
        let schemas = &self.document.schemas;
        let mut distinct: Vec<SchemaId> = Vec::new();
        for id in ids {
            let resolved = schemas.resolve(*id);
            if !distinct.iter().any(|known| schemas.resolve(*known) == resolved) {
                distinct.push(*id);
            }
        }
        distinct.retain(|id| !EffectiveSchema::combine(schemas, &[*id]).leaves.is_empty());
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
