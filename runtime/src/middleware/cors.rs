//! Cross-origin requests: what the Fetch standard calls the CORS protocol.
//!
//! Ready-made layers take every OPTIONS request for a preflight, also one that the document describes, and
//! cannot answer a wildcard together with credentials.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap,
    HeaderName, HeaderValue, ORIGIN, VARY,
};
use http::{Method, StatusCode};
use regex::Regex;

use super::around::{AroundMiddleware, layers};
use crate::protocol::{Error, HttpError};

const ANY: HeaderValue = HeaderValue::from_static("*");
const TRUE: HeaderValue = HeaderValue::from_static("true");
const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// What the answer to a preflight depends on.
const VARY_PREFLIGHT: HeaderValue = HeaderValue::from_static(
    "origin, access-control-request-method, access-control-request-headers, access-control-request-private-network",
);

/// Headers that need no leave (Fetch standard, CORS-safelisted request-header).
const SAFELISTED: [HeaderName; 4] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE];

/// Which values are allowed: [`Any`], or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed<T> {
    /// Whatever comes.
    Any,
    /// These.
    These(Vec<T>),
}

/// Allows everything: `*`.
#[derive(Debug, Clone, Copy)]
pub struct Any;

impl<T> From<Any> for Allowed<T> {
    fn from(_: Any) -> Self {
        Self::Any
    }
}

impl<T, U: Into<T>, const N: usize> From<[U; N]> for Allowed<T> {
    fn from(values: [U; N]) -> Self {
        Self::These(values.into_iter().map(Into::into).collect())
    }
}

impl<T, U: Into<T>> From<Vec<U>> for Allowed<T> {
    fn from(values: Vec<U>) -> Self {
        Self::These(values.into_iter().map(Into::into).collect())
    }
}

impl<T> Allowed<T> {
    fn any(&self, is_it: impl Fn(&T) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::These(values) => values.iter().any(is_it),
        }
    }
}

/// Lets browsers' pages of other origins read the answers: `cors`.
///
/// Preflights are answered before anything inside is asked: 204, or 400 where the origin, the method or a
/// header is not allowed. All other requests go through; their answers say who may read them.
///
/// A wildcard means what it says together with credentials, too, though the header `*` would not: the
/// request's own origin, method and headers are allowed by name, and `Vary` says so.
///
/// Pages of the origins that are allowed may also open WebSockets; those that only a wildcard without credentials allows
/// may not, for browsers send cookies with every handshake.
#[derive(Debug, Clone)]
pub struct Cors(Arc<Rules>);

#[derive(Debug, Clone)]
struct Rules {
    origins: Allowed<String>,
    origin_regex: Option<Regex>,
    methods: Allowed<Method>,
    headers: Allowed<HeaderName>,
    exposed: Allowed<HeaderName>,
    credentials: bool,
    private_network: bool,
    max_age: Duration,
}

impl Default for Cors {
    fn default() -> Self {
        Self::new()
    }
}

