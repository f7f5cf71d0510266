//! Types with names: structs, enums, unions, and other names for types.

use super::enums::{enumeration, open_enumeration};
use super::plan::Plan;
use super::{Made, TypeOrigin, Types, docs, nullable_if};
use crate::ir::{ConstrainedType, Docs, Type, TypeBody, TypeId};
use crate::lift::Direction;
use crate::lift::schemas::SchemaId;
use crate::lift::schemas::effective_schema::EffectiveSchema;

impl<'d> Types<'d> {
    /// A struct, an enum or a union.
    pub(super) fn nominal(
        &mut self,
        view: EffectiveSchema<'d>,
        (plan, nullable): (Plan<'d>, bool),
        subject: &TypeOrigin,
    ) -> ConstrainedType {
        let type_id = self.reserve(subject);
        let slot = ConstrainedType::plain(nullable_if(nullable, Type::Named(type_id)));
        // Known before its members are, so that they may hold it.
        self.remember(&view, subject, &slot);
        let body = match plan {
            Plan::Enum(values, kind) => TypeBody::Enum(enumeration(&values, kind)),
            Plan::OpenEnum(texts) => TypeBody::Enum(open_enumeration(&texts)),
            Plan::Union(branches) => {
                let (union, schemas) = self.union(branches, type_id, subject);
                self.types[type_id.0].branches = schemas;
                TypeBody::Union(union)
            }
            _ => {
                let owner = self.types[type_id.0].name.to_string();
                TypeBody::Struct(self.structure(&view, subject.owner(), &owner))
            }
        };
        let is_struct = matches!(body, TypeBody::Struct(_));
        self.types[type_id.0].body = Some(body);
        if is_struct {
            self.make_bases(&view, subject);
        }
        slot
    }

    fn remember(&mut self, view: &EffectiveSchema<'d>, subject: &TypeOrigin, slot: &ConstrainedType) {
        match subject {
            TypeOrigin::Schema(id) => {
                self.slots.insert(self.key(*id), slot.clone());
            }
            TypeOrigin::Merged { .. } => {
                self.merged.insert(self.merged_key(view), (slot.clone(), subject.owner()));
            }
        }
    }

    /// Another name for a type. Null is no part of it, but said where it is used.
    pub(super) fn alias(
        &mut self,
        subject: &TypeOrigin,
        nullable: bool,
        inner: impl FnOnce(&mut Self) -> ConstrainedType,
    ) -> ConstrainedType {
        let type_id = self.reserve(subject);
        let slot = ConstrainedType::plain(nullable_if(nullable, Type::Named(type_id)));
        self.slots.insert(self.key(subject.about()), slot);
        let inner = inner(self);
        self.give_name(type_id, inner, nullable)
    }

    /// Makes the reserved name one for a type, and gives the place of its values.
    pub(super) fn give_name(&mut self, type_id: TypeId, ty: ConstrainedType, nullable: bool) -> ConstrainedType {
        let inner = if nullable { ty.without_null().0 } else { ty };
        self.types[type_id.0].body = Some(TypeBody::Alias(inner));
        ConstrainedType::plain(nullable_if(nullable, Type::Named(type_id)))
    }

    pub(super) fn reserve(&mut self, subject: &TypeOrigin) -> TypeId {
        let name = match subject {
            TypeOrigin::Schema(id) => {
                let is_input = self.direction == Direction::Request && self.document.is_directed(*id);
                self.namer.type_of(*id, is_input)
            }
            TypeOrigin::Merged { words, .. } => self.namer.claim(words, &[""]),
        };
        let pointer = self.document.schemas.get(subject.about()).pointer.to_string();
        let docs = self.docs_of(subject.about());
        let (about, direction) = (subject.about(), self.direction);
        self.types.push(Made { name, pointer, docs, about, direction, body: None, branches: Vec::new() });
        TypeId(self.types.len() - 1)
    }

    /// What a schema says to people; else what the only one beside null says.
    fn docs_of(&self, id: SchemaId) -> Docs {
        let schemas = &self.document.schemas;
        let own = docs(schemas.keywords(id));
        if own != Docs::default() {
            return own;
        }
        let branches =
            schemas.keywords(id).into_iter().flat_map(|keywords| keywords.any_of.iter().chain(&keywords.one_of));
        let mut some = branches.filter(|branch| !schemas.is_null(**branch));
        match (some.next(), some.next()) {
            (Some(only), None) => docs(schemas.keywords(*only)),
            _ => own,
        }
    }
}
