//! What is around every request: its id, its span, and a net under panics.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use http::header::{HeaderName, HeaderValue};
use tracing::{Instrument as _, Span, field};

use crate::context::RequestId;
use crate::error::HttpError;
use crate::log::{self, ServiceLevel};

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An id longer than this is not taken over from the client.
const LONGEST_ID: usize = 128;

/// Puts the id, the span and the net around a router.
pub(crate) fn layer(router: Router) -> Router {
    router.layer(from_fn(observe))
}

/// The span of a request, as an extension of it: layers may have put spans of their own inside.
#[derive(Clone)]
struct RequestSpan(Span);

/// Notes the path template that a request has led to.
pub(crate) fn route(request: &Request, template: &'static str) {
    if let Some(RequestSpan(span)) = request.extensions().get() {
        span.record("route", template);
    }
}

/// Says that an answer has its request's id already, as an extension of it.
#[derive(Clone)]
pub(crate) struct Named;

/// Gives a request another id than the one it came in with.
pub(crate) fn rename(request: &mut Request, id: HeaderValue) {
    if let Some(RequestSpan(span)) = request.extensions().get() {
        span.record("request_id", id.to_str().unwrap_or_default());
    }
    request.extensions_mut().insert(RequestId(id));
}

async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers().get(&X_REQUEST_ID));
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        route = field::Empty,
        status = field::Empty,
        latency_ms = field::Empty,
        request_id = id.to_str().unwrap_or_default(),
    );
    request.extensions_mut().insert(RequestSpan(span.clone()));
    let mut response = async {
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|panic| {
            let reason = message(panic.as_ref());
            tracing::error!(reason, "a handler panicked");
            HttpError::internal().into_response()
        });
        let span = Span::current();
        span.record("status", response.status().as_u16());
        span.record("latency_ms", started.elapsed().as_micros() as f64 / 1000.0);
        let level = response.extensions_mut().remove::<ServiceLevel>();
        log::scope(level.as_ref(), || tracing::info!("answered"));
        response
    }
    .instrument(span)
    .await;
    if response.extensions().get::<Named>().is_none() {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

/// The client's own id, if it is plain and short; else a new one.
pub(crate) fn request_id(sent: Option<&HeaderValue>) -> HeaderValue {
    let sent = sent.filter(|value| {
        let bytes = value.as_bytes();
        (1..=LONGEST_ID).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
    });
    match sent {
        Some(value) => value.clone(),
        // A UUID is made of hexadecimal digits and hyphens, which every header can hold.
        None => HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).unwrap_or(HeaderValue::from_static("-")),
    }
}

/// What a panic said.
pub(crate) fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}
