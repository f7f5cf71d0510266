//! The endpoints of a document, as generated code provides them.

use axum::response::Response;
use futures_util::future::BoxFuture;

use super::RouteNode;
use crate::protocol::HttpError;
use crate::request::Incoming;

/// The endpoints of a document, with what handles their requests.
pub(crate) trait Dispatch: Send + Sync + 'static {
    /// The paths that lead to them.
    fn routes(&self) -> &'static RouteNode;

    /// Decodes a request and calls the endpoint's handler.
    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>>;
}

/// What becomes of a request.
pub(crate) type HandlerResult = Result<Response, HttpError>;
