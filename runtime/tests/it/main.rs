//! The runtime over TCP: a small service as the generator would make it, and clients that behave, or not.

#[cfg(feature = "admin")]
mod admin;
mod base_routes;
mod client;
mod connections;
mod dawdling;
#[cfg(feature = "redoc")]
mod docs;
mod hostile;
mod json;
#[cfg(all(feature = "admin", target_os = "linux"))]
mod load;
mod log;
mod pets;
mod problems;
#[cfg(unix)]
mod process;
mod refusals;
mod replicas;
mod requests;
mod routes;
mod security;
mod stopping;
#[cfg(feature = "tls")]
mod tls;
#[cfg(all(feature = "otel", unix))]
mod traces;
