//! Request structs and response enums as text.

use std::collections::HashSet;

use askama::Template;

use super::answers::{AnswerView, HeadersView, answer_view, headers_view, spoken};
use super::docs::DocText;
use super::docs::{described, field_docs, inline_code};
use super::text::{Code, Literal};
use super::types::expression;
use crate::ir::{
    Alternative, Body, Content, Docs, Endpoint, FieldName, FieldPresence, Framing, Parameter, ParameterPresence,
    Payload, Service, Status, TypeDef, TypeName, Upload, UploadContent, UploadField, VariantName,
};

/// The requests and responses of a service.
#[derive(Template)]
#[template(path = "operations.rs.askama", escape = "none")]
pub(super) struct OperationsFile<'i> {
    operations: Vec<OperationView<'i>>,
    headers: Vec<HeadersView<'i>>,
}

struct OperationView<'i> {
    request: &'i TypeName,
    request_docs: DocText,
    fields: Vec<FieldView>,
    choice: Option<ChoiceView<'i>>,
    uploads: Vec<UploadView<'i>>,
    response: &'i TypeName,
    response_docs: DocText,
    derives: &'static str,
    accept: &'static str,
    answers: Vec<AnswerView<'i>>,
}

/// The enum of the kinds of body that may be sent.
struct ChoiceView<'i> {
    docs: DocText,
    name: &'i TypeName,
    variants: Vec<VariantView<'i>>,
}

struct VariantView<'i> {
    docs: DocText,
    name: &'i VariantName,
    ty: Code,
}

/// The struct of a form with files.
struct UploadView<'i> {
    docs: DocText,
    name: &'i TypeName,
    files: Vec<Literal>,
    fields: Vec<UploadFieldView<'i>>,
    /// The fields in the order in which they are taken: values first, as what is no value is told without the files.
    taken: Vec<(&'i FieldName, Code)>,
}

struct UploadFieldView<'i> {
    docs: DocText,
    name: &'i FieldName,
    ty: Code,
    take: Code,
    is_file: bool,
}

/// A field of a struct.
pub(super) struct FieldView {
    pub docs: DocText,
    pub name: Code,
    pub ty: Code,
}

impl<'i> OperationsFile<'i> {
    pub(super) fn new(service: &'i Service) -> Self {
        // Answers that share a description share the struct of its headers.
        let mut seen = HashSet::new();
        let answers =
            service.endpoints.iter().flat_map(|endpoint| endpoint.answers.iter().map(move |answer| (endpoint, answer)));
        let headers = answers.filter_map(|(endpoint, answer)| {
            let headers = answer.headers.as_ref().filter(|headers| seen.insert(headers.name.as_str()))?;
            let docs = format!("The headers of {} of {}.", spoken(answer.status), route_of(endpoint));
            Some(headers_view(headers, docs, &service.types))
        });
        Self {
            operations: service.endpoints.iter().map(|endpoint| view(endpoint, service)).collect(),
            headers: headers.collect(),
        }
    }
}

impl OperationView<'_> {
    /// The type of a bare body, and the answer that it stands for: that of the only success.
    fn bare(&self) -> Option<(&Code, &Code)> {
        let is_success = |answer: &&AnswerView<'_>| matches!(answer.status, Status::Code(101 | 200..=299));
        let mut successes = self.answers.iter().filter(is_success);
        let first = successes.next()?;
        // Other variants of its status are other ways to write it.
        let is_only = successes.all(|other| other.status == first.status);
        first.from_body.as_ref().filter(|_| is_only).map(|made| (&first.parts[0].ty, made))
    }
}

