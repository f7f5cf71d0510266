//! Request structs and response enums as text.

use std::collections::HashSet;

use askama::Template;

use super::text::{Code, DocText, Literal};
use super::types::{described, expression, inline_code};
use crate::ir::{
    Alternative, Answer, AnswerBody, AnswerHeaders, Body, Content, Docs, Endpoint, FieldName, HeaderField, Parameter,
    ParameterPresence, Presence, Service, Slot, Status, Type, TypeBody, TypeDef, TypeName, Upload, UploadContent,
    UploadField, VariantName,
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
}

struct UploadFieldView<'i> {
    docs: DocText,
    name: &'i FieldName,
    ty: Code,
    take: Code,
}

/// The struct of an answer's headers.
struct HeadersView<'i> {
    docs: DocText,
    name: &'i TypeName,
    is_default: bool,
    fields: Vec<FieldView>,
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
    status: Status,
    /// What `From` makes of a body alone, where there is one and no header must be there.
    from_body: Option<Code>,
    respond: Code,
}

/// One value of a variant.
struct PartView {
    name: &'static str,
    ty: Code,
}

impl<'i> OperationsFile<'i> {
    pub fn of(service: &'i Service) -> Self {
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
            operations: service.endpoints.iter().map(|endpoint| view(endpoint, &service.types)).collect(),
            headers: headers.collect(),
        }
    }
}

impl OperationView<'_> {
    /// The answer that a bare body stands for: that of the only success.
    fn only_success(&self) -> Option<&AnswerView<'_>> {
        let mut successes = self.answers.iter().filter(|answer| matches!(answer.status, Status::Code(200..=299)));
        let first = successes.next()?;
        // Other variants of its status are other ways to write it.
        (first.from_body.is_some() && successes.all(|other| other.status == first.status)).then_some(first)
    }
}

fn view<'i>(endpoint: &'i Endpoint, types: &[TypeDef]) -> OperationView<'i> {
    let route = route_of(endpoint);
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
    let alternatives = || endpoint.body.iter().flat_map(|body| &body.alternatives);
    let choice = endpoint.body.as_ref().and_then(|body| body.choice.as_ref()).map(|name| ChoiceView {
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
    let is_stream = contents().any(|body| matches!(body.content, Content::Stream));
    OperationView {
        request: &endpoint.request,
        request_docs: DocText::line(format!("The request of {route}.")),
        fields: parameters.chain(body).collect(),
        choice,
        uploads: uploads.collect(),
        response: &endpoint.response,
        response_docs: DocText::line(format!("What {route} may answer.")),
        derives: if is_stream { "Debug" } else { "Debug, Clone, PartialEq" },
        accept: if contents().any(|body| body.media_types.len() > 1) { "accept" } else { "_accept" },
        answers,
    }
}

fn variant_view<'i>(alternative: &'i Alternative, types: &[TypeDef]) -> VariantView<'i> {
    let names: Vec<String> = alternative.media_types.iter().map(|name| inline_code(name)).collect();
    let ty = content_type(&alternative.content, types);
    VariantView { docs: DocText::line(names.join(", ")), name: &alternative.variant, ty }
}

fn upload_view<'i>(upload: &'i Upload, route: &str, types: &[TypeDef]) -> UploadView<'i> {
    let files = upload.fields.iter().filter(|field| !matches!(field.content, UploadContent::Value(_)));
    UploadView {
        docs: DocText::line(format!("The form of {route}.")),
        name: &upload.name,
        files: files.map(|field| Literal::of(&field.wire_name)).collect(),
        fields: upload.fields.iter().map(|field| upload_field_view(field, types)).collect(),
    }
}

fn upload_field_view<'i>(field: &'i UploadField, types: &[TypeDef]) -> UploadFieldView<'i> {
    let name = Literal::of(&field.wire_name);
    let (ty, take) = match (&field.content, field.presence) {
        (UploadContent::File, Presence::Required) => ("types::UploadFile".to_owned(), format!("file({name})?")),
        (UploadContent::File, Presence::Optional) => {
            ("Option<types::UploadFile>".to_owned(), format!("optional_file({name})?"))
        }
        (UploadContent::Files, Presence::Required) => {
            ("Vec<types::UploadFile>".to_owned(), format!("required_files({name})?"))
        }
        (UploadContent::Files, Presence::Optional) => ("Vec<types::UploadFile>".to_owned(), format!("files({name})")),
        (UploadContent::Value(slot), presence) => {
            let (ty, check) = (expression(&slot.ty, types), super::endpoints::check(slot, types));
            match presence {
                Presence::Required => (ty.to_string(), format!("required({name}, {check})?")),
                Presence::Optional => (format!("Option<{ty}>"), format!("optional({name}, {check})?")),
            }
        }
    };
    let docs = described(&field.docs, &inline_code(&field.wire_name));
    UploadFieldView { docs, name: &field.name, ty: Code::new(ty), take: Code::new(take) }
}

fn headers_view<'i>(headers: &'i AnswerHeaders, docs: String, types: &[TypeDef]) -> HeadersView<'i> {
    let fields = headers.fields.iter().map(|field| {
        let ty = expression(&field.slot.ty, types);
        let is_bare = field.presence == Presence::Required || is_lines(field, types);
        let ty = if is_bare { ty } else { Code::new(format!("Option<{ty}>")) };
        FieldView { docs: described(&field.docs, &inline_code(&field.wire_name)), name: name_of(&field.name), ty }
    });
    HeadersView {
        docs: DocText::line(docs),
        name: &headers.name,
        is_default: all_optional(headers, types),
        fields: fields.collect(),
    }
}

