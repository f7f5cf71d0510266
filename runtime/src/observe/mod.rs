//! What operators see of requests: ids, logs, traces and metrics.
//!
//! Uses `protocol`. The one header that every response has, the request id, is set here, in `request_span`. The admin
//! listener, which shows metrics, is in `flow`.

mod disagreement;
mod environment;
pub(crate) mod log;
#[cfg(feature = "admin")]
pub(crate) mod metrics;
mod panic;
mod request_id;
mod request_info;
mod request_span;
#[cfg(feature = "otel")]
pub(crate) mod traces;

pub(crate) use disagreement::disagreement;
pub(crate) use environment::Environment;
pub(crate) use panic::panic_message;
pub(crate) use request_id::{RequestId, X_REQUEST_ID};
#[cfg(feature = "docs")]
pub(crate) use request_info::route;
pub(crate) use request_info::{RequestInfo, deprecated, id, nowhere, replace_id};
#[cfg(feature = "otel")]
pub(crate) use request_span::TARGET;
pub(crate) use request_span::{HasRequestId, RequestSpan, RequestSpanFuture, caught, shape};
