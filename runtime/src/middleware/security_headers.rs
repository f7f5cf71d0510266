//! Headers that tell browsers to be careful.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use super::around::{AroundMiddleware, layers};
use super::host::{is_secure, was_secure};

/// Adds headers that narrow down what browsers do with answers, unless an answer has its own:
/// `security_headers`.
///
/// | header | value |
/// | --- | --- |
/// | `Content-Security-Policy` | `default-src 'none'; frame-ancestors 'none'` |
/// | `Cross-Origin-Resource-Policy` | `same-origin` |
/// | `Referrer-Policy` | `no-referrer` |
/// | `X-Content-Type-Options` | `nosniff` |
/// | `X-Frame-Options` | `DENY` |
///
/// They suit an API; one that serves pages needs a policy of its own. `Strict-Transport-Security` is sent
/// where it is set, and only by TLS (RFC 6797 §7.2), which a proxy may end.
#[derive(Debug, Clone)]
pub struct SecurityHeaders(Arc<Vec<(HeaderName, HeaderValue)>>);

impl Default for SecurityHeaders {
    fn default() -> Self {
        Self::new()
    }
}

impl SecurityHeaders {
    /// The headers above.
    pub fn new() -> Self {
        let headers = [
            (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
        ];
        Self(Arc::new(headers.map(|(name, value)| (name, HeaderValue::from_static(value))).into()))
    }

    /// Sets a header, such as `strict-transport-security`, in place of the one above.
    #[must_use]
    pub fn set(self, name: HeaderName, value: HeaderValue) -> Self {
        let mut without = self.remove(&name);
        Arc::make_mut(&mut without.0).push((name, value));
        without
    }

    /// Leaves a header out.
    #[must_use]
    pub fn remove(mut self, name: &HeaderName) -> Self {
        Arc::make_mut(&mut self.0).retain(|(other, _)| other != name);
        self
    }
}

layers!(SecurityHeaders);

impl AroundMiddleware for SecurityHeaders {
    /// Whether the request came by TLS.
    type Kept = bool;

    fn before(&self, request: &mut Request) -> ControlFlow<Response, bool> {
        // A client that lies here only harms itself.
        ControlFlow::Continue(is_secure(request) || was_secure(request.headers()))
    }

    fn after(&self, secure: bool, response: &mut Response) {
        for (name, value) in self.0.iter().filter(|(name, _)| secure || name != STRICT_TRANSPORT_SECURITY) {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
}
