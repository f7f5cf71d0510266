//! The endpoints of a document, as generated code provides them.

use std::sync::Arc;

use axum::response::Response;
use futures_util::future::BoxFuture;

use super::RouteNode;
use crate::protocol::HttpError;
use crate::request::Incoming;

/// The endpoints of a document: generated code.
pub trait Dispatch: Send + Sync + 'static {
    /// The paths that lead to them.
    fn routes(&self) -> &'static RouteNode;

    /// Decodes a request and calls the endpoint's handler.
    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>>;
}

/// What becomes of a request.
pub type HandlerResult = Result<Response, HttpError>;

/// Decodes a request and calls a method of the handler: one of a generated service's endpoints.
pub type Endpoint<H> = fn(Arc<H>, Incoming) -> BoxFuture<'static, HandlerResult>;
