//! Files as they are sent: with a tag, so that clients need not fetch again what they have.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{Method, StatusCode};

use crate::protocol::method_not_allowed;

/// What is sent for a path.
#[derive(Debug, Clone)]
pub(crate) struct File {
    content_type: &'static str,
    bytes: Bytes,
    tag: HeaderValue,
    is_gzip: bool,
    policy: Option<HeaderValue>,
}

impl File {
    pub(crate) fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        // Weak: a layer may compress it. Hexadecimal digits are fine in every header.
        let tag = HeaderValue::from_str(&format!("W/\"{:016x}\"", hasher.finish()));
        let tag = tag.unwrap_or(HeaderValue::from_static("W/\"0\""));
        Self { content_type, bytes, tag, is_gzip: false, policy: None }
    }

    /// The bytes are compressed.
    pub(crate) fn gzip(mut self) -> Self {
        self.is_gzip = true;
        self
    }

    /// What the page may load (Content Security Policy Level 3).
    pub(crate) fn policy(mut self, policy: Option<HeaderValue>) -> Self {
        self.policy = policy;
        self
    }

    /// The answer to a request for it.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return method_not_allowed(request.method(), "GET, HEAD");
        }
        let is_known = is_known(request.headers(), self.tag.as_bytes());
        let mut response = match (is_known, request.method()) {
            (true, _) => StatusCode::NOT_MODIFIED.into_response(),
            (false, &Method::HEAD) => Response::new(Body::empty()),
            (false, _) => Response::new(Body::from(self.bytes.clone())),
        };
        let headers = response.headers_mut();
        headers.insert(ETAG, self.tag.clone());
        // It may be stored, and is asked for again each time: a new version is seen at once.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if is_known {
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CONTENT_LENGTH, self.bytes.len().into());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if self.is_gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if let Some(policy) = &self.policy {
            headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
            headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        response
    }
}

/// Whether the client has what the tag names (RFC 9110 §13.1.2).
fn is_known(headers: &HeaderMap, tag: &[u8]) -> bool {
    let strong = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_owned();
    let sent = headers.get_all(IF_NONE_MATCH).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    sent.map(<[u8]>::trim_ascii).any(|sent| sent == b"*" || strong(sent) == strong(tag))
}
