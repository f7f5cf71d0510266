//! Bodies: which one a request has, and reading it.

use axum::body::{Body as HttpBody, HttpBody as _};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use http::Method;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;

use super::byte_length::ByteLength;
use super::contract::{Content, Loaded};
#[cfg(feature = "multipart")]
use super::multipart::MultipartForm;
use super::validation::{Validation, validated_by_schema};
use super::{Decoder, Severity, disagreement, error_pointer};
use crate::json::{self, BorrowedJson, Decode, Failure, Strict};
use crate::protocol::{HttpError, Location, Violation, media_type};
use crate::response::{ByteStream, Media, is_too_large};

use crate::validation::violations;

/// What a body without `Content-Type` is taken for (RFC 9110 §8.3).
const UNSAID: &str = "application/octet-stream";

/// How many values a refused body may have for all of them to be looked at.
const MOST_PARTS: usize = 50_000;

/// A body that an endpoint's request may have.
#[derive(Debug)]
pub struct Body {
    /// The pointer of its schema; empty where it has none.
    pub schema: &'static str,
    /// The media types that are accepted: names, `type/*` and `*/*`.
    pub media_types: &'static [&'static str],
    /// Who validates it.
    pub validation: Validation,
    /// How it is read.
    pub content: Content,
    /// How many bytes it may have, where it is no text.
    pub length: ByteLength,
}

impl Body {
    /// A body of these media types, validated by types.
    pub const fn new(media_types: &'static [&'static str]) -> Self {
        let (validation, content, length) = (Validation::Static, Content::Whole, ByteLength::ANY);
        Self { schema: "", media_types, validation, content, length }
    }

    /// It is a form with parts.
    #[cfg(feature = "multipart")]
    #[must_use]
    pub const fn parts(mut self, form: MultipartForm) -> Self {
        self.content = Content::Parts(form);
        self
    }

    /// It has so many bytes.
    #[must_use]
    pub const fn length(mut self, length: ByteLength) -> Self {
        self.length = length;
        self
    }

    /// The handler reads it piece by piece.
    #[must_use]
    pub const fn stream(mut self) -> Self {
        self.content = Content::Stream;
        self
    }
}

validated_by_schema!(Body);

impl Decoder {
    /// Whether there is a body, for one that may be absent.
    pub fn has_body(&self) -> bool {
        self.chosen.is_some()
    }

    /// Which of several bodies it is.
    pub fn chosen(&self) -> usize {
        self.chosen.unwrap_or_default()
    }

