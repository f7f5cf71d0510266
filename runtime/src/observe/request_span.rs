//! What every request has: an id, which is a header of the response, a span, and a net under panics.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use tracing::{Span, field};

use super::log::{self, ServiceLevel};
use super::{RequestId, RequestInfo, X_REQUEST_ID, panic_message};
use crate::protocol::{HttpError, Peer, PendingFormat, ProblemFormat};

/// Where the spans of requests come from.
#[cfg(feature = "otel")]
pub(crate) const TARGET: &str = module_path!();

/// The id that an answer has already, in a header of middleware's; an extension of it.
#[derive(Clone)]
pub(crate) struct HasRequestId(pub HeaderValue);

/// What every request has, before anybody answers it.
pub(crate) struct RequestSpan {
    span: Span,
    started: Option<Instant>,
    id: RequestId,
    /// The shape of a problem, where it is the flow's own.
    format: Option<Box<PendingFormat>>,
}

impl RequestSpan {
    /// Begins the span of a request of a peer, and gives it an id.
    #[inline]
    pub(crate) fn begin(request: &Request, peer: Option<Peer>, format: Option<&ProblemFormat>) -> (Self, RequestInfo) {
        let id = RequestId::accept_or_new(RequestId::sent(request.headers()));
        let span = tracing::info_span!(
            "request",
            method = %request.method(),
            route = field::Empty,
            path = field::Empty,
            status = field::Empty,
            latency_ms = field::Empty,
            request_id = id.as_str(),
        );
        #[cfg(feature = "otel")]
        super::traces::begin(&span, request, peer.as_ref());
        let info = RequestInfo {
            id: id.clone(),
            peer,
            span: span.clone(),
            #[cfg(feature = "admin")]
            metrics: None,
        };
        let started = (!span.is_disabled()).then(Instant::now);
        let format = format.map(|format| Box::new(format.begin(request.headers())));
        (Self { span, started, id, format }, info)
    }

    /// Puts the span, the id and a net under panics around what `answer` begins at once.
    #[inline]
    pub(crate) fn around<F>(self, answer: impl FnOnce() -> F) -> RequestSpanFuture<F>
    where
        F: Future<Output = Response> + From<Response> + Unpin,
    {
        let begun = self.span.in_scope(|| catch_unwind(AssertUnwindSafe(answer)));
        let response = begun.unwrap_or_else(|panic| caught(panic.as_ref()).into_response().into());
        let Self { span, started, id, format } = self;
        RequestSpanFuture { response: Some(response), span, started, id, format }
    }
}

/// A request that is being answered. It is no `async fn`, whose state would have room for the response twice.
pub(crate) struct RequestSpanFuture<F> {
    /// The future of the response; `None` once it is dropped.
    response: Option<F>,
    span: Span,
    started: Option<Instant>,
    id: RequestId,
    /// The shape of a problem, where it is the flow's own.
    format: Option<Box<PendingFormat>>,
}

impl<F: Future<Output = Response> + Unpin> Future for RequestSpanFuture<F> {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let Self { response, span, started, id, format } = &mut *self;
        // Nobody polls what was dropped.
        let Some(response) = response else { return Poll::Pending };
        let _inside = span.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(response).poll(context)));
        let mut response = match polled {
            Ok(polled) => ready!(polled),
            Err(panic) => caught(panic.as_ref()).into_response(),
        };
        if let Some(started) = started {
            span.record("status", response.status().as_u16());
            span.record("latency_ms", started.elapsed().as_micros() as f64 / 1000.0);
        }
        let level = response.extensions_mut().remove::<ServiceLevel>();
        log::scope(level.as_ref(), || tracing::info!("answered"));
        if let Some(format) = format.take() {
            shape(*format, &mut response, id);
        }
        if response.extensions().get::<HasRequestId>().is_none() {
            response.headers_mut().insert(X_REQUEST_ID, id.header());
        }
        Poll::Ready(response)
    }
}

/// Where a client leaves, what is dropped says so in the request's span.
impl<F> Drop for RequestSpanFuture<F> {
    fn drop(&mut self) {
        let _inside = self.span.enter();
        self.response = None;
    }
}

/// Shapes a problem with the application's own code, which may panic.
pub(crate) fn shape(format: PendingFormat, response: &mut Response, id: &RequestId) {
    let shown = response.extensions().get::<HasRequestId>().map(|HasRequestId(id)| id.clone());
    let id = shown.as_ref().and_then(|id| id.to_str().ok()).unwrap_or(id.as_str());
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| format.apply(response, id))) {
        let reason = panic_message(panic.as_ref());
        tracing::error!(reason, "the format of problems panicked");
    }
}

/// The answer where a handler panicked.
pub(crate) fn caught(panic: &(dyn std::any::Any + Send)) -> HttpError {
    let reason = panic_message(panic);
    tracing::error!(reason, "a handler panicked");
    HttpError::internal()
}
