//! What is around every request: its id, its span, and a net under panics.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderName, HeaderValue};
use tracing::{Span, field};

#[cfg(feature = "admin")]
use crate::admin::Tally;
use crate::course::Course;
use crate::error::HttpError;
use crate::log::{self, ServiceLevel};
use crate::peer::Peer;

/// Where the spans of requests come from.
#[cfg(feature = "otel")]
pub(crate) const TARGET: &str = module_path!();

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An id longer than this is not taken over from the client.
const LONGEST_ID: usize = 128;

/// What is known of a request before anybody has read it; where layers stand before the endpoints, an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub id: RequestId,
    pub peer: Option<Peer>,
    /// The request's own span: layers may have put others inside.
    span: Span,
    /// Counts the request, where somebody wants to know.
    #[cfg(feature = "admin")]
    tally: Option<Tally>,
}

impl Seen {
    /// Notes the path template that the request has led to.
    pub fn route(&self, template: &'static str) {
        self.span.record("route", template);
    }

    /// The same for a request that is counted.
    #[cfg(feature = "admin")]
    pub fn counted(self, tally: Option<Tally>) -> Self {
        Self { tally, ..self }
    }

    /// Notes the service that the request is for, by its place in the flow, and the path template that it has led to.
    #[cfg_attr(
        not(feature = "admin"),
        expect(unused_variables, reason = "only an admin listener tells services apart")
    )]
    pub fn routed(&self, service: usize, template: &'static str) {
        self.route(template);
        #[cfg(feature = "admin")]
        if let Some(tally) = &self.tally {
            tally.routed(service, template);
        }
    }

    /// Takes it along, through layers.
    pub fn put(self, request: &mut Request) {
        if let Some(peer) = &self.peer {
            request.extensions_mut().insert(ConnectInfo(peer.address));
        }
        request.extensions_mut().insert(self);
    }

    /// What has come through layers; `None` where one of them has dropped it.
    pub fn take(request: &mut Request) -> Option<Self> {
        request.extensions_mut().remove()
    }
}

/// Notes the path template that a request that comes through layers has led to.
pub(crate) fn route(request: &Request, template: &'static str) {
    if let Some(seen) = request.extensions().get::<Seen>() {
        seen.route(template);
    }
}

/// Says that an answer has its request's id already, as an extension of it.
#[derive(Clone)]
pub(crate) struct Named;

/// Gives a request that comes through layers another id than the one it came in with.
pub(crate) fn rename(request: &mut Request, id: RequestId) {
    if let Some(seen) = request.extensions_mut().get_mut::<Seen>() {
        seen.span.record("request_id", id.as_str());
        seen.id = id;
    }
}

/// Puts the id, the span and the net around a request that `answer` begins to answer at once.
pub(crate) fn observe(request: Request, peer: Option<Peer>, answer: impl FnOnce(Request, Seen) -> Course) -> Observed {
    let id = RequestId::of(request.headers().get(&X_REQUEST_ID));
    let span = tracing::info_span!(
        "request",
        method = %request.method(),
        route = field::Empty,
        status = field::Empty,
        latency_ms = field::Empty,
        request_id = id.as_str(),
    );
    #[cfg(feature = "otel")]
    crate::traces::begin(&span, &request, peer.as_ref());
    let started = (!span.is_disabled()).then(Instant::now);
    let seen = Seen {
        id: id.clone(),
        peer,
        span: span.clone(),
        #[cfg(feature = "admin")]
        tally: None,
    };
    let begun = span.in_scope(|| catch_unwind(AssertUnwindSafe(|| answer(request, seen))));
    let course = begun.unwrap_or_else(|panic| Course::ended(caught(panic.as_ref())));
    Observed { course, span, started, id }
}

/// A request that is being answered. (It is no `async fn`: see [`crate::course`].)
pub(crate) struct Observed {
    course: Course,
    span: Span,
    started: Option<Instant>,
    id: RequestId,
}

impl Future for Observed {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let Self { course, span, started, id } = &mut *self;
        let _inside = span.enter();
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(course).poll(context)));
        let mut response = match polled {
            Ok(polled) => ready!(polled),
            Err(panic) => caught(panic.as_ref()),
        };
        if let Some(started) = started {
            span.record("status", response.status().as_u16());
            span.record("latency_ms", started.elapsed().as_micros() as f64 / 1000.0);
        }
        let level = response.extensions_mut().remove::<ServiceLevel>();
        log::scope(level.as_ref(), || tracing::info!("answered"));
        if response.extensions().get::<Named>().is_none() {
            response.headers_mut().insert(X_REQUEST_ID, id.header());
        }
        Poll::Ready(response)
    }
}

/// Where a client leaves, what is dropped says so in the request's span.
impl Drop for Observed {
    fn drop(&mut self) {
        let _inside = self.span.enter();
        self.course = Course::Ended(None);
    }
}

/// The answer where a handler panicked.
fn caught(panic: &(dyn std::any::Any + Send)) -> Response {
    let reason = message(panic);
    tracing::error!(reason, "a handler panicked");
    HttpError::internal().into_response()
}

/// What a request is called. It costs no allocation before it is a header.
#[derive(Debug, Clone)]
pub(crate) enum RequestId {
    /// The client's own.
    Sent(HeaderValue),
    /// The text of a new UUID.
    New([u8; uuid::fmt::Hyphenated::LENGTH]),
}

impl RequestId {
    /// The client's own id, if it is plain and short; else a new one.
    pub fn of(sent: Option<&HeaderValue>) -> Self {
        let sent = sent.filter(|value| {
            let bytes = value.as_bytes();
            (1..=LONGEST_ID).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
        });
        match sent {
            Some(value) => Self::Sent(value.clone()),
            None => {
                let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
                random_uuid().hyphenated().encode_lower(&mut text);
                Self::New(text)
            }
        }
    }

    pub fn as_str(&self) -> &str {
        let text = match self {
            Self::Sent(value) => value.as_bytes(),
            Self::New(text) => text,
        };
        // Both are ASCII.
        std::str::from_utf8(text).unwrap_or_default()
    }

    pub fn header(&self) -> HeaderValue {
        match self {
            Self::Sent(value) => value.clone(),
            // Hexadecimal digits and hyphens are what every header can hold.
            Self::New(text) => HeaderValue::from_bytes(text).unwrap_or(HeaderValue::from_static("-")),
        }
    }
}

/// A UUID of random bits. An id is no secret: it is enough that the operating system is asked once a thread.
fn random_uuid() -> uuid::Uuid {
    thread_local! {
        static RANDOM: RefCell<fastrand::Rng> =
            RefCell::new(fastrand::Rng::with_seed(uuid::Uuid::new_v4().as_u64_pair().0));
    }
    uuid::Builder::from_random_bytes(RANDOM.with_borrow_mut(|random| random.u128(..)).to_ne_bytes()).into_uuid()
}

/// What a panic said.
pub(crate) fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}
