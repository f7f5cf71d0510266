//! Request structs and response enums as text.

use askama::Template;

use super::text::{Code, DocText, Literal};
use super::types::{described, expression, inline_code};
use crate::ir::{
    Answer, Body, Content, Docs, Endpoint, FieldName, Parameter, ParameterPresence, Service, Status, TypeDef, TypeName,
    VariantName,
};

/// The requests and responses of a service.
#[derive(Template)]
#[template(path = "operations.rs.askama", escape = "none")]
pub(super) struct OperationsFile<'i> {
    operations: Vec<OperationView<'i>>,
}

struct OperationView<'i> {
    request: &'i TypeName,
    request_docs: DocText,
    fields: Vec<FieldView>,
    response: &'i TypeName,
    response_docs: DocText,
    answers: Vec<AnswerView<'i>>,
}

struct FieldView {
    docs: DocText,
    name: Code,
    ty: Code,
}

struct AnswerView<'i> {
    docs: DocText,
    variant: &'i VariantName,
    parts: Vec<PartView>,
    is_success: bool,
    respond: Code,
}

/// One value of a variant.
struct PartView {
    name: &'static str,
    ty: Code,
}

struct Success<'v> {
    ty: &'v Code,
    variant: &'v VariantName,
}

impl<'i> OperationsFile<'i> {
    pub fn of(service: &'i Service) -> Self {
        Self { operations: service.endpoints.iter().map(|endpoint| view(endpoint, &service.types)).collect() }
    }
}

impl OperationView<'_> {
    /// The answer that a bare body stands for: the only success, where it has a body.
    fn only_success(&self) -> Option<Success<'_>> {
        let mut successes = self.answers.iter().filter(|answer| answer.is_success);
        match (successes.next()?, successes.next()) {
            (AnswerView { parts, variant, .. }, None) => match parts.as_slice() {
                [PartView { ty, .. }] => Some(Success { ty, variant }),
                _ => None,
            },
            _ => None,
        }
    }
}

fn view<'i>(endpoint: &'i Endpoint, types: &[TypeDef]) -> OperationView<'i> {
    let route = inline_code(&format!("{} {}", endpoint.route.method, endpoint.route.path));
    let parameters = endpoint.parameters.iter().map(|parameter| {
        let ty = field_type(parameter, types);
        let docs = described(&parameter.docs, &inline_code(&parameter.wire_name));
        FieldView { docs, name: name_of(&parameter.field), ty }
    });
    let body = endpoint.body.as_ref().map(|body| FieldView {
        docs: described(&body.docs, "The request body."),
        name: Code::new("body"),
        ty: body_type(body, types),
    });
    OperationView {
        request: &endpoint.request,
        request_docs: DocText::line(format!("The request of {route}.")),
        fields: parameters.chain(body).collect(),
        response: &endpoint.response,
        response_docs: DocText::line(format!("What {route} may answer.")),
        answers: endpoint.answers.iter().map(|answer| answer_view(answer, types)).collect(),
    }
}

fn name_of(field: &FieldName) -> Code {
    Code::new(field.as_str())
}

/// The type of a parameter's field.
pub(super) fn field_type(parameter: &Parameter, types: &[TypeDef]) -> Code {
    let ty = expression(&parameter.slot.ty, types);
    match parameter.presence {
        ParameterPresence::Optional => Code::new(format!("Option<{ty}>")),
        ParameterPresence::Required | ParameterPresence::Default(_) => ty,
    }
}

/// The type of the request's `body` field.
pub(super) fn body_type(body: &Body, types: &[TypeDef]) -> Code {
    let ty = content_type(&body.content, types);
    match (&body.content, body.required) {
        (Content::Json(_), false) => Code::new(format!("Option<{ty}>")),
        _ => ty,
    }
}

/// The type of what a body holds.
pub(super) fn content_type(content: &Content, types: &[TypeDef]) -> Code {
    match content {
        Content::Json(slot) => expression(&slot.ty, types),
        Content::Text => Code::new("String"),
        Content::Bytes => Code::new("buildflow_runtime::Bytes"),
    }
}

fn answer_view<'i>(answer: &'i Answer, types: &[TypeDef]) -> AnswerView<'i> {
    let mut parts = Vec::new();
    let status = match answer.status {
        Status::Code(code) => status_code(code),
        Status::Range(first) => {
            parts.push(PartView { name: "status", ty: Code::new("StatusCode") });
            format!("respond::in_range({first}, status)")
        }
        Status::Default => {
            parts.push(PartView { name: "status", ty: Code::new("StatusCode") });
            "status".to_owned()
        }
    };
    let respond = match &answer.body {
        None => format!("respond::empty({status})"),
        Some((media_type, content)) => {
            parts.push(PartView { name: "body", ty: content_type(content, types) });
            respond_with(&status, media_type, content)
        }
    };
    let spoken = match answer.status {
        Status::Code(code) => format!("`{code}`"),
        Status::Range(first) => format!("`{first}XX`, with the status that is given"),
        Status::Default => "Any other answer, with the status that is given".to_owned(),
    };
    let docs = DocText::line(spoken).paragraph(Some(&answer.description));
    let is_success = matches!(answer.status, Status::Code(200..=299));
    AnswerView { docs, variant: &answer.variant, parts, is_success, respond: Code::new(respond) }
}

fn respond_with(status: &str, media_type: &str, content: &Content) -> String {
    let sendable = !media_type.contains('*') && media_type.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let literal = Literal::of(if sendable { media_type } else { "application/octet-stream" });
    match content {
        Content::Json(_) if media_type == "application/json" => format!("respond::json({status}, &body)"),
        Content::Json(_) => format!("respond::json_as({status}, {literal}, &body)"),
        Content::Text => format!("respond::text({status}, {literal}, body)"),
        Content::Bytes => format!("respond::bytes({status}, {literal}, body)"),
    }
}

/// The constant of a status; a call for those that have none.
fn status_code(code: u16) -> String {
    let name = crate::lower::status_constant(code);
    name.map_or_else(|| format!("respond::status({code})"), |name| format!("StatusCode::{name}"))
}

/// The summary, description and place of an operation.
pub(super) fn operation_docs(endpoint: &Endpoint) -> DocText {
    let route = inline_code(&format!("{} {}", endpoint.route.method, endpoint.route.path));
    let Docs { summary, description, deprecated } = &endpoint.docs;
    let text = DocText::line(route).paragraph(summary.as_deref()).paragraph(description.as_deref());
    if *deprecated { text.paragraph(Some("Deprecated by the document.")) } else { text }
}
