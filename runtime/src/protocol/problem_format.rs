//! Problems in a shape of the application's own.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

use super::{Accept, Problem};

/// What makes a response's body of a problem.
#[derive(Clone)]
pub(crate) struct ProblemFormat(Arc<Format>);

type Format = dyn Fn(&Problem, &ProblemContext<'_>) -> Response + Send + Sync;

/// What else is known of a request that ended in a problem.
#[derive(Debug)]
pub struct ProblemContext<'r> {
    request_id: &'r str,
    accepted: &'r HeaderMap,
}

/// The problem that a response tells, as an extension of it.
#[derive(Clone)]
struct Told {
    problem: Arc<Problem>,
    /// What the body was then: a layer may have put another one in its place.
    content_type: Option<HeaderValue>,
}

/// A format that waits for the response to a request.
#[derive(Debug)]
pub(crate) struct PendingFormat {
    format: ProblemFormat,
    /// The request's `Accept`.
    accepted: HeaderMap,
}

impl ProblemContext<'_> {
    /// The request's id, as it is in the header of the answer.
    pub fn request_id(&self) -> &str {
        self.request_id
    }

    /// The media type, of those that could be answered with, that the client wants most by its `Accept`; the first of
    /// several, `None` where it takes none of them.
    pub fn preferred<'o>(&self, media_types: &[&'o str]) -> Option<&'o str> {
        Accept::from_headers(self.accepted).best(media_types)
    }

    /// A body of JSON, `application/json`; empty where it cannot be written, which is logged.
    pub fn json(&self, body: &impl Serialize) -> Response {
        match serde_json::to_vec(body) {
            Ok(text) => ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response(),
            Err(error) => {
                tracing::error!(%error, "a problem cannot be written in its format");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl ProblemFormat {
    pub(crate) fn new<R: IntoResponse>(
        format: impl Fn(&Problem, &ProblemContext<'_>) -> R + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |problem, context| format(problem, context).into_response()))
    }

    /// Keeps what it must know of a request.
    pub(crate) fn begin(&self, request: &HeaderMap) -> PendingFormat {
        let mut accepted = HeaderMap::new();
        for value in request.get_all(ACCEPT) {
            accepted.append(ACCEPT, value.clone());
        }
        PendingFormat { format: self.clone(), accepted }
    }
}

impl PendingFormat {
    /// Shapes a response that tells a problem.
    pub(crate) fn apply(self, response: &mut Response, request_id: &str) {
        let Some(Told { problem, content_type }) = response.extensions_mut().remove() else { return };
        if content_type.as_ref() != response.headers().get(CONTENT_TYPE) || response.status() != problem.status {
            return;
        }
        let context = ProblemContext { request_id, accepted: &self.accepted };
        let (shaped, body) = (self.format.0)(&problem, &context).into_parts();
        set_body(response, shaped.headers, body);
    }
}

/// Gives a response another body, with its headers. The status and all other headers stay.
fn set_body(response: &mut Response, headers: HeaderMap, body: Body) {
    for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING] {
        response.headers_mut().remove(name);
    }
    response.headers_mut().extend(headers);
    *response.body_mut() = body;
}

/// Notes the problem that a response tells.
pub(super) fn note(response: &mut Response, problem: Problem) {
    let content_type = response.headers().get(CONTENT_TYPE).cloned();
    response.extensions_mut().insert(Told { problem: Arc::new(problem), content_type });
}

/// Writes a problem in another way.
pub(crate) fn rewrite(response: &mut Response, content_type: HeaderValue, body: Body) {
    set_body(response, [(CONTENT_TYPE, content_type.clone())].into_iter().collect(), body);
    if let Some(told) = response.extensions_mut().get_mut::<Told>() {
        told.content_type = Some(content_type);
    }
}

/// The problem that a response tells.
pub(crate) fn told(response: &Response) -> Option<&Problem> {
    response.extensions().get::<Told>().map(|told| &*told.problem)
}

/// A problem document, `application/problem+json`, with the problem's status.
impl IntoResponse for &Problem {
    fn into_response(self) -> Response {
        // A problem is made of strings and JSON values, which always serialise.
        let text = serde_json::to_vec(self).unwrap_or_default();
        let content_type = HeaderValue::from_static("application/problem+json");
        (self.status, [(CONTENT_TYPE, content_type)], text).into_response()
    }
}

impl fmt::Debug for ProblemFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProblemFormat(..)")
    }
}
