//! Bodies of requests: how they are described to the runtime, and how they are decoded.

use super::endpoints::check;
use super::text::{Code, Literal};
use crate::ir::{
    Alternative, Body, ByteLength, Content, FieldStyle, FormField, PartHeader, PartRules, Payload, Presence, TypeDef,
    Validation,
};

/// One kind of body as the runtime's constructors make it.
pub(super) fn described(alternative: &Alternative) -> String {
    let names: Vec<String> = alternative.media_types.iter().map(|name| Literal::new(name).to_string()).collect();
    let schema = match alternative.schema.as_str() {
        "" => String::new(),
        pointer => format!(".schema({})", Literal::new(pointer)),
    };
    let validated = match alternative.validation {
        Validation::Static => "",
        Validation::Schema => ".validated()",
    };
    let content = match &alternative.content {
        Content::Json(_) | Content::Form(..) | Content::Text | Content::Bytes | Content::Media => String::new(),
        Content::Multipart(_, fields, rules) => multipart_form(fields, "&[]", rules),
        Content::Upload(upload) => {
            let files = format!("<{} as generated::FromParts>::FILES", upload.name);
            multipart_form(&upload.styles, &files, &upload.rules)
        }
        // Items that clients send are left to the handler; what opens a WebSocket is no body.
        Content::Stream | Content::Items(..) | Content::Upgrade => ".stream()".to_owned(),
    };
    let length = match alternative.length {
        ByteLength { min: None, max: None } => String::new(),
        length => format!(".length({})", byte_length(length)),
    };
    format!("generated::Body::new(&[{}]){schema}{validated}{content}{length}", names.join(", "))
}

fn byte_length(ByteLength { min, max }: ByteLength) -> String {
    let max = max.map_or_else(|| "u64::MAX".to_owned(), |max| max.to_string());
    format!("generated::ByteLength::new({}, {max})", min.unwrap_or_default())
}

/// How a form with parts is read.
fn multipart_form(fields: &[FormField], files: &str, rules: &[PartRules]) -> String {
    let (fields, rules) = (styles(fields), rules.iter().map(part_rules).collect::<Vec<_>>().join(", "));
    format!(".parts(generated::MultipartForm {{ fields: &[{fields}], files: {files}, rules: &[{rules}] }})")
}

fn part_rules(rules: &PartRules) -> String {
    let mut text = format!("generated::PartRules::new({})", Literal::new(&rules.wire_name));
    if !rules.media_types.is_empty() {
        let names: Vec<String> = rules.media_types.iter().map(|name| Literal::new(name).to_string()).collect();
        text.push_str(&format!(".media_types(&[{}])", names.join(", ")));
    }
    if !rules.headers.is_empty() {
        let headers: Vec<String> = rules.headers.iter().map(part_header).collect();
        text.push_str(&format!(".headers(&[{}])", headers.join(", ")));
    }
    if rules.length != ByteLength::default() {
        text.push_str(&format!(".length({})", byte_length(rules.length)));
    }
    text
}

fn part_header(PartHeader { wire_name, presence, is_list, schema }: &PartHeader) -> String {
    let (name, schema) = (Literal::new(wire_name), Literal::new(schema));
    let is_required = *presence == Presence::Required;
    format!(
        "generated::PartHeader {{ name: {name}, is_required: {is_required}, is_list: {is_list}, schema: {schema} }}"
    )
}

/// The field of a request beside its parameters, and the expression that gives it.
pub(super) fn payload(payload: &Payload, types: &[TypeDef]) -> Option<(&'static str, Code)> {
    match payload {
        Payload::Nothing => None,
        Payload::Body(body) => Some(("body", whole_body(body, types))),
        Payload::Raw => Some(("request", Code::new("decoder.raw()"))),
        Payload::Handshake => Some(("socket", Code::new("decoder.websocket()"))),
    }
}

fn whole_body(body: &Body, types: &[TypeDef]) -> Code {
    let several = body.alternatives.as_slice();
    let decode = match several {
        [only] if body.choice.is_none() => body_decode(&only.content, types),
        _ => {
            let arms = several.iter().enumerate().map(|(index, alternative)| {
                let pattern = if index + 1 == several.len() { "_".to_owned() } else { index.to_string() };
                let decoded = body_decode(&alternative.content, types);
                match &body.choice {
                    Some(choice) => format!("{pattern} => {decoded}.map({choice}::{}),", alternative.variant),
                    None => format!("{pattern} => {decoded},"),
                }
            });
            format!("match decoder.chosen() {{ {} }}", arms.collect::<String>())
        }
    };
    let decode = match (body.required, several) {
        (true, _) => decode,
        (false, [_]) => format!("if decoder.has_body() {{ {decode}.map(Some) }} else {{ Some(None) }}"),
        (false, _) => format!("if decoder.has_body() {{ ({decode}).map(Some) }} else {{ Some(None) }}"),
    };
    Code::new(decode)
}

/// The expression that decodes one kind of body.
fn body_decode(content: &Content, types: &[TypeDef]) -> String {
    let call = match content {
        Content::Json(slot) => format!("json({})", check(slot, types)),
        Content::Form(slot, fields) => format!("form(&[{}], {})", styles(fields), check(slot, types)),
        Content::Multipart(slot, ..) => format!("multipart({})", check(slot, types)),
        Content::Upload(_) => "upload()".to_owned(),
        Content::Text => "text()".to_owned(),
        Content::Bytes => "bytes()".to_owned(),
        Content::Media => "media()".to_owned(),
        Content::Stream | Content::Items(..) | Content::Upgrade => "stream()".to_owned(),
    };
    format!("decoder.{call}")
}

fn styles(fields: &[FormField]) -> String {
    let fields = fields.iter().map(|field| {
        let style = match &field.style {
            FieldStyle::Plain => "Plain".to_owned(),
            FieldStyle::Delimited(character) => format!("Delimited({character:?})"),
            FieldStyle::Json => "Json".to_owned(),
            FieldStyle::JsonItems => "JsonItems".to_owned(),
            FieldStyle::Spread(members) => {
                let names: Vec<String> = members.iter().map(|name| Literal::new(name).to_string()).collect();
                format!("Spread(&[{}])", names.join(", "))
            }
        };
        let name = Literal::new(&field.wire_name);
        format!("generated::Field {{ name: {name}, style: generated::FieldStyle::{style} }},")
    });
    fields.collect()
}
