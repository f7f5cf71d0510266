//! The way back from a handler: what its answer must know of the request.

use axum::response::Response;

use super::RequestContext;
use crate::protocol::{Accept, HttpError};
use crate::response::Respond;

/// The way back from a handler: what its answer must know of the request.
#[derive(Debug)]
pub struct Answer {
    context: RequestContext,
}

impl Answer {
    /// The way back from the handler of a request.
    pub(crate) fn new(context: RequestContext) -> Self {
        Self { context }
    }

    #[cfg(feature = "hooks")]
    pub(crate) fn context(&self) -> &RequestContext {
        &self.context
    }

    /// The response to what the handler has said.
    pub fn respond<R: Respond>(self, handled: Result<R, HttpError>) -> Result<Response, HttpError> {
        match handled {
            Ok(answer) => Ok(self.to(answer)),
            Err(error) => Err(self.context.map(error)),
        }
    }

    /// The response that a handler's answer is.
    pub(crate) fn to<R: Respond>(self, answer: R) -> Response {
        let Self { context, .. } = self;
        let mut response = answer.respond(&Accept::from_headers(context.headers()));
        context.add_to(&mut response);
        #[cfg(feature = "files")]
        crate::response::file::ask(&mut response, context.parts());
        response
    }
}
