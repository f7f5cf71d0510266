//! What is known of a request before anybody has read it.

use axum::extract::{ConnectInfo, Request};
use tracing::Span;

use super::RequestId;
#[cfg(feature = "admin")]
use super::metrics::RequestMetrics;
use crate::protocol::Peer;

/// What is known of a request before anybody has read it; where layers stand before the endpoints, an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct RequestInfo {
    pub id: RequestId,
    pub peer: Option<Peer>,
    /// The request's own span: layers may have put others inside.
    pub(super) span: Span,
    /// Metrics the request, where somebody wants to know.
    #[cfg(feature = "admin")]
    pub(super) tally: Option<RequestMetrics>,
}

impl RequestInfo {
    /// Notes the path template that the request has led to.
    pub(crate) fn route(&self, template: &'static str) {
        self.span.record("route", template);
    }

    /// Adds the metrics that count the request.
    #[cfg(feature = "admin")]
    pub(crate) fn counted(self, tally: Option<RequestMetrics>) -> Self {
        Self { tally, ..self }
    }

    /// Notes the service that the request is for, by its place in the flow, and the path template that it has led to.
    #[cfg_attr(
        not(feature = "admin"),
        expect(unused_variables, reason = "only an admin listener tells services apart")
    )]
    pub(crate) fn routed(&self, service: usize, template: &'static str) {
        self.route(template);
        #[cfg(feature = "admin")]
        if let Some(tally) = &self.tally {
            tally.routed(service, template);
        }
    }

    /// Takes it along, through layers.
    pub(crate) fn put(self, request: &mut Request) {
        if let Some(peer) = &self.peer {
            request.extensions_mut().insert(ConnectInfo(peer.address));
        }
        request.extensions_mut().insert(self);
    }

    /// What has come through layers; `None` where one of them has dropped it.
    pub(crate) fn take(request: &mut Request) -> Option<Self> {
        request.extensions_mut().remove()
    }
}

/// Notes the path template that a request that comes through layers has led to.
pub(crate) fn route(request: &Request, template: &'static str) {
    if let Some(seen) = request.extensions().get::<RequestInfo>() {
        seen.route(template);
    }
}

/// Gives a request that comes through layers another id than the one it came in with.
pub(crate) fn rename(request: &mut Request, id: RequestId) {
    if let Some(seen) = request.extensions_mut().get_mut::<RequestInfo>() {
        seen.span.record("request_id", id.as_str());
        seen.id = id;
    }
}