    /// What is known of it.
    pub(super) fn body(&self) -> Option<&'static Body> {
        self.contract.bodies().get(self.chosen?)
    }

    /// A JSON body.
    pub fn json<T: Decode>(&mut self, check: fn(&T) -> bool) -> Option<T> {
        let (body, text) = self.whole()?;
        if text.is_empty() {
            self.violate_body("", "required", "is missing");
            return None;
        }
        self.decode_json(body, &text, check)
    }

    /// A text body, in UTF-8.
    pub fn text(&mut self) -> Option<String> {
        let (body, text) = self.whole_text()?;
        if body.validation == Validation::Static {
            return Some(text);
        }
        let is_valid = self.is_valid(body, &BorrowedJson::Text(text.as_str().into()));
        is_valid.then_some(text)
    }

    /// A body of bytes.
    pub fn bytes(&mut self) -> Option<Bytes> {
        let (body, bytes) = self.whole()?;
        match body.length.broken_by(bytes.len() as u64) {
            None => Some(bytes),
            Some((code, message)) => {
                self.violate_body("", code, &message);
                None
            }
        }
    }

    /// A body of bytes, with the media type that the client says.
    pub fn media(&mut self) -> Option<Media> {
        let bytes = self.bytes()?;
        Some(Media { content_type: self.content_type().unwrap_or(UNSAID).to_owned(), bytes })
    }

    /// A body that the handler reads piece by piece.
    pub fn stream(&mut self) -> Option<ByteStream> {
        match std::mem::take(&mut self.loaded) {
            Loaded::Stream(stream) => Some(*stream),
            _ => None,
        }
    }

    /// The body, and what it is, where it was read into memory.
    fn whole(&mut self) -> Option<(&'static Body, Bytes)> {
        match std::mem::take(&mut self.loaded) {
            Loaded::Whole(bytes) => Some((self.body()?, bytes)),
            _ => None,
        }
    }

    /// The body as text; `None` if it is not UTF-8.
    pub(super) fn whole_text(&mut self) -> Option<(&'static Body, String)> {
        let (body, bytes) = self.whole()?;
        let text = String::from_utf8(bytes.into());
        Some((body, text.map_err(|_| self.malformed("", "is not UTF-8")).ok()?))
    }

    /// Whether there is a body at all; `None` where its length is not known.
    pub(super) fn is_body_announced(&self) -> Option<bool> {
        if self.incoming.body.is_end_stream() {
            Some(false)
        } else {
            (self.incoming.body.size_hint().lower() > 0).then_some(true)
        }
    }

    /// Whether there is a body whose length is not announced: only its first piece tells.
    pub(super) async fn is_body_coming(&mut self) -> Result<bool, HttpError> {
        let mut pieces = std::mem::take(&mut self.incoming.body).into_data_stream();
        let Some(first) = self.incoming.wait.for_client(pieces.next()).await? else { return Ok(false) };
        let first = first.map_err(|error| lost(&error))?;
        self.incoming.body = HttpBody::from_stream(futures_util::stream::once(async { Ok(first) }).chain(pieces));
        Ok(true)
    }

    /// Which of several bodies this one is, by its media type: the one that describes it most closely.
    pub(super) fn choose(&self, bodies: &'static [Body]) -> Result<usize, HttpError> {
        if self.incoming.body.is_end_stream() && !self.parts().headers.contains_key(CONTENT_TYPE) {
            return Ok(0);
        }
        let sent = self.media_type();
        let closeness = |body: &Body| body.media_types.iter().map(|range| media_type::closeness(range, sent)).max();
        // The first of those that are as close as each other.
        let closest = bodies.iter().enumerate().rev().max_by_key(|(_, body)| closeness(body));
        match closest.filter(|(_, body)| closeness(body).is_some_and(|closeness| closeness > 0)) {
            Some((index, _)) => Ok(index),
            None => Err(self.foreign(bodies.iter().flat_map(|body| body.media_types).copied())),
        }
    }

    /// The body, for the handler to read.
    pub(super) fn unread(&mut self, body: &'static Body) -> Result<ByteStream, HttpError> {
        if !self.incoming.body.is_end_stream() {
            self.acceptable(body)?;
        }
        let limit = body.length.within(self.incoming.limits.upload);
        self.check_length(limit)?;
        if !self.incoming.body.is_end_stream() {
            self.incoming.wait.leave_to_handler();
        }
        Ok(ByteStream::limited(std::mem::take(&mut self.incoming.body), limit))
    }

    /// Reads the whole body. What will be refused anyway is not read.
    pub(super) async fn read(&mut self, body: &'static Body) -> Result<Bytes, HttpError> {
        let limit = body.length.within(self.incoming.limits.body);
        self.check_length(limit)?;
        let has_length = self.incoming.body.size_hint().lower() > 0;
        if has_length {
            self.acceptable(body)?;
        }
        let stream = std::mem::take(&mut self.incoming.body);
        let bytes = self.incoming.wait.for_client(collect(stream, limit)).await??;
        if !has_length && !bytes.is_empty() {
            self.acceptable(body)?;
        }
        Ok(bytes)
    }

    /// Refuses a body that says by itself that it is too long.
    pub(super) fn check_length(&self, limit: usize) -> Result<(), HttpError> {
        if self.incoming.body.size_hint().lower() > limit as u64 { Err(too_large(limit)) } else { Ok(()) }
    }

    /// Refuses a body that the endpoint does not read.
    pub(super) fn acceptable(&self, body: &Body) -> Result<(), HttpError> {
        let sent = self.media_type();
        let is_read = |range: &&str| **range == *sent || media_type::closeness(range, sent) > 0;
        if !body.media_types.iter().any(is_read) {
            return Err(self.foreign(body.media_types.iter().copied()));
        }
        // A layer that decodes bodies takes the header away.
        let mut codings = self.parts().headers.get_all(CONTENT_ENCODING).iter();
        if codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            let error = HttpError::unsupported_media_type().detail("The body should not be compressed.");
            return Err(error.header(ACCEPT_ENCODING, HeaderValue::from_static("identity")));
        }
        Ok(())
    }

    fn media_type(&self) -> &str {
        // What says that it is something else than text is not taken for anything.
        self.parts().headers.get(CONTENT_TYPE).map_or(UNSAID, |sent| sent.to_str().unwrap_or_default())
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        self.parts().headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The refusal of a media type; it says what would do (RFC 9110 §15.5.16, Linked Data Platform §7.1.2,
    /// RFC 5789 §3.1).
    fn foreign(&self, media_types: impl Iterator<Item = &'static str>) -> HttpError {
        let list = media_types.collect::<Vec<_>>().join(", ");
        let error = HttpError::unsupported_media_type().detail(format!("The body should be {list}."));
        let Ok(value) = HeaderValue::from_str(&list) else { return error };
        let error = error.header(ACCEPT, value.clone());
        match self.parts().method {
            Method::POST => error.header(HeaderName::from_static("accept-post"), value),
            Method::PATCH => error.header(HeaderName::from_static("accept-patch"), value),
            _ => error,
        }
    }

    /// Decodes JSON; on failure the schema's validator says all that is wrong.
    fn decode_json<T: Decode>(&mut self, body: &'static Body, bytes: &[u8], check: fn(&T) -> bool) -> Option<T> {
        // To check the text as a whole is cheaper than to check each of its strings.
        let Ok(text) = str::from_utf8(bytes) else {
            self.told::<Strict>(serde_json::from_slice(bytes));
            return None;
        };
        let (decoded, failure) = match json::from_str(text) {
            Ok(value) if check(&value) => (Some(value), None),
            Ok(_) => (None, None),
            Err(failure) => (None, Some(failure)),
        };
        if decoded.is_some() && body.validation == Validation::Static {
            return decoded;
        }
        if decoded.is_none() && parts(bytes) > MOST_PARTS {
            self.tell_first(text, failure);
            return None;
        }
        let json: BorrowedJson<'_> = self.told(serde_json::from_str(text))?;
        if decoded.is_some() && self.contract.schemas.are_satisfied(body.schema, &json) {
            return decoded;
        }
        if !self.is_valid(body, &json) {
            return None;
        }
        if decoded.is_none() {
            self.violations.push(disagreement::of::<T>(text, body.schema));
        }
        decoded
    }

    /// Tells where the decoder stopped at a body of more values than it is worth to look at; nowhere in particular where
    /// it is a check that the body does not pass.
    fn tell_first(&mut self, text: &str, failure: Option<Failure>) {
        // What was decoded to its end is JSON.
        if failure.is_some() && self.told::<Strict>(serde_json::from_str(text)).is_none() {
            return;
        }
        let at = failure.map(|failure| error_pointer::pointer(text, failure)).unwrap_or_default();
        self.violate_body(&at, "schema", "is not what its schema, or its type, asks for");
        self.violate_body("", "more", "has too many values for all that is wrong with them to be told");
    }

    /// What was read of the body; notes where the body stops being JSON, never what it says.
    fn told<T>(&mut self, read: serde_json::Result<T>) -> Option<T> {
        let told = |error: serde_json::Error| {
            let how = if error.is_eof() { "ends too early" } else { "cannot be read as JSON" };
            self.malformed("", &format!("{how}, at line {}, column {}", error.line(), error.column()));
        };
        read.map_err(told).ok()
    }

    /// Whether the schema's validator finds nothing wrong; what it finds is kept for the refusal.
    pub(super) fn is_valid(&mut self, body: &'static Body, json: &BorrowedJson<'_>) -> bool {
        let Ok(found) = self.contract.schemas.violations(body.schema, json) else {
            self.worst = Severity::Unchecked;
            return false;
        };
        let valid = found.is_empty();
        self.violations.extend(found);
        valid
    }

    /// Notes that something cannot even be read.
    pub(super) fn malformed(&mut self, at: &str, message: &str) {
        self.worst = self.worst.max(Severity::Malformed);
        self.violate_body(at, "malformed", message);
    }

    pub(super) fn violate_body(&mut self, at: &str, code: &'static str, message: &str) {
        let (location, at, message) = (Location::Body, violations::readable(at.to_owned()), message.to_owned());
        self.violations.push(Violation { location, at, part: String::new(), code: code.into(), message });
    }
}

/// About how many values a JSON text has; no fewer than it has. Counted by bytes, so that the compiler counts many at once.
fn parts(text: &[u8]) -> usize {
    let few = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(matches!(byte, b',' | b'[' | b'{'))).sum::<u8>();
    text.chunks(u8::MAX.into()).map(|bytes| usize::from(few(bytes))).sum::<usize>() + 1
}

async fn collect(mut body: HttpBody, limit: usize) -> Result<Bytes, HttpError> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| lost(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + all.len() + data.len() > limit {
            return Err(too_large(limit));
        }
        // Most bodies come in one piece, which is then used as it is.
        if first.is_empty() && all.is_empty() {
            first = data;
            if body.is_end_stream() {
                break;
            }
            continue;
        }
        if !first.is_empty() {
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

pub(super) fn too_large(limit: usize) -> HttpError {
    HttpError::content_too_large().detail(format!("The body may have at most {limit} bytes."))
}

/// The refusal of a body that did not come whole.
fn lost(error: &axum::Error) -> HttpError {
    if is_too_large(error) { HttpError::content_too_large() } else { broken_off() }
}

pub(super) fn broken_off() -> HttpError {
    HttpError::bad_request().detail("The body broke off.")
}
