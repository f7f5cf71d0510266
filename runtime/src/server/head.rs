//! What HTTP asks of a request's head beside what its parsers look at.

use axum::extract::Request;
use http::header::{HOST, TRANSFER_ENCODING};
use http::uri::Authority;
use http::{HeaderValue, Version};

use crate::protocol::{HttpError, exactly_one};

/// Refuses a head that two programs might understand in two ways.
///
/// # Errors
///
/// 400 where there is not exactly one `Host` (RFC 9112 §3.2), or one that differs from HTTP/2's `:authority`
/// (RFC 9113 §8.3.1); 501 where the body has a transfer coding beside `chunked`, which nobody here takes off (§6.1).
pub(crate) fn check(request: &Request) -> Result<(), HttpError> {
    let headers = request.headers();
    match request.version() {
        Version::HTTP_11 => {}
        Version::HTTP_2 if headers.contains_key(HOST) => {
            let host = exactly_one(headers.get_all(HOST).iter()).map(HeaderValue::as_bytes);
            let is_same = |authority: &Authority| {
                host.is_some_and(|host| authority.as_str().as_bytes().eq_ignore_ascii_case(host))
            };
            if !request.uri().authority().is_none_or(is_same) {
                return Err(HttpError::bad_request().detail("`Host` is not what `:authority` says."));
            }
            return Ok(());
        }
        _ => return Ok(()),
    }
    if !exactly_one(headers.get_all(HOST).iter()).is_some_and(is_host) {
        return Err(HttpError::bad_request().detail("A request has one `Host`."));
    }
    if headers.contains_key(TRANSFER_ENCODING)
        && !exactly_one(headers.get_all(TRANSFER_ENCODING).iter())
            .is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
    {
        return Err(HttpError::not_implemented().detail("`Transfer-Encoding` can be `chunked`."));
    }
    Ok(())
}

/// Whether there is nothing in it that no host and port have (RFC 9110 §7.2, RFC 3986 §3.2.2).
fn is_host(value: &HeaderValue) -> bool {
    let is_plain = |byte: &u8| match byte {
        b'-' | b'.' | b'_' | b'~' | b'%' | b':' | b'[' | b']' => true,
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => true,
        byte => byte.is_ascii_alphanumeric(),
    };
    value.as_bytes().iter().all(is_plain)
}
