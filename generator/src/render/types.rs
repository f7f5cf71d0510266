//! Types as text.

use askama::Template;

use super::checks::{self, VALUE, Value};
use super::text::{Code, DocText, Literal};
use super::unions;
use crate::ir::{Docs, Field, FieldPresence, Scalar, Slot, Struct, Type, TypeBody, TypeDef, Unknown};

/// All types of a service.
#[derive(Template)]
#[template(path = "types.rs.askama", escape = "none")]
pub(super) struct TypesFile {
    has_types: bool,
    definitions: Vec<Code>,
}

#[derive(Template)]
#[template(path = "type_struct.rs.askama", escape = "none")]
struct StructView<'i> {
    docs: DocText,
    name: &'i crate::ir::TypeName,
    name_literal: Literal,
    default: DefaultView,
    fields: Vec<FieldView<'i>>,
    rest: Option<RestView<'i>>,
    omitted: Vec<Literal>,
    refuses_unknown: bool,
    conditions: Vec<Code>,
}

impl StructView<'_> {
    fn has_members(&self) -> bool {
        !self.fields.is_empty() || self.rest.is_some()
    }
}

struct FieldView<'i> {
    docs: DocText,
    name: &'i crate::ir::FieldName,
    wire_name: Literal,
    /// The type of the value, and of the field: the same, or optional.
    inner: Code,
    ty: Code,
    absent: AbsentView,
}

/// What a field is where its member is absent.
enum AbsentView {
    /// The object is refused.
    Missing,
    /// `None`.
    None,
    /// This; and the call that gives it where nothing came.
    Default(Code, Code),
}

/// The call of an `Option` that puts a default in the place of `None`.
fn or_else(value: &crate::ir::Literal, types: &[TypeDef]) -> Code {
    use crate::ir::Literal as Value;
    let spelled = checks::literal(value, types);
    Code::new(match value {
        Value::Empty => "unwrap_or_default()".to_owned(),
        Value::List(items) if items.is_empty() => "unwrap_or_default()".to_owned(),
        Value::Text(text) if text.is_empty() => "unwrap_or_default()".to_owned(),
        Value::Text(_) | Value::List(_) => format!("unwrap_or_else(|| {spelled})"),
        Value::NotNull(inner) if matches!(**inner, Value::Text(_) | Value::List(_) | Value::Empty) => {
            format!("unwrap_or_else(|| {spelled})")
        }
        Value::NotNull(_) => format!("unwrap_or({spelled})"),
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::Variant(..) | Value::Null => {
            format!("unwrap_or({spelled})")
        }
    })
}

/// How a struct implements `Default`.
#[derive(PartialEq)]
enum DefaultView {
    /// It does not: some member must be there.
    None,
    /// All fields are `None`.
    Derived,
    /// Some fields have a value of their own.
    Written,
}

struct RestView<'i> {
    name: &'i crate::ir::FieldName,
    ty: Code,
}

#[derive(Template)]
#[template(path = "type_enum.rs.askama", escape = "none")]
struct EnumView<'i> {
    docs: DocText,
    name: &'i crate::ir::TypeName,
    variants: Vec<VariantView<'i>>,
}

struct VariantView<'i> {
    docs: DocText,
    name: &'i crate::ir::VariantName,
    wire_name: Literal,
}

#[derive(Template)]
#[template(path = "type_alias.rs.askama", escape = "none")]
struct AliasView<'i> {
    docs: DocText,
    name: &'i crate::ir::TypeName,
    ty: Code,
}

#[derive(Template)]
#[template(path = "type_newtype.rs.askama", escape = "none")]
struct NewtypeView<'i> {
    docs: DocText,
    name: &'i crate::ir::TypeName,
    ty: Code,
    conditions: Vec<Code>,
}

impl TypesFile {
    pub fn of(types: &[TypeDef]) -> askama::Result<Self> {
        let definitions: askama::Result<Vec<Code>> = types.iter().map(|def| definition(def, types)).collect();
        Ok(Self { has_types: !types.is_empty(), definitions: definitions? })
    }
}

fn definition(def: &TypeDef, types: &[TypeDef]) -> askama::Result<Code> {
    let docs = described(&def.docs, &def.name.to_string());
    let name = &def.name;
    let text = match &def.body {
        TypeBody::Struct(structure) => structure_view(def, structure, docs, types).render()?,
        TypeBody::Enum(enumeration) => {
            let variants = enumeration.variants.iter().map(|variant| VariantView {
                docs: DocText::line(inline_code(&variant.wire_name)),
                name: &variant.name,
                wire_name: Literal::of(&variant.wire_name),
            });
            EnumView { docs, name, variants: variants.collect() }.render()?
        }
        TypeBody::Union(union) => unions::view(def, union, docs, types).render()?,
        TypeBody::Alias(slot) => AliasView { docs, name, ty: expression(&slot.ty, types) }.render()?,
        TypeBody::Newtype(newtype) => {
            let conditions = if def.checked {
                checks::conditions(&newtype.slot, &Value::Place("self.0".to_owned()), types)
            } else {
                Vec::new()
            };
            NewtypeView { docs, name, ty: expression(&newtype.slot.ty, types), conditions }.render()?
        }
    };
    Ok(Code::new(text))
}

