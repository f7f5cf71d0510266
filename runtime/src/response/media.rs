//! Bodies whose media type the document leaves open.

use super::ByteStream;

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
