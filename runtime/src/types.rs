//! The types that stand for formats and for untyped JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

/// `format: date`: a full-date of RFC 3339.
#[cfg(feature = "chrono")]
pub use chrono::NaiveDate as Date;
/// Any JSON value.
pub use serde_json::Value as Json;
/// `format: uuid`.
pub use uuid::Uuid;

/// `format: date-time`: a date-time of RFC 3339, with the offset that was written.
#[cfg(feature = "chrono")]
pub type DateTime = chrono::DateTime<chrono::FixedOffset>;

pub use crate::cookie::{SameSite, SetCookie};
pub use crate::exact::{Decimal, Integer, NotANumber};
pub use crate::external::External;
#[cfg(feature = "files")]
pub use crate::file::File;
pub use crate::items::{Event, EventStream, JsonLines};
#[cfg(feature = "websocket")]
pub use crate::socket::{Disconnected, Handshake, Message, Upgrade, WebSocket};
pub use crate::stream::{BodyError, ByteStream};
#[cfg(feature = "multipart")]
pub use crate::upload::UploadFile;

/// Bytes of a media type that the document leaves open, such as `image/*`: of a request all of them, of an answer a
/// [`ByteStream`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media<B = bytes::Bytes> {
    /// Their media type, with its parameters, as the client says it or the handler does.
    pub content_type: String,
    /// The bytes.
    pub bytes: B,
}

impl From<Media> for Media<ByteStream> {
    fn from(media: Media) -> Self {
        Self { content_type: media.content_type, bytes: media.bytes.into() }
    }
}

/// Any JSON object.
pub type JsonObject = serde_json::Map<String, Json>;

pub use crate::security::Password;

/// `format: byte`: bytes that JSON carries as base64 (RFC 4648 §4, with padding).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Base64(pub Vec<u8>);

impl Base64 {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(Self)
    }
}

impl std::fmt::Display for Base64 {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&STANDARD.encode(&self.0))
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
