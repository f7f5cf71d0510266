//! What a handler can see of a request beside its typed parts.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ConnectInfo;
use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Uri};

use crate::observe::RequestInfo;
#[cfg(feature = "tls")]
use crate::protocol::ClientCertificate;
use crate::protocol::{Accept, ErrorMap, HttpError, Peer};

/// Method, URI, headers and peer address of a request. It costs nothing unless it is read; a clone is the same one.
#[derive(Clone)]
pub struct RequestContext(Arc<Shared>);

/// What the handler and what makes the response of its answer both see.
struct Shared {
    parts: Parts,
    info: Option<RequestInfo>,
    /// Which errors of the application are which problems.
    errors: &'static ErrorMap,
    /// Headers that the handler adds to its answer, whatever that will be. Few do.
    added: Mutex<Option<Box<HeaderMap>>>,
}

/// Says what was asked for, and not with which secrets: the values of headers, and the query, may be some.
impl fmt::Debug for RequestContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&HeaderName> = self.0.parts.headers.keys().collect();
        formatter
            .debug_struct("RequestContext")
            .field("method", &self.0.parts.method)
            .field("path", &self.0.parts.uri.path())
            .field("headers", &headers)
            .field("peer_addr", &self.peer_addr())
            .finish_non_exhaustive()
    }
}

impl RequestContext {
    pub(crate) fn new(parts: Parts, info: Option<RequestInfo>, errors: &'static ErrorMap) -> Self {
        Self(Arc::new(Shared { parts, info, errors, added: Mutex::default() }))
    }

    /// The problem that an error of the application is.
    #[cold]
    pub(crate) fn map(&self, error: HttpError) -> HttpError {
        error.mapped(self.0.errors)
    }

    #[cfg(feature = "websocket")]
    pub(crate) fn errors(&self) -> &'static ErrorMap {
        self.0.errors
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// The head of the request, to change; `None` once a handler has the context.
    #[cfg(any(feature = "hooks", feature = "websocket"))]
    pub(crate) fn parts_mut(&mut self) -> Option<&mut Parts> {
        Arc::get_mut(&mut self.0).map(|shared| &mut shared.parts)
    }

    pub(crate) fn info(&self) -> Option<&RequestInfo> {
        self.0.info.as_ref()
    }

    /// Takes the headers that the handler has added.
    pub(crate) fn take_added(&self) -> Option<HeaderMap> {
        self.0.added.lock().unwrap_or_else(PoisonError::into_inner).take().map(|added| *added)
    }

    /// Adds a header to the answer, beside those that the document describes; one of the same name that
    /// is described is replaced. An [`HttpError`] has its own headers instead.
    pub fn add_header(&self, name: HeaderName, value: HeaderValue) {
        self.0.added.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().append(name, value);
    }

    /// The media type, of those that could be answered with, that the client wants most by its `Accept`;
    /// the first of several, `None` where it takes none of them.
    pub fn preferred<'o>(&self, media_types: &[&'o str]) -> Option<&'o str> {
        Accept::from_headers(self.headers()).best(media_types)
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.0.parts.method
    }

    /// The id of the event that a client got last, of a stream of events that it comes back to
    /// (HTML Living Standard §9.2.4); `None` where it starts.
    pub fn last_event_id(&self) -> Option<&str> {
        std::str::from_utf8(self.0.parts.headers.get("last-event-id")?.as_bytes()).ok()
    }

    /// The URI, below the service's base route.
    pub fn uri(&self) -> &Uri {
        &self.0.parts.uri
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.parts.headers
    }

    /// What layers have left for the handler.
    pub fn extensions(&self) -> &Extensions {
        &self.0.parts.extensions
    }

    /// The address of the client: of who is connected, or, where that is one of the flow's
    /// [trusted proxies](crate::Flow::trusted_proxies), what the proxy says. `None` where the service is called without a
    /// listener.
    pub fn client_address(&self) -> Option<IpAddr> {
        let known = self.peer().map(Peer::client);
        known.or_else(|| self.peer_addr().map(|address| address.ip()))
    }

    /// The address of who is connected, which may be a proxy's; `None` where the service is called without a listener.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        let known = self.peer().map(|peer| peer.address);
        known.or_else(|| self.0.parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0))
    }

    /// Whether it came by TLS: to the flow itself, or to a [trusted proxy](crate::Flow::trusted_proxies) that says so.
    pub fn is_secure(&self) -> bool {
        self.peer().is_some_and(Peer::is_secure)
    }

    /// The certificate that the client has shown, as [`Tls::client_ca`](crate::Tls::client_ca) asks for.
    #[cfg(feature = "tls")]
    pub fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.peer()?.certificate()
    }

    fn peer(&self) -> Option<&Peer> {
        self.info()?.peer.as_ref()
    }

    /// The id of the request, as the answer has it, in `x-request-id` unless middleware says otherwise.
    pub fn request_id(&self) -> Option<&str> {
        Some(self.info()?.id.as_str())
    }
}
