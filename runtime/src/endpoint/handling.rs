//! Calls of a handler: through the hooks, where there are some.

use std::sync::Arc;

#[cfg(feature = "hooks")]
use std::any::Any;

#[cfg(feature = "hooks")]
use futures_util::future::BoxFuture;

use super::{Arguments, Method};
#[cfg(feature = "hooks")]
use crate::middleware::hook::{Target, Typed};
#[cfg(feature = "hooks")]
use crate::protocol::HttpError;
use crate::request::Answer;
use crate::routing::HandlerResult;

/// Calls a method of a handler, and answers with what it says.
///
/// Each endpoint has its types, so this is compiled for each of them.
pub(super) async fn handled<H, A, M>(handler: Arc<H>, method: M, arguments: A, answer: Answer) -> HandlerResult
where
    H: Send + Sync + 'static,
    A: Arguments,
    M: for<'h> Method<'h, H, A>,
{
    #[cfg(feature = "hooks")]
    if answer.is_hooked() {
        let call = Box::new(HandlerCall { handler: &*handler, method, arguments });
        // In a box, so that requests without hooks have no room for it.
        return Box::pin(answer.hooked(call)).await;
    }
    answer.respond(method.call(&handler, arguments).await)
}

/// A call of a handler's method that is yet to be made.
#[cfg(feature = "hooks")]
struct HandlerCall<'h, H, A, M> {
    handler: &'h H,
    method: M,
    arguments: A,
}

#[cfg(feature = "hooks")]
impl<'h, H, A, M> Target for HandlerCall<'h, H, A, M>
where
    H: Sync,
    A: Arguments,
    M: Method<'h, H, A>,
{
    fn request(&self) -> &dyn Any {
        self.arguments.request()
    }

    fn principal(&self) -> Option<&dyn Any> {
        self.arguments.principal()
    }

    fn call<'t>(self: Box<Self>) -> BoxFuture<'t, Result<Box<dyn Typed>, HttpError>>
    where
        Self: 't,
    {
        let Self { handler, method, arguments } = *self;
        let handling = method.call(handler, arguments);
        Box::pin(async move { Ok(Box::new(handling.await?) as Box<dyn Typed>) })
    }
}
