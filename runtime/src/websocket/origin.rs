//! Which pages may open a WebSocket.
//!
//! Browsers let every page ask for one, with the cookies of the server that it asks, and leave it to the server to look
//! where the page comes from (RFC 6455 §10.2).

use http::header::ORIGIN;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Uri};

use crate::protocol::{authority, exactly_one};

/// Says that the origin of the request is one that the middleware `cors` trusts with credentials: an extension of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrustedOrigin;

/// Whether the handshake comes from no page, from one of this server, or from one that is trusted.
pub(super) fn is_trusted(parts: &Parts) -> bool {
    if !parts.headers.contains_key(ORIGIN) || parts.extensions.get::<TrustedOrigin>().is_some() {
        return true;
    }
    let origin = exactly_one(parts.headers.get_all(ORIGIN).iter());
    origin.is_some_and(|origin| is_own(origin, parts).unwrap_or(false))
}

/// Whether the origin has the server's own host and port. Its scheme is not compared: TLS may have ended at a proxy.
fn is_own(origin: &HeaderValue, parts: &Parts) -> Option<bool> {
    let origin: Uri = origin.to_str().ok()?.parse().ok()?;
    let usual = match origin.scheme_str()? {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let server = authority(&parts.uri, &parts.headers)?;
    let page = origin.authority()?;
    let port = |authority: &Authority| authority.port_u16().unwrap_or(usual);
    Some(page.host().eq_ignore_ascii_case(server.host()) && port(page) == port(&server))
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http::header::HOST;

    use super::*;

    fn trusts(origin: &str, host: &str) -> bool {
        let request = Request::get("/echo").header(ORIGIN, origin).header(HOST, host).body(());
        is_trusted(&request.expect("it is a request").into_parts().0)
    }

    #[test]
    fn pages_of_the_same_host_and_port_are_the_servers_own() {
        for (origin, host) in [
            ("http://example.com", "example.com"),
            ("https://example.com", "EXAMPLE.com"),
            ("https://example.com", "example.com:443"),
            ("http://example.com:8000", "example.com:8000"),
            ("http://[::1]:8000", "[::1]:8000"),
        ] {
            assert!(trusts(origin, host), "{origin} {host}");
        }
    }

    #[test]
    fn all_others_are_not() {
        for (origin, host) in [
            ("http://example.com.evil.org", "example.com"),
            ("http://evil.org", "example.com"),
            ("http://example.com:8001", "example.com:8000"),
            ("http://example.com", "example.com:443"),
            ("http://example.com@evil.org", "example.com"),
            ("null", "example.com"),
            ("", ""),
            ("file://example.com", "example.com"),
            ("http://example.com", ""),
        ] {
            assert!(!trusts(origin, host), "{origin} {host}");
        }
        let twice = Request::get("/echo").header(ORIGIN, "http://a").header(ORIGIN, "http://a").header(HOST, "a");
        assert!(!is_trusted(&twice.body(()).expect("it is a request").into_parts().0));
        assert!(is_trusted(&Request::get("/echo").body(()).expect("it is a request").into_parts().0));
    }
}
