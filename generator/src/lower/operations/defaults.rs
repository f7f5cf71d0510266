//! What parameters and members are where they are absent.

use super::declared::Declared;
use super::endpoint::Lowering;
use super::parameters::Holding;
use crate::diagnostic::Diagnostic;
use crate::ir::{ConstrainedType, FieldPresence, Integer, Literal, ParameterPresence, Reading, Scalar, Type, TypeBody};
use crate::lift::schemas::{SchemaId, format_check};
use crate::lower::types::{Types, checks};
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
                ParameterPresence::DefaultJson(crate::read::to_json(node))
            }
            (false, Some(node)) => match self.types.literal(node, &held.slot.ty) {
                Some(literal) => ParameterPresence::Default(literal),
                None => {
                    self.types.tell_unapplied(declared.name(), node);
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
        match self.literal(node, &slot.ty) {
            Some(literal) if checks::accept(&slot.checks, &literal) => FieldPresence::Default(literal),
            _ => {
                self.tell_unapplied(wire_name, node);
                FieldPresence::Optional
            }
        }
    }

    fn tell_unapplied(&mut self, name: &str, default: &Node) {
        let message = format!("the default of `{name}` is not applied: it is no plain value of its type");
        let help = "where it is absent, the field is `None`";
        self.diagnostics.push(Diagnostic::warning("unapplied-default", default.span, message).help(help));
    }

    /// A value of the document as one of this type, where generated code can spell it out.
    pub(crate) fn literal(&self, node: &Node, ty: &Type) -> Option<Literal> {
        match (ty, &node.value) {
            (Type::Scalar(Scalar::String), Value::String(text)) => Some(Literal::Text(text.clone())),
            (Type::Scalar(scalar), Value::String(text)) if format_check::is_read_as(*scalar, text) => {
                Some(Literal::Read(text.clone()))
            }
            (Type::Scalar(Scalar::Bool), Value::Bool(value)) => Some(Literal::Bool(*value)),
            (Type::Scalar(Scalar::Integer(integer)), Value::Number(number)) => {
                number.as_integer().filter(|value| fits(*integer, *value)).map(Literal::Integer)
            }
            (Type::Scalar(Scalar::F32 | Scalar::F64), Value::Number(number)) => Some(Literal::Float(number.as_f64())),
            (Type::JsonObject | Type::Map(_), _) if is_empty(node) => Some(Literal::Empty),
            (Type::Nullable(_), Value::Null) => Some(Literal::Null),
            (Type::Nullable(inner), _) => self.literal(node, inner).map(|literal| Literal::NotNull(Box::new(literal))),
            (Type::List(item), Value::List(nodes)) => {
                nodes.iter().map(|node| self.literal(node, &item.ty)).collect::<Option<_>>().map(Literal::List)
            }
            (Type::Named(id), _) => match self.body(*id)? {
                TypeBody::Enum(enumeration) => {
                    let text = node.as_str()?;
                    let variant = enumeration.variants.iter().find(|variant| variant.wire_name == text)?;
                    Some(Literal::Variant(*id, variant.name.clone()))
                }
                TypeBody::Alias(slot) => self.literal(node, &slot.ty),
                TypeBody::Struct(structure) => (is_empty(node) && structure.may_be_empty()).then_some(Literal::Empty),
                _ => None,
            },
            _ => None,
        }
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::Map(members) if members.is_empty())
}

fn fits(integer: Integer, value: i128) -> bool {
    let (least, greatest) = integer.range();
    (least..=greatest).contains(&value)
}
