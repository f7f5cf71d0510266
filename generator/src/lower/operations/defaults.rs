//! What parameters and members are where they are absent.

use super::declared::Declared;
use super::endpoint::Lowering;
use super::parameters::Holding;
use crate::diagnostic::Diagnostic;
use crate::ir::{Check, ConstrainedType, FieldPresence, ParameterPresence, Reading};
use crate::lift::schemas::SchemaId;
use crate::lower::types::Types;
use crate::read::{Node, Value};

impl<'d> Lowering<'d> {
    /// The default is that of the schema. `spread` says that the parameter's members are parameters.
    pub(super) fn parameter_presence(
        &mut self,
        (declared, spread): (&Declared<'_>, bool),
        held: &Holding,
        reading: Reading,
    ) -> ParameterPresence {
        match (declared.is_required(), held.schema.and_then(|id| self.default_of(id))) {
            // An object without members is not to be seen; what it lacks is told.
            (true, _) if spread => ParameterPresence::DefaultJson("{}".to_owned()),
            (true, _) if held.is_nullable => ParameterPresence::Nullable,
            (true, _) => ParameterPresence::Required,
            (false, None) => ParameterPresence::Optional,
            (false, Some(node)) if reading == Reading::Value => {
                if self.types.literal(node, &held.slot).is_none() && !self.types.holds_json(&held.slot.ty) {
                    self.types.tell_unapplied(declared.name(), node, &held.slot);
                    return ParameterPresence::Optional;
                }
                ParameterPresence::DefaultJson(crate::read::to_json(node))
            }
            (false, Some(node)) => match self.types.literal(node, &held.slot) {
                Some(literal) => ParameterPresence::Default(literal),
                None => {
                    self.types.tell_unapplied(declared.name(), node, &held.slot);
                    ParameterPresence::Optional
                }
            },
        }
    }

    fn default_of(&self, id: SchemaId) -> Option<&'d Node> {
        let schemas = &self.document.schemas;
        let own = schemas.keywords(id).and_then(|keywords| keywords.notes.default.as_ref());
        let default = own.or_else(|| schemas.keywords(schemas.resolve(id))?.notes.default.as_ref());
        // A parameter that is absent is what `null` says of it.
        default.filter(|node| node.value != Value::Null)
    }
}

impl Types<'_> {
    /// What a member is where it is absent and need not be there.
    pub(crate) fn field_presence(
        &mut self,
        wire_name: &str,
        ids: &[SchemaId],
        slot: &ConstrainedType,
    ) -> FieldPresence {
        let schemas = &self.document.schemas;
        let of = |id: SchemaId| schemas.keywords(id)?.notes.default.as_ref();
        let Some(node) = ids.iter().find_map(|id| of(*id).or_else(|| of(schemas.resolve(*id)))) else {
            return FieldPresence::Optional;
        };
        match self.literal(node, slot).filter(|literal| literal.is_plain() || self.are_carried(ids)) {
            Some(literal) => FieldPresence::Default(literal),
            None => {
                self.tell_unapplied(wire_name, node, slot);
                FieldPresence::Optional
            }
        }
    }

    fn tell_unapplied(&mut self, name: &str, default: &Node, slot: &ConstrainedType) {
        let (why, help) = match self.broken_check(default, slot) {
            Some(Check::Format(format)) => (
                format!("it is not in the format `{format}`"),
                format!("correct it, or add `formats: {{ {format}: annotation }}` to `x-buildflow-types`"),
            ),
            Some(check) => (format!("it breaks `{}`", check.keyword()), "correct it".to_owned()),
            None => (
                "it is no value of its type, or of a type whose values cannot be written in code".to_owned(),
                "where it is absent, the field is `None`".to_owned(),
            ),
        };
        let message = format!("the default of `{name}` is not applied: {why}");
        self.diagnostics.push(Diagnostic::warning("unapplied-default", default.span, message).help(help));
    }
}
