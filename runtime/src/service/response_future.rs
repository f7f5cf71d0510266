//! What a request waits for. Futures are moved about before they are polled, and each `async` has room for what it waits
//! for twice: so this one is written by hand, and has little in it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};
use tower::Service as _;

use crate::observe::caught;
use crate::protocol::HttpError;
use crate::request::Slot;
use crate::response::ResponseSchemas;
use crate::routing::HandlerResult;

/// The way of a request from here on: a future of the answer.
pub(crate) enum ResponseFuture {
    /// An endpoint has it, which may answer at once.
    Handled(InFlight),
    /// It takes longer, or goes through layers and routes.
    Waiting(BoxFuture<'static, Response>),
    /// It is at its end; empty when the answer was given.
    Ended(Option<Box<Response>>),
}

/// A request that an endpoint has.
pub(crate) struct InFlight {
    pub answered: BoxFuture<'static, HandlerResult>,
    /// When the request must be answered.
    pub deadline: Instant,
    /// What answers are by the document.
    pub answers: Option<&'static ResponseSchemas>,
    /// Whether that is checked.
    pub is_checked: bool,
    pub endpoint: usize,
    /// Its place among those that the handler has at once.
    pub _slot: Option<Slot>,
}

impl ResponseFuture {
    /// At its end.
    pub(crate) fn ended(response: Response) -> Self {
        Self::Ended(Some(Box::new(response)))
    }

    /// Through a router.
    pub(crate) fn by_router(mut router: Router, request: Request) -> Self {
        let routed = router.call(request);
        Self::Waiting(Box::pin(async move {
            let Ok(response) = routed.await;
            response
        }))
    }
}

impl From<Response> for ResponseFuture {
    fn from(response: Response) -> Self {
        Self::ended(response)
    }
}

impl Future for ResponseFuture {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        loop {
            match &mut *self {
                Self::Handled(handling) => {
                    let answered = handling.poll_answered(context);
                    let Self::Handled(handling) = std::mem::replace(&mut *self, Self::Ended(None)) else { continue };
                    match answered {
                        Poll::Ready(answered) if handling.is_last(&answered) => {
                            return Poll::Ready(handling.respond(answered));
                        }
                        Poll::Ready(answered) => {
                            let response = handling.respond(answered);
                            *self = Self::Waiting(Box::pin(handling.finish(response)));
                        }
                        // Only who waits needs a timer.
                        Poll::Pending => *self = Self::Waiting(Box::pin(handling.wait())),
                    }
                }
                Self::Waiting(waiting) => {
                    let response = ready!(waiting.as_mut().poll(context));
                    *self = Self::Ended(None);
                    return Poll::Ready(response);
                }
                Self::Ended(response) => match response.take() {
                    Some(response) => return Poll::Ready(*response),
                    None => return Poll::Pending,
                },
            }
        }
    }
}

impl InFlight {
    /// Asks the endpoint; that it panics is its answer, too.
    fn poll_answered(&mut self, context: &mut Context<'_>) -> Poll<HandlerResult> {
        let polled = catch_unwind(AssertUnwindSafe(|| self.answered.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| Poll::Ready(Err(caught(panic.as_ref()))))
    }

    /// Whether nothing more is done with an answer.
    fn is_last(&self, answered: &HandlerResult) -> bool {
        !self.is_checked && !is_file(answered)
    }

    /// What is said, or the problem.
    fn respond(&self, answered: HandlerResult) -> Response {
        answered.unwrap_or_else(|error| refuse(self.answers, self.endpoint, error))
    }

    /// Waits for the answer in the time that there is.
    async fn wait(mut self) -> Response {
        // A body that is late ends `answered` at the same moment, which is looked at first: 408.
        let deadline = self.deadline;
        let answered = timeout_at(deadline, std::future::poll_fn(|context| self.poll_answered(context))).await;
        let late = |_| Err(HttpError::service_unavailable().detail("The request took too long."));
        let response = self.respond(answered.unwrap_or_else(late));
        self.finish(response).await
    }

    /// What is done with an answer of an endpoint.
    async fn finish(self, response: Response) -> Response {
        let response = match self.answers.filter(|_| self.is_checked) {
            Some(answers) => answers.check(self.endpoint, response).await,
            None => response,
        };
        #[cfg(feature = "files")]
        if crate::response::file::is_one(&response) {
            return crate::response::file::finish(response).await;
        }
        response
    }
}

/// The problem, as the document describes errors of the endpoint.
#[cold]
pub(super) fn refuse(answers: Option<&'static ResponseSchemas>, endpoint: usize, error: HttpError) -> Response {
    let mut response = error.into_response();
    if let Some(answers) = answers {
        answers.describe(endpoint, &mut response);
    }
    response
}

/// Whether an answer is yet to become a file's.
#[cfg(feature = "files")]
fn is_file(answered: &HandlerResult) -> bool {
    answered.as_ref().is_ok_and(crate::response::file::is_one)
}

#[cfg(not(feature = "files"))]
fn is_file(_: &HandlerResult) -> bool {
    false
}
