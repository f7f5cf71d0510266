//! Decoding of requests: parameters and bodies become typed values, and everything that is wrong with
//! them is gathered before the request is refused.

mod body;
mod parameter;
mod place;
mod texts;

use axum::body::Body as HttpBody;
use http::request::Parts;
use tokio::time::Instant;

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
    /// The most bytes that the body may have.
    pub(crate) body_limit: usize,
    /// When the body must have come in.
    pub(crate) deadline: Instant,
}

/// Decodes one request.
pub struct Decoder {
    parts: Parts,
    body: HttpBody,
    captures: Captures,
    body_limit: usize,
    deadline: Instant,
    schemas: &'static Schemas,
    violations: Vec<Violation>,
    worst: Severity,
}

/// How bad the worst thing is that was found; it makes the status of the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    /// It can be read, but is not what the schemas ask for.
    Invalid,
    /// It cannot even be read.
    Malformed,
    /// Whether it is valid cannot be said: the service's own fault.
    Unchecked,
}

impl Decoder {
    /// Starts with nothing decoded.
    pub fn new(incoming: Incoming, schemas: &'static Schemas) -> Self {
        let Incoming { parts, body, captures, body_limit, deadline } = incoming;
        let (violations, worst) = (Vec::new(), Severity::Invalid);
        Self { parts, body, captures, body_limit, deadline, schemas, violations, worst }
    }

    /// The refusal of a request with violations: 422, or 400 where something could not be read.
    pub fn reject(self) -> HttpError {
        let error = match self.worst {
            Severity::Invalid => HttpError::unprocessable(),
            Severity::Malformed => HttpError::bad_request(),
            // What it was is in the log already.
            Severity::Unchecked => return HttpError::internal(),
        };
        let detail = match self.violations.len() {
            0 => {
                tracing::error!("a request was refused without a reason");
                return HttpError::internal();
            }
            1 => "The request breaks 1 rule of the API's description.".to_owned(),
            count => format!("The request breaks {count} rules of the API's description."),
        };
        self.violations.into_iter().fold(error.detail(detail), HttpError::violation)
    }

    /// The request's context; the refusal where something is wrong.
    pub fn finish(self) -> Result<RequestContext, HttpError> {
        let faultless = self.violations.is_empty() && self.worst == Severity::Invalid;
        if faultless { Ok(RequestContext::new(self.parts)) } else { Err(self.reject()) }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }
}
