//! Keeps a value, such as a replica's permit, until the response body has been sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// A body that keeps a value until its end.
struct GuardedBody<T> {
    body: Body,
    kept: Option<T>,
}

/// Keeps `kept` until the client has the whole response, or is gone.
pub(crate) fn attach_to_body<T: Send + Unpin + 'static>(response: Response, kept: T) -> Response {
    if response.body().is_end_stream() {
        return response;
    }
    response.map(|body| Body::new(GuardedBody { body, kept: Some(kept) }))
}

impl<T: Unpin> HttpBody for GuardedBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.kept = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
