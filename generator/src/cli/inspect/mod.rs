//! `buildflow-gen inspect`.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;

mod support;
mod unions;

use super::{Failure, Reading, Specs, print, report};
use crate::compile::Compiled;
use crate::diagnostic::Severity;
use crate::ir::{
    Answer, Content, Endpoint, EnumValues, Framing, HeaderField, Middleware, ParameterPresence, Payload, Presence,
    Requirement, Service, TypeBody,
};
use crate::ir::{Origin, Package};
use crate::lift::Document;
use crate::lower::Lowered;
use crate::read::Pointer;
use crate::render::spelled;
use crate::unsupported::Loss;

/// Show what a document contains and how it maps.
#[derive(Debug, Args)]
pub(super) struct Inspect {
    #[command(flatten)]
    specs: Specs,
    /// Show instead, operation by operation, what is typed, what is not, and what is refused
    #[arg(long)]
    support: bool,
}

impl Inspect {
    pub(super) fn run(mut self) -> Result<ExitCode, Failure> {
        self.specs = self.specs.fetched()?;
        let as_asked = self.specs.reading.read(&self.specs.paths);
        // What is not supported is listed in the overview, not refused; mistakes are.
        let without_gaps = has_only_gaps(&as_asked).then(|| {
            let reading = Reading { skip_unsupported: true, ..self.specs.reading.clone() };
            reading.read(&self.specs.paths)
        });
        let compiled = without_gaps.as_ref().unwrap_or(&as_asked);
        let has_errors = compiled.diagnostics.has_errors();
        // What was left out is in no overview; what is not supported is there, and no error here.
        report(if has_errors || self.specs.reading.skip_unsupported { &as_asked } else { compiled });
        if has_errors {
            return Ok(ExitCode::FAILURE);
        }
        let mut text = String::new();
        for (number, (document, lowered)) in compiled.services.iter().enumerate() {
            if number > 0 {
                text.push('\n');
            }
            if self.support {
                support::show(&mut text, compiled, document, lowered)?;
            } else {
                show(&mut text, compiled, document, lowered)?;
            }
        }
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether all errors are of what is not supported.
fn has_only_gaps(compiled: &Compiled) -> bool {
    let gaps: Vec<&str> =
        compiled.services.iter().flat_map(|(_, lowered)| &lowered.unsupported).map(|gap| gap.feature.code()).collect();
    let mut errors = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    !gaps.is_empty() && errors.all(|error| gaps.contains(&error.code))
}

fn show(out: &mut String, compiled: &Compiled, document: &Document, lowered: &Lowered) -> std::fmt::Result {
    overview(out, document, lowered)?;
    endpoints(out, &lowered.service)?;
    types(out, &lowered.service)?;
    external(out, compiled, &lowered.service)?;
    unions::show(out, document, &lowered.service)?;
    gaps(out, compiled, document, lowered)
}

fn overview(out: &mut String, document: &Document, lowered: &Lowered) -> std::fmt::Result {
    let service = &lowered.service;
    writeln!(out, "{} {} (OpenAPI {})", service.title, service.version, document.openapi.openapi)?;
    writeln!(out, "  service    {}", service.module)?;
    writeln!(out, "  trait      {}", service.handler)?;
    for tag in service.tags.iter().flat_map(|traits| &traits.tags) {
        writeln!(out, "             {}, {} of its methods", tag.part.name, tag.endpoints.len())?;
    }
    writeln!(out, "  base route {}", service.options.base_route.as_deref().unwrap_or("/"))?;
    let webhooks = document.node(&Pointer::root().join("webhooks")).and_then(|node| node.as_map());
    if let Some(webhooks) = webhooks {
        let names: Vec<&str> = webhooks.keys().map(String::as_str).collect();
        writeln!(out, "  webhooks   {} (calls that this API makes: never served)", names.join(", "))?;
    }
    if !service.options.middleware.is_empty() {
        writeln!(out, "  middleware {}", names(&service.options.middleware))?;
    }
    for scheme in &service.schemes {
        writeln!(out, "  security   {}, checked by `{}`", scheme.wire_name, scheme.method_name)?;
    }
    Ok(())
}

/// Middleware, outermost first.
fn names(middleware: &[Middleware]) -> String {
    middleware.iter().map(Middleware::name).collect::<Vec<_>>().join(", ")
}

fn endpoints(out: &mut String, service: &Service) -> std::fmt::Result {
    writeln!(out, "\nEndpoints ({})", service.endpoints.len() + service.missing.len())?;
    for endpoint in &service.endpoints {
        writeln!(out, "  {} {}", endpoint.route.method, endpoint.route.path)?;
        writeln!(out, "      {}({})", endpoint.method_name, parts(endpoint, service).join(", "))?;
        let answers: Vec<String> = endpoint.answers.iter().map(|answer| spoken(answer, service)).collect();
        writeln!(out, "      -> {}", answers.join(" | "))?;
        for answer in &endpoint.answers {
            let headers = answer.headers.iter().flat_map(|headers| &headers.fields);
            let names: Vec<String> = headers.map(|field| header(field, service)).collect();
            if !names.is_empty() {
                writeln!(out, "      headers of {}: {}", answer.status, names.join(", "))?;
            }
        }
        if !endpoint.security.is_empty() {
            writeln!(
                out,
                "      for {}",
                endpoint.security.iter().map(|one| asked(one, service)).collect::<Vec<_>>().join(", or ")
            )?;
        }
        if !endpoint.middleware.is_empty() {
            writeln!(out, "      inside of {}", names(&endpoint.middleware))?;
        }
    }
    for missing in &service.missing {
        writeln!(out, "  {} {}\n      not generated: answers 501", missing.route.method, missing.route.path)?;
    }
    Ok(())
}

fn parts(endpoint: &Endpoint, service: &Service) -> Vec<String> {
    let parameters = endpoint.parameters.iter().map(|parameter| {
        let ty = spelled(&parameter.slot.ty, &service.types);
        match parameter.presence {
            ParameterPresence::Required => format!("{}: {ty}", parameter.field),
            ParameterPresence::Nullable | ParameterPresence::Optional => format!("{}: Option<{ty}>", parameter.field),
            ParameterPresence::Default(_) | ParameterPresence::DefaultJson(_) => {
                format!("{}: {ty} (has a default)", parameter.field)
            }
        }
    });
    let payload = match &endpoint.payload {
        Payload::Nothing => None,
        Payload::Body(body) => {
            let kinds = body.alternatives.iter().map(|alternative| content(&alternative.content, service));
            Some(format!("body: {}", kinds.collect::<Vec<_>>().join(" or ")))
        }
        Payload::Raw => Some("request: all of it, as it came".to_owned()),
        Payload::Handshake => Some("socket: a WebSocket".to_owned()),
    };
    parameters.chain(payload).collect()
}

fn content(content: &Content, service: &Service) -> String {
    match content {
        Content::Json(slot) => spelled(&slot.ty, &service.types),
        Content::Form(slot, _) => format!("{} as a form", spelled(&slot.ty, &service.types)),
        Content::Multipart(slot, ..) => format!("{} as multipart", spelled(&slot.ty, &service.types)),
        Content::Upload(upload) => format!("{} with files", upload.name),
        Content::Text => "text".to_owned(),
        Content::Bytes => "bytes".to_owned(),
        Content::Media => "bytes of any media type".to_owned(),
        Content::Stream => "a stream".to_owned(),
        Content::Items(slot, Framing::Lines) => format!("lines of {}", spelled(&slot.ty, &service.types)),
        Content::Items(slot, Framing::Events(_)) => format!("events of {}", spelled(&slot.ty, &service.types)),
        Content::Upgrade => "a WebSocket".to_owned(),
    }
}

/// A header with its type; one that may be absent has a question mark.
fn header(field: &HeaderField, service: &Service) -> String {
    let mark = if field.presence == Presence::Optional { "?" } else { "" };
    match field.is_cookies() {
        true => "set-cookie: cookies".to_owned(),
        false => format!("{}{mark}: {}", field.wire_name, spelled(&field.slot.ty, &service.types)),
    }
}

/// Whoever satisfies these schemes; without any, everybody.
fn asked(requirement: &Requirement, service: &Service) -> String {
    let schemes = requirement.schemes.iter().filter_map(|(index, scopes)| {
        let name = &service.schemes.get(*index)?.wire_name;
        Some(if scopes.is_empty() { name.clone() } else { format!("{name} ({})", scopes.join(", ")) })
    });
    let schemes: Vec<String> = schemes.collect();
    if schemes.is_empty() { "everybody".to_owned() } else { schemes.join(" with ") }
}

fn spoken(answer: &Answer, service: &Service) -> String {
    let status = answer.status;
    match &answer.body {
        Some(body) => format!("{status} {}", content(&body.content, service)),
        None => status.to_string(),
    }
}

fn types(out: &mut String, service: &Service) -> std::fmt::Result {
    writeln!(out, "\nTypes ({})", service.types.len())?;
    for def in &service.types {
        let what = match &def.body {
            TypeBody::Struct(structure) => format!("struct of {}", structure.fields.len()),
            TypeBody::Enum(enumeration) if matches!(enumeration.values, EnumValues::Texts { other: Some(_) }) => {
                format!("enum of {}, and any other string", enumeration.variants.len())
            }
            TypeBody::Enum(enumeration) => format!("enum of {}", enumeration.variants.len()),
            TypeBody::Union(union) => format!("union of {}", union.variants.len()),
            TypeBody::Alias(slot) => format!("= {}", spelled(&slot.ty, &service.types)),
            TypeBody::Newtype(newtype) => format!("({})", spelled(&newtype.slot.ty, &service.types)),
        };
        writeln!(out, "  {} {what}  #{}", def.name, def.pointer)?;
    }
    Ok(())
}

/// The types that the document names.
fn external(out: &mut String, compiled: &Compiled, service: &Service) -> std::fmt::Result {
    if service.external.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nNamed types ({})", service.external.len())?;
    for (ty, span) in &service.external {
        let origin = match ty.origin() {
            Origin::Application => "of the application".to_owned(),
            Origin::Standard => "of Rust's own".to_owned(),
            Origin::Package(Package { name, version, features }) => {
                let version = version.as_deref().unwrap_or("of any version");
                let features = if features.is_empty() { String::new() } else { format!(" [{}]", features.join(", ")) };
                format!("of {name} {version}{features}")
            }
        };
        let place = compiled.sources.position(*span);
        writeln!(out, "  {ty} {origin}, first at {}:{}:{}", place.file, place.line, place.column)?;
    }
    Ok(())
}

fn gaps(out: &mut String, compiled: &Compiled, document: &Document, lowered: &Lowered) -> std::fmt::Result {
    let untyped = lowered.untyped();
    if !untyped.is_empty() {
        writeln!(out, "\nWithout a type of their own ({})", untyped.len())?;
        for part in untyped {
            let place = compiled.sources.position(document.span(&part.pointer));
            writeln!(out, "  {}:{}:{}: {}", place.file, place.line, place.column, part.why)?;
        }
    }
    if !lowered.unsupported.is_empty() {
        writeln!(out, "\nNot supported yet ({})", lowered.unsupported.len())?;
        for unsupported in &lowered.unsupported {
            let place = compiled.sources.position(unsupported.span);
            let lost = match unsupported.loss {
                Loss::Operation => "the operation",
                Loss::Part => "this part",
            };
            let message = unsupported.diagnostic(true).message;
            writeln!(out, "  {}:{}:{}: {message}; skipping loses {lost}", place.file, place.line, place.column)?;
        }
    }
    Ok(())
}
