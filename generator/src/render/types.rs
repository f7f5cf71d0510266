//! Types as text.

use askama::Template;

use super::checks::{self, Value};
use super::docs::{DocText, described, field_docs, inline_code, value_docs};
use super::literals;
use super::text::{Code, Literal};
use super::unions;
use crate::ir::{
    Accepted, Constant, ConstantMember, ConstrainedType, Conversion, EnumValues, Field, FieldPresence, FieldSource,
    Scalar, Struct, Type, TypeBody, TypeDef, Unknown,
};

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
    default: DefaultView,
    fields: Vec<FieldView<'i>>,
    /// How each field is read and written.
    members: Vec<String>,
    /// How each member is read and written that is always the same.
    constants: Vec<String>,
    rest: Option<RestView<'i>>,
    omitted: String,
    refuses_unknown: bool,
    conditions: Vec<Code>,
    /// How it is made of others.
    conversions: Vec<String>,
}

struct FieldView<'i> {
    docs: DocText,
    name: &'i crate::ir::FieldName,
    ty: Code,
}

/// How a struct is made without naming all its fields.
#[derive(PartialEq)]
enum DefaultView {
    /// It is not: there are few fields, or many that must be given.
    None,
    /// By `new`, which takes what must be there.
    New(String),
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
    kind: &'i EnumValues,
}

struct VariantView<'i> {
    docs: DocText,
    name: &'i crate::ir::VariantName,
    /// What is written for it.
    value: String,
}

impl EnumView<'_> {
    /// The variant of all other values.
    fn other(&self) -> Option<&crate::ir::VariantName> {
        match self.kind {
            EnumValues::Texts { other } => other.as_ref(),
            EnumValues::Integers(_) | EnumValues::Mixed => None,
        }
    }
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
    pub(super) fn new(types: &[TypeDef]) -> askama::Result<Self> {
        let definitions: askama::Result<Vec<Code>> = types.iter().map(|def| definition(def, types)).collect();
        Ok(Self { has_types: !types.is_empty(), definitions: definitions? })
    }
}

fn definition(def: &TypeDef, types: &[TypeDef]) -> askama::Result<Code> {
    let docs = described(&def.docs, def.name.as_str());
    let name = &def.name;
    let text = match &def.body {
        TypeBody::Struct(structure) => structure_view(def, structure, docs, types).render()?,
        TypeBody::Enum(enumeration) => {
            let variants = enumeration.variants.iter().map(|variant| VariantView {
                docs: value_docs(variant, &enumeration.values),
                name: &variant.name,
                value: spelled(&variant.value),
            });
            EnumView { docs, name, variants: variants.collect(), kind: &enumeration.values }.render()?
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
        let ty = expression(&field.slot.ty, types);
        let ty = match &field.presence {
            FieldPresence::Required | FieldPresence::Default(_) => ty,
            FieldPresence::Optional => Code::new(format!("Option<{ty}>")),
        };
        FieldView { docs: field_docs(&field.docs, &field.wire_name, &field.name), name: &field.name, ty }
    });
    let is_default = |field: &Field| matches!(field.presence, FieldPresence::Default(_));
    let rest = match &structure.unknown {
        Unknown::Kept(name, slot) => Some(RestView { name, ty: expression(&slot.ty, types) }),
        Unknown::Ignored | Unknown::Refused => None,
    };
    StructView {
        docs: structure.constants.iter().fold(docs, |docs, member| {
            let (name, value) = (inline_code(&member.wire_name), inline_code(&member.value.to_string()));
            docs.paragraph(Some(&format!("Its {name} is {value}.")))
        }),
        name: &def.name,
        default: match structure.has_default() {
            false => constructor(structure, types),
            true if structure.fields.iter().any(is_default) => DefaultView::Written,
            true => DefaultView::Derived,
        },
        fields: fields.collect(),
        members: structure.fields.iter().map(|field| member(field, types)).collect(),
        constants: structure.constants.iter().map(|member| constant_member(member, types)).collect(),
        rest,
        omitted: structure.omitted.iter().map(|name| written(name).to_string()).collect::<Vec<_>>().join(", "),
        refuses_unknown: matches!(structure.unknown, Unknown::Refused),
        conditions: if def.checked { structure_conditions(structure, types) } else { Vec::new() },
        conversions: def.conversions.iter().map(|one| conversion(one, def, structure, types)).collect(),
    }
}

/// The most arguments that a constructor takes: of more, nobody can tell which is which.
const MOST_ARGUMENTS: usize = 7;

/// The parameters of `new`, where it spares naming fields.
fn constructor(structure: &Struct, types: &[TypeDef]) -> DefaultView {
    let (given, others): (Vec<&Field>, Vec<&Field>) =
        structure.fields.iter().partition(|field| field.presence == FieldPresence::Required);
    let has_others = !others.is_empty() || matches!(structure.unknown, Unknown::Kept(..));
    match has_others && given.len() <= MOST_ARGUMENTS {
        true => DefaultView::New(given.iter().map(|field| argument(field, types)).collect::<Vec<_>>().join(", ")),
        false => DefaultView::None,
    }
}

fn argument(field: &Field, types: &[TypeDef]) -> String {
    let (name, ty) = (&field.name, expression(&field.slot.ty, types));
    let is_made_of_others = match without_aliases(&field.slot.ty, types) {
        Type::Scalar(Scalar::String) => true,
        Type::Named(id) => matches!(types[id.0].body, TypeBody::Union(_)),
        _ => false,
    };
    match is_made_of_others {
        true => format!("{name} => {ty}"),
        false => format!("{name}: {ty}"),
    }
}

