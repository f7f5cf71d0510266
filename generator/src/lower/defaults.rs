//! What a parameter is where it is absent.

use super::declared::Declared;
use super::endpoint::Lowering;
use crate::ir::{Literal, ParameterPresence, Reading, Scalar, Type, TypeBody};
use crate::lift::formats::Integer;
use crate::lift::schema::SchemaId;
use crate::read::{Node, Value};

impl Lowering<'_> {
    /// The default is that of the schema. `spread` says that the parameter's members are parameters.
    pub fn parameter_presence(
        &self,
        (declared, spread): (&Declared<'_>, bool),
        ty: &Type,
        schema: Option<SchemaId>,
        reading: Reading,
    ) -> ParameterPresence {
        match (declared.is_required(), schema.and_then(|id| self.default_of(id))) {
            // An object without members is not to be seen; what it lacks is told.
            (true, _) if spread => ParameterPresence::DefaultJson("{}".to_owned()),
            (true, _) => ParameterPresence::Required,
            (false, None) => ParameterPresence::Optional,
            (false, Some(node)) if reading == Reading::Value => ParameterPresence::DefaultJson(crate::lift::json(node)),
            (false, Some(node)) => {
                self.literal(node, ty).map_or(ParameterPresence::Optional, ParameterPresence::Default)
            }
        }
    }

    fn default_of(&self, id: SchemaId) -> Option<&Node> {
        let schemas = &self.document.schemas;
        let own = schemas.keywords(id).and_then(|keywords| keywords.notes.default.as_ref());
        let default = own.or_else(|| schemas.keywords(schemas.resolve(id))?.notes.default.as_ref());
        // A parameter that is absent is what `null` says of it.
        default.filter(|node| node.value != Value::Null)
    }

    fn literal(&self, node: &Node, ty: &Type) -> Option<Literal> {
        match (ty, &node.value) {
            (Type::Scalar(Scalar::String), Value::String(text)) => Some(Literal::Text(text.clone())),
            (Type::Scalar(Scalar::Bool), Value::Bool(value)) => Some(Literal::Bool(*value)),
            (Type::Scalar(Scalar::Integer(integer)), Value::Number(number)) => {
                number.as_integer().filter(|value| fits(*integer, *value)).map(Literal::Integer)
            }
            (Type::Scalar(Scalar::F32 | Scalar::F64), Value::Number(number)) => Some(Literal::Float(number.as_f64())),
            (Type::List(item), Value::List(nodes)) => {
                nodes.iter().map(|node| self.literal(node, &item.ty)).collect::<Option<_>>().map(Literal::List)
            }
            (Type::Named(id), _) => match self.types.body(*id)? {
                TypeBody::Enum(enumeration) => {
                    let text = node.as_str()?;
                    let variant = enumeration.variants.iter().find(|variant| variant.wire_name == text)?;
                    Some(Literal::Variant(*id, variant.name.clone()))
                }
                TypeBody::Alias(slot) => self.literal(node, &slot.ty),
                _ => None,
            },
            _ => None,
        }
    }
}

fn fits(integer: Integer, value: i128) -> bool {
    let (least, greatest) = integer.range();
    (least..=greatest).contains(&value)
}