fn structure_view<'i>(def: &'i TypeDef, structure: &'i Struct, docs: DocText, types: &[TypeDef]) -> StructView<'i> {
    let fields = structure.fields.iter().map(|field| {
        let inner = expression(&field.slot.ty, types);
        let (ty, absent) = match &field.presence {
            FieldPresence::Required => (inner.clone(), AbsentView::Missing),
            FieldPresence::Optional => (Code::new(format!("Option<{inner}>")), AbsentView::None),
            FieldPresence::Default(value) => {
                (inner.clone(), AbsentView::Default(checks::literal(value, types), or_else(value, types)))
            }
        };
        let docs = described(&field.docs, &inline_code(&field.wire_name));
        FieldView { docs, name: &field.name, wire_name: Literal::of(&field.wire_name), inner, ty, absent }
    });
    let has = |wanted: fn(&FieldPresence) -> bool| structure.fields.iter().any(|field| wanted(&field.presence));
    let rest = match &structure.unknown {
        Unknown::Kept(name, slot) => Some(RestView { name, ty: expression(&slot.ty, types) }),
        Unknown::Ignored | Unknown::Refused => None,
    };
    StructView {
        docs,
        name: &def.name,
        name_literal: Literal::of(def.name.as_str()),
        default: match has(|presence| matches!(presence, FieldPresence::Required)) {
            true => DefaultView::None,
            false if has(|presence| matches!(presence, FieldPresence::Default(_))) => DefaultView::Written,
            false => DefaultView::Derived,
        },
        fields: fields.collect(),
        rest,
        omitted: structure.omitted.iter().map(|name| Literal::of(name)).collect(),
        refuses_unknown: matches!(structure.unknown, Unknown::Refused),
        conditions: if def.checked { structure_conditions(structure, types) } else { Vec::new() },
    }
}

fn structure_conditions(structure: &Struct, types: &[TypeDef]) -> Vec<Code> {
    let mut conditions: Vec<Code> = structure.fields.iter().flat_map(|field| field_conditions(field, types)).collect();
    if let Unknown::Kept(name, slot) = &structure.unknown {
        let map = Slot::plain(Type::Map(Box::new(slot.clone())));
        conditions.extend(checks::conditions(&map, &Value::Place(format!("self.{name}")), types));
    }
    conditions
}

fn field_conditions(field: &Field, types: &[TypeDef]) -> Vec<Code> {
    match field.presence {
        FieldPresence::Required | FieldPresence::Default(_) => {
            checks::conditions(&field.slot, &Value::Place(format!("self.{}", field.name)), types)
        }
        FieldPresence::Optional => checks::joined(&field.slot, &VALUE, types)
            .map(|all| Code::new(format!("self.{}.as_ref().is_none_or(|value| {all})", field.name)))
            .into_iter()
            .collect(),
    }
}

/// A type expression.
pub(super) fn expression(ty: &Type, types: &[TypeDef]) -> Code {
    let text = match ty {
        Type::Scalar(scalar) => scalar_name(*scalar).to_owned(),
        Type::Json => "types::Json".to_owned(),
        Type::JsonObject => "types::JsonObject".to_owned(),
        Type::List(slot) => format!("Vec<{}>", expression(&slot.ty, types)),
        Type::Map(slot) => format!("BTreeMap<String, {}>", expression(&slot.ty, types)),
        Type::Tuple(slots) => {
            let all: String = slots.iter().map(|slot| format!("{}, ", expression(&slot.ty, types))).collect();
            format!("({all})")
        }
        Type::Named(id) => types[id.0].name.to_string(),
        Type::Nullable(inner) => format!("Nullable<{}>", expression(inner, types)),
        Type::Boxed(inner) => format!("Box<{}>", expression(inner, types)),
    };
    Code::new(text)
}

/// The same type without aliases: two types are one where these are equal.
pub(super) fn without_aliases(ty: &Type, types: &[TypeDef]) -> Type {
    let slot = |slot: &Slot| Slot::plain(without_aliases(&slot.ty, types));
    match ty {
        Type::Named(id) => match &types[id.0].body {
            TypeBody::Alias(slot) => without_aliases(&slot.ty, types),
            _ => ty.clone(),
        },
        Type::List(items) => Type::List(Box::new(slot(items))),
        Type::Map(members) => Type::Map(Box::new(slot(members))),
        Type::Tuple(positions) => Type::Tuple(positions.iter().map(slot).collect()),
        Type::Nullable(inner) => Type::Nullable(Box::new(without_aliases(inner, types))),
        Type::Boxed(inner) => Type::Boxed(Box::new(without_aliases(inner, types))),
        Type::Scalar(_) | Type::Json | Type::JsonObject => ty.clone(),
    }
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "String",
        Scalar::Null => "()",
        Scalar::Bool => "bool",
        Scalar::Integer(integer) => integer.name(),
        Scalar::F32 => "f32",
        Scalar::F64 => "f64",
        Scalar::Uuid => "types::Uuid",
        Scalar::Date => "types::Date",
        Scalar::DateTime => "types::DateTime",
        Scalar::Base64 => "types::Base64",
        Scalar::Ipv4 => "std::net::Ipv4Addr",
        Scalar::Ipv6 => "std::net::Ipv6Addr",
    }
}

/// Title and description; `otherwise` where there is neither.
pub(super) fn described(docs: &Docs, otherwise: &str) -> DocText {
    let text = DocText::default().paragraph(docs.summary.as_deref()).paragraph(docs.description.as_deref());
    let text = if docs.summary.is_none() && docs.description.as_deref().is_none_or(|text| text.trim().is_empty()) {
        DocText::default().paragraph(Some(otherwise))
    } else {
        text
    };
    if docs.deprecated { text.paragraph(Some("Deprecated by the document.")) } else { text }
}

/// Text of the document between backticks, on one line.
pub(super) fn inline_code(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect();
    if plain.trim().is_empty() { "(empty)".to_owned() } else { format!("`{}`", plain.trim()) }
}
