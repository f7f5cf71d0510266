//! Decoding of requests and calling of handlers as text.

use std::collections::{BTreeSet, HashMap, HashSet};

use askama::Template;

use super::bodies::{described, payload};
use super::checks;
use super::literals;
use super::text::{Code, Literal};
use super::types::expression;
use crate::ir::{
    Admission, Answer, ConstrainedType, Endpoint, FieldName, Location, Parameter, ParameterPresence, Payload, Reading,
    SchemeKind, Service, Status, Style, Syntax, TypeDef, TypeName, Validation,
};

/// One function an endpoint.
#[derive(Template)]
#[template(path = "endpoints.rs.askama", escape = "none")]
pub(super) struct EndpointsFile<'i> {
    /// What is imported of the twins of the service's trait.
    twins: Code,
    shared: Vec<SharedView>,
    endpoints: Vec<EndpointView<'i>>,
}

struct EndpointView<'i> {
    method: &'i FieldName,
    request: &'i TypeName,
    /// The fields of the request, each with the expression that decodes it.
    parameters: Vec<(&'i str, Code)>,
    /// What it expects of a request beside them.
    contract: Code,
    /// The request's other field, with the expression that gives it.
    payload: Option<(&'static str, Code)>,
    gate: Option<GateView>,
}

/// What the runtime must know of a parameter, or of who may call. Endpoints that have the same share it.
struct SharedView {
    name: String,
    ty: &'static str,
    value: Code,
}

/// What stands before an endpoint that asks who calls.
struct GateView {
    /// The static that says what is asked for.
    security: String,
    /// The twin's method that checks it.
    admit: &'static str,
    /// The trait of what that gives.
    caller: &'static str,
}

impl<'i> EndpointsFile<'i> {
    pub(super) fn new(service: &'i Service) -> Self {
        let mut shared = Shared::default();
        let endpoints: Vec<_> = service.endpoints.iter().map(|endpoint| view(endpoint, service, &mut shared)).collect();
        let callers: BTreeSet<&str> =
            endpoints.iter().filter_map(|endpoint| Some(endpoint.gate.as_ref()?.caller)).collect();
        let twins = match callers.is_empty() {
            true => "Handler".to_owned(),
            false => format!("{{{}, Handler, HandlerGate}}", Vec::from_iter(callers).join(", ")),
        };
        let twins = Code::new(twins);
        Self { twins, shared: shared.views, endpoints }
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

/// The statics of all endpoints, each once.
#[derive(Default)]
struct Shared {
    views: Vec<SharedView>,
    by_value: HashMap<String, usize>,
    names: HashSet<String>,
}

impl Shared {
    /// The name of the static that describes a parameter.
    fn parameter(&mut self, parameter: &Parameter, endpoint: &Endpoint) -> &str {
        self.name(&capitals(&parameter.field), endpoint, "generated::Parameter", description(parameter))
    }

    /// The name of the static that says who may call an endpoint.
    fn security(&mut self, endpoint: &Endpoint, service: &Service) -> &str {
        let asking = endpoint.security.iter().filter(|requirement| !requirement.schemes.is_empty());
        let alternatives = asking.map(|requirement| {
            let schemes = requirement.schemes.iter().map(|(index, scopes)| {
                let scopes: Vec<String> = scopes.iter().map(|scope| Literal::new(scope).to_string()).collect();
                let challenge = challenge(&service.schemes[*index].kind);
                format!("({index}, generated::Challenge::{challenge}, &[{}])", scopes.join(", "))
            });
            format!("&[{}]", schemes.collect::<Vec<_>>().join(", "))
        });
        let value = format!("&[{}]", alternatives.collect::<Vec<_>>().join(", "));
        self.name("SECURITY", endpoint, "generated::Security", value)
    }

    fn name(&mut self, plain: &str, endpoint: &Endpoint, ty: &'static str, value: String) -> &str {
        /// What endpoints call their own.
        const TAKEN: &str = "CONTRACT";
        if let Some(index) = self.by_value.get(&value) {
            return &self.views[*index].name;
        }
        // The name of an endpoint stays its own when others come.
        let of_endpoint = std::iter::once_with(|| format!("{}_{plain}", capitals(&endpoint.method_name)));
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let mut candidates = std::iter::once(plain.to_owned()).chain(of_endpoint).chain(numbered);
        let name = candidates.find(|name| name != TAKEN && self.names.insert(name.clone())).unwrap_or_default();
        let index = self.views.len();
        self.by_value.insert(value.clone(), index);
        self.views.push(SharedView { name, ty, value: Code::new(value) });
        &self.views[index].name
    }
}

/// A name as that of a static.
fn capitals(name: &FieldName) -> String {
    name.as_str().trim_start_matches("r#").to_ascii_uppercase()
}

fn view<'i>(endpoint: &'i Endpoint, service: &'i Service, shared: &mut Shared) -> EndpointView<'i> {
    let parameters = endpoint.parameters.iter().map(|parameter| {
        let decode = decode(parameter, shared.parameter(parameter, endpoint), &service.types);
        (parameter.field.as_str(), decode)
    });
    let parameters = parameters.collect();
    EndpointView {
        method: &endpoint.method_name,
        request: &endpoint.request,
        parameters,
        contract: contract(endpoint),
        payload: payload(&endpoint.payload, &service.types),
        gate: gate(endpoint, service, shared),
    }
}

fn gate(endpoint: &Endpoint, service: &Service, shared: &mut Shared) -> Option<GateView> {
    let (admit, caller) = match endpoint.admission() {
        Admission::Everybody => return None,
        Admission::Identified => ("identify", "IdentifiedHandler"),
        Admission::Authorized => ("authorize", "AuthorizedHandler"),
    };
    Some(GateView { security: shared.security(endpoint, service).to_owned(), admit, caller })
}

fn challenge(kind: &SchemeKind) -> String {
    match kind {
        SchemeKind::HeaderKey(name) => format!("HeaderKey({})", Literal::new(name)),
        SchemeKind::QueryKey(name) => format!("QueryKey({})", Literal::new(name)),
        SchemeKind::CookieKey(name) => format!("CookieKey({})", Literal::new(name)),
        SchemeKind::Basic => "Basic".to_owned(),
        SchemeKind::Bearer => "Bearer".to_owned(),
        SchemeKind::OAuth => "OAuth".to_owned(),
        SchemeKind::Certificate => "Certificate".to_owned(),
        SchemeKind::Http(name) => format!("Http({})", Literal::new(name)),
    }
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

/// A closure that says whether the value is valid.
pub(super) fn check(slot: &ConstrainedType, types: &[TypeDef]) -> Code {
    match checks::joined(slot, &checks::VALUE, types) {
        Some(all) => Code::new(format!("|value: &{}| {all}", expression(&slot.ty, types))),
        None => Code::new("|_| true"),
    }
}

/// What an endpoint expects of a request, as the runtime's constructors make it.
fn contract(endpoint: &Endpoint) -> Code {
    let mut text = "generated::Contract::new(&validation::SCHEMAS)".to_owned();
    let offered: Vec<String> = offered(endpoint).iter().map(Literal::to_string).collect();
    if !offered.is_empty() {
        text.push_str(&format!(".offers(&[{}])", offered.join(", ")));
    }
    match &endpoint.payload {
        Payload::Nothing | Payload::Raw => {}
        Payload::Handshake => text.push_str(".handshake()"),
        Payload::Body(body) => {
            let constructor = if body.required { "body" } else { "optional_body" };
            let bodies: Vec<String> = body.alternatives.iter().map(described).collect();
            text.push_str(&format!(".{constructor}(&[{}])", bodies.join(", ")));
        }
    }
    Code::new(text)
}

/// The media types of an endpoint's answers; none where some success has no content, which fits every
/// client.
fn offered(endpoint: &Endpoint) -> Vec<Literal> {
    let is_bare = |answer: &Answer| {
        let has_media_type = answer.body.as_ref().is_some_and(|body| !body.media_types.is_empty());
        !has_media_type && matches!(answer.status, Status::Code(100..=399))
    };
    if endpoint.answers.iter().any(is_bare) {
        return Vec::new();
    }
    let mut names: Vec<&String> = Vec::new();
    for name in endpoint.answers.iter().filter_map(|answer| answer.body.as_ref()).flat_map(|body| &body.media_types) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| Literal::new(name)).collect()
}