fn view<'i>(endpoint: &'i Endpoint, service: &'i Service) -> OperationView<'i> {
    let types = &service.types;
    let (route, link) = (route_of(endpoint), link(endpoint, service));
    let parameters = endpoint.parameters.iter().map(|parameter| {
        let ty = field_type(parameter, types);
        let docs = field_docs(&parameter.docs, &parameter.wire_name, &parameter.field);
        FieldView { docs, name: name_of(&parameter.field), ty }
    });
    let alternatives = || endpoint.body().into_iter().flat_map(|body| &body.alternatives);
    let choice = endpoint.body().and_then(|body| body.choice.as_ref()).map(|name| ChoiceView {
        docs: DocText::line(format!("What the body of {route} may be.")),
        name,
        variants: alternatives().map(|alternative| variant_view(alternative, types)).collect(),
    });
    let uploads = alternatives().filter_map(|alternative| match &alternative.content {
        Content::Upload(upload) => Some(upload_view(upload, &route, types)),
        _ => None,
    });
    let answers: Vec<AnswerView<'_>> = endpoint.answers.iter().map(|answer| answer_view(answer, types)).collect();
    let contents = || endpoint.answers.iter().filter_map(|answer| answer.body.as_ref());
    let is_plain = |content: &Content| {
        !matches!(content, Content::Media | Content::Stream | Content::Items(..) | Content::Upgrade)
    };
    let is_stream = contents().any(|body| !is_plain(&body.content));
    OperationView {
        request: &endpoint.request,
        request_docs: DocText::line(format!("The request of {link}.")),
        fields: parameters.chain(payload_field(&endpoint.payload, types)).collect(),
        choice,
        uploads: uploads.collect(),
        response: &endpoint.response,
        response_docs: match endpoint.answers.is_empty() {
            true => DocText::line(format!("What {link} answers: any response.")),
            false => DocText::line(format!("What {link} may answer.")),
        },
        derives: if is_stream { "Debug" } else { "Debug, Clone, PartialEq" },
        accept: if contents().any(|body| body.media_types.len() > 1) { "accept" } else { "_accept" },
        answers,
    }
}

/// The route as a link to the method, where one trait has them all.
fn link(endpoint: &Endpoint, service: &Service) -> String {
    let (route, method, handler) = (route_of(endpoint), &endpoint.method_name, &service.handler);
    match service.tags.is_some() {
        true => route,
        false => format!("[{route}](super::service::{handler}::{method})"),
    }
}

/// The field of a request beside its parameters.
fn payload_field(payload: &Payload, types: &[TypeDef]) -> Option<FieldView> {
    let field = |docs, name, ty| Some(FieldView { docs, name: Code::new(name), ty });
    match payload {
        Payload::Nothing => None,
        Payload::Body(body) => field(described(&body.docs, "body"), "body", body_type(body, types)),
        Payload::Raw => {
            let docs = DocText::line("The whole request; its body has not been read.".to_owned());
            field(docs, "request", Code::new("buildflow_runtime::axum::extract::Request"))
        }
        Payload::Handshake => {
            let docs = DocText::line("The WebSocket, to be accepted.".to_owned());
            field(docs, "socket", Code::new("types::Handshake"))
        }
    }
}

fn variant_view<'i>(alternative: &'i Alternative, types: &[TypeDef]) -> VariantView<'i> {
    let names: Vec<String> = alternative.media_types.iter().map(|name| inline_code(name)).collect();
    let ty = content_type(&alternative.content, types);
    VariantView { docs: DocText::line(names.join(", ")), name: &alternative.variant, ty }
}

fn upload_view<'i>(upload: &'i Upload, route: &str, types: &[TypeDef]) -> UploadView<'i> {
    let files = upload.fields.iter().filter(|field| !matches!(field.content, UploadContent::Value(_)));
    let fields: Vec<UploadFieldView<'_>> = upload.fields.iter().map(|field| upload_field_view(field, types)).collect();
    let of_kind = |is_file| fields.iter().filter(move |field| field.is_file == is_file);
    let taken = of_kind(false).chain(of_kind(true)).map(|field| (field.name, field.take.clone())).collect();
    UploadView {
        docs: DocText::line(format!("The form of {route}.")),
        name: &upload.name,
        files: files.map(|field| Literal::new(&field.wire_name)).collect(),
        taken,
        fields,
    }
}

