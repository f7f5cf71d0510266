//! The nouns of HTTP that every other room shares: media types, cookies, problems, errors, and who is connected.
//!
//! Uses no other room. Nothing here knows of documents, schemas, services or the server.

mod allow;
mod authority;
mod body_guard;
#[cfg(feature = "tls")]
mod client_certificate;
mod client_error;
mod cookie;
mod error;
mod error_map;
mod forwarded;
mod header;
mod http_error;
pub(crate) mod media_type;
mod networks;
mod peer;
mod problem;
mod problem_format;
mod shutdown;

pub(crate) use allow::method_not_allowed;
pub(crate) use authority::authority;
pub(crate) use body_guard::{attach_to_body, attach_to_stream, longer_by};
#[cfg(feature = "tls")]
pub use client_certificate::ClientCertificate;
pub use client_error::BodyError;
#[cfg(feature = "websocket")]
pub use client_error::Disconnected;
pub use cookie::{SameSite, SetCookie};
pub use error::{BoxError, Error};
pub(crate) use error_map::ErrorMap;
pub(crate) use forwarded::TrustedProxies;
pub(crate) use header::exactly_one;
pub use http_error::HttpError;
pub use media_type::Accept;
pub(crate) use peer::{Channel, Peer};
pub use problem::{Location, Problem, Violation};
pub use problem_format::ProblemContext;
pub(crate) use problem_format::{PendingFormat, ProblemFormat, rewrite, told};
pub use shutdown::FlowShutdown;
pub(crate) use shutdown::{Asked, FlowStop, ServerState, Shutdown, ShutdownPhase};
