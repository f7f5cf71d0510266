//! What generated response enums are turned into.

use std::cell::Cell;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use super::{ByteStream, EventData, EventStream, JsonLines, Media, items};
use crate::json::{self, Encode};
use crate::protocol::{Accept, HttpError};

/// What a generated response enum becomes.
pub trait Respond {
    /// The response; `accept` says which of several media types it is written as.
    fn respond(self, accept: &Accept<'_>) -> Response;
}

/// `x-buildflow-response: raw`: it is one already.
impl Respond for Response {
    fn respond(self, _accept: &Accept<'_>) -> Response {
        self
    }
}

impl Accept<'_> {
    /// The media type of several that the same value is written as.
    pub fn choose(&self, offered: &[&'static str]) -> &'static str {
        let first = offered.first().copied().unwrap_or("application/octet-stream");
        self.best(offered).unwrap_or(first)
    }
}

/// A JSON answer.
pub fn json<T: Encode>(status: StatusCode, body: &T) -> Response {
    match written(body) {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            *response.status_mut() = status;
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => unwritable(&error),
    }
}

/// A JSON answer of another media type, such as `application/problem+json`.
pub fn json_as<T: Encode>(status: StatusCode, content_type: &str, body: &T) -> Response {
    match written(body) {
        Ok(text) => with_body(status, content_type, Body::from(text)),
        Err(error) => unwritable(&error),
    }
}

/// The most room that a thread keeps to write JSON in.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// Where JSON is written, so that its bytes are allocated once, when it is known how many there are.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A value as JSON.
fn written<T: Encode>(value: &T) -> serde_json::Result<Bytes> {
    let mut text = ROOM.take();
    let result = json::write(value, &mut text);
    let written = result.map(|()| Bytes::copy_from_slice(&text));
    if text.capacity() <= KEPT {
        text.clear();
        ROOM.set(text);
    }
    written
}

fn unwritable(error: &serde_json::Error) -> Response {
    tracing::error!(%error, "a response cannot be written as JSON");
    HttpError::internal().into_response()
}

/// A text answer, in UTF-8.
pub fn text(status: StatusCode, content_type: &str, body: String) -> Response {
    // `text/plain` alone leaves the charset to guesses (RFC 9110 §8.3.2).
    if content_type.contains(';') {
        return with_body(status, content_type, Body::from(body));
    }
    with_body(status, &format!("{content_type}; charset=utf-8"), Body::from(body))
}

/// An answer of bytes of which the handler says what they are.
pub fn media(status: StatusCode, body: Media<ByteStream>) -> Response {
    stream(status, &body.content_type, body.bytes)
}

/// An answer that goes out piece by piece.
pub fn stream(status: StatusCode, content_type: &str, body: ByteStream) -> Response {
    said(status, content_type, body.into_response())
}

/// An answer of JSON values, one by one.
pub fn lines<T: Encode + 'static>(status: StatusCode, content_type: &str, body: JsonLines<T>) -> Response {
    with_body(status, content_type, body.into_body(items::separator(content_type)))
}

/// An answer of server-sent events.
pub fn events<T: Encode + 'static>(
    status: StatusCode,
    content_type: &str,
    body: EventStream<T>,
    data: EventData,
) -> Response {
    let mut response = with_body(status, content_type, body.into_body(data));
    // What was sent is over: nobody may keep it for others.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// An answer that opens a WebSocket.
#[cfg(feature = "websocket")]
pub fn upgrade(upgrade: crate::websocket::Upgrade) -> Response {
    upgrade.into_response()
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A status that has no constant.
pub fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The status that a handler gave for a range such as `4XX`; one out of the range is its mistake.
pub fn in_range(first_digit: u16, status: StatusCode) -> StatusCode {
    if status.as_u16() / 100 == first_digit {
        return status;
    }
    tracing::error!(status = status.as_u16(), range = first_digit, "a handler answered with a status out of its range");
    StatusCode::INTERNAL_SERVER_ERROR
}

fn with_body(status: StatusCode, content_type: &str, body: Body) -> Response {
    said(status, content_type, Response::new(body))
}

/// A response with its status, and what its body is.
fn said(status: StatusCode, content_type: &str, mut response: Response) -> Response {
    let Ok(value) = HeaderValue::from_str(content_type) else {
        tracing::error!("a response has a content type that no header can hold");
        return HttpError::internal().into_response();
    };
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, value);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::values::External;

    #[test]
    fn what_cannot_be_written_is_a_500() {
        let keys_that_are_no_strings = BTreeMap::from([((1, 2), 3)]);
        let response = json(StatusCode::OK, &External(keys_that_are_no_strings));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }

    #[test]
    fn a_status_out_of_its_range_is_a_500() {
        assert_eq!(in_range(4, StatusCode::GONE), StatusCode::GONE);
        assert_eq!(in_range(4, StatusCode::OK), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn a_content_type_cannot_end_its_header() {
        let body = Media { content_type: "text/html\r\nset-cookie: a=b".to_owned(), bytes: ByteStream::from("") };
        let response = media(StatusCode::OK, body);
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!response.headers().contains_key("set-cookie"));
    }

    #[test]
    fn text_says_its_charset() {
        assert_eq!(
            text(StatusCode::OK, "text/plain", String::new()).headers()[CONTENT_TYPE],
            "text/plain; charset=utf-8"
        );
        let latin = text(StatusCode::OK, "text/html; charset=us-ascii", String::new());
        assert_eq!(latin.headers()[CONTENT_TYPE], "text/html; charset=us-ascii");
    }
}
