//! Answers that are streams of typed items: JSON Lines, and server-sent events.

use std::fmt;
use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};

use crate::json::{self, Encode};
use crate::protocol::BoxError;

/// Items on their way to the client. They are asked for one by one, when the client has taken what was before.
pub(super) type Items<T> = Pin<Box<dyn Stream<Item = Result<T, BoxError>> + Send>>;

/// What stands before each value of a JSON text sequence (RFC 7464 §2.2).
const RECORD_SEPARATOR: u8 = 0x1e;

/// A stream of JSON values, one per line: `application/jsonl`, `application/x-ndjson`. In `application/json-seq`, a separator
/// stands before each of them (RFC 7464).
///
/// The next item is requested when the client has taken the previous one, and the stream is dropped when the client
/// disconnects. If it fails, the error is logged, and the connection is closed, so that the client notices.
///
/// ```
/// use buildflow_runtime::types::JsonLines;
///
/// let squares = futures_util::stream::iter((1..=3).map(|number| Ok::<_, std::io::Error>(number * number)));
/// let lines: JsonLines<i64> = JsonLines::new(squares);
/// ```
pub struct JsonLines<T>(Items<T>);

impl<T: 'static> JsonLines<T> {
    /// Makes lines of a stream of results.
    pub fn new<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        Self(Box::pin(stream.map_err(Into::into)))
    }
}

impl<T: Encode + 'static> JsonLines<T> {
    pub(crate) fn into_body(self, separator: Option<u8>) -> Body {
        let lines = self.0.map(move |item| {
            let mut line: Vec<u8> = separator.into_iter().collect();
            json::write(&item?, &mut line)?;
            line.push(b'\n');
            Ok(Bytes::from(line))
        });
        Body::from_stream(told(lines))
    }
}

/// What stands before each value, by the media type.
pub(crate) fn separator(media_type: &str) -> Option<u8> {
    let subtype = crate::protocol::media_type::essence(media_type).rsplit('/').next().unwrap_or_default();
    let ending = subtype.rsplit('+').next().unwrap_or_default();
    ending.eq_ignore_ascii_case("json-seq").then_some(RECORD_SEPARATOR)
}

/// Items that are all there already.
impl<T: Send + 'static> FromIterator<T> for JsonLines<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(Box::pin(all(items.into_iter().collect())))
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JsonLines(..)")
    }
}

pub(super) fn all<T: Send + 'static>(items: Vec<T>) -> impl Stream<Item = Result<T, BoxError>> + Send {
    futures_util::stream::iter(items.into_iter().map(Ok))
}

/// Logs where the stream of an answer fails: its status has gone out already.
pub(super) fn told<T>(stream: impl Stream<Item = Result<T, BoxError>>) -> impl Stream<Item = Result<T, BoxError>> {
    stream.inspect_err(|error| tracing::error!(error = &**error, "the stream of a response has failed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    async fn text(body: Body) -> String {
        let bytes = body.collect().await.expect("the stream ends well").to_bytes();
        String::from_utf8(bytes.to_vec()).expect("JSON is text")
    }

    #[tokio::test]
    async fn each_item_is_a_line() {
        let lines: JsonLines<&str> = ["a", "b\nc"].into_iter().collect();
        assert_eq!(text(lines.into_body(separator("application/jsonl"))).await, "\"a\"\n\"b\\nc\"\n");
        let sequence: JsonLines<i64> = [1].into_iter().collect();
        assert_eq!(text(sequence.into_body(separator("application/JSON-seq; x=y"))).await, "\x1e1\n");
    }

    #[tokio::test]
    async fn a_failure_ends_the_body_with_an_error() {
        let failing = futures_util::stream::iter([Ok(1), Err(std::io::Error::other("disk"))]);
        let mut body = JsonLines::new(failing).into_body(None);
        let first = body.frame().await.expect("there is an item").expect("it is well");
        assert_eq!(first.into_data().expect("it is data"), "1\n");
        assert!(body.frame().await.expect("there is more").is_err());
    }
}
