//! The answer to a method that a path does not have.

use axum::response::{IntoResponse as _, Response};
use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};

use super::HttpError;

/// The answer to a method that a path does not have: OPTIONS is told the methods (RFC 9110 §9.3.7), any other is not
/// allowed.
pub(crate) fn method_not_allowed(method: &Method, allow: &str) -> Response {
    let mut response = match *method {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => HttpError::method_not_allowed().into_response(),
    };
    // Methods are tokens, which every header can hold.
    if let Ok(allow) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}
