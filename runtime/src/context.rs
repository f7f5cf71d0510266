//! What a handler can see of a request beside its typed parts.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ConnectInfo;
use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Uri};

use crate::media::Accept;

/// Method, URI, headers and peer address of a request. It costs nothing unless it is read.
#[derive(Clone)]
pub struct RequestContext {
    parts: Parts,
    added: AddedHeaders,
}

/// Headers that a handler adds to its answer, whatever that will be.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddedHeaders(Arc<Mutex<HeaderMap>>);

impl AddedHeaders {
    pub fn take(self) -> HeaderMap {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The id of a request, as an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub http::HeaderValue);

/// Says what was asked for, and not with which secrets: the values of headers, and the query, may be some.
impl fmt::Debug for RequestContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&HeaderName> = self.parts.headers.keys().collect();
        formatter
            .debug_struct("RequestContext")
            .field("method", &self.parts.method)
            .field("path", &self.parts.uri.path())
            .field("headers", &headers)
            .field("peer_addr", &self.peer_addr())
            .finish_non_exhaustive()
    }
}

impl RequestContext {
    pub(crate) fn new(parts: Parts, added: AddedHeaders) -> Self {
        Self { parts, added }
    }

    /// Adds a header to the answer, beside those that the document describes; one of the same name that
    /// is described is replaced. An [`HttpError`](crate::HttpError) has its own headers instead.
    pub fn add_header(&self, name: HeaderName, value: HeaderValue) {
        self.added.0.lock().unwrap_or_else(PoisonError::into_inner).append(name, value);
    }

    /// The media type, of those that could be answered with, that the client wants most by its `Accept`;
    /// the first of several, `None` where it takes none of them.
    pub fn preferred<'o>(&self, media_types: &[&'o str]) -> Option<&'o str> {
        Accept::of(&self.parts.headers).best(media_types)
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The id of the event that a client got last, of a stream of events that it comes back to
    /// (HTML Living Standard §9.2.4); `None` where it starts.
    pub fn last_event_id(&self) -> Option<&str> {
        std::str::from_utf8(self.parts.headers.get("last-event-id")?.as_bytes()).ok()
    }

    /// The URI, below the service's base route.
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// What layers have left for the handler.
    pub fn extensions(&self) -> &Extensions {
        &self.parts.extensions
    }

    /// The address of who is connected; `None` where the service is called without a listener.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0)
    }

    /// The session of the client, as the middleware [`Session`](crate::middleware::Session) keeps it; without
    /// that, one that is empty and takes nothing.
    #[cfg(feature = "session")]
    pub fn session(&self) -> crate::middleware::SessionHandle {
        let kept = self.parts.extensions.get::<crate::middleware::SessionHandle>();
        kept.cloned().unwrap_or_else(crate::middleware::SessionHandle::absent)
    }

    /// The id of the request, as the answer has it, in `x-request-id` unless middleware says otherwise.
    pub fn request_id(&self) -> Option<&str> {
        self.parts.extensions.get::<RequestId>()?.0.to_str().ok()
    }
}
