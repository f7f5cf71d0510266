//! Hooks: what an application does around the handlers of a service, where requests and answers have their types.
//!
//! Without the feature nothing of this is compiled, neither here nor in generated crates. With it, a service that has no
//! hook asks once a request whether there is one.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use axum::response::Response;

use futures_util::future::BoxFuture;

use crate::protocol::HttpError;
use crate::request::{Answer, Incoming, Operation, RequestContext};
use crate::response::Respond;
use crate::routing::{Dispatch, HandlerResult};

/// What stands around the handlers of a service, inside of all layers: it sees the operation, who calls, the decoded
/// request and the typed answer.
///
/// A request comes here once its credentials are checked and all of it is valid; the handshake of a WebSocket, too. The
/// time that a request has is a hook's as well.
///
/// ```
/// use buildflow_runtime::{Call, Hook, HttpError, Reply};
///
/// # struct User { may_write: bool }
/// struct ReadersOnlyRead;
///
/// impl Hook for ReadersOnlyRead {
///     async fn around(&self, call: Call<'_>) -> Result<Reply, HttpError> {
///         let may_write = call.principal::<User>().is_some_and(|user| user.may_write);
///         if call.operation().tags.contains(&"write") && !may_write {
///             return Err(HttpError::forbidden());
///         }
///         call.run().await
///     }
/// }
/// ```
pub trait Hook: Send + Sync + 'static {
    /// Refuses the call, or runs it and gives its reply, or another one.
    ///
    /// # Errors
    ///
    /// A refusal, or the handler's own error: [`Call::run`] gives both of those that are further inside.
    fn around(&self, call: Call<'_>) -> impl Future<Output = Result<Reply, HttpError>> + Send;
}

/// A valid request on its way to the handler.
pub struct Call<'c> {
    operation: &'static Operation,
    /// The hooks that are further inside, innermost first.
    inside: &'c [Box<dyn DynHook>],
    answer: Answer,
    target: Box<dyn Target + 'c>,
}

impl Call<'_> {
    /// What is called.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Method, URI, headers and peer address; headers that are added here are added to the answer.
    pub fn context(&self) -> &RequestContext {
        self.answer.context()
    }

    /// The request as the handler gets it: `call.request::<CreatePetRequest>()`; `None` where it is another type.
    pub fn request<Q: 'static>(&self) -> Option<&Q> {
        self.target.request().downcast_ref()
    }

    /// Who calls, as the service's trait has it; `None` where nobody was asked, or nobody said.
    pub fn principal<P: 'static>(&self) -> Option<&P> {
        let principal = self.target.principal()?;
        principal.downcast_ref().or_else(|| principal.downcast_ref::<Option<P>>()?.as_ref())
    }

    /// Calls what is further inside: other hooks, and then the handler.
    ///
    /// # Errors
    ///
    /// Theirs; its [`status`](HttpError::status) is that of the answer.
    pub async fn run(self) -> Result<Reply, HttpError> {
        let Self { operation, inside, answer, target } = self;
        match inside.split_last() {
            Some((hook, inside)) => hook.around(Call { operation, inside, answer, target }).await,
            None => match target.call().await {
                Ok(said) => Ok(Reply(Said::Typed(said, answer))),
                Err(error) => Err(answer.context().map(error)),
            },
        }
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Call").field("operation", self.operation).finish_non_exhaustive()
    }
}

/// What was answered.
pub struct Reply(Said);

enum Said {
    /// By a handler.
    Typed(Box<dyn Typed>, Answer),
    Response(Response),
}

impl Reply {
    /// The handler's answer: `reply.get::<CreatePetResponse>()`; `None` where it is another type, or a response already.
    pub fn get<R: 'static>(&self) -> Option<&R> {
        match &self.0 {
            Said::Typed(typed, _) => typed.as_any().downcast_ref(),
            Said::Response(_) => None,
        }
    }

    /// The response, with its status and headers. It is a reply again by `into()`, without a type.
    pub fn into_response(self) -> Response {
        match self.0 {
            Said::Typed(typed, answer) => typed.respond(answer),
            Said::Response(response) => response,
        }
    }
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self(Said::Response(response))
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reply").finish_non_exhaustive()
    }
}

