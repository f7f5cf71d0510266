//! Decoding of requests and calling of handlers as text.

use askama::Template;

use super::checks;
use super::operations::{body_type, field_type};
use super::text::{Code, Literal};
use super::types::expression;
use crate::ir::{
    Answer, Body, Content, Endpoint, FieldName, FieldStyle, FormField, Location, Parameter, ParameterPresence, Reading,
    Requirement, SchemeKind, Service, Slot, Status, Style, Syntax, TypeDef, TypeName, Validation,
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
    /// The media types of its answers, where each answer has one.
    offered: Vec<Literal>,
}

struct ParameterView<'i> {
    name: &'i FieldName,
    constant: Code,
    /// What is unlike most parameters, by its field's name.
    description: Vec<(&'static str, Code)>,
    ty: Code,
    decode: Code,
}

struct BodyView {
    alternatives: Vec<AlternativeView>,
    ty: Code,
    decode: Code,
}

struct AlternativeView {
    schema: Literal,
    media_types: Vec<Literal>,
    validation: &'static str,
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
        offered: offered(endpoint),
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
    ParameterView {
        name: &parameter.field,
        description: description(parameter),
        ty: field_type(parameter, types),
        decode: decode(parameter, &constant, types),
        constant: Code::new(constant),
    }
}

fn description(parameter: &Parameter) -> Vec<(&'static str, Code)> {
    let mut description = Vec::new();
    let mut say = |field, text: String| description.push((field, Code::new(text)));
    let location = match parameter.location {
        Location::Path(_) => Some("Path"),
        Location::Query => None,
        Location::Querystring => Some("Querystring"),
        Location::Header => Some("Header"),
        Location::Cookie => Some("Cookie"),
    };
    if let Some(location) = location {
        say("location", format!("generated::Location::{location}"));
    }
    say("name", Literal::of(&parameter.wire_name).to_string());
    if let Location::Path(capture @ 1..) = parameter.location {
        say("capture", capture.to_string());
    }
    if parameter.style != Style::Single {
        say("style", format!("generated::Style::{}", style(&parameter.style)));
    }
    if parameter.syntax != Syntax::Plain {
        say("syntax", format!("generated::Syntax::{:?}", parameter.syntax));
    }
    if !parameter.schema.is_empty() {
        say("schema", Literal::of(&parameter.schema).to_string());
    }
    if parameter.validation == Validation::Schema {
        say("validation", "generated::Validation::Schema".to_owned());
    }
    if parameter.empty_is_absent {
        say("empty_is_absent", "true".to_owned());
    }
    if let ParameterPresence::DefaultJson(json) = &parameter.presence {
        say("default", Literal::option(Some(json)).to_string());
    }
    description
}

fn style(style: &Style) -> String {
    let names = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| Literal::of(name).to_string()).collect();
        format!("&[{}]", names.join(", "))
    };
    match style {
        Style::Delimited(character) => format!("Delimited({character:?})"),
        Style::Pairs(character) => format!("Pairs({character:?})"),
        Style::Spread(members) => format!("Spread({})", names(members)),
        Style::SpreadBut(others) => format!("SpreadBut({})", names(others)),
        Style::Single | Style::Repeated | Style::Brackets | Style::Json | Style::Form => format!("{style:?}"),
    }
}

fn decode(parameter: &Parameter, constant: &str, types: &[TypeDef]) -> Code {
    let check = check(&parameter.slot, types);
    let read = match parameter.reading {
        Reading::Text => "read::text",
        Reading::List => "read::list",
        Reading::Value => "read::value",
    };
    Code::new(match &parameter.presence {
        ParameterPresence::Required | ParameterPresence::DefaultJson(_) => {
            format!("required(&{constant}, {read}, {check})")
        }
        ParameterPresence::Optional => format!("optional(&{constant}, {read}, {check})"),
        ParameterPresence::Default(value) => {
            format!("or_default(&{constant}, {read}, {check}, || {})", checks::literal(value, types))
        }
    })
}