impl Cors {
    /// No origin, the method GET, no headers but those that need no leave, no credentials, and preflights
    /// that hold for 600 seconds.
    pub fn new() -> Self {
        Self(Arc::new(Rules {
            origins: Allowed::These(Vec::new()),
            origin_regex: None,
            methods: Allowed::These(vec![Method::GET]),
            headers: Allowed::These(Vec::new()),
            exposed: Allowed::These(Vec::new()),
            credentials: false,
            private_network: false,
            max_age: Duration::from_secs(600),
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// The origins that may ask, such as `https://example.com`: scheme, host and port without a `/`.
    #[must_use]
    pub fn allow_origins(self, origins: impl Into<Allowed<String>>) -> Self {
        self.with(|rules| rules.origins = origins.into())
    }

    /// A regular expression that the whole of an origin may match, beside the list.
    ///
    /// # Errors
    ///
    /// It is no regular expression of the crate `regex`.
    pub fn allow_origin_regex(self, pattern: &str) -> Result<Self, Error> {
        // One that is none by itself could close the group that holds it to the whole.
        let whole = Regex::new(pattern)
            .and_then(|_| Regex::new(&format!(r"\A(?:{pattern})\z")))
            .map_err(|error| Error::Option { name: "allow_origin_regex", reason: error.to_string() })?;
        Ok(self.with(|rules| rules.origin_regex = Some(whole)))
    }

    /// The methods that may be asked for.
    #[must_use]
    pub fn allow_methods(self, methods: impl Into<Allowed<Method>>) -> Self {
        self.with(|rules| rules.methods = methods.into())
    }

    /// The headers that requests may have, beside those that need no leave.
    #[must_use]
    pub fn allow_headers(self, headers: impl Into<Allowed<HeaderName>>) -> Self {
        self.with(|rules| rules.headers = headers.into())
    }

    /// Whether requests may carry cookies and the like.
    #[must_use]
    pub fn allow_credentials(self, allow: bool) -> Self {
        self.with(|rules| rules.credentials = allow)
    }

    /// Whether pages of public addresses may ask a server on a private one (Private Network Access).
    #[must_use]
    pub fn allow_private_network(self, allow: bool) -> Self {
        self.with(|rules| rules.private_network = allow)
    }

    /// The headers of answers that pages may read, beside those that need no leave.
    #[must_use]
    pub fn expose_headers(self, headers: impl Into<Allowed<HeaderName>>) -> Self {
        self.with(|rules| rules.exposed = headers.into())
    }

    /// How long browsers may remember a preflight.
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Self {
        self.with(|rules| rules.max_age = max_age)
    }
}

layers!(Cors);

impl AroundMiddleware for Cors {
    /// What the answer's `Access-Control-Allow-Origin` says, where the origin is allowed.
    type Kept = Option<HeaderValue>;

    fn before(&self, request: &mut Request) -> ControlFlow<Response, Self::Kept> {
        let headers = request.headers();
        let Some(origin) = headers.get(ORIGIN) else { return ControlFlow::Continue(None) };
        match headers.get(ACCESS_CONTROL_REQUEST_METHOD) {
            Some(method) if request.method() == Method::OPTIONS => {
                ControlFlow::Break(self.0.preflight(origin, method, headers))
            }
            _ => {
                let granted = self.0.allows(origin).then(|| self.0.granted(origin));
                // A WebSocket is opened with credentials, whoever opens it: a wildcard without them does not trust.
                #[cfg(feature = "websocket")]
                if granted.as_ref().is_some_and(|granted| *granted != ANY) {
                    request.extensions_mut().insert(crate::websocket::TrustedOrigin);
                }
                ControlFlow::Continue(granted)
            }
        }
    }

    fn after(&self, granted: Option<HeaderValue>, response: &mut Response) {
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("origin"));
        let Some(granted) = granted else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, granted);
        if self.0.credentials {
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
        if let Some(exposed) = self.0.exposed(headers) {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }
}

impl Rules {
    fn allows(&self, origin: &HeaderValue) -> bool {
        let by_regex = || {
            let text = origin.to_str().ok();
            text.is_some_and(|text| self.origin_regex.as_ref().is_some_and(|regex| regex.is_match(text)))
        };
        self.origins.any(|allowed| allowed.as_bytes() == origin.as_bytes()) || by_regex()
    }

    /// With credentials, `*` is no wildcard (Fetch standard, CORS protocol and credentials).
    fn granted(&self, origin: &HeaderValue) -> HeaderValue {
        if self.origins == Allowed::Any && !self.credentials { ANY } else { origin.clone() }
    }

    /// With credentials, a wildcard is each header that the answer has.
    fn exposed(&self, answered: &HeaderMap) -> Option<HeaderValue> {
        match &self.exposed {
            Allowed::Any if !self.credentials => Some(ANY),
            Allowed::Any => listed(answered.keys().map(HeaderName::as_str)),
            Allowed::These(names) => listed(names.iter().map(HeaderName::as_str)),
        }
    }

    fn preflight(&self, origin: &HeaderValue, method: &HeaderValue, headers: &HeaderMap) -> Response {
        let asked = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
        let asked: Vec<&str> = asked.flat_map(|line| line.to_str().unwrap_or("?").split(',')).map(str::trim).collect();
        let private = headers.contains_key(REQUEST_PRIVATE_NETWORK);
        let refused: Vec<&str> = [
            ("origin", self.allows(origin)),
            ("method", self.methods.any(|allowed| allowed.as_str().as_bytes() == method.as_bytes())),
            ("headers", asked.iter().all(|name| self.allows_header(name))),
            ("private-network", self.private_network || !private),
        ]
        .into_iter()
        .filter_map(|(what, allowed)| (!allowed).then_some(what))
        .collect();
        let mut response = if refused.is_empty() {
            StatusCode::NO_CONTENT.into_response()
        } else {
            let detail = format!("Not allowed across origins: {}.", refused.join(", "));
            HttpError::bad_request().detail(detail).into_response()
        };
        let answer = response.headers_mut();
        answer.append(VARY, VARY_PREFLIGHT);
        if refused.is_empty() {
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.granted(origin));
            self.grant(answer, (method, &asked), private);
        }
        response
    }

    /// Says what is allowed: of a wildcard, what was asked for.
    fn grant(&self, answer: &mut HeaderMap, (method, asked): (&HeaderValue, &[&str]), private: bool) {
        let methods = match &self.methods {
            Allowed::Any => Some(method.clone()),
            Allowed::These(methods) => listed(methods.iter().map(Method::as_str)),
        };
        let headers = match &self.headers {
            Allowed::Any => listed(asked.iter().copied()),
            Allowed::These(names) => {
                let mut names: Vec<&str> = SAFELISTED.iter().chain(names).map(HeaderName::as_str).collect();
                names.sort_unstable();
                names.dedup();
                listed(names.into_iter())
            }
        };
        answer.extend(methods.map(|methods| (ACCESS_CONTROL_ALLOW_METHODS, methods)));
        answer.extend(headers.map(|headers| (ACCESS_CONTROL_ALLOW_HEADERS, headers)));
        answer.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.as_secs().into());
        if self.credentials {
            answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
        if private {
            answer.insert(ALLOW_PRIVATE_NETWORK, TRUE);
        }
    }

    fn allows_header(&self, name: &str) -> bool {
        let is_it = |allowed: &HeaderName| allowed.as_str().eq_ignore_ascii_case(name);
        name.is_empty() || SAFELISTED.iter().any(is_it) || self.headers.any(is_it)
    }
}

/// Names as a header has them; `None` for no names.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> Option<HeaderValue> {
    let text = names.collect::<Vec<_>>().join(", ");
    HeaderValue::from_str(&text).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_of_origins_that_is_none_by_itself_is_refused() {
        assert!(Cors::new().allow_origin_regex(r"https://.*\.example\.org").is_ok());
        assert!(Cors::new().allow_origin_regex("a)|(?:b").is_err());
    }
}
