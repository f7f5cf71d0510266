//! Keeps a value, such as a replica's permit, until the response body has been sent, or is there.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};

/// A body that keeps a value until its end.
struct GuardedBody<T> {
    /// What was looked at already.
    first: Option<Result<Frame<Bytes>, axum::Error>>,
    body: Body,
    kept: Option<T>,
}

/// Keeps `kept` until the client has the whole response, or is gone.
pub(crate) fn attach_to_body<T: Send + Unpin + 'static>(response: Response, kept: T) -> Response {
    if response.body().is_end_stream() {
        return response;
    }
    response.map(|body| Body::new(GuardedBody { first: None, body, kept: Some(kept) }))
}

/// Keeps `kept` as long as something is still to be made for the response.
pub(crate) fn attach_to_stream<T: Send + Unpin + 'static>(response: Response, kept: T) -> Response {
    // A stream does not know how long it will be.
    if response.body().size_hint().exact().is_none() {
        return attach_to_body(response, kept);
    }
    response.map(|mut body| match body.frame().now_or_never() {
        Some(None) => Body::empty(),
        first => {
            let kept = (!body.is_end_stream()).then_some(kept);
            Body::new(GuardedBody { first: first.flatten(), body, kept })
        }
    })
}

/// The size of a body that has so many bytes more than this.
pub(crate) fn longer_by(bytes: usize, rest: &SizeHint) -> SizeHint {
    let (bytes, mut hint) = (bytes as u64, SizeHint::new());
    hint.set_lower(rest.lower().saturating_add(bytes));
    if let Some(upper) = rest.upper() {
        hint.set_upper(upper.saturating_add(bytes));
    }
    hint
}

impl<T: Unpin> HttpBody for GuardedBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.kept = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let first = self.first.as_ref().and_then(|first| first.as_ref().ok()?.data_ref());
        longer_by(first.map_or(0, Bytes::len), &self.body.size_hint())
    }
}
