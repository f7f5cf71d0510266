//! Types that hold themselves without a name of their own: a list whose items are such lists.

use super::{DEPTH, TypeOrigin, Types, nullable_if};
use crate::diagnostic::Diagnostic;
use crate::ir::{ConstrainedType, Type};
use crate::lift::Direction;
use crate::lift::schemas::SchemaId;
use crate::lift::schemas::effective_schema::EffectiveSchemaKey;

/// A schema; with a direction, where its values differ between them.
pub(super) type SlotKey = (SchemaId, Option<Direction>);

/// What several schemas say together; likewise.
pub(super) type MergedKey = (EffectiveSchemaKey, Option<Direction>);

/// What a type that is being made is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum MakingKey {
    Schema(SlotKey),
    Merged(MergedKey),
}

impl<'d> Types<'d> {
    /// Makes a type. Where it is asked for meanwhile, it gets a name, by which it holds itself.
    pub(super) fn guarded(
        &mut self,
        key: MakingKey,
        subject: &TypeOrigin,
        nullable: impl Fn(&Self) -> bool,
        make: impl FnOnce(&mut Self) -> ConstrainedType,
    ) -> ConstrainedType {
        if let Some(named) = self.making.get(&key).copied() {
            let type_id = named.unwrap_or_else(|| self.reserve(subject));
            self.making.insert(key, Some(type_id));
            return ConstrainedType::plain(nullable_if(nullable(self), Type::Named(type_id)));
        }
        if self.depth >= DEPTH {
            let span = self.document.schemas.get(subject.about()).span;
            let message = format!("schemas refer to each other more than {DEPTH} deep");
            self.diagnostics.push(Diagnostic::error("too-deep", span, message));
            return ConstrainedType::plain(Type::Json);
        }
        self.depth += 1;
        self.making.insert(key.clone(), None);
        let made = make(self);
        self.depth -= 1;
        let Some(type_id) = self.making.remove(&key).flatten() else { return made };
        let nullable = nullable(self);
        self.give_name(type_id, made, nullable)
    }
}
