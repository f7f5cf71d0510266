//! The endpoints of a document, as generated code provides them.

use std::sync::Arc;

use axum::response::Response;
use futures_util::future::BoxFuture;

use super::RouteNode;
use crate::protocol::HttpError;
use crate::request::Incoming;

/// An operation of a document, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// The method: `GET`.
    pub method: &'static str,
    /// The template of the path, below the service's base route: `/pets/{id}`.
    pub route: &'static str,
    /// The `operationId`, where there is one.
    pub id: Option<&'static str>,
    /// The tags.
    pub tags: &'static [&'static str],
}

impl Operation {
    /// An operation; generated code calls this.
    pub const fn new(
        method: &'static str,
        route: &'static str,
        id: Option<&'static str>,
        tags: &'static [&'static str],
    ) -> Self {
        Self { method, route, id, tags }
    }
}

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
