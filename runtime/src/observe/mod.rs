//! What operators see of requests: ids, logs, traces and metrics.
//!
//! Uses `protocol`. Changes no response but for the header of its id. The admin listener, which shows it, is in `flow`.

mod environment;
pub(crate) mod log;
#[cfg(feature = "admin")]
pub(crate) mod metrics;
mod observed;
mod panic;
mod request_id;
mod request_info;
#[cfg(feature = "otel")]
pub(crate) mod traces;

pub(crate) use environment::Environment;
#[cfg(feature = "otel")]
pub(crate) use observed::TARGET;
pub(crate) use observed::{Named, Observed, observe};
pub(crate) use panic::panic_message;
pub(crate) use request_id::{RequestId, X_REQUEST_ID};
pub(crate) use request_info::{RequestInfo, rename, route};