/// A closure that says whether the value is valid.
pub(super) fn check(slot: &Slot, types: &[TypeDef]) -> Code {
    match checks::joined(slot, &checks::VALUE, types) {
        Some(all) => Code::new(format!("|value: &{}| {all}", expression(&slot.ty, types))),
        None => Code::new("|_| true"),
    }
}

fn body_view(body: &Body, types: &[TypeDef]) -> BodyView {
    let alternatives = body.alternatives.iter().map(|alternative| AlternativeView {
        schema: Literal::of(&alternative.schema),
        media_types: alternative.media_types.iter().map(|name| Literal::of(name)).collect(),
        validation: match alternative.validation {
            Validation::Static => "Static",
            Validation::Schema => "Schema",
        },
    });
    let decode = match (&body.choice, body.alternatives.as_slice()) {
        (Some(choice), several) => {
            let arms = several.iter().enumerate().map(|(index, alternative)| {
                let pattern = if index + 1 == several.len() { "_".to_owned() } else { index.to_string() };
                let decoded = body_decode(&alternative.content, &format!("&BODY[{index}]"), types);
                format!("{pattern} => {decoded}.map({choice}::{}),", alternative.variant)
            });
            format!("match decoder.choose(&BODY)? {{ {} }}", arms.collect::<String>())
        }
        (None, several) => several.iter().map(|only| body_decode(&only.content, "&BODY", types)).collect(),
    };
    let decode = match (body.required, &body.choice) {
        (true, _) => decode,
        (false, None) => format!("if decoder.has_body().await? {{ {decode}.map(Some) }} else {{ Some(None) }}"),
        (false, Some(_)) => format!("if decoder.has_body().await? {{ ({decode}).map(Some) }} else {{ Some(None) }}"),
    };
    BodyView { alternatives: alternatives.collect(), ty: body_type(body, types), decode: Code::new(decode) }
}

/// The expression that reads and decodes one kind of body.
fn body_decode(content: &Content, place: &str, types: &[TypeDef]) -> String {
    let call = match content {
        Content::Json(slot) => format!("json({place}, {})", check(slot, types)),
        Content::Form(slot, fields) => format!("form({place}, &[{}], {})", styles(fields), check(slot, types)),
        Content::Multipart(slot, fields) => {
            format!("multipart({place}, &[{}], {})", styles(fields), check(slot, types))
        }
        Content::Upload(upload) => format!("upload({place}, &[{}])", styles(&upload.styles)),
        Content::Text => format!("text({place})"),
        Content::Bytes => format!("bytes({place})"),
        Content::Media => format!("media({place})"),
        Content::Stream => format!("stream({place})"),
    };
    format!("decoder.{call}.await?")
}

fn styles(fields: &[FormField]) -> String {
    let fields = fields.iter().map(|field| {
        let style = match &field.style {
            FieldStyle::Plain => "Plain".to_owned(),
            FieldStyle::Delimited(character) => format!("Delimited({character:?})"),
            FieldStyle::Json => "Json".to_owned(),
            FieldStyle::Spread(members) => {
                let names: Vec<String> = members.iter().map(|name| Literal::of(name).to_string()).collect();
                format!("Spread(&[{}])", names.join(", "))
            }
        };
        let name = Literal::of(&field.wire_name);
        format!("generated::Field {{ name: {name}, style: generated::FieldStyle::{style} }},")
    });
    fields.collect()
}

/// The media types of an endpoint's answers; none where some success has no content, which fits every
/// client.
fn offered(endpoint: &Endpoint) -> Vec<Literal> {
    let is_bare = |answer: &Answer| answer.body.is_none() && matches!(answer.status, Status::Code(100..=399));
    if endpoint.answers.iter().any(is_bare) {
        return Vec::new();
    }
    let mut names: Vec<&String> = Vec::new();
    for name in endpoint.answers.iter().filter_map(|answer| answer.body.as_ref()).flat_map(|body| &body.media_types) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| Literal::of(name)).collect()
}
