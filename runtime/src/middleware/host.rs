//! Which host a request is for, and by which scheme it came.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::extract::{OriginalUri, Request};
use axum::response::{IntoResponse, Response};
use http::header::{HeaderName, HeaderValue, LOCATION};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, StatusCode};

use super::around::{AroundMiddleware, layers};
use crate::observe::RequestInfo;
use crate::protocol::{HttpError, Peer, authority};

const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Refuses requests for hosts that are not the service's, by which pages and caches could be poisoned:
/// `trusted_host`. They are answered 400.
///
/// The host is what HTTP/2 calls `:authority`, or the `Host` header, without its port.
#[derive(Debug, Clone)]
pub struct TrustedHost {
    allowed: Hosts,
    www_redirect: bool,
}

/// Hosts, in lower case: `example.com` alone, `*.example.com` for all below it, or `*`.
#[derive(Debug, Clone)]
struct Hosts(Arc<[String]>);

impl Hosts {
    fn new<H: AsRef<str>>(hosts: impl IntoIterator<Item = H>) -> Self {
        Self(hosts.into_iter().map(|host| host.as_ref().to_ascii_lowercase()).collect())
    }

    /// Whether a host, in lower case, is one of them.
    fn have(&self, host: &str) -> bool {
        let fits = |pattern: &str| match pattern.strip_prefix('*') {
            Some(end) => host.ends_with(end),
            None => host == pattern,
        };
        self.0.iter().any(|pattern| fits(pattern))
    }
}

impl TrustedHost {
    /// Allows these hosts: `example.com` alone, `*.example.com` for all below it, or `*`.
    pub fn new<H: AsRef<str>>(hosts: impl IntoIterator<Item = H>) -> Self {
        Self { allowed: Hosts::new(hosts), www_redirect: true }
    }

    /// Whether `example.com` leads to `www.example.com` where only that is allowed; by default it does.
    #[must_use]
    pub fn www_redirect(mut self, redirect: bool) -> Self {
        self.www_redirect = redirect;
        self
    }
}

/// Leads requests that came without TLS to the same address with it: `https_redirect`. By default 307.
///
/// A proxy in front that ends TLS must say so, by `X-Forwarded-Proto`, and be one of
/// [`Flow::trusted_proxies`](crate::Flow::trusted_proxies), or [`Self::behind_proxy`] be set: else each request is led back
/// to itself.
#[derive(Debug, Clone)]
pub struct HttpsRedirect {
    status: StatusCode,
    port: Option<u16>,
    behind_proxy: bool,
    hosts: Option<Hosts>,
}

impl Default for HttpsRedirect {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpsRedirect {
    /// 307, to the same port unless that is 80.
    pub fn new() -> Self {
        Self { status: StatusCode::TEMPORARY_REDIRECT, port: None, behind_proxy: false, hosts: None }
    }

    /// Whether browsers may remember it: 308 in place of 307.
    #[must_use]
    pub fn permanent(mut self, permanent: bool) -> Self {
        self.status = if permanent { StatusCode::PERMANENT_REDIRECT } else { StatusCode::TEMPORARY_REDIRECT };
        self
    }

    /// The port that HTTPS is at.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// The hosts that requests are redirected to: `example.com` alone, `*.example.com` for all below it. For others they are
    /// answered 400. Without this, a redirect leads to whatever host the request names; a [`TrustedHost`] around this
    /// has looked at it before.
    #[must_use]
    pub fn hosts<H: AsRef<str>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.hosts = Some(Hosts::new(hosts));
        self
    }

    /// Whether to believe what `X-Forwarded-Proto` says, whoever sends it; only where a proxy sets it, whatever clients send.
    /// What [`Flow::trusted_proxies`](crate::Flow::trusted_proxies) say is believed without this.
    #[must_use]
    pub fn behind_proxy(mut self, believe: bool) -> Self {
        self.behind_proxy = believe;
        self
    }
}

layers!(TrustedHost, HttpsRedirect);

impl AroundMiddleware for TrustedHost {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        let Some(authority) = authority(request.uri(), request.headers()) else {
            return ControlFlow::Break(unknown_host());
        };
        let host = authority.host().to_ascii_lowercase();
        if self.allowed.have(&host) {
            return ControlFlow::Continue(());
        }
        let www = format!("www.{host}");
        if self.www_redirect && self.allowed.0.contains(&www) {
            let scheme = if is_secure(request) { Scheme::HTTPS } else { Scheme::HTTP };
            let target = format!("{scheme}://www.{authority}{}", path(request));
            return ControlFlow::Break(redirect(StatusCode::TEMPORARY_REDIRECT, &target));
        }
        ControlFlow::Break(unknown_host())
    }

    fn after(&self, (): (), _response: &mut Response) {}
}

