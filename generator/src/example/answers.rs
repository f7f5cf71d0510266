//! Answers with examples, as expressions of Rust.

use std::fmt::Write as _;

use serde_json::Value;

use super::Examples;
use crate::ir::{
    Answer, AnswerBody, AnswerHeaders, Content, Endpoint, HeaderField, Presence, Scalar, Status, Type, TypeBody,
    TypeDef, TypeName,
};
use crate::read::percent_decode;

/// What answers where nobody knows what to answer.
const NOT_IMPLEMENTED: &str = "Err(HttpError::not_implemented())";

/// An expression that answers a request with an example: of what the client prefers, where several kinds of content are
/// documented.
pub(super) fn expression(api: &str, endpoint: &Endpoint, types: &[TypeDef], examples: &mut Examples<'_>) -> String {
    let Some(first) = super::answer(endpoint) else { return NOT_IMPLEMENTED.to_owned() };
    let others = endpoint.answers.iter().filter(|other| other.status == first.status && other.variant != first.variant);
    let made: Vec<(&Answer, String)> = std::iter::once(first)
        .chain(others)
        .filter_map(|answer| Some((answer, one((api, types), &endpoint.response, answer, examples)?)))
        .collect();
    let Some(((_, default), others)) = made.split_first() else {
        return "Err(HttpError::not_implemented().detail(\"No example can be made of this answer.\"))".to_owned();
    };
    if others.is_empty() {
        return default.clone();
    }
    let media_types = |answer: &Answer| answer.body.as_ref().map(|body| body.media_types.clone()).unwrap_or_default();
    let offered: Vec<String> = made.iter().flat_map(|(answer, _)| media_types(answer)).collect();
    let arms = others.iter().map(|(answer, expression)| {
        let names: Vec<String> = media_types(answer).iter().map(|name| format!("{name:?}")).collect();
        format!("Some({}) => {expression},\n", names.join(" | "))
    });
    format!("match request.context.preferred(&{offered:?}) {{ {} _ => {default} }}", arms.collect::<String>())
}

/// An expression of one answer; `None` where no example of its body can be made.
fn one(
    (api, types): (&str, &[TypeDef]),
    response: &TypeName,
    answer: &Answer,
    examples: &mut Examples<'_>,
) -> Option<String> {
    let mut parts = Vec::new();
    match answer.status {
        Status::Code(_) => {}
        Status::Range(first) => parts.push(format!("buildflow_runtime::generated::respond::status({first}00)")),
        Status::Default => parts.push("buildflow_runtime::http::StatusCode::OK".to_owned()),
    }
    if let Some(body) = &answer.body {
        parts.push(example_body((api, types), body, examples)?);
    }
    if let Some(headers) = &answer.headers {
        parts.push(example_headers(api, headers, examples));
    }
    let variant = &answer.variant;
    Some(match parts.is_empty() {
        true => format!("Ok({response}::{variant})"),
        false => format!("Ok({response}::{variant}({}))", parts.join(", ")),
    })
}

/// What an example does with a WebSocket: it sends back what it gets.
const ECHO: &str = "request.socket.accept(async |mut socket| {
    while let Some(message) = socket.receive().await? {
        socket.send(message).await?;
    }
    Ok(())
})";

/// An expression of an answer's body; `None` where no example can be made.
fn example_body((api, types): (&str, &[TypeDef]), body: &AnswerBody, examples: &mut Examples<'_>) -> Option<String> {
    match &body.content {
        Content::Json(slot) => {
            let example = examples.for_body(body).map(|json| examples.reading(&json));
            return example.or_else(|| example_variant((api, types), &slot.ty, examples));
        }
        Content::Upgrade => return Some(ECHO.to_owned()),
        Content::Items(..) => {
            return examples.for_body(body).map(|json| format!("[{}].into_iter().collect()", examples.reading(&json)));
        }
        _ => {}
    }
    let text = format!("{:?}", examples.text_for_body(body).unwrap_or_else(|| "example".to_owned()));
    Some(match body.content {
        Content::Text => format!("{text}.to_owned()"),
        Content::Media => {
            let content_type = concrete(&body.media_types[0]);
            format!(
                "buildflow_runtime::types::Media {{ content_type: {content_type:?}.to_owned(), bytes: {text}.into() }}"
            )
        }
        _ => format!("{text}.into()"),
    })
}

