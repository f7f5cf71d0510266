//! Requests that their schema allows, and that a type or a check refuses: there should be none.

#[cfg(feature = "admin")]
use std::sync::OnceLock;

#[cfg(feature = "admin")]
use prometheus_client::metrics::counter::Counter;

/// Logs and counts a value that the schema at this place of the document allows, and that the service refuses.
pub(crate) fn disagreement(schema: &str, pointer: &str) {
    tracing::error!(schema, pointer, "a value is allowed by its schema, and its Rust type does not take it");
    #[cfg(feature = "admin")]
    disagreements().inc();
}

/// How many of them this process has seen.
#[cfg(feature = "admin")]
pub(super) fn disagreements() -> &'static Counter {
    static DISAGREEMENTS: OnceLock<Counter> = OnceLock::new();
    DISAGREEMENTS.get_or_init(Counter::default)
}
