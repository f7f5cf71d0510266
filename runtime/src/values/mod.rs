//! Values: the Rust types that stand for what a document describes, such as `date-time`, `decimal` or `nullable`.
//!
//! Uses no other room. Nothing here knows of requests, responses or schemas. How a value is read from JSON is in `json`.

mod base64;
mod external;
mod not_listed;
mod nullable;
mod number;
mod password;
mod secret;
mod text;

/// `format: date`: a full-date of RFC 3339.
#[cfg(feature = "chrono")]
pub use chrono::NaiveDate as Date;
/// Any JSON value.
pub use serde_json::Value as Json;
/// `format: uuid`.
pub use uuid::Uuid;

pub use self::base64::Base64;
pub use external::External;
pub use not_listed::NotListed;
pub use nullable::Nullable;
pub(crate) use number::Digits;
pub use number::{Decimal, Integer, NotANumber};
pub use password::Password;
pub(crate) use secret::is_same;
pub(crate) use text::uuid;
pub use text::{FromText, constant};

/// `format: date-time`: a date-time of RFC 3339, with the offset that was written.
#[cfg(feature = "chrono")]
pub type DateTime = chrono::DateTime<chrono::FixedOffset>;

/// Any JSON object.
pub type JsonObject = serde_json::Map<String, Json>;
