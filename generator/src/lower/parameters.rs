//! Parameters become typed fields.

use super::Found;
use super::declared::{self, Declared};
use super::endpoint::Lowering;
use super::naming::Scope;
use super::template::Standing;
use crate::ir::{Docs, Literal, Location, Parameter, ParameterPresence, Scalar, Slot, Style, Type, TypeBody};
use crate::lift::formats::Integer;
use crate::lift::schema::SchemaId;
use crate::read::{Node, Value};
use crate::unsupported::{Feature, Loss};

/// The other fields of a request, and what decoding it calls things.
const TAKEN: [&str; 5] = ["body", "context", "decoder", "handler", "security"];

/// The parameters of an operation.
pub(super) fn lower<'d>(lowering: &mut Lowering<'d>, found: &Found<'d>) -> Vec<Parameter> {
    let mut fields = Scope::without(&TAKEN);
    let mut parameters = Vec::new();
    for declared in declared::of_operation(lowering.document, found) {
        if !declared.is_ignored() {
            parameters.extend(lowering.parameter(found, &declared, &mut fields));
        }
    }
    parameters
}

impl<'d> Lowering<'d> {
    fn parameter(&mut self, found: &Found<'d>, declared: &Declared<'d>, fields: &mut Scope) -> Option<Parameter> {
        // A path parameter cannot be skipped, nor can one that every request must carry.
        let required = declared.is_required();
        let loss = if required { Loss::Operation } else { Loss::Part };
        let refuse = |this: &mut Self, feature: Feature| {
            this.refuse(found, feature, &declared.at, loss);
            None
        };
        let name = declared.name();
        let Some((location, wire_name)) = standing(found, declared) else {
            return refuse(self, Feature::PathTemplate(format!("{{{name}}}")));
        };
        let schema = declared.at.join("schema");
        let Some(id) = self.document.schemas.at(&schema).filter(|_| !declared.has_content()) else {
            return refuse(self, Feature::ParameterStyle(format!("the parameter `{name}` as a media type")));
        };
        let slot = without_null(self.types.request(id));
        let Some(is_list) = self.is_list(&slot) else {
            let what = format!("the parameter `{}`, whose schema is no scalar, enum, or list of these,", name);
            return refuse(self, Feature::ParameterSchema(what));
        };
        if !self.types.is_carried(id) {
            let what = format!("the parameter `{}`, whose schema says more than its type,", name);
            return refuse(self, Feature::ParameterSchema(what));
        }
        let Some(style) = style(declared, is_list) else {
            let what = format!("the style of the parameter `{}`", name);
            return refuse(self, Feature::ParameterStyle(what));
        };
        self.requests.push(id);
        let presence = self.presence(required, id, &slot);
        let docs = Docs { summary: None, description: declared.description(), deprecated: declared.is_deprecated() };
        let field = fields.field(declared.words());
        let (wire_name, schema) = (wire_name.to_owned(), schema.as_str().to_owned());
        Some(Parameter { field, wire_name, location, style, slot, presence, docs, schema })
    }

    /// Whether a parameter of this type is a list; `None` where it is something that has no text.
    fn is_list(&self, slot: &Slot) -> Option<bool> {
        match &slot.ty {
            Type::List(item) => self.is_text(&item.ty).then_some(true),
            Type::Named(id) => match self.types.body(*id)? {
                TypeBody::Enum(_) => Some(false),
                TypeBody::Alias(slot) => self.is_list(slot),
                TypeBody::Struct(_) | TypeBody::Union(_) | TypeBody::Newtype(_) => None,
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
                TypeBody::Struct(_) | TypeBody::Union(_) | TypeBody::Newtype(_) => None,
            },
            _ => None,
        }
    }
}

fn fits(integer: Integer, value: i128) -> bool {
    let (least, greatest) = integer.range();
    (least..=greatest).contains(&value)
}

/// Where a parameter stands, and under which name; `None` where requests do not carry it.
fn standing<'f>(found: &'f Found<'_>, declared: &Declared<'f>) -> Option<(Location, &'f str)> {
    let name = declared.name();
    Some(match declared.location() {
        "query" => (Location::Query, name),
        "header" => (Location::Header, name),
        "cookie" => (Location::Cookie, name),
        "path" => match found.template.standing(name)? {
            Standing::Path(number) => (Location::Path(number), name),
            Standing::Query(key) => (Location::Query, key),
        },
        _ => return None,
    })
}

fn style(declared: &Declared<'_>, is_list: bool) -> Option<Style> {
    Some(match declared.style() {
        "label" | "matrix" | "deepObject" => return None,
        _ if !is_list => Style::Single,
        "form" | "cookie" if declared.explodes() => Style::Repeated,
        "spaceDelimited" | "pipeDelimited" if declared.explodes() => Style::Repeated,
        "spaceDelimited" => Style::Delimited(' '),
        "pipeDelimited" => Style::Delimited('|'),
        _ => Style::Delimited(','),
    })
}

/// Text is never null.
fn without_null(slot: Slot) -> Slot {
    match slot.ty {
        Type::Nullable(inner) => Slot { ty: *inner, checks: slot.checks },
        ty => Slot { ty, checks: slot.checks },
    }
}
