//! How long a body may be.

use std::ops::ControlFlow;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_LENGTH;
use http_body_util::Limited;

use super::around::{AroundMiddleware, layers};
use crate::protocol::HttpError;

/// Refuses longer bodies, with 413: `body_limit`. One that says its length is refused unread.
///
/// The flow's [`body_limit`](crate::Flow::body_limit) and [`upload_limit`](crate::Flow::upload_limit) hold as
/// well: the lower one decides.
#[derive(Debug, Clone)]
pub struct BodyLimit(usize);

impl BodyLimit {
    /// Takes bodies of at most this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(bytes)
    }
}

layers!(BodyLimit);

impl AroundMiddleware for BodyLimit {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if length.is_some_and(|length| length > self.0 as u64) {
            let detail = format!("The body may have at most {} bytes.", self.0);
            return ControlFlow::Break(HttpError::content_too_large().detail(detail).into_response());
        }
        let body = std::mem::take(request.body_mut());
        *request.body_mut() = Body::new(Limited::new(body, self.0));
        ControlFlow::Continue(())
    }

    fn after(&self, (): (), _response: &mut Response) {}
}
