//! The table of the endpoints as text.

use super::bodies::described;
use super::statics::{StaticView, Statics};
use super::text::{Code, Literal};
use crate::ir::{Admission, Answer, Endpoint, Payload, SchemeKind, Service, Status};

/// The endpoints by their numbers, and who may call those that ask.
pub(super) struct Table {
    pub entries: Vec<Code>,
    pub securities: Vec<StaticView>,
}

impl Table {
    pub(super) fn new(service: &Service) -> Self {
        let mut statics = Statics::default();
        let entries = service.endpoints.iter().map(|endpoint| entry(endpoint, service, &mut statics)).collect();
        Self { entries, securities: statics.views }
    }
}

/// An endpoint as the runtime takes it.
fn entry(endpoint: &Endpoint, service: &Service, statics: &mut Statics) -> Code {
    let kind = match endpoint.admission() {
        Admission::Everybody => "Open",
        Admission::Identified => "Identified",
        Admission::Authorized => "Authorized",
    };
    let guard = match endpoint.admission() {
        Admission::Everybody => String::new(),
        _ => format!("guard: SchemeGuard, security: {},", security(endpoint, service, statics)),
    };
    let (contract, method) = (contract(endpoint), &endpoint.method_name);
    let text = format!("{guard} contract: {contract}, decode: endpoints::{method}, method: Self::{method}");
    Code::new(format!("&generated::{kind} {{ {text} }}"))
}

/// The name of the static that says who may call an endpoint.
fn security<'s>(endpoint: &Endpoint, service: &Service, statics: &'s mut Statics) -> &'s str {
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
    statics.name("SECURITY", endpoint, "generated::Security", value)
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

/// What an endpoint expects of a request, as the runtime's constructors make it.
fn contract(endpoint: &Endpoint) -> String {
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
    text
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
