//! Parameters become typed fields.

use openapiv3::{Parameter as Declared, ParameterData, ParameterSchemaOrContent, QueryStyle, ReferenceOr};

use super::Found;
use super::endpoint::Lowering;
use super::naming::Scope;
use crate::ir::{Docs, Literal, Location, Parameter, ParameterPresence, Scalar, Segment, Slot, Style, Type, TypeBody};
use crate::lift::formats::Integer;
use crate::lift::schema::SchemaId;
use crate::read::{Node, Pointer, Value};
use crate::unsupported::{Feature, Loss};

/// Headers that other parts of the document describe (OpenAPI 3.0.3 §4.7.12.2).
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// The parameters of an operation: its own, and those of its path that it does not override.
pub(super) fn lower<'d>(lowering: &mut Lowering<'d>, found: &Found<'d>) -> Vec<Parameter> {
    let mut fields = Scope::without(&["body", "context"]);
    let own = places(&found.operation.parameters, &found.pointer.join("parameters"));
    let path_item = found.pointer.parent().unwrap_or_default().join("parameters");
    let shared = places(&found.item.parameters, &path_item);
    let overridden = |parameter: &Declared| own.iter().any(|(other, _)| identity(other) == identity(parameter));
    let inherited: Vec<_> = shared.into_iter().filter(|(parameter, _)| !overridden(parameter)).collect();
    let mut parameters = Vec::new();
    for (declared, at) in inherited.iter().chain(&own) {
        let at = lowering.document.locate(at);
        let header = matches!(declared, Declared::Header { .. });
        let name = &declared.parameter_data_ref().name;
        if header && IGNORED_HEADERS.iter().any(|ignored| name.eq_ignore_ascii_case(ignored)) {
            continue;
        }
        parameters.extend(lowering.parameter(found, declared, &at, &mut fields));
    }
    parameters
}

fn places<'p>(list: &'p [ReferenceOr<Declared>], at: &Pointer) -> Vec<(&'p Declared, Pointer)> {
    let items = list.iter().enumerate();
    items.filter_map(|(index, parameter)| Some((parameter.as_item()?, at.item(index)))).collect()
}

fn identity(parameter: &Declared) -> (&'static str, &str) {
    (location_name(parameter), &parameter.parameter_data_ref().name)
}

fn location_name(parameter: &Declared) -> &'static str {
    match parameter {
        Declared::Query { .. } => "query",
        Declared::Header { .. } => "header",
        Declared::Path { .. } => "path",
        Declared::Cookie { .. } => "cookie",
    }
}

impl<'d> Lowering<'d> {
    fn parameter(
        &mut self,
        found: &Found<'d>,
        declared: &Declared,
        at: &Pointer,
        fields: &mut Scope,
    ) -> Option<Parameter> {
        let data = declared.parameter_data_ref();
        let location = location(found, declared)?;
        // A path parameter cannot be skipped, nor can one that every request must carry.
        let required = data.required || matches!(location, Location::Path(_));
        let loss = if required { Loss::Operation } else { Loss::Part };
        let place = at.clone();
        let refuse = |this: &mut Self, feature: Feature| {
            this.refuse(found, feature, &place, loss);
            None
        };
        let ParameterSchemaOrContent::Schema(ReferenceOr::Reference { reference }) = &data.format else {
            return refuse(self, Feature::ParameterStyle(format!("the parameter `{}` as a media type", data.name)));
        };
        let id = self.document.schemas.at(&Pointer::parse(reference)?)?;
        let slot = without_null(self.types.slot(id));
        let Some(is_list) = self.is_list(&slot) else {
            let what = format!("the parameter `{}`, whose schema is no scalar, enum, or list of these,", data.name);
            return refuse(self, Feature::ParameterSchema(what));
        };
        if !self.types.is_carried(id) {
            let what = format!("the parameter `{}`, whose schema says more than its type,", data.name);
            return refuse(self, Feature::ParameterSchema(what));
        }
        let Some(style) = style(declared, is_list) else {
            let what = format!("the style of the parameter `{}`", data.name);
            return refuse(self, Feature::ParameterStyle(what));
        };
        self.requests.push(id);
        let presence = self.presence(required, id, &slot);
        let docs =
            Docs { summary: None, description: data.description.clone(), deprecated: data.deprecated.unwrap_or(false) };
        let field = fields.field(&rust_name(data));
        let wire_name = data.name.clone();
        Some(Parameter { field, wire_name, location, style, slot, presence, docs, schema: reference.clone() })
    }

