//! Decoding of requests as text.

use askama::Template;

use super::bodies::payload;
use super::checks;
use super::literals;
use super::statics::{StaticView, Statics, capitals};
use super::text::{Code, Literal};
use super::types::expression;
use crate::ir::{
    ConstrainedType, Endpoint, FieldName, Location, Parameter, ParameterPresence, Reading, Service, Style, Syntax,
    TypeDef, TypeName, Validation,
};

/// One function per endpoint.
#[derive(Template)]
#[template(path = "endpoints.rs.askama", escape = "none")]
pub(super) struct EndpointsFile<'i> {
    statics: Vec<StaticView>,
    endpoints: Vec<EndpointView<'i>>,
}

struct EndpointView<'i> {
    method: &'i FieldName,
    request: &'i TypeName,
    /// The fields of the request, each with the expression that decodes it.
    parameters: Vec<(&'i str, Code)>,
    /// The request's other field, with the expression that gives it.
    payload: Option<(&'static str, Code)>,
}

impl<'i> EndpointsFile<'i> {
    pub(super) fn new(service: &'i Service) -> Self {
        let mut statics = Statics::default();
        let endpoints: Vec<_> =
            service.endpoints.iter().map(|endpoint| view(endpoint, service, &mut statics)).collect();
        Self { statics: statics.views, endpoints }
    }
}

impl EndpointView<'_> {
    fn is_decoding(&self) -> bool {
        !self.parameters.is_empty() || self.payload.is_some()
    }

    fn parts(&self) -> Vec<(&str, &Code)> {
        let parameters = self.parameters.iter().map(|(name, decode)| (*name, decode));
        parameters.chain(self.payload.as_ref().map(|(name, decode)| (*name, decode))).collect()
    }
}

fn view<'i>(endpoint: &'i Endpoint, service: &'i Service, statics: &mut Statics) -> EndpointView<'i> {
    let parameters = endpoint.parameters.iter().map(|parameter| {
        let decode = decode(parameter, parameter_static(parameter, endpoint, statics), &service.types);
        (parameter.field.as_str(), decode)
    });
    let parameters = parameters.collect();
    EndpointView {
        method: &endpoint.method_name,
        request: &endpoint.request,
        parameters,
        payload: payload(&endpoint.payload, &service.types),
    }
}

/// The name of the static that describes a parameter.
fn parameter_static<'s>(parameter: &Parameter, endpoint: &Endpoint, statics: &'s mut Statics) -> &'s str {
    statics.name(&capitals(&parameter.field), endpoint, "generated::Parameter", description(parameter))
}

/// A parameter as the runtime's constructors make it.
fn description(parameter: &Parameter) -> String {
    let place = match parameter.location {
        Location::Path(_) => "path",
        Location::Query => "query",
        Location::Querystring => "querystring",
        Location::Header => "header",
        Location::Cookie => "cookie",
    };
    let mut text = format!("generated::Parameter::{place}({})", Literal::new(&parameter.wire_name));
    if let Location::Path(capture @ 1..) = parameter.location {
        text.push_str(&format!(".capture({capture})"));
    }
    if parameter.style != Style::Single {
        text.push_str(&format!(".style(generated::Style::{})", style(&parameter.style)));
    }
    if parameter.syntax != Syntax::Plain {
        text.push_str(&format!(".syntax(generated::Syntax::{})", syntax(parameter.syntax)));
    }
    if !parameter.schema.is_empty() {
        text.push_str(&format!(".schema({})", Literal::new(&parameter.schema)));
    }
    if parameter.validation == Validation::Schema {
        text.push_str(".validated()");
    }
    if parameter.empty_is_absent {
        text.push_str(".empty_is_absent()");
    }
    if let ParameterPresence::DefaultJson(json) = &parameter.presence {
        text.push_str(&format!(".default_json({})", Literal::new(json)));
    }
    text
}

/// The runtime's expression of a style.
fn style(style: &Style) -> String {
    let names = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| Literal::new(name).to_string()).collect();
        format!("&[{}]", names.join(", "))
    };
    match style {
        Style::Delimited(character) => format!("Delimited({character:?})"),
        Style::Pairs(character) => format!("Pairs({character:?})"),
        Style::Spread(members) => format!("Spread({})", names(members)),
        Style::SpreadBut(others) => format!("SpreadBut({})", names(others)),
        Style::Single => "Single".to_owned(),
        Style::Repeated => "Repeated".to_owned(),
        Style::Brackets => "Brackets".to_owned(),
        Style::Json => "Json".to_owned(),
        Style::Form => "Form".to_owned(),
    }
}

/// The runtime's name of a syntax.
fn syntax(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Plain => "Plain",
        Syntax::Verbatim => "Verbatim",
        Syntax::Label => "Label",
        Syntax::Matrix => "Matrix",
        Syntax::Segments => "Segments",
    }
}

/// The expression that decodes a parameter, which the static of this name describes.
fn decode(parameter: &Parameter, name: &str, types: &[TypeDef]) -> Code {
    let check = check(&parameter.slot, types);
    let read = match parameter.reading {
        Reading::Text => "read::text",
        Reading::List => "read::list",
        Reading::Value => "read::value",
    };
    let call = match &parameter.presence {
        ParameterPresence::Required | ParameterPresence::DefaultJson(_) => {
            format!("required(&{name}, {read}, {check})")
        }
        ParameterPresence::Nullable => format!("nullable(&{name}, {read}, {check})"),
        ParameterPresence::Optional => format!("optional(&{name}, {read}, {check})"),
        ParameterPresence::Default(value) => {
            format!("or_default(&{name}, {read}, {check}, || {})", literals::literal(value, &parameter.slot.ty, types))
        }
    };
    Code::new(format!("decoder.{call}"))
}

/// A function that says whether the value is valid.
pub(super) fn check(slot: &ConstrainedType, types: &[TypeDef]) -> Code {
    match checks::joined(slot, &checks::VALUE, types) {
        Some(all) => checks::named(slot, types)
            .unwrap_or_else(|| Code::new(format!("|value: &{}| {all}", expression(&slot.ty, types)))),
        None => Code::new("check::any"),
    }
}
