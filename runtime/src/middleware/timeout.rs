//! How long an answer may take.

use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use futures_util::future::Map;
use tokio::time::error::Elapsed;
use tower::{Layer, Service};

use crate::protocol::HttpError;

/// Gives up on what takes too long, with 503: `timeout`. It counts up to the head of the answer.
///
/// The flow's [`request_timeout`](crate::Flow::request_timeout) holds as well: the shorter one ends it.
#[derive(Debug, Clone)]
pub struct Timeout(Duration);

impl Timeout {
    /// Gives up after this time.
    pub fn new(time: Duration) -> Self {
        Self(time)
    }
}

impl<S> Layer<S> for Timeout {
    type Service = Timed<S>;

    fn layer(&self, inside: S) -> Timed<S> {
        Timed { inside, time: self.0 }
    }
}

/// A service with a [`Timeout`] around it.
#[derive(Debug, Clone)]
pub struct Timed<S> {
    inside: S,
    time: Duration,
}

type Outcome<R, E> = Result<Result<R, E>, Elapsed>;

impl<S: Service<Request, Response: IntoResponse>> Service<Request> for Timed<S> {
    type Response = Response;
    type Error = S::Error;
    type Future =
        Map<tokio::time::Timeout<S::Future>, fn(Outcome<S::Response, S::Error>) -> Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inside.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        tokio::time::timeout(self.time, self.inside.call(request)).map(|outcome| match outcome {
            Ok(answered) => answered.map(IntoResponse::into_response),
            Err(_) => Ok(HttpError::service_unavailable().detail("The request took too long.").into_response()),
        })
    }
}
