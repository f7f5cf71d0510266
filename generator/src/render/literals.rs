//! Values that generated code spells out.

use super::text::{Code, Literal as Text};
use crate::ir::{FieldPresence, Literal, ObjectLiteral, Struct, Type, TypeBody, TypeDef, TypeId, Unknown};

/// The expression of a value of this type.
pub(super) fn literal(value: &Literal, ty: &Type, types: &[TypeDef]) -> Code {
    Code::new(expression(value, ty, types))
}

fn expression(value: &Literal, ty: &Type, types: &[TypeDef]) -> String {
    match (value, ty) {
        (Literal::Empty, _) => "Default::default()".to_owned(),
        (value, Type::Boxed(inner)) => format!("Box::new({})", expression(value, inner, types)),
        (Literal::Null, _) => "Nullable::Null".to_owned(),
        (Literal::NotNull(value), Type::Nullable(inner)) => {
            format!("Nullable::Value({})", expression(value, inner, types))
        }
        (Literal::List(items), _) if items.is_empty() => "Vec::new()".to_owned(),
        (Literal::List(items), Type::List(item)) => {
            let items: Vec<String> = items.iter().map(|value| expression(value, &item.ty, types)).collect();
            format!("vec![{}]", items.join(", "))
        }
        (Literal::Tuple(items), Type::Tuple(positions)) => {
            let items = items.iter().zip(positions).map(|(value, slot)| expression(value, &slot.ty, types));
            match items.collect::<Vec<_>>().as_slice() {
                [only] => format!("({only},)"),
                items => format!("({})", items.join(", ")),
            }
        }
        (Literal::Map(members), Type::Map(slot)) => map(members, &slot.ty, types),
        (value, Type::Named(id)) => named(value, *id, types),
        (Literal::Integer(value), Type::Json) => format!("types::Json::from({value}i64)"),
        (value, Type::Json) => format!("types::Json::from({})", scalar(value)),
        (value, _) => scalar(value),
    }
}

fn map(members: &[(String, Literal)], ty: &Type, types: &[TypeDef]) -> String {
    let entries = members
        .iter()
        .map(|(name, value)| format!("({}.to_owned(), {})", Text::new(name), expression(value, ty, types)));
    format!("BTreeMap::from([{}])", entries.collect::<Vec<_>>().join(", "))
}

/// A value of a type of the service.
fn named(value: &Literal, id: TypeId, types: &[TypeDef]) -> String {
    let TypeDef { name, body, .. } = &types[id.0];
    match (value, body) {
        (Literal::Variant(_, variant), _) => format!("{name}::{variant}"),
        (Literal::Of(variant, value), TypeBody::Union(union)) => {
            let ty = union.variants.iter().find(|one| one.name == *variant).map(|one| &one.slot.ty);
            let held = ty.map(|ty| expression(value, ty, types)).unwrap_or_default();
            format!("{name}::{variant}({held})")
        }
        (Literal::Object(object), TypeBody::Struct(structure)) => {
            format!("{name} {{ {} }}", members(object, structure, types))
        }
        (value, TypeBody::Alias(slot)) => expression(value, &slot.ty, types),
        (value, _) => scalar(value),
    }
}

fn members(object: &ObjectLiteral, structure: &Struct, types: &[TypeDef]) -> String {
    let fields = structure.fields.iter().zip(&object.fields).map(|(field, value)| {
        let value = match (value, &field.presence) {
            (None, _) => "None".to_owned(),
            (Some(value), FieldPresence::Optional) => format!("Some({})", expression(value, &field.slot.ty, types)),
            (Some(value), _) => expression(value, &field.slot.ty, types),
        };
        format!("{}: {value}", field.name)
    });
    let others = match &structure.unknown {
        Unknown::Kept(name, _) if object.others.is_empty() => Some(format!("{name}: Default::default()")),
        Unknown::Kept(name, slot) => Some(format!("{name}: {}", map(&object.others, &slot.ty, types))),
        Unknown::Ignored | Unknown::Refused => None,
    };
    fields.chain(others).collect::<Vec<_>>().join(", ")
}

fn scalar(value: &Literal) -> String {
    match value {
        Literal::Text(text) if text.is_empty() => "String::new()".to_owned(),
        Literal::Text(text) => format!("{}.to_owned()", Text::new(text)),
        Literal::Read(text) => format!("buildflow_runtime::generated::constant({})", Text::new(text)),
        Literal::Bool(value) => value.to_string(),
        Literal::Integer(value) => value.to_string(),
        Literal::Float(value) => format!("{value:?}"),
        // Lowering makes these of types that have them only.
        _ => "Default::default()".to_owned(),
    }
}
