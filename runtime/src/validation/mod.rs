//! Whether values are what their schemas say: generated checks, patterns, and the validator of JSON Schema.
//!
//! Uses `values`, `json` and `protocol`. Knows no requests: what is wrong with one of their values is a `Violation`.

mod budget;
pub(crate) mod check;
mod pattern;
mod schemas;
pub(crate) mod violations;

pub use check::Validate;
pub use pattern::Pattern;
pub(crate) use pattern::PatternBudget;
pub use schemas::Schemas;
pub(crate) use schemas::Unchecked;