/// How a struct is made of another: `Answer from Pet { id, name } with { links = None }`.
fn conversion(conversion: &Conversion, def: &TypeDef, structure: &Struct, types: &[TypeDef]) -> String {
    let (mut moved, mut absent, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for (field, source) in structure.fields.iter().zip(&conversion.fields) {
        match source {
            FieldSource::Base => moved.push(field.name.to_string()),
            FieldSource::Given => given.push(argument(field, types)),
            FieldSource::Absent => absent.push(match &field.presence {
                FieldPresence::Default(value) => {
                    format!("{} = {}", field.name, literals::literal(value, &field.slot.ty, types))
                }
                FieldPresence::Required | FieldPresence::Optional => format!("{} = None", field.name),
            }),
        }
    }
    let base = &types[conversion.base.0];
    if let Unknown::Kept(name, _) = &structure.unknown {
        match &base.body {
            TypeBody::Struct(Struct { unknown: Unknown::Kept(..), .. }) => moved.push(name.to_string()),
            _ => absent.push(format!("{name} = Default::default()")),
        }
    }
    let (name, base) = (&def.name, &base.name);
    let by = match given.is_empty() {
        true => String::new(),
        false => format!(" by {}({})", conversion.function, given.join(", ")),
    };
    format!("{name} from {base} {{ {} }} with {{ {} }}{by}", moved.join(", "), absent.join(", "))
}

/// How a member is read and written that is always the same: `kind = "card"`, `kind as Kind = "card"`.
fn constant_member(member: &ConstantMember, types: &[TypeDef]) -> String {
    let accepted = match member.accepted {
        Accepted::Same => String::new(),
        Accepted::AnyText => " as String".to_owned(),
        Accepted::Any(id) => format!(" as {}", types[id.0].name),
    };
    let name = &member.name;
    format!("{name}{}{accepted} = {}", wire_name(&member.wire_name, name), spelled(&member.value))
}

fn wire_name(wire_name: &str, field: &crate::ir::FieldName) -> String {
    match wire_name == field.as_str() {
        true => String::new(),
        false => format!(": {}", written(wire_name)),
    }
}

/// The name of a member as JSON writes it between its quotes.
fn written(name: &str) -> Literal {
    let json = serde_json::Value::from(name).to_string();
    Literal::new(&json[1..json.len() - 1])
}

fn spelled(value: &Constant) -> String {
    match value {
        Constant::Text(text) => Literal::new(text).to_string(),
        value => value.to_string(),
    }
}

/// How a field is read and written: `id`, `name?`, `kind: "type"`, `size = 30`.
fn member(field: &Field, types: &[TypeDef]) -> String {
    let name = &field.name;
    let wire_name = wire_name(&field.wire_name, name);
    match &field.presence {
        FieldPresence::Required => format!("{name}{wire_name}"),
        FieldPresence::Optional => format!("{name}{wire_name}?"),
        FieldPresence::Default(value) => {
            format!("{name}{wire_name} = {}", literals::literal(value, &field.slot.ty, types))
        }
    }
}

fn structure_conditions(structure: &Struct, types: &[TypeDef]) -> Vec<Code> {
    let mut conditions: Vec<Code> = structure.fields.iter().flat_map(|field| field_conditions(field, types)).collect();
    if let Unknown::Kept(name, slot) = &structure.unknown {
        let map = ConstrainedType::plain(Type::Map(Box::new(slot.clone())));
        conditions.extend(checks::conditions(&map, &Value::Place(format!("self.{name}")), types));
    }
    conditions
}

fn field_conditions(field: &Field, types: &[TypeDef]) -> Vec<Code> {
    match field.presence {
        FieldPresence::Required | FieldPresence::Default(_) => {
            checks::conditions(&field.slot, &Value::Place(format!("self.{}", field.name)), types)
        }
        FieldPresence::Optional => checks::predicate(&field.slot, types)
            .map(|valid| Code::new(format!("check::if_some(&self.{}, {valid})", field.name)))
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
        Type::External(ty) => format!("types::External<{ty}>"),
        Type::Nullable(inner) => format!("Nullable<{}>", expression(inner, types)),
        Type::Boxed(inner) => format!("Box<{}>", expression(inner, types)),
    };
    Code::new(text)
}

/// The type without aliases: two types are one where these are equal.
pub(super) fn without_aliases(ty: &Type, types: &[TypeDef]) -> Type {
    let slot = |slot: &ConstrainedType| ConstrainedType::plain(without_aliases(&slot.ty, types));
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
        Type::Scalar(_) | Type::Json | Type::JsonObject | Type::External(_) => ty.clone(),
    }
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "String",
        Scalar::Null => "()",
        Scalar::Bool => "bool",
        Scalar::Integer(integer) => integer.name(),
        Scalar::BigInteger => "types::Integer",
        Scalar::Decimal => "types::Decimal",
        Scalar::F32 => "f32",
        Scalar::F64 => "f64",
        Scalar::Uuid => "types::Uuid",
        Scalar::Date => "types::Date",
        Scalar::DateTime => "types::DateTime",
        Scalar::Base64 => "types::Base64",
        Scalar::Ipv4 => "std::net::Ipv4Addr",
        Scalar::Ipv6 => "std::net::Ipv6Addr",
        Scalar::Password => "types::Password",
    }
}