    /// Whether a parameter of this type is a list; `None` where it is something that has no text.
    fn is_list(&self, slot: &Slot) -> Option<bool> {
        match &slot.ty {
            Type::List(item) => self.is_text(&item.ty).then_some(true),
            Type::Named(id) => match self.types.body(*id)? {
                TypeBody::Enum(_) => Some(false),
                TypeBody::Alias(slot) => self.is_list(slot),
                TypeBody::Struct(_) | TypeBody::Newtype(_) => None,
            },
            ty => self.is_text(ty).then_some(false),
        }
    }

    fn is_text(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(_) => true,
            Type::Named(id) => match self.types.body(*id) {
                Some(TypeBody::Enum(_)) => true,
                Some(TypeBody::Alias(slot)) => self.is_text(&slot.ty),
                _ => false,
            },
            _ => false,
        }
    }

    fn presence(&self, required: bool, id: SchemaId, slot: &Slot) -> ParameterPresence {
        if required {
            return ParameterPresence::Required;
        }
        let schema = self.document.schemas.resolve(id);
        let own = self.document.schemas.keywords(id).and_then(|keywords| keywords.notes.default.as_ref());
        let default = own.or_else(|| self.document.schemas.keywords(schema)?.notes.default.as_ref());
        match default.and_then(|node| self.literal(node, &slot.ty)) {
            Some(literal) => ParameterPresence::Default(literal),
            None => ParameterPresence::Optional,
        }
    }

    fn literal(&self, node: &Node, ty: &Type) -> Option<Literal> {
        match (ty, &node.value) {
            (Type::Scalar(Scalar::String), Value::String(text)) => Some(Literal::Text(text.clone())),
            (Type::Scalar(Scalar::Bool), Value::Bool(value)) => Some(Literal::Bool(*value)),
            (Type::Scalar(Scalar::Integer(integer)), Value::Number(number)) => {
                number.as_integer().filter(|value| fits(*integer, *value)).map(Literal::Integer)
            }
            (Type::Scalar(Scalar::F32 | Scalar::F64), Value::Number(number)) => Some(Literal::Float(number.as_f64())),
            (Type::Named(id), _) => match self.types.body(*id)? {
                TypeBody::Enum(enumeration) => {
                    let text = node.as_str()?;
                    let variant = enumeration.variants.iter().find(|variant| variant.wire_name == text)?;
                    Some(Literal::Variant(*id, variant.name.clone()))
                }
                TypeBody::Alias(slot) => self.literal(node, &slot.ty),
                TypeBody::Struct(_) | TypeBody::Newtype(_) => None,
            },
            _ => None,
        }
    }
}

fn fits(integer: Integer, value: i128) -> bool {
    let (least, greatest) = integer.range();
    (least..=greatest).contains(&value)
}

fn location(found: &Found<'_>, declared: &Declared) -> Option<Location> {
    Some(match declared {
        Declared::Query { .. } => Location::Query,
        Declared::Header { .. } => Location::Header,
        Declared::Cookie { .. } => Location::Cookie,
        Declared::Path { parameter_data, .. } => {
            let mut names = found.route.segments.iter().filter_map(|segment| match segment {
                Segment::Parameter(name) => Some(name),
                Segment::Literal(_) => None,
            });
            Location::Path(names.position(|name| *name == parameter_data.name)?)
        }
    })
}

fn style(declared: &Declared, is_list: bool) -> Option<Style> {
    let data = declared.parameter_data_ref();
    match declared {
        Declared::Query { style: QueryStyle::DeepObject, .. } => None,
        Declared::Path { style, .. } if *style != openapiv3::PathStyle::Simple => None,
        _ if !is_list => Some(Style::Single),
        Declared::Query { style: QueryStyle::Form, .. } | Declared::Cookie { .. } => {
            Some(if data.explode.unwrap_or(true) { Style::Repeated } else { Style::Delimited(',') })
        }
        Declared::Query { .. } if data.explode == Some(true) => Some(Style::Repeated),
        Declared::Query { style: QueryStyle::SpaceDelimited, .. } => Some(Style::Delimited(' ')),
        Declared::Query { style: QueryStyle::PipeDelimited, .. } => Some(Style::Delimited('|')),
        Declared::Path { .. } | Declared::Header { .. } => Some(Style::Delimited(',')),
    }
}

fn rust_name(data: &ParameterData) -> String {
    let named = data.extensions.get("x-rust-name").and_then(|value| value.as_str());
    named.unwrap_or(&data.name).to_owned()
}

/// Text is never null.
fn without_null(slot: Slot) -> Slot {
    match slot.ty {
        Type::Nullable(inner) => Slot { ty: *inner, checks: slot.checks },
        ty => Slot { ty, checks: slot.checks },
    }
}