/// A hook as an object.
pub(crate) trait DynHook: Send + Sync {
    fn around<'c>(&'c self, call: Call<'c>) -> BoxFuture<'c, Result<Reply, HttpError>>;
}

impl<H: Hook> DynHook for H {
    fn around<'c>(&'c self, call: Call<'c>) -> BoxFuture<'c, Result<Reply, HttpError>> {
        Box::pin(Hook::around(self, call))
    }
}

/// A handler's answer, whatever its type.
pub(crate) trait Typed: Send {
    fn as_any(&self) -> &dyn Any;

    fn respond(self: Box<Self>, answer: Answer) -> Response;
}

impl<R: Respond + Send + 'static> Typed for R {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn respond(self: Box<Self>, answer: Answer) -> Response {
        answer.to(*self)
    }
}

/// A handler's method with what it is called with, whatever their types.
pub(crate) trait Target: Send {
    fn request(&self) -> &dyn Any;

    fn principal(&self) -> Option<&dyn Any>;

    fn call<'t>(self: Box<Self>) -> BoxFuture<'t, Result<Box<dyn Typed>, HttpError>>
    where
        Self: 't;
}

/// The hooks of a service and what is called: an extension of the request on its way to the handler.
#[derive(Clone)]
pub(crate) struct Hooked {
    hooks: Arc<[Box<dyn DynHook>]>,
    operation: &'static Operation,
}

impl fmt::Debug for Hooked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} hooks", self.hooks.len())
    }
}

impl Answer {
    /// Whether the handler is called through hooks.
    pub(crate) fn is_hooked(&self) -> bool {
        self.context().extensions().get::<Hooked>().is_some()
    }

    /// Calls a handler's method through the hooks.
    ///
    /// # Errors
    ///
    /// Theirs, or the handler's.
    pub(crate) async fn hooked(self, target: Box<dyn Target + '_>) -> HandlerResult {
        let Some(Hooked { hooks, operation }) = self.context().extensions().get().cloned() else {
            return Err(HttpError::internal());
        };
        let context = self.context().clone();
        let call = Call { operation, inside: &hooks, answer: self, target };
        match call.run().await {
            Ok(reply) => Ok(reply.into_response()),
            // A hook may have errors of the application, too.
            Err(error) => Err(context.map(error)),
        }
    }
}

/// Endpoints with hooks around their handlers.
pub(crate) struct HookedEndpoints {
    hooks: Arc<[Box<dyn DynHook>]>,
    operations: &'static [Operation],
    inside: Arc<dyn Dispatch>,
}

impl HookedEndpoints {
    /// Puts hooks around what an operation of each number is; what comes last is outermost.
    pub(crate) fn around(
        inside: Arc<dyn Dispatch>,
        operations: &'static [Operation],
        hooks: Vec<Box<dyn DynHook>>,
    ) -> Arc<dyn Dispatch> {
        if hooks.is_empty() {
            return inside;
        }
        Arc::new(Self { hooks: hooks.into(), operations, inside })
    }
}

impl Dispatch for HookedEndpoints {
    fn call(&self, endpoint: usize, mut incoming: Incoming) -> BoxFuture<'static, HandlerResult> {
        let (operation, parts) = (self.operations.get(endpoint), incoming.context.parts_mut());
        let Some((operation, parts)) = operation.zip(parts) else {
            // Nothing comes to a handler past the hooks.
            tracing::error!(endpoint, "an endpoint is not among the operations of its service");
            return Box::pin(async { Err(HttpError::internal()) });
        };
        parts.extensions.insert(Hooked { hooks: Arc::clone(&self.hooks), operation });
        self.inside.call(endpoint, incoming)
    }
}
