//! From the number of an endpoint to the endpoint.

use std::future::ready;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::Endpoint;
use crate::protocol::HttpError;
use crate::request::Incoming;
use crate::routing::{Dispatch, HandlerResult};

/// The endpoints of a document, by their numbers: generated code.
pub type Endpoints<H> = &'static [&'static dyn Endpoint<H>];

/// The endpoints of a document with a handler.
pub(crate) struct Dispatcher<H: 'static> {
    endpoints: Endpoints<H>,
    handler: Arc<H>,
}

impl<H: 'static> Dispatcher<H> {
    /// A dispatcher that has this handler answer requests to these endpoints.
    pub(crate) fn new(endpoints: Endpoints<H>, handler: H) -> Self {
        Self { endpoints, handler: Arc::new(handler) }
    }
}

impl<H: Send + Sync + 'static> Dispatch for Dispatcher<H> {
    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, HandlerResult> {
        match self.endpoints.get(endpoint) {
            Some(endpoint) => endpoint.answer(Arc::clone(&self.handler), incoming),
            None => Box::pin(ready(Err(HttpError::not_implemented()))),
        }
    }
}
