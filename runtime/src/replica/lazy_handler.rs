//! A service on the flow's threads whose handler value is made by a factory.

use std::sync::{Arc, Once};

use tokio::runtime::Handle;
use tokio::sync::SetOnce;

use super::Handlers;
use crate::request::Incoming;
use crate::routing::{Dispatch, HandlerResult};
use futures_util::future::BoxFuture;

/// The handler value, as soon as there is one.
pub(crate) type HandlerCell = Arc<SetOnce<Arc<dyn Dispatch>>>;

/// The endpoints, as soon as there is a handler value; requests wait for it.
pub(crate) struct LazyHandler {
    service: String,
    handlers: Handlers,
    begun: Once,
    made: HandlerCell,
}

impl LazyHandler {
    pub(super) fn new(service: String, handlers: Handlers) -> Self {
        let awaited = Self { service, handlers, begun: Once::new(), made: Arc::default() };
        // Where there are no threads yet, the first request begins.
        if let Ok(runtime) = Handle::try_current() {
            awaited.begin(&runtime);
        }
        awaited
    }

    pub(super) fn made(&self) -> HandlerCell {
        Arc::clone(&self.made)
    }

    fn begin(&self, runtime: &Handle) {
        self.begun.call_once(|| {
            let (service, handlers, made) = (self.service.clone(), self.handlers.clone(), Arc::clone(&self.made));
            runtime.spawn(async move {
                // It is made once, so that it is not set yet.
                let _ = made.set(handlers.make_at_last(&service).await);
            });
        });
    }
}

impl Dispatch for LazyHandler {
    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, HandlerResult> {
        if let Some(dispatch) = self.made.get() {
            return dispatch.call(endpoint, incoming);
        }
        if let Ok(runtime) = Handle::try_current() {
            self.begin(&runtime);
        }
        let made = Arc::clone(&self.made);
        Box::pin(async move {
            let dispatch = Arc::clone(made.wait().await);
            dispatch.call(endpoint, incoming).await
        })
    }
}