fn upload_field_view<'i>(field: &'i UploadField, types: &[TypeDef]) -> UploadFieldView<'i> {
    let name = Literal::new(&field.wire_name);
    let (ty, take) = match (&field.content, &field.presence) {
        (UploadContent::File, FieldPresence::Required) => ("types::UploadFile".to_owned(), format!("file({name})?")),
        (UploadContent::File, _) => ("Option<types::UploadFile>".to_owned(), format!("optional_file({name})?")),
        (UploadContent::Files, FieldPresence::Required) => {
            ("Vec<types::UploadFile>".to_owned(), format!("required_files({name})?"))
        }
        (UploadContent::Files, _) => ("Vec<types::UploadFile>".to_owned(), format!("files({name})")),
        (UploadContent::Value(slot), presence) => {
            let (ty, check) = (expression(&slot.ty, types), super::endpoints::check(slot, types));
            match presence {
                FieldPresence::Required => (ty.to_string(), format!("required({name}, {check})?")),
                FieldPresence::Optional => (format!("Option<{ty}>"), format!("optional({name}, {check})?")),
                FieldPresence::Default(value) => {
                    let default = super::literals::literal(value, &slot.ty, types);
                    (ty.to_string(), format!("or_default({name}, {check}, || {default})?"))
                }
            }
        }
    };
    let docs = field_docs(&field.docs, &field.wire_name, &field.name);
    let is_file = !matches!(field.content, UploadContent::Value(_));
    UploadFieldView { docs, name: &field.name, ty: Code::new(ty), take: Code::new(take), is_file }
}

/// `GET /pets/{id}`, between backticks.
fn route_of(endpoint: &Endpoint) -> String {
    inline_code(&format!("{} {}", endpoint.route.method, endpoint.route.path))
}

/// A field's name as code.
pub(super) fn name_of(field: &FieldName) -> Code {
    Code::new(field.as_str())
}

/// The type of a parameter's field.
pub(super) fn field_type(parameter: &Parameter, types: &[TypeDef]) -> Code {
    let ty = expression(&parameter.slot.ty, types);
    match parameter.presence {
        ParameterPresence::Nullable | ParameterPresence::Optional => Code::new(format!("Option<{ty}>")),
        ParameterPresence::Required | ParameterPresence::Default(_) | ParameterPresence::DefaultJson(_) => ty,
    }
}

/// The type of the request's `body` field.
pub(super) fn body_type(body: &Body, types: &[TypeDef]) -> Code {
    let ty = match (&body.choice, body.alternatives.as_slice()) {
        (Some(name), _) => Code::new(name.as_str()),
        // Several without a choice between them have one type.
        (None, [first, ..]) => content_type(&first.content, types),
        (None, []) => Code::new("()"),
    };
    if body.required { ty } else { Code::new(format!("Option<{ty}>")) }
}

/// The type of what a body holds.
pub(super) fn content_type(content: &Content, types: &[TypeDef]) -> Code {
    match content {
        Content::Json(slot) | Content::Form(slot, _) | Content::Multipart(slot, ..) => expression(&slot.ty, types),
        Content::Upload(upload) => Code::new(upload.name.as_str()),
        Content::Text => Code::new("String"),
        Content::Bytes => Code::new("buildflow_runtime::Bytes"),
        Content::Media => Code::new("types::Media"),
        Content::Stream => Code::new("types::ByteStream"),
        Content::Items(slot, Framing::Lines) => Code::new(format!("types::JsonLines<{}>", expression(&slot.ty, types))),
        Content::Items(slot, Framing::Events(_)) => {
            Code::new(format!("types::EventStream<{}>", expression(&slot.ty, types)))
        }
        Content::Upgrade => Code::new("types::Upgrade"),
    }
}

/// The summary, description and place of an operation.
pub(super) fn operation_docs(endpoint: &Endpoint) -> DocText {
    let route = route_of(endpoint);
    let Docs { summary, description, .. } = &endpoint.docs;
    let summary = summary.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let description = description.as_deref().filter(|text| Some(text.trim()) != summary);
    let first = match summary {
        Some(summary) => format!("{route}: {summary}"),
        None => route,
    };
    DocText::default().paragraph(Some(&first)).paragraph(description)
}
