//! Answers and their headers as text.

use super::docs::DocText;
use super::docs::{field_docs, inline_code};
use super::operations::{FieldView, content_type, name_of};
use super::text::{Code, Literal};
use super::types::expression;
use crate::ir::{
    Answer, AnswerBody, AnswerHeaders, Content, Framing, HeaderField, Presence, Scalar, Status, Type, TypeDef,
    TypeName, VariantName,
};

/// A variant of a response enum.
pub(super) struct AnswerView<'i> {
    pub docs: DocText,
    pub variant: &'i VariantName,
    pub parts: Vec<PartView>,
    pub status: Status,
    /// What `From` makes of a body alone, where there is one and no header must be there.
    pub from_body: Option<Code>,
    pub respond: Code,
}

/// One value of a variant.
pub(super) struct PartView {
    pub name: &'static str,
    pub ty: Code,
}

/// The struct of an answer's headers.
pub(super) struct HeadersView<'i> {
    pub docs: DocText,
    pub name: &'i TypeName,
    pub is_default: bool,
    pub fields: Vec<FieldView>,
}

/// The variant of an answer.
pub(super) fn answer_view<'i>(answer: &'i Answer, types: &[TypeDef]) -> AnswerView<'i> {
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
            parts.push(PartView { name: "body", ty: body_type(&body.content, types) });
            respond_with(&status, body)
        }
    };
    let mut from_body = answer.body.as_ref().map(|_| format!("Self::{}(body)", answer.variant));
    let respond = match &answer.headers {
        None => respond,
        Some(headers) => {
            parts.push(PartView { name: "headers", ty: Code::new(headers.name.as_str()) });
            from_body = from_body.filter(|_| all_optional(headers));
            from_body = from_body.map(|_| format!("Self::{}(body, {}::default())", answer.variant, headers.name));
            let writes: Vec<String> = headers.fields.iter().map(header_write).collect();
            format!("respond::with_headers({respond}, |to| {{ {} }})", writes.join(" "))
        }
    };
    let said = match answer.status {
        Status::Code(_) => spoken(answer.status),
        Status::Range(_) => format!("{}, with the status that is given", spoken(answer.status)),
        Status::Default => "Any other answer, with the status that is given".to_owned(),
    };
    let written = answer.body.as_ref().filter(|body| !matches!(body.content, Content::Json(_)));
    let written = written.and_then(|body| Some(format!("As {}.", inline_code(body.media_types.first()?))));
    let docs = match answer.description.trim() {
        line if !line.is_empty() && !line.contains('\n') => DocText::line(format!("{said}: {line}")),
        text => DocText::line(said).paragraph(Some(text)),
    };
    let docs = docs.paragraph(written.as_deref());
    let from_body = from_body.map(Code::new);
    AnswerView { docs, variant: &answer.variant, parts, status: answer.status, from_body, respond: Code::new(respond) }
}

/// A status, between backticks.
pub(super) fn spoken(status: Status) -> String {
    match status {
        Status::Code(code) => format!("`{code}`"),
        Status::Range(first) => format!("`{first}XX`"),
        Status::Default => "any other answer".to_owned(),
    }
}

fn header_write(field: &HeaderField) -> String {
    let (name, value) = (Literal::new(&field.wire_name), format!("&headers.{}", field.name));
    let is_text = field.slot.ty == Type::Scalar(Scalar::String);
    match field.presence {
        _ if field.is_cookies() => format!("to.cookies({value});"),
        Presence::Required if field.wire_name == "location" && is_text => format!("to.location({value});"),
        Presence::Optional if field.wire_name == "location" && is_text => format!("to.optional_location({value});"),
        Presence::Required => format!("to.required({name}, {value});"),
        Presence::Optional => format!("to.optional({name}, {value});"),
    }
}

fn respond_with(status: &str, body: &AnswerBody) -> String {
    let name = match body.media_types.as_slice() {
        [only] => Literal::new(only).to_string(),
        several => {
            let names: Vec<String> = several.iter().map(|name| Literal::new(name).to_string()).collect();
            format!("accept.choose(&[{}])", names.join(", "))
        }
    };
    match body.content {
        Content::Json(_) if name == "\"application/json\"" => format!("respond::json({status}, &body)"),
        Content::Json(_) => format!("respond::json_as({status}, {name}, &body)"),
        Content::Text => format!("respond::text({status}, {name}, body)"),
        Content::Media => format!("respond::media({status}, body)"),
        Content::Items(_, Framing::Lines) => format!("respond::lines({status}, {name}, body)"),
        Content::Items(_, Framing::Events(data)) => {
            format!("respond::events({status}, {name}, body, respond::EventData::{data:?})")
        }
        Content::Upgrade => "respond::upgrade(body)".to_owned(),
        // Bytes, which the handler has made, go out as streams do.
        Content::Stream | Content::Bytes | Content::Form(..) | Content::Multipart(..) | Content::Upload(_) => {
            format!("respond::stream({status}, {name}, body)")
        }
    }
}

/// The type of what an answer holds.
fn body_type(content: &Content, types: &[TypeDef]) -> Code {
    match content {
        Content::Media => Code::new("types::Media<types::ByteStream>"),
        _ => content_type(content, types),
    }
}

/// The struct of an answer's headers; `docs` says whose.
pub(super) fn headers_view<'i>(headers: &'i AnswerHeaders, docs: String, types: &[TypeDef]) -> HeadersView<'i> {
    let fields = headers.fields.iter().map(|field| {
        let ty = match field.presence {
            _ if field.is_cookies() => Code::new("Vec<types::SetCookie>"),
            Presence::Required => expression(&field.slot.ty, types),
            Presence::Optional => Code::new(format!("Option<{}>", expression(&field.slot.ty, types))),
        };
        FieldView { docs: field_docs(&field.docs, &field.wire_name, &field.name), name: name_of(&field.name), ty }
    });
    HeadersView {
        docs: DocText::line(docs),
        name: &headers.name,
        is_default: all_optional(headers),
        fields: fields.collect(),
    }
}

/// Whether no header must be there.
fn all_optional(headers: &AnswerHeaders) -> bool {
    headers.fields.iter().all(|field| field.presence == Presence::Optional)
}

/// The constant of a status; a call for those that have none.
fn status_code(code: u16) -> String {
    let name = crate::lower::status_constant(code);
    name.map_or_else(|| format!("respond::status({code})"), |name| format!("StatusCode::{name}"))
}
