//! What is known of a request before anybody has read it.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, OriginalUri, Request};
use tracing::Span;

use super::RequestId;
#[cfg(feature = "admin")]
use super::metrics::RequestMetrics;
use crate::protocol::Peer;

/// As much of a path is logged.
const LONGEST_PATH: usize = 256;

/// What is known of a request before anybody has read it; where layers stand before the endpoints, an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct RequestInfo {
    pub id: RequestId,
    pub peer: Option<Peer>,
    /// The request's own span: layers may have put others inside.
    pub(super) span: Span,
    /// Counts the request, where somebody wants to know.
    #[cfg(feature = "admin")]
    pub(super) metrics: Option<RequestMetrics>,
}

impl RequestInfo {
    /// Notes the path template that the request has led to.
    pub(crate) fn route(&self, template: &'static str) {
        self.span.record("route", template);
    }

    /// Notes the path of a request that leads nowhere.
    pub(crate) fn unrouted(&self, request: &Request) {
        let whole = request.extensions().get::<OriginalUri>().map_or(request.uri(), |OriginalUri(uri)| uri);
        let path = whole.path();
        self.span.record("path", path.get(..LONGEST_PATH).unwrap_or(path));
    }

    /// Adds the metrics that count the request.
    #[cfg(feature = "admin")]
    pub(crate) fn counted(self, metrics: Option<RequestMetrics>) -> Self {
        Self { metrics, ..self }
    }

    /// Notes the service that the request is for, by its place in the flow, and the path template that it has led to.
    #[cfg_attr(
        not(feature = "admin"),
        expect(unused_variables, reason = "only an admin listener tells services apart")
    )]
    pub(crate) fn routed(&self, service: usize, template: &'static str) {
        self.route(template);
        #[cfg(feature = "admin")]
        if let Some(metrics) = &self.metrics {
            metrics.routed(service, template);
        }
    }

    /// Takes it along, through layers.
    pub(crate) fn insert_into(self, request: &mut Request) {
        if let Some(peer) = &self.peer {
            // Layers ask it for the client.
            let port = peer.forwarded.as_ref().map_or(peer.address.port(), |_| 0);
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.client(), port)));
        }
        request.extensions_mut().insert(self);
    }

    /// What has come through layers; `None` where one of them has dropped it.
    pub(crate) fn take_from(request: &mut Request) -> Option<Self> {
        request.extensions_mut().remove()
    }
}

/// Notes that a request that comes through layers leads nowhere.
pub(crate) fn nowhere(request: &Request) {
    if let Some(info) = request.extensions().get::<RequestInfo>() {
        info.route("-");
        info.unrouted(request);
    }
}

/// Notes the path template that a request that comes through layers has led to.
#[cfg(feature = "docs")]
pub(crate) fn route(request: &Request, template: &'static str) {
    if let Some(info) = request.extensions().get::<RequestInfo>() {
        info.route(template);
    }
}

/// Notes that a request that comes through layers is for something that is deprecated.
#[cfg_attr(not(feature = "admin"), expect(unused_variables, reason = "only an admin listener counts requests"))]
pub(crate) fn deprecated(request: &Request) {
    #[cfg(feature = "admin")]
    if let Some(metrics) = request.extensions().get::<RequestInfo>().and_then(|info| info.metrics.as_ref()) {
        metrics.deprecated(request.headers());
    }
}

/// The id of a request that comes through layers; a new one where one of them has dropped it.
pub(crate) fn id(request: &Request) -> RequestId {
    let known = request.extensions().get::<RequestInfo>().map(|info| info.id.clone());
    known.unwrap_or_else(|| RequestId::accept_or_new(None))
}

/// Gives a request that comes through layers another id than the one it came in with.
pub(crate) fn replace_id(request: &mut Request, id: RequestId) {
    if let Some(info) = request.extensions_mut().get_mut::<RequestInfo>() {
        info.span.record("request_id", id.as_str());
        info.id = id;
    }
}
