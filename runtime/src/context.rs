//! What a handler can see of a request beside its typed parts.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Uri};

/// Method, URI, headers and peer address of a request. It costs nothing unless it is read.
#[derive(Debug, Clone)]
pub struct RequestContext {
    parts: Parts,
}

/// The id of a request, as an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub http::HeaderValue);

impl RequestContext {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.parts.method
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

    /// The id of the request, as the answer's `x-request-id` has it.
    pub fn request_id(&self) -> Option<&str> {
        self.parts.extensions.get::<RequestId>()?.0.to_str().ok()
    }
}
