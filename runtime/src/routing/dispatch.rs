//! What requests go to once their endpoint is found.

use axum::response::Response;
use futures_util::future::BoxFuture;

use crate::protocol::HttpError;
use crate::request::Incoming;

/// The endpoints of a document, with what handles their requests.
pub(crate) trait Dispatch: Send + Sync + 'static {
    /// Decodes a request and calls the endpoint's handler.
    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>>;
}

/// What becomes of a request.
pub(crate) type HandlerResult = Result<Response, HttpError>;
