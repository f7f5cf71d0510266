//! Decoding of requests and calling of handlers as text.

use askama::Template;

use super::checks;
use super::operations::{body_type, field_type};
use super::text::{Code, Literal};
use super::types::expression;
use crate::ir::{
    Body, Content, Endpoint, FieldName, Location, Parameter, ParameterPresence, Requirement, Scalar, SchemeKind,
    Service, Slot, Style, Type, TypeBody, TypeDef, TypeName, Validation,
};

/// One function an endpoint.
#[derive(Template)]
#[template(path = "endpoints.rs.askama", escape = "none")]
pub(super) struct EndpointsFile<'i> {
    endpoints: Vec<EndpointView<'i>>,
}

struct EndpointView<'i> {
    method: &'i FieldName,
    request: &'i TypeName,
    parameters: Vec<ParameterView<'i>>,
    body: Option<BodyView>,
    security: Vec<Vec<AskedView>>,
}

struct ParameterView<'i> {
    name: &'i FieldName,
    constant: Code,
    location: &'static str,
    capture: usize,
    wire_name: Literal,
    style: Code,
    schema: Literal,
    kind: &'static str,
    ty: Code,
    decode: Code,
}

struct BodyView {
    schema: Literal,
    media_types: Vec<Literal>,
    validation: &'static str,
    ty: Code,
    decode: Code,
}

struct AskedView {
    index: usize,
    challenge: Code,
    scopes: Vec<Literal>,
}

impl<'i> EndpointsFile<'i> {
    pub fn of(service: &'i Service) -> Self {
        Self { endpoints: service.endpoints.iter().map(|endpoint| view(endpoint, service)).collect() }
    }
}

impl EndpointView<'_> {
    fn is_decoding(&self) -> bool {
        !self.parameters.is_empty() || self.body.is_some()
    }

    fn decoded(&self) -> Vec<&str> {
        let parameters = self.parameters.iter().map(|parameter| parameter.name.as_str());
        parameters.chain(self.body.as_ref().map(|_| "body")).collect()
    }
}

fn view<'i>(endpoint: &'i Endpoint, service: &'i Service) -> EndpointView<'i> {
    EndpointView {
        method: &endpoint.method_name,
        request: &endpoint.request,
        parameters: endpoint.parameters.iter().map(|parameter| parameter_view(parameter, &service.types)).collect(),
        body: endpoint.body.as_ref().map(|body| body_view(body, &service.types)),
        security: endpoint.security.iter().map(|requirement| asked(requirement, service)).collect(),
    }
}

fn asked(requirement: &Requirement, service: &Service) -> Vec<AskedView> {
    let schemes = requirement.schemes.iter().map(|(index, scopes)| AskedView {
        index: *index,
        challenge: challenge(&service.schemes[*index].kind),
        scopes: scopes.iter().map(|scope| Literal::of(scope)).collect(),
    });
    schemes.collect()
}

fn challenge(kind: &SchemeKind) -> Code {
    Code::new(match kind {
        SchemeKind::HeaderKey(name) => format!("HeaderKey({})", Literal::of(name)),
        SchemeKind::QueryKey(name) => format!("QueryKey({})", Literal::of(name)),
        SchemeKind::CookieKey(name) => format!("CookieKey({})", Literal::of(name)),
        SchemeKind::Basic => "Basic".to_owned(),
        SchemeKind::Bearer => "Bearer".to_owned(),
    })
}

fn parameter_view<'i>(parameter: &'i Parameter, types: &[TypeDef]) -> ParameterView<'i> {
    let constant = parameter.field.as_str().trim_start_matches("r#").to_ascii_uppercase();
    let (location, capture) = match parameter.location {
        Location::Path(capture) => ("Path", capture),
        Location::Query => ("Query", 0),
        Location::Header => ("Header", 0),
        Location::Cookie => ("Cookie", 0),
    };
    let style = match parameter.style {
        Style::Single => Code::new("Single"),
        Style::Repeated => Code::new("Repeated"),
        Style::Delimited(character) => Code::new(format!("Delimited({character:?})")),
    };
    ParameterView {
        name: &parameter.field,
        location,
        capture,
        wire_name: Literal::of(&parameter.wire_name),
        style,
        schema: Literal::of(&parameter.schema),
        kind: text_kind(&parameter.slot.ty, types),
        ty: field_type(parameter, types),
        decode: decode(parameter, &constant, types),
        constant: Code::new(constant),
    }
}

fn decode(parameter: &Parameter, constant: &str, types: &[TypeDef]) -> Code {
    let check = check(&parameter.slot, types);
    let kind = if parameter.style == Style::Single { "" } else { "_list" };
    Code::new(match &parameter.presence {
        ParameterPresence::Required => format!("required{kind}(&{constant}, {check})"),
        ParameterPresence::Optional => format!("optional{kind}(&{constant}, {check})"),
        ParameterPresence::Default(value) => {
            format!("or_default(&{constant}, || {}, {check})", checks::literal(value, types))
        }
    })
}

/// A closure that says whether the value is valid.
fn check(slot: &Slot, types: &[TypeDef]) -> Code {
    match checks::joined(slot, &checks::VALUE, types) {
        Some(all) => Code::new(format!("|value: &{}| {all}", expression(&slot.ty, types))),
        None => Code::new("|_| true"),
    }
}

/// How text becomes JSON, for the validator.
fn text_kind(ty: &Type, types: &[TypeDef]) -> &'static str {
    match ty {
        Type::Scalar(Scalar::Integer(_)) => "Integer",
        Type::Scalar(Scalar::F32 | Scalar::F64) => "Number",
        Type::Scalar(Scalar::Bool) => "Boolean",
        Type::List(slot) => text_kind(&slot.ty, types),
        Type::Named(id) => match &types[id.0].body {
            TypeBody::Alias(slot) => text_kind(&slot.ty, types),
            _ => "String",
        },
        _ => "String",
    }
}

fn body_view(body: &Body, types: &[TypeDef]) -> BodyView {
    let decode = match (&body.content, body.required) {
        (Content::Json(slot), true) => format!("json(&BODY, {})", check(slot, types)),
        (Content::Json(slot), false) => format!("json_optional(&BODY, {})", check(slot, types)),
        (Content::Text, _) => "text(&BODY)".to_owned(),
        (Content::Bytes, _) => "bytes(&BODY)".to_owned(),
    };
    BodyView {
        schema: Literal::of(&body.schema),
        media_types: body.media_types.iter().map(|name| Literal::of(name)).collect(),
        validation: match body.validation {
            Validation::Static => "Static",
            Validation::Schema => "Schema",
        },
        ty: body_type(body, types),
        decode: Code::new(decode),
    }
}
