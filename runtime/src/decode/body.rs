//! Bodies.

use axum::body::Body as HttpBody;
use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::{Decoder, Limits};
use crate::error::HttpError;
use crate::generated::json::{Decode, Wire};
use crate::problem::{Location, Violation};

/// The body of an endpoint's request.
#[derive(Debug)]
pub struct Body {
    /// The pointer of its schema; empty where it has none.
    pub schema: &'static str,
    /// The media types that are accepted: names, `type/*` and `*/*`.
    pub media_types: &'static [&'static str],
    /// Who validates it.
    pub validation: Validation,
}

/// Who validates a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// Types and generated checks, which say all that the schema says.
    Static,
    /// The schema's validator as well: the schema says more than types can.
    Schema,
}

impl Decoder {
    /// A JSON body that must be there.
    pub async fn json<T: for<'de> Decode<'de>>(
        &mut self,
        body: &'static Body,
        check: fn(&T) -> bool,
    ) -> Result<Option<T>, HttpError> {
        let text = self.read(body).await?;
        if text.is_empty() {
            self.violate_body("required", "a body is required");
            return Ok(None);
        }
        self.decode_json(body, &text, check)
    }

    /// A JSON body that may be absent.
    pub async fn json_optional<T: for<'de> Decode<'de>>(
        &mut self,
        body: &'static Body,
        check: fn(&T) -> bool,
    ) -> Result<Option<Option<T>>, HttpError> {
        let text = self.read(body).await?;
        if text.is_empty() {
            return Ok(Some(None));
        }
        Ok(self.decode_json(body, &text, check)?.map(Some))
    }

    /// A text body.
    pub async fn text(&mut self, body: &'static Body) -> Result<Option<String>, HttpError> {
        let bytes = self.read(body).await?;
        match String::from_utf8(bytes.into()) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(HttpError::bad_request().detail("The body is not UTF-8.")),
        }
    }

    /// A body of bytes.
    pub async fn bytes(&mut self, body: &'static Body) -> Result<Option<Bytes>, HttpError> {
        self.read(body).await.map(Some)
    }

    /// Reads the whole body; its media type must be one that is accepted, if there is a body.
    async fn read(&mut self, body: &'static Body) -> Result<Bytes, HttpError> {
        let sent = self.parts.headers.get(CONTENT_TYPE);
        let accepted = sent.is_some_and(|sent| sent.to_str().is_ok_and(|sent| accepts(body.media_types, sent)));
        let announced =
            self.parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > self.limits.body as u64) {
            return Err(too_large(self.limits));
        }
        if sent.is_some() && !accepted && announced.is_some_and(|length| length > 0) {
            return Err(unsupported(body.media_types));
        }
        let limits = self.limits;
        let stream = std::mem::take(&mut self.body);
        let bytes = match tokio::time::timeout(limits.body_timeout, collect(stream, limits)).await {
            Ok(bytes) => bytes?,
            Err(_) => return Err(HttpError::request_timeout().detail("The body did not come in time.")),
        };
        if !bytes.is_empty() && !accepted {
            return Err(unsupported(body.media_types));
        }
        Ok(bytes)
    }

    fn decode_json<T: for<'de> Decode<'de>>(
        &mut self,
        body: &'static Body,
        text: &[u8],
        check: fn(&T) -> bool,
    ) -> Result<Option<T>, HttpError> {
        let decoded = serde_json::from_slice::<Wire<T>>(text).ok().map(|wire| wire.0).filter(check);
        if let (Some(value), Validation::Static) = (&decoded, body.validation) {
            let _ = value;
            return Ok(decoded);
        }
        let json: Value = serde_json::from_slice(text).map_err(|error| malformed(&error))?;
        let found = self.schemas.violations(body.schema, &json);
        if !found.is_empty() {
            self.violations.extend(found);
            return Ok(None);
        }
        if decoded.is_none() {
            self.violate_body("type", "the body is not of the type that the schema asks for");
        }
        Ok(decoded)
    }

    fn violate_body(&mut self, code: &'static str, message: &str) {
        let (location, at) = (Location::Body, String::new());
        self.violations.push(Violation { location, at, code: code.into(), message: message.to_owned() });
    }
}

/// Where the text stops being JSON; never what it says.
fn malformed(error: &serde_json::Error) -> HttpError {
    let place = format!("line {}, column {}", error.line(), error.column());
    let reason = match error.classify() {
        serde_json::error::Category::Eof => "ends too early",
        _ => "is not JSON",
    };
    let message = format!("the body {reason}, at {place}");
    HttpError::bad_request().detail("The body cannot be read as JSON.").violation(Violation {
        location: Location::Body,
        at: String::new(),
        code: "malformed".into(),
        message,
    })
}

async fn collect(mut body: HttpBody, limits: Limits) -> Result<Bytes, HttpError> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| HttpError::bad_request().detail("The body broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > limits.body {
            return Err(too_large(limits));
        }
        // Most bodies come in one piece, which is then used as it is.
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if !first.is_empty() {
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

fn too_large(limits: Limits) -> HttpError {
    HttpError::content_too_large().detail(format!("The body may have at most {} bytes.", limits.body))
}

/// 415, with what would be accepted (RFC 9110 §15.5.16).
fn unsupported(media_types: &[&str]) -> HttpError {
    let list = media_types.join(", ");
    let error = HttpError::unsupported_media_type().detail(format!("The body should be {list}."));
    match HeaderValue::from_str(&list) {
        Ok(value) => error.header(ACCEPT, value),
        Err(_) => error,
    }
}

fn accepts(media_types: &[&str], sent: &str) -> bool {
    let sent = essence(sent);
    media_types.iter().any(|accepted| {
        let accepted = essence(accepted);
        match accepted.strip_suffix("/*") {
            Some("*") => sent.contains('/'),
            Some(kind) => sent.split_once('/').is_some_and(|(sent, _)| sent.eq_ignore_ascii_case(kind)),
            None => sent.eq_ignore_ascii_case(accepted),
        }
    })
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_compared_without_case_and_parameters() {
        assert!(accepts(&["application/json"], "Application/JSON; charset=utf-8"));
        assert!(!accepts(&["application/json"], "application/problem+json"));
        assert!(accepts(&["image/*"], "image/png") && !accepts(&["image/*"], "text/plain"));
        assert!(accepts(&["*/*"], "a/b") && !accepts(&["*/*"], "nonsense"));
    }
}
