//! Decoding of requests: parameters and bodies become typed values, and everything that is wrong with
//! them is gathered before the request is refused.

mod body;
mod parameter;

use std::time::Duration;

use axum::body::Body as HttpBody;
use http::request::Parts;

pub use body::{Body, Validation};
pub use parameter::{Kind, Parameter, Style};

use crate::context::RequestContext;
use crate::error::HttpError;
use crate::problem::Violation;
use crate::routing::Captures;
use crate::schemas::Schemas;

/// A request whose endpoint was found.
#[derive(Debug)]
pub struct Incoming {
    pub(crate) parts: Parts,
    pub(crate) body: HttpBody,
    pub(crate) captures: Captures,
    pub(crate) limits: Limits,
}

/// What a request may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The most bytes that a body may have.
    pub body: usize,
    /// How long a body may take to come in.
    pub body_timeout: Duration,
}

/// Decodes one request.
pub struct Decoder {
    parts: Parts,
    body: HttpBody,
    captures: Captures,
    limits: Limits,
    schemas: &'static Schemas,
    /// The query's pairs, decoded when one is first asked for.
    query: Option<Vec<(String, String)>>,
    violations: Vec<Violation>,
    /// Whether something cannot even be read.
    malformed: bool,
}

impl Decoder {
    /// Starts with nothing decoded.
    pub fn new(incoming: Incoming, schemas: &'static Schemas) -> Self {
        let Incoming { parts, body, captures, limits } = incoming;
        Self { parts, body, captures, limits, schemas, query: None, violations: Vec::new(), malformed: false }
    }

    /// The refusal of a request with violations: 422, or 400 where something could not be read.
    pub fn reject(self) -> HttpError {
        if self.violations.is_empty() {
            tracing::error!("a request was refused without a reason");
            return HttpError::internal();
        }
        let error = if self.malformed { HttpError::bad_request() } else { HttpError::unprocessable() };
        let detail = match self.violations.len() {
            1 => "The request breaks 1 rule of the API's description.".to_owned(),
            count => format!("The request breaks {count} rules of the API's description."),
        };
        self.violations.into_iter().fold(error.detail(detail), HttpError::violation)
    }

    /// The request's context; the refusal where a violation was found.
    pub fn finish(self) -> Result<RequestContext, HttpError> {
        if self.violations.is_empty() { Ok(RequestContext::new(self.parts)) } else { Err(self.reject()) }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }
}