/// An expression of one variant of a union of which no value is valid, as it would be valid by another variant too: what a
/// handler could answer all the same.
fn example_variant((api, types): (&str, &[TypeDef]), ty: &Type, examples: &mut Examples<'_>) -> Option<String> {
    let id = match ty {
        Type::List(item) => {
            return example_variant((api, types), &item.ty, examples).map(|item| format!("vec![{item}]"));
        }
        Type::Named(id) => id,
        _ => return None,
    };
    let TypeDef { name, body, .. } = types.get(id.0)?;
    match body {
        TypeBody::Alias(slot) => example_variant((api, types), &slot.ty, examples),
        TypeBody::Union(union) => union.variants.iter().find_map(|variant| {
            let json = examples.made_for(&variant.schema)?.to_string();
            let read = examples.reading(&json);
            let held = if matches!(variant.slot.ty, Type::Boxed(_)) { format!("Box::new({read})") } else { read };
            Some(format!("{}::types::{name}::{}({held})", api, variant.name))
        }),
        _ => None,
    }
}

/// A media type of a range.
fn concrete(range: &str) -> String {
    match range.split_once('/') {
        Some(("*", _)) => "text/plain".to_owned(),
        Some(("image", "*")) => "image/png".to_owned(),
        Some(("audio", "*")) => "audio/mpeg".to_owned(),
        Some(("video", "*")) => "video/mp4".to_owned(),
        Some(("application", "*")) => "application/octet-stream".to_owned(),
        _ => range.replace('*', "plain"),
    }
}

/// An expression of an answer's headers: those that must be there, and those that the document gives examples of.
fn example_headers(api: &str, headers: &AnswerHeaders, examples: &mut Examples<'_>) -> String {
    let made: Vec<Option<String>> = headers.fields.iter().map(|field| example_header(field, examples)).collect();
    if made.iter().all(Option::is_none) {
        return "Default::default()".to_owned();
    }
    let fields = headers.fields.iter().zip(made).map(|(field, value)| {
        let value = value.unwrap_or_else(|| "Default::default()".to_owned());
        format!("{}: {value}, ", field.name)
    });
    format!("{}::{} {{ {} }}", api, headers.name, fields.collect::<String>())
}

/// An expression of a header's value; `None` where it may be absent, and the document gives no example.
fn example_header(field: &HeaderField, examples: &mut Examples<'_>) -> Option<String> {
    let documented = examples.of_header(field);
    if field.is_cookies() {
        return documented.and_then(|value| Some(format!("vec![{}]", cookie(value.as_str()?))));
    }
    let documented = documented.and_then(|value| as_header(field, value));
    if field.presence == Presence::Optional {
        return documented.map(|value| format!("Some({})", examples.reading(&value.to_string())));
    }
    let value =
        documented.or_else(|| match field.wire_name == "location" && field.slot.ty == Type::Scalar(Scalar::String) {
            true => Some("/".into()),
            false => field.schema.as_deref().and_then(|schema| as_header(field, examples.made_for(schema)?)),
        });
    let json = value.unwrap_or_else(|| "example".into()).to_string();
    Some(examples.reading(&json))
}

/// An example as the value of a header: where that is any text, so is the example; null is none.
fn as_header(field: &HeaderField, value: Value) -> Option<Value> {
    match (&field.slot.ty, value) {
        (_, Value::Null) => None,
        (Type::Scalar(Scalar::String), value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string().into()),
        // How its parts would be written, the document says; a handler writes them itself.
        (Type::Scalar(Scalar::String), Value::Array(_) | Value::Object(_)) => None,
        (_, value) => Some(value),
    }
}

/// An expression of a cookie that is set by this text (RFC 6265 §4.1.1).
fn cookie(text: &str) -> String {
    let mut attributes = text.split(';').map(str::trim);
    let (name, value) = attributes.next().and_then(|pair| pair.split_once('=')).unwrap_or(("example", text));
    let value = value.trim_matches('"');
    let value = percent_decode(value).unwrap_or_else(|| value.to_owned());
    let mut expression = format!("buildflow_runtime::types::SetCookie::new({:?}, {value:?})", name.trim());
    for attribute in attributes {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let _ = match (name.to_ascii_lowercase().as_str(), value.to_ascii_lowercase().as_str()) {
            ("path", _) => write!(expression, ".path({value:?})"),
            ("domain", _) => write!(expression, ".domain({value:?})"),
            ("max-age", seconds) => match seconds.parse::<u64>() {
                Ok(seconds) => write!(expression, ".max_age(std::time::Duration::from_secs({seconds}))"),
                Err(_) => Ok(()),
            },
            ("httponly", _) => write!(expression, ".http_only()"),
            ("secure", _) => write!(expression, ".secure()"),
            ("samesite", "strict") => write!(expression, ".same_site(buildflow_runtime::types::SameSite::Strict)"),
            ("samesite", "lax") => write!(expression, ".same_site(buildflow_runtime::types::SameSite::Lax)"),
            ("samesite", "none") => write!(expression, ".same_site(buildflow_runtime::types::SameSite::None)"),
            _ => Ok(()),
        };
    }
    expression
}
