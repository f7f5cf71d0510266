//! Bodies that are not held in memory.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::io::{AsyncRead, AsyncReadExt as _};

#[cfg(feature = "files")]
use super::File;
use crate::protocol::{BodyError, BoxError};

/// The most bytes that are read from a reader at once.
const CHUNK: usize = 64 * 1024;

/// A stream of bytes: the body of a request or of a response.
///
/// The stream of a request ends with an error if it has more bytes than the flow allows, or if the client disconnects. The
/// stream of a response is polled for more only when the client has taken the previous piece.
#[derive(Debug)]
pub struct ByteStream {
    body: Body,
    /// The file that the body is, of which an answer may need but a part.
    #[cfg(feature = "files")]
    file: Option<File>,
}

impl ByteStream {
    /// Makes a body of a stream of results. Its items are anything that becomes bytes, such as `Bytes`, `Vec<u8>` or `String`.
    pub fn new<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes> + 'static,
        E: Into<BoxError> + 'static,
    {
        let pieces = stream.map_ok(Into::into).map_err(|error| BodyError::Other(error.into()));
        Self::from_body(Body::from_stream(pieces))
    }

    /// Makes a body of what a reader returns, such as a process or a socket.
    pub fn from_reader(reader: impl AsyncRead + Send + Unpin + 'static) -> Self {
        Self::new(futures_util::stream::try_unfold(reader, |mut reader| async {
            let mut piece = Vec::with_capacity(CHUNK);
            let read = reader.read_buf(&mut piece).await?;
            Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), reader)))
        }))
    }

    /// Reads all that is left into memory.
    ///
    /// # Errors
    ///
    /// The stream fails.
    pub async fn collect(mut self) -> Result<Bytes, BodyError> {
        let mut all = Vec::new();
        while let Some(piece) = self.next().await {
            all.extend_from_slice(&piece?);
        }
        Ok(all.into())
    }

    /// A request's body, of at most `limit` bytes.
    pub(crate) fn limited(body: Body, limit: usize) -> Self {
        let told = |error: Box<dyn std::error::Error + Send + Sync>| {
            if is_too_large(&*error) { BodyError::TooLarge } else { BodyError::BrokenOff }
        };
        Self::from_body(Body::new(Limited::new(body, limit).map_err(told)))
    }

    /// An answer with this body.
    pub(crate) fn into_response(self) -> Response {
        #[cfg_attr(not(feature = "files"), expect(unused_mut, reason = "only files say more of an answer"))]
        let mut response = Response::new(self.body);
        #[cfg(feature = "files")]
        if let Some(file) = self.file {
            super::file::note(&mut response, file);
        }
        response
    }

    fn from_body(body: Body) -> Self {
        Self {
            body,
            #[cfg(feature = "files")]
            file: None,
        }
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let frame = match std::task::ready!(HttpBody::poll_frame(Pin::new(&mut self.body), context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(told(error)))),
                Some(Ok(frame)) => frame,
            };
            // Trailers are none of the bytes.
            if let Ok(data) = frame.into_data() {
                return Poll::Ready(Some(Ok(data)));
            }
        }
    }
}

/// Whether a request's body ended because it is longer than it may be; layers may have limits of their own.
pub(crate) fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<LengthLimitError>())
}

/// What went wrong, without the wrapping of the layers between.
fn told(error: axum::Error) -> BodyError {
    match error.into_inner().downcast::<axum::Error>() {
        Ok(inner) => told(*inner),
        Err(error) => error.downcast::<BodyError>().map_or_else(BodyError::Other, |error| *error),
    }
}

macro_rules! from_whole {
    ($($whole:ty),*) => {
        $(impl From<$whole> for ByteStream {
            fn from(whole: $whole) -> Self {
                Self::from_body(Body::from(whole))
            }
        })*
    };
}

#[cfg(feature = "files")]
impl From<File> for ByteStream {
    fn from(file: File) -> Self {
        Self { body: file.clone().into_body(), file: Some(file) }
    }
}

from_whole!(Bytes, Vec<u8>, String, &'static str);

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(texts: &'static [&'static str]) -> ByteStream {
        let pieces = texts.iter().map(|text| Ok::<_, std::io::Error>(Bytes::from(*text)));
        ByteStream::new(futures_util::stream::iter(pieces))
    }

    #[tokio::test]
    async fn streams_are_collected_whole() {
        assert_eq!(pieces(&["a", "bc"]).collect().await.unwrap(), "abc");
        assert_eq!(ByteStream::from("text").collect().await.unwrap(), "text");
        assert_eq!(ByteStream::from_reader(&b"read"[..]).collect().await.unwrap(), "read");
    }

    #[tokio::test]
    async fn a_body_past_its_limit_ends_with_an_error() {
        let limited = ByteStream::limited(pieces(&["abc", "def"]).into_response().into_body(), 4);
        assert!(matches!(limited.collect().await, Err(BodyError::TooLarge)));
    }

    #[tokio::test]
    async fn an_applications_own_failure_is_kept() {
        let failing = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("disk"))]);
        let error = ByteStream::new(failing).collect().await.unwrap_err();
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "disk");
    }
}
