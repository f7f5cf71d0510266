//! The id of a request, where the usual one does not do.

use std::ops::ControlFlow;

use axum::extract::Request;
use axum::response::Response;
use http::header::{HeaderName, HeaderValue};

use super::around::{AroundMiddleware, layers};
use crate::observe::{self, X_REQUEST_ID};

/// Says where requests' ids come from, and go: `request_id`.
///
/// Every request has an id: that of its `x-request-id`, else a new UUID. It is in the answer's `x-request-id`
/// and in the log. With this, the header can be another, and clients' own ids be left aside.
#[derive(Debug, Clone)]
pub struct RequestId {
    header: HeaderName,
    accept: bool,
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl RequestId {
    /// Ids in `x-request-id`, the client's where it sends one.
    pub fn new() -> Self {
        Self { header: X_REQUEST_ID, accept: true }
    }

    /// The header that has the id, of requests and answers.
    #[must_use]
    pub fn header(mut self, name: HeaderName) -> Self {
        self.header = name;
        self
    }

    /// Whether a client's own id is taken over, if it is plain and short.
    #[must_use]
    pub fn accept(mut self, accept: bool) -> Self {
        self.accept = accept;
        self
    }
}

layers!(RequestId);

impl AroundMiddleware for RequestId {
    type Kept = HeaderValue;

    fn before(&self, request: &mut Request) -> ControlFlow<Response, HeaderValue> {
        let sent = request.headers().get(&self.header).filter(|_| self.accept);
        let id = observe::RequestId::accept_or_new(sent);
        let header = id.header();
        observe::replace_id(request, id);
        ControlFlow::Continue(header)
    }

    fn after(&self, id: HeaderValue, response: &mut Response) {
        response.extensions_mut().insert(observe::HasRequestId(id.clone()));
        response.headers_mut().insert(self.header.clone(), id);
    }
}
