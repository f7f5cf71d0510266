//! The host and port that a request is for.

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Uri};

use super::exactly_one;

/// What the request is for: the URI's authority goes before the header (RFC 9112 §3.2.2, RFC 9113 §8.3.1).
pub(crate) fn authority(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let authority = match uri.authority() {
        Some(authority) => authority.clone(),
        None => Authority::try_from(exactly_one(headers.get_all(HOST).iter())?.as_bytes()).ok()?,
    };
    // `user@host` is no host.
    Some(authority).filter(|authority| !authority.host().is_empty() && !authority.as_str().contains('@'))
}
