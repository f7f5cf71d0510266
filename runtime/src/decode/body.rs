//! Bodies.

use axum::body::Body as HttpBody;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::{Decoder, Severity, place};
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
            self.violate_body("", "required", "is missing");
            return Ok(None);
        }
        Ok(self.decode_json(body, &text, check))
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
        Ok(self.decode_json(body, &text, check).map(Some))
    }

    /// A text body.
    pub async fn text(&mut self, body: &'static Body) -> Result<Option<String>, HttpError> {
        let bytes = self.read(body).await?;
        let Ok(text) = String::from_utf8(bytes.into()) else {
            self.worst = self.worst.max(Severity::Malformed);
            self.violate_body("", "malformed", "is not UTF-8");
            return Ok(None);
        };
        if body.validation == Validation::Static {
            return Ok(Some(text));
        }
        let json = Value::String(text);
        let valid = self.is_valid(body, &json);
        Ok(match json {
            Value::String(text) if valid => Some(text),
            _ => None,
        })
    }

    /// A body of bytes.
    pub async fn bytes(&mut self, body: &'static Body) -> Result<Option<Bytes>, HttpError> {
        self.read(body).await.map(Some)
    }

    /// Reads the whole body. What will be refused anyway is not read.
    async fn read(&mut self, body: &'static Body) -> Result<Bytes, HttpError> {
        let length = self.parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.body_limit as u64) {
            return Err(too_large(self.body_limit));
        }
        if length.is_some_and(|length| length > 0) {
            acceptable(&self.parts.headers, body)?;
        }
        let stream = std::mem::take(&mut self.body);
        let bytes = match tokio::time::timeout_at(self.deadline, collect(stream, self.body_limit)).await {
            Ok(bytes) => bytes?,
            Err(_) => return Err(HttpError::request_timeout().detail("The body did not come in time.")),
        };
        if !bytes.is_empty() {
            acceptable(&self.parts.headers, body)?;
        }
        Ok(bytes)
    }

    /// Decodes JSON; on failure the schema's validator says all that is wrong.
    fn decode_json<T: for<'de> Decode<'de>>(
        &mut self,
        body: &'static Body,
        text: &[u8],
        check: fn(&T) -> bool,
    ) -> Option<T> {
        let (decoded, failure) = match serde_json::from_slice::<Wire<T>>(text) {
            Ok(Wire(value)) if check(&value) => (Some(value), None),
            Ok(_) => (None, None),
            Err(error) => (None, Some(error)),
        };
        if decoded.is_some() && body.validation == Validation::Static {
            return decoded;
        }
        let json: Value = match serde_json::from_slice(text) {
            Ok(json) => json,
            Err(error) => {
                self.worst = self.worst.max(Severity::Malformed);
                self.violate_body("", "malformed", &malformed(&error));
                return None;
            }
        };
        if !self.is_valid(body, &json) {
            return None;
        }
        if decoded.is_none() {
            // Types are narrower than the schema: an integer, say, that has no bounds there.
            let at = failure.map_or_else(String::new, |error| place::pointer(text, error.line(), error.column()));
            self.violate_body(&at, "type", "is not of the type, or not in the range, that is asked for");
        }
        decoded
    }

    /// Whether the schema's validator finds nothing wrong; what it finds is kept for the refusal.
    fn is_valid(&mut self, body: &'static Body, json: &Value) -> bool {
        let Ok(found) = self.schemas.violations(body.schema, json) else {
            self.worst = Severity::Unchecked;
            return false;
        };
        let valid = found.is_empty();
        self.violations.extend(found);
        valid
    }

    fn violate_body(&mut self, at: &str, code: &'static str, message: &str) {
        let (location, at, message) = (Location::Body, at.to_owned(), message.to_owned());
        self.violations.push(Violation { location, at, code: code.into(), message });
    }
}

/// Where the text stops being JSON; never what it says.
fn malformed(error: &serde_json::Error) -> String {
    let how = if error.is_eof() { "ends too early" } else { "cannot be read as JSON" };
    format!("{how}, at line {}, column {}", error.line(), error.column())
}

async fn collect(mut body: HttpBody, limit: usize) -> Result<Bytes, HttpError> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| HttpError::bad_request().detail("The body broke off."))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Err(too_large(limit));
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

fn too_large(limit: usize) -> HttpError {
    HttpError::content_too_large().detail(format!("The body may have at most {limit} bytes."))
}

/// Whether the body is one that the endpoint reads; 415 says what would be (RFC 9110 §15.5.16).
fn acceptable(headers: &HeaderMap, body: &Body) -> Result<(), HttpError> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|sent| sent.to_str().ok());
    if !media_type.is_some_and(|sent| accepts(body.media_types, sent)) {
        let list = body.media_types.join(", ");
        let error = HttpError::unsupported_media_type().detail(format!("The body should be {list}."));
        return Err(match HeaderValue::from_str(&list) {
            Ok(value) => error.header(ACCEPT, value),
            Err(_) => error,
        });
    }
    // A layer that decodes bodies takes the header away.
    let encoded =
        headers.get_all(CONTENT_ENCODING).iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if encoded {
        let error = HttpError::unsupported_media_type().detail("The body should not be compressed.");
        return Err(error.header(ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    }
    Ok(())
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
