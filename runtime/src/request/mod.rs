//! Requests become typed values: the context, parameters, bodies, forms and uploads. Everything that is wrong with a
//! request is gathered before it is refused.
//!
//! Uses the rooms up to `response`. Knows no services and no handlers.

mod answer;
mod background;
mod body;
mod byte_length;
mod captures;
mod client_wait;
mod concurrency;
mod context;
mod contract;
mod disagreement;
mod error_pointer;
mod fields;
mod form;
mod limits;
#[cfg(feature = "multipart")]
mod multipart;
mod objects;
mod operation;
mod parameter;
pub(crate) mod read;
mod service_scope;
mod texts;
#[cfg(feature = "multipart")]
mod upload;
mod validation;

use std::cell::OnceCell;

use axum::body::{Body as HttpBody, HttpBody as _};
use axum::extract::Request;
use http::request::Parts as RequestParts;

use crate::protocol::{Accept, HttpError, Violation};
use crate::response::ByteStream;
use crate::validation::PatternBudget;
use contract::Loaded;
use texts::Pairs;

pub use answer::Answer;
pub use background::TaskOutcome;
pub(crate) use background::{BackgroundTasks, after_response, logged};
pub use body::Body;
pub use byte_length::ByteLength;
pub(crate) use captures::Captures;
pub(crate) use client_wait::{ClientWait, HeldPlace, Place};
pub(crate) use concurrency::{Concurrency, Slot, busy};
pub use context::RequestContext;
pub use contract::{Content, Contract};
pub use fields::{Field, FieldStyle};
pub(crate) use limits::{FormLimits, Limits};
#[cfg(feature = "multipart")]
pub use multipart::{FromParts, MultipartForm, PartHeader, PartRules, Parts};
pub use operation::{Operation, UriError};
pub use parameter::{Parameter, Style, Syntax};
pub(crate) use service_scope::ServiceScope;
pub(crate) use texts::form_values;
#[cfg(feature = "multipart")]
pub use upload::UploadFile;
pub use validation::Validation;

/// A request whose endpoint was found.
#[derive(Debug)]
pub struct Incoming {
    /// All but the body; the handler will have it as well, so it is never moved from here.
    pub(crate) context: RequestContext,
    pub(crate) body: HttpBody,
    pub(crate) captures: Captures,
    pub(crate) limits: &'static Limits,
    pub(crate) wait: ClientWait,
}

/// Decodes one request.
pub struct Decoder {
    incoming: Incoming,
    contract: &'static Contract,
    loaded: Loaded,
    /// The body's number among those of the endpoint, where there is one.
    chosen: Option<usize>,
    violations: Vec<Violation>,
    worst: Severity,
    /// The query string, once a parameter was looked for.
    pairs: OnceCell<Pairs>,
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
    pub fn new(incoming: Incoming, contract: &'static Contract) -> Self {
        Self {
            incoming,
            contract,
            loaded: Loaded::Nothing,
            chosen: None,
            violations: Vec::new(),
            worst: Severity::Invalid,
            pairs: OnceCell::new(),
        }
    }

    /// Decodes all parts of the request. Patterns have one budget for all of them.
    ///
    /// # Errors
    ///
    /// The refusal of a request that is not as it should be.
    #[inline]
    pub fn decode<T>(&mut self, decode: fn(&mut Self) -> Result<T, HttpError>) -> Result<T, HttpError> {
        let _budget = PatternBudget::new();
        decode(self)
    }

    /// The refusal of a request with violations: 422, or 400 where something could not be read.
    pub fn reject(&mut self) -> HttpError {
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
        std::mem::take(&mut self.violations).into_iter().fold(error.detail(detail), HttpError::violation)
    }

    /// Refuses a client that takes none of the media types that the endpoint may answer with.
    fn check_offer(&self) -> Result<(), HttpError> {
        let media_types = self.contract.offered();
        if media_types.is_empty() || Accept::from_headers(self.incoming.context.headers()).takes_any(media_types) {
            return Ok(());
        }
        Err(HttpError::not_acceptable().detail(format!("The answer can be {}.", media_types.join(", "))))
    }

    /// The whole request, with its body unread, of at most as many bytes as a stream may have.
    ///
    /// The context has the rest as well: it is copied, but for the body.
    pub fn raw(&mut self) -> Option<Request> {
        if !self.incoming.body.is_end_stream() {
            self.incoming.wait.leave_to_handler();
        }
        let body = ByteStream::limited(std::mem::take(&mut self.incoming.body), self.incoming.limits.upload);
        let mut request = Request::from_parts(self.parts().clone(), HttpBody::from_stream(body));
        if let Some(info) = self.incoming.context.info().cloned() {
            info.insert_into(&mut request);
        }
        Some(request)
    }

    /// The request's context, and the way back; the refusal where something is wrong.
    pub fn finish(&mut self) -> Result<(RequestContext, Answer), HttpError> {
        if !self.violations.is_empty() || self.worst != Severity::Invalid {
            return Err(self.reject());
        }
        // The handler gets no more of the body, so the client need not send more of it.
        drop(std::mem::take(&mut self.incoming.body));
        let context = &self.incoming.context;
        Ok((context.clone(), Answer::new(context.clone())))
    }

    pub(crate) fn context(&self) -> &RequestContext {
        &self.incoming.context
    }

    pub(crate) fn parts(&self) -> &RequestParts {
        self.incoming.context.parts()
    }
}