/// Whether no header must be there.
fn all_optional(headers: &AnswerHeaders, types: &[TypeDef]) -> bool {
    headers.fields.iter().all(|field| field.presence == Presence::Optional || is_lines(field, types))
}

/// Whether each value is a header of its own.
fn is_lines(field: &HeaderField, types: &[TypeDef]) -> bool {
    field.wire_name == "set-cookie" && is_list(&field.slot, types)
}

fn is_list(slot: &Slot, types: &[TypeDef]) -> bool {
    match &slot.ty {
        Type::List(_) => true,
        Type::Named(id) => matches!(&types[id.0].body, TypeBody::Alias(slot) if is_list(slot, types)),
        _ => false,
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
    let ty = match (&body.choice, body.alternatives.as_slice()) {
        (Some(name), _) => Code::new(name.as_str()),
        (None, [only]) => content_type(&only.content, types),
        (None, _) => Code::new("()"),
    };
    if body.required { ty } else { Code::new(format!("Option<{ty}>")) }
}

/// The type of what a body holds.
pub(super) fn content_type(content: &Content, types: &[TypeDef]) -> Code {
    match content {
        Content::Json(slot) | Content::Form(slot, _) | Content::Multipart(slot, _) => expression(&slot.ty, types),
        Content::Upload(upload) => Code::new(upload.name.as_str()),
        Content::Text => Code::new("String"),
        Content::Bytes => Code::new("buildflow_runtime::Bytes"),
        Content::Media => Code::new("types::Media"),
        Content::Stream => Code::new("types::ByteStream"),
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
        Some(body) => {
            parts.push(PartView { name: "body", ty: content_type(&body.content, types) });
            respond_with(&status, body)
        }
    };
    let mut from_body = answer.body.as_ref().map(|_| format!("Self::{}(body)", answer.variant));
    let respond = match &answer.headers {
        None => respond,
        Some(headers) => {
            parts.push(PartView { name: "headers", ty: Code::new(headers.name.as_str()) });
            from_body = from_body.filter(|_| all_optional(headers, types));
            from_body = from_body.map(|_| format!("Self::{}(body, {}::default())", answer.variant, headers.name));
            let writes: Vec<String> = headers.fields.iter().map(|field| header_write(field, types)).collect();
            format!("respond::with_headers({respond}, |to| {{ {} }})", writes.concat())
        }
    };
    let said = match answer.status {
        Status::Code(_) => spoken(answer.status),
        Status::Range(_) => format!("{}, with the status that is given", spoken(answer.status)),
        Status::Default => "Any other answer, with the status that is given".to_owned(),
    };
    let written = answer.body.as_ref().filter(|body| !matches!(body.content, Content::Json(_)));
    let written = written.map(|body| format!("As {}.", inline_code(&body.media_types[0])));
    let docs = DocText::line(said).paragraph(Some(&answer.description)).paragraph(written.as_deref());
    let from_body = from_body.map(Code::new);
    AnswerView { docs, variant: &answer.variant, parts, status: answer.status, from_body, respond: Code::new(respond) }
}

fn spoken(status: Status) -> String {
    match status {
        Status::Code(code) => format!("`{code}`"),
        Status::Range(first) => format!("`{first}XX`"),
        Status::Default => "any other answer".to_owned(),
    }
}

/// `GET /pets/{id}`, between backticks.
fn route_of(endpoint: &Endpoint) -> String {
    inline_code(&format!("{} {}", endpoint.route.method, endpoint.route.path))
}

fn header_write(field: &HeaderField, types: &[TypeDef]) -> String {
    let (name, value) = (Literal::of(&field.wire_name), format!("&headers.{}", field.name));
    let is_text = field.slot.ty == Type::Scalar(crate::ir::Scalar::String);
    match field.presence {
        _ if is_lines(field, types) => format!("to.lines({name}, {value});"),
        Presence::Required if field.wire_name == "location" && is_text => format!("to.location({value});"),
        Presence::Optional if field.wire_name == "location" && is_text => format!("to.optional_location({value});"),
        Presence::Required => format!("to.required({name}, {value});"),
        Presence::Optional => format!("to.optional({name}, {value});"),
    }
}

fn respond_with(status: &str, body: &AnswerBody) -> String {
    let name = match body.media_types.as_slice() {
        [only] => Literal::of(only).to_string(),
        several => {
            let names: Vec<String> = several.iter().map(|name| Literal::of(name).to_string()).collect();
            format!("accept.choose(&[{}])", names.join(", "))
        }
    };
    match body.content {
        Content::Json(_) if name == "\"application/json\"" => format!("respond::json({status}, &body)"),
        Content::Json(_) => format!("respond::json_as({status}, {name}, &body)"),
        Content::Text => format!("respond::text({status}, {name}, body)"),
        Content::Media => format!("respond::media({status}, body)"),
        Content::Stream => format!("respond::stream({status}, {name}, body)"),
        // Forms are not written; the handler has made the bytes.
        Content::Bytes | Content::Form(..) | Content::Multipart(..) | Content::Upload(_) => {
            format!("respond::bytes({status}, {name}, body)")
        }
    }
}

/// The constant of a status; a call for those that have none.
fn status_code(code: u16) -> String {
    let name = crate::lower::status_constant(code);
    name.map_or_else(|| format!("respond::status({code})"), |name| format!("StatusCode::{name}"))
}

/// The summary, description and place of an operation.
pub(super) fn operation_docs(endpoint: &Endpoint) -> DocText {
    let route = route_of(endpoint);
    let Docs { summary, description, deprecated } = &endpoint.docs;
    let text = DocText::line(route).paragraph(summary.as_deref()).paragraph(description.as_deref());
    if *deprecated { text.paragraph(Some("Deprecated by the document.")) } else { text }
}