impl AroundMiddleware for HttpsRedirect {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        if is_secure(request) || (self.behind_proxy && was_secure(request.headers())) {
            return ControlFlow::Continue(());
        }
        let Some(authority) = authority(request.uri(), request.headers()) else {
            return ControlFlow::Break(unknown_host());
        };
        let host = authority.host().to_ascii_lowercase();
        if self.hosts.as_ref().is_some_and(|hosts| !hosts.have(&host)) {
            return ControlFlow::Break(unknown_host());
        }
        let port = self.port.or(authority.port_u16()).filter(|port| !matches!(port, 80 | 443));
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        let target = format!("https://{}{port}{}", authority.host(), path(request));
        ControlFlow::Break(redirect(self.status, &target))
    }

    fn after(&self, (): (), _response: &mut Response) {}
}

/// The path and query as they came, base route and all, with what a trusted proxy has taken away.
fn path(request: &Request) -> String {
    let original = request.extensions().get::<OriginalUri>().map(|OriginalUri(uri)| uri);
    let path = original.unwrap_or_else(|| request.uri()).path_and_query().map_or("/", PathAndQuery::as_str);
    let peer = request.extensions().get::<RequestInfo>().and_then(|seen| seen.peer.as_ref());
    format!("{}{path}", peer.and_then(Peer::prefix).unwrap_or_default())
}

/// Whether the request came by TLS.
pub(super) fn is_secure(request: &Request) -> bool {
    let seen = request.extensions().get::<RequestInfo>();
    match seen.and_then(|seen| seen.peer.as_ref()) {
        Some(peer) => peer.is_secure(),
        // Whoever serves the flow in another way says so by the URI; what a client claims there does not count.
        None => request.uri().scheme() == Some(&Scheme::HTTPS),
    }
}

/// Whether a proxy says that the request came by TLS.
pub(super) fn was_secure(headers: &HeaderMap) -> bool {
    headers.get(X_FORWARDED_PROTO).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"https"))
}

fn redirect(status: StatusCode, target: &str) -> Response {
    match HeaderValue::from_str(target) {
        Ok(target) => (status, [(LOCATION, target)]).into_response(),
        Err(_) => HttpError::bad_request().into_response(),
    }
}

fn unknown_host() -> Response {
    HttpError::bad_request().detail("The service is not known under this host.").into_response()
}

#[cfg(test)]
mod tests {
    use http::header::HOST;

    use super::*;

    fn host(uri: &str, hosts: &[&'static str]) -> Option<String> {
        let hosts = hosts.iter().map(|host| (HOST, HeaderValue::from_static(host)));
        Some(authority(&uri.parse().unwrap(), &hosts.collect())?.to_string())
    }

    #[test]
    fn the_host_is_the_authority_or_else_the_only_header() {
        // HTTP/2 has its `:authority` in the URI, beside a `Host` that need not be there.
        assert_eq!(host("https://a.com:8443/x", &[]).as_deref(), Some("a.com:8443"));
        assert_eq!(host("http://a.com/x", &["b.com"]).as_deref(), Some("a.com"));
        assert_eq!(host("/x", &["b.com:80"]).as_deref(), Some("b.com:80"));
        for hosts in [&[][..], &["b.com", "b.com"], &[""], &["a b"], &["a@b.com"], &["b.com/x"]] {
            assert_eq!(host("/x", hosts), None, "{hosts:?}");
        }
        assert_eq!(host("http://a@b.com/x", &[]), None);
    }

    #[test]
    fn a_wildcard_is_for_what_is_below() {
        let hosts = TrustedHost::new(["*.Example.com", "[::1]"]);
        assert!(
            hosts.allowed.have("a.example.com") && hosts.allowed.have("a.b.example.com") && hosts.allowed.have("[::1]")
        );
        assert!(
            !hosts.allowed.have("example.com") && !hosts.allowed.have("evilexample.com") && !hosts.allowed.have("")
        );
        assert!(TrustedHost::new(["*"]).allowed.have("anything"));
    }
}
