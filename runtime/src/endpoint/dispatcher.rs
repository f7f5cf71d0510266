//! The endpoints of a document with a handler.

use std::future::ready;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::Endpoint;
use crate::protocol::HttpError;
use crate::request::Incoming;
use crate::routing::{Dispatch, HandlerResult, RouteNode};

/// The endpoints of a document, by their numbers: generated code.
pub type Endpoints<H> = &'static [&'static dyn Endpoint<H>];

/// The endpoints of a document with a handler.
pub(crate) struct Dispatcher<H: 'static> {
    routes: &'static RouteNode,
    endpoints: Endpoints<H>,
    handler: Arc<H>,
}

impl<H: 'static> Dispatcher<H> {
    /// Has requests to these endpoints, where these paths lead, handled.
    pub(crate) fn new(routes: &'static RouteNode, endpoints: Endpoints<H>, handler: H) -> Self {
        Self { routes, endpoints, handler: Arc::new(handler) }
    }
}

impl<H: Send + Sync + 'static> Dispatch for Dispatcher<H> {
    fn routes(&self) -> &'static RouteNode {
        self.routes
    }

    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, HandlerResult> {
        match self.endpoints.get(endpoint) {
            Some(endpoint) => endpoint.answer(Arc::clone(&self.handler), incoming),
            None => Box::pin(ready(Err(HttpError::not_implemented()))),
        }
    }
}
