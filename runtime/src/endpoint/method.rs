//! A handler's methods.

#[cfg(feature = "hooks")]
use std::any::Any;

use crate::protocol::HttpError;
use crate::response::Respond;

/// A method of a handler, which takes the request, and perhaps who calls. Each async method with such arguments is one.
pub trait Method<'h, H: 'h, A>: Send {
    /// What it answers.
    type Said: Respond + Send + 'static;
    /// A call of it.
    type Handling: Future<Output = Result<Self::Said, HttpError>> + Send;

    /// Calls it.
    fn call(self, handler: &'h H, arguments: A) -> Self::Handling;
}

impl<'h, H, Q, M, F, R> Method<'h, H, (Q,)> for M
where
    H: 'h,
    M: FnOnce(&'h H, Q) -> F + Send,
    F: Future<Output = Result<R, HttpError>> + Send,
    R: Respond + Send + 'static,
{
    type Said = R;
    type Handling = F;

    #[inline]
    fn call(self, handler: &'h H, (request,): (Q,)) -> F {
        self(handler, request)
    }
}

impl<'h, H, Q, P, M, F, R> Method<'h, H, (Q, P)> for M
where
    H: 'h,
    M: FnOnce(&'h H, Q, P) -> F + Send,
    F: Future<Output = Result<R, HttpError>> + Send,
    R: Respond + Send + 'static,
{
    type Said = R;
    type Handling = F;

    #[inline]
    fn call(self, handler: &'h H, (request, principal): (Q, P)) -> F {
        self(handler, request, principal)
    }
}

/// What a handler's method is called with.
pub(super) trait Arguments: Send + 'static {
    /// The decoded request.
    #[cfg(feature = "hooks")]
    fn request(&self) -> &dyn Any;

    /// The principal, or perhaps none (an `Option`), where anybody was asked.
    #[cfg(feature = "hooks")]
    fn principal(&self) -> Option<&dyn Any>;
}

impl<Q: Send + 'static> Arguments for (Q,) {
    #[cfg(feature = "hooks")]
    fn request(&self) -> &dyn Any {
        &self.0
    }

    #[cfg(feature = "hooks")]
    fn principal(&self) -> Option<&dyn Any> {
        None
    }
}

impl<Q: Send + 'static, P: Send + 'static> Arguments for (Q, P) {
    #[cfg(feature = "hooks")]
    fn request(&self) -> &dyn Any {
        &self.0
    }

    #[cfg(feature = "hooks")]
    fn principal(&self) -> Option<&dyn Any> {
        Some(&self.1)
    }
}
