//! Answers: what generated response enums are turned into.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;

use crate::error::HttpError;

/// A JSON answer.
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    json_as(status, "application/json", body)
}

/// A JSON answer of another media type, such as `application/problem+json`.
pub fn json_as<T: Serialize>(status: StatusCode, content_type: &'static str, body: &T) -> Response {
    match serde_json::to_vec(body) {
        Ok(text) => with_body(status, content_type, Body::from(text)),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            HttpError::internal().into_response()
        }
    }
}

/// A text answer.
pub fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    with_body(status, content_type, Body::from(body))
}

/// An answer of bytes.
pub fn bytes(status: StatusCode, content_type: &'static str, body: Bytes) -> Response {
    with_body(status, content_type, Body::from(body))
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

fn with_body(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    // The generator lets through only what can be a header; a space is better than a panic.
    let value = HeaderValue::from_str(content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(CONTENT_TYPE, value);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_cannot_be_written_is_a_500() {
        let keys_that_are_no_strings = BTreeMap::from([((1, 2), 3)]);
        let response = json(StatusCode::OK, &keys_that_are_no_strings);
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }

    #[test]
    fn a_status_out_of_its_range_is_a_500() {
        assert_eq!(in_range(4, StatusCode::GONE), StatusCode::GONE);
        assert_eq!(in_range(4, StatusCode::OK), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
