//! What a connection is doing, as its stream, its requests and its time limits see it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use super::streams;
use crate::protocol::longer_by;

/// Counts what happens on one connection.
#[derive(Debug)]
pub(super) struct Activity {
    opened: Instant,
    /// How many requests have begun.
    requests: AtomicUsize,
    /// How many of them have no whole answer yet.
    in_flight: AtomicUsize,
    /// How often a request or an answer went on.
    progress: AtomicUsize,
    /// When the last answer ended, in milliseconds after the connection was opened.
    rested: AtomicU64,
    is_upgraded: AtomicBool,
    /// How many bytes of an answer go on at once.
    piece: usize,
}

impl Activity {
    pub(super) fn new(piece: usize) -> Self {
        Self {
            opened: Instant::now(),
            requests: AtomicUsize::new(0),
            in_flight: AtomicUsize::new(0),
            progress: AtomicUsize::new(0),
            rested: AtomicU64::new(0),
            is_upgraded: AtomicBool::new(false),
            piece,
        }
    }

    /// How long the connection has been open.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.load(Relaxed)
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Relaxed)
    }

    /// Whether the connection does not speak HTTP any more.
    pub(super) fn is_upgraded(&self) -> bool {
        self.is_upgraded.load(Relaxed)
    }

    /// A number that changes whenever a request or an answer goes on.
    pub(super) fn progress(&self) -> usize {
        self.progress.load(Relaxed)
    }

    /// How long there has been nothing to answer; `None` while there is.
    pub(super) fn idle(&self) -> Option<Duration> {
        let rested = Duration::from_millis(self.rested.load(Relaxed));
        (self.in_flight() == 0).then(|| self.age().saturating_sub(rested))
    }

    /// The client takes, or sends, what belongs to an answer or a request.
    pub(super) fn went_on(&self) {
        self.progress.fetch_add(1, Relaxed);
    }

    /// The rest begins anew.
    pub(super) fn rest(&self) {
        self.rested.store(u64::try_from(self.age().as_millis()).unwrap_or(u64::MAX), Relaxed);
    }
}

/// A request that has no whole answer yet.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Activity>);

impl InFlight {
    /// A request begins.
    pub(super) fn begin(activity: &Arc<Activity>) -> Self {
        activity.requests.fetch_add(1, Relaxed);
        activity.in_flight.fetch_add(1, Relaxed);
        activity.went_on();
        Self(Arc::clone(activity))
    }

    /// The request's body, which is counted as it comes in.
    pub(super) fn receive(&self, body: Incoming) -> Body {
        if body.is_end_stream() {
            return Body::empty();
        }
        Body::new(RequestBody { body, activity: Arc::clone(&self.0) })
    }

    /// The answer: with its end, the request is over.
    pub(super) fn answer(self, response: Response) -> http::Response<ResponseBody> {
        // What the connection becomes has no limits of HTTP: the stream shall find a request in flight for ever.
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            self.0.in_flight.fetch_add(1, Relaxed);
            self.0.is_upgraded.store(true, Relaxed);
        }
        response.map(|body| ResponseBody { body, left: Bytes::new(), request: self })
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.rest();
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// A request's body.
struct RequestBody {
    body: Incoming,
    activity: Arc<Activity>,
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.activity.went_on();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body.
pub(super) struct ResponseBody {
    body: Body,
    /// What is left of a frame that is larger than what goes on at once.
    left: Bytes,
    request: InFlight,
}

impl ResponseBody {
    /// As much of these bytes as goes on at once; the others come next.
    fn piece(&mut self, mut bytes: Bytes) -> Frame<Bytes> {
        if bytes.len() > self.request.0.piece {
            self.left = bytes.split_off(self.request.0.piece);
        }
        Frame::data(bytes)
    }

    /// The next frame of the whole answer, in as many pieces as it takes.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let left = std::mem::take(&mut self.left);
        if !left.is_empty() {
            return Poll::Ready(Some(Ok(self.piece(left))));
        }
        Pin::new(&mut self.body).poll_frame(context).map_ok(|frame| match frame.into_data() {
            Ok(bytes) => self.piece(bytes),
            Err(other) => other,
        })
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = self.poll_next(context);
        streams::note(polled.is_ready());
        if polled.is_ready() {
            self.request.0.went_on();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        longer_by(self.left.len(), &self.body.size_hint())
    }
}
