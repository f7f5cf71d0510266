//! Middleware: what stands around endpoints, as ordinary tower layers; and hooks, which stand around handlers.
//!
//! A document names them in its service block, outermost first, or on an operation; code adds them with
//! [`Flow::layer`](crate::Flow::layer), [`Service::layer`](crate::Service::layer) and
//! [`Service::endpoint_layer`](crate::Service::endpoint_layer). What one of them answers by itself is a
//! problem document (RFC 9457), where it has a body.
//!
//! ```
//! use std::time::Duration;
//!
//! use buildflow_runtime::Service;
//! use buildflow_runtime::http::Method;
//! use buildflow_runtime::middleware::{Cors, SecurityHeaders, Timeout};
//!
//! fn guarded(service: Service) -> Service {
//!     let cors = Cors::new().allow_origins(["https://example.com"]).allow_methods([Method::GET, Method::POST]);
//!     // What is added last is outermost.
//!     service.layer(Timeout::new(Duration::from_secs(5))).layer(SecurityHeaders::new()).layer(cors)
//! }
//! ```

// Uses the rooms up to `routing`. Knows no services: which middleware a service has is in `service`.

mod around;
mod body_limit;
#[cfg(feature = "compression")]
mod compression;
mod cors;
#[cfg(feature = "decompression")]
mod decompression;
mod deprecation;
#[cfg(any(feature = "compression", feature = "decompression"))]
mod encoding;
#[cfg(feature = "hooks")]
pub(crate) mod hook;
mod host;
mod layers;
#[cfg(feature = "rate-limit")]
mod rate_limit;
mod request_id;
mod security_headers;
#[cfg(feature = "session")]
mod session;
mod timeout;

use std::convert::Infallible;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower::{Layer, Service};

pub use body_limit::BodyLimit;
#[cfg(feature = "compression")]
pub use compression::{Compression, CompressionLevel};
pub use cors::{Allowed, Any, Cors};
#[cfg(feature = "decompression")]
pub use decompression::Decompression;
pub use deprecation::Deprecation;
#[cfg(any(feature = "compression", feature = "decompression"))]
pub use encoding::Encoding;
pub use host::{HttpsRedirect, TrustedHost};
pub(crate) use layers::Layers;
#[cfg(feature = "rate-limit")]
pub use rate_limit::{RateKey, RateLimit};
pub use request_id::RequestId;
pub use security_headers::SecurityHeaders;
#[cfg(feature = "session")]
pub use session::{SameSite, SecretKey, Session, SessionError, SessionHandle};
pub use timeout::Timeout;

/// A tower layer that can stand around routes: any whose service takes axum's requests, answers with what
/// axum can send, and does not fail.
pub trait Middleware: Send + 'static {
    /// Puts the layer around all routes of a router.
    fn around(self, router: Router) -> Router;
}

impl<L> Middleware for L
where
    L: Layer<Route> + Clone + Send + Sync + 'static,
    L::Service: Service<Request> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Response: IntoResponse + 'static,
    <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
    <L::Service as Service<Request>>::Future: Send + 'static,
{
    fn around(self, router: Router) -> Router {
        router.layer(self)
    }
}
