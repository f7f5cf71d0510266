//! Bodies whose media type the document leaves open.

use super::ByteStream;

/// Bytes and their media type, where the document leaves the type open, such as `image/*`. A request has all bytes in memory, a
/// response a [`ByteStream`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media<B = bytes::Bytes> {
    /// The media type, with its parameters.
    pub content_type: String,
    /// The bytes.
    pub bytes: B,
}

impl From<Media> for Media<ByteStream> {
    fn from(media: Media) -> Self {
        Self { content_type: media.content_type, bytes: media.bytes.into() }
    }
}
