//! An answer's body, which is in flight until its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

use super::pool::Place;

/// A body that keeps its request's place.
struct Held {
    body: Body,
    place: Option<Place>,
}

/// Keeps the place until the client has the whole answer, or is gone.
pub(super) fn hold(response: Response, place: Place) -> Response {
    if response.body().is_end_stream() {
        return response;
    }
    response.map(|body| Body::new(Held { body, place: Some(place) }))
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.place = None;
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
