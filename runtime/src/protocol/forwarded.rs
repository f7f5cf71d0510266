//! What proxies say of the requests that they forward: `X-Forwarded-*`, or `Forwarded` (RFC 7239). Clients can send
//! these headers as well, so only what the proxies say that a flow trusts counts.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::header::{FORWARDED, HOST, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, Request, Uri};

use super::networks::Network;
use super::peer::Peer;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// The proxies that a flow believes.
#[derive(Debug, Clone)]
pub(crate) struct TrustedProxies(Arc<[Network]>);

/// What they say of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// Who has sent it to the first of them.
    pub client: IpAddr,
    /// Whether that was by TLS; `None` where nobody says so.
    pub is_secure: Option<bool>,
    /// What the path began with before a proxy took it away.
    pub prefix: Option<PathAndQuery>,
}

/// What one kind of header says of a request.
#[derive(Debug, Clone, Copy)]
struct Said<'h> {
    client: IpAddr,
    proto: Option<&'h str>,
    host: Option<&'h str>,
    prefix: Option<&'h str>,
}

impl<'h> Said<'h> {
    /// What the client's hop says, in place of this.
    fn of(self, hop: Option<&Hop<'h>>) -> Self {
        let Some(Hop { address, proto, host }) = hop else { return self };
        Self { client: address.unwrap_or(self.client), proto: *proto, host: *host, ..self }
    }

    /// What the other kind says as well.
    fn and(self, other: &Self) -> Self {
        let same = |one: Option<&str>, other: Option<&str>| {
            one.zip(other).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        Self {
            client: self.client,
            proto: self.proto.filter(|_| same(self.proto, other.proto)),
            host: self.host.filter(|_| same(self.host, other.host)),
            prefix: None,
        }
    }
}

/// What is said of one hop of a request.
#[derive(Debug, Default)]
struct Hop<'h> {
    address: Option<IpAddr>,
    proto: Option<&'h str>,
    host: Option<&'h str>,
}

impl TrustedProxies {
    /// Proxies by their networks; the one that is none is the error.
    pub(crate) fn parse<'t>(networks: impl IntoIterator<Item = &'t str>) -> Result<Self, &'t str> {
        let networks = networks.into_iter().map(|text| text.trim().parse().map_err(|()| text));
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Has a request look as it did to the first trusted proxy, where it comes from one.
    pub(crate) fn apply<B>(&self, request: &mut Request<B>, peer: &mut Peer) {
        if !self.trust(peer.address.ip()) {
            return;
        }
        let headers = request.headers();
        let (x_forwarded, forwarded) = (x_forwarded(headers), forwarded(headers));
        let nothing = Said { client: peer.address.ip().to_canonical(), proto: None, host: None, prefix: None };
        let last = |name: &HeaderName| list(headers, name).last();
        let has_x_forwarded = [X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, X_FORWARDED_PREFIX]
            .iter()
            .any(|name| headers.contains_key(name));
        let by_x_forwarded = has_x_forwarded.then(|| {
            let said = nothing.of(self.client(&x_forwarded));
            Said {
                proto: said.proto.or_else(|| last(&X_FORWARDED_PROTO)),
                host: said.host.or_else(|| last(&X_FORWARDED_HOST)),
                prefix: last(&X_FORWARDED_PREFIX),
                ..said
            }
        });
        let by_forwarded = (!forwarded.is_empty()).then(|| nothing.of(self.client(&forwarded)));
        let Said { client, proto, host, prefix: before } = match (by_x_forwarded, by_forwarded) {
            (None, None) => nothing,
            (Some(said), None) | (None, Some(said)) => said,
            // One of them may be a client's: a proxy passes on what it does not know. So only what both say counts.
            (Some(one), Some(other)) if one.client == other.client => one.and(&other),
            (Some(_), Some(_)) => {
                tracing::debug!("`Forwarded` and `X-Forwarded-For` name different clients; neither is believed");
                return;
            }
        };
        let host = host.and_then(|host| Authority::try_from(host).ok());
        let host = host.filter(|host| !host.host().is_empty() && !host.as_str().contains('@'));
        peer.forwarded =
            Some(Arc::new(Forwarded { client, is_secure: proto.and_then(is_secure), prefix: before.and_then(prefix) }));
        if let Some(host) = host {
            replace_host(request, host);
        }
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address))
    }

    /// The hop of the client: the last that is no trusted proxy's, or else the first. A hop that does not say who it is ends
    /// the search: what stands before it may be anybody's.
    fn client<'s, 'h>(&self, hops: &'s [Hop<'h>]) -> Option<&'s Hop<'h>> {
        let mut client = hops.last()?;
        for hop in hops.iter().rev() {
            let Some(address) = hop.address else { break };
            client = hop;
            if !self.trust(address) {
                break;
            }
        }
        Some(client)
    }
}

/// The hops of `X-Forwarded-For`. Schemes and hosts are those of hops where there are as many.
fn x_forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let mut hops: Vec<Hop<'_>> =
        list(headers, &X_FORWARDED_FOR).map(|text| Hop { address: address(text), ..Hop::default() }).collect();
    let of_hops = |name| Some(list(headers, name).collect::<Vec<_>>()).filter(|texts| texts.len() == hops.len());
    let (protos, hosts) = (of_hops(&X_FORWARDED_PROTO), of_hops(&X_FORWARDED_HOST));
    for (at, hop) in hops.iter_mut().enumerate() {
        hop.proto = protos.as_ref().map(|protos| protos[at]);
        hop.host = hosts.as_ref().map(|hosts| hosts[at]);
    }
    hops
}

/// The hops of `Forwarded`.
fn forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let elements = list(headers, &FORWARDED).map(|element| {
        let mut hop = Hop::default();
        for (name, value) in element.split(';').filter_map(|pair| pair.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "for" => hop.address = address(value),
                "proto" => hop.proto = Some(value),
                "host" => hop.host = Some(value),
                _ => {}
            }
        }
        hop
    });
    elements.collect()
}

/// The elements of a header that is a list.
fn list<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// An address, perhaps with a port; those of IPv6 may have brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address| address.to_canonical())
}

fn is_secure(proto: &str) -> Option<bool> {
    let is = |known: [&str; 2]| known.iter().any(|known| proto.eq_ignore_ascii_case(known));
    if is(["https", "wss"]) { Some(true) } else { is(["http", "ws"]).then_some(false) }
}

/// The start of a path, without a slash at its end.
fn prefix(text: &str) -> Option<PathAndQuery> {
    let text = text.trim_end_matches('/');
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains(['?', '#', '\\']);
    is_path.then(|| PathAndQuery::try_from(text).ok())?
}

/// Has the request be for another host.
fn replace_host<B>(request: &mut Request<B>, host: Authority) {
    if request.uri().authority().is_some() {
        let mut parts = std::mem::take(request.uri_mut()).into_parts();
        parts.authority = Some(host.clone());
        // Its other parts were a URI's before.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        if !request.headers().contains_key(HOST) {
            return;
        }
    }
    if let Ok(host) = HeaderValue::from_str(host.as_str()) {
        request.headers_mut().insert(HOST, host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Channel;

    /// What becomes of a request with these headers that comes from `10.0.0.1`: its client, whether it is secure, its host
    /// and its prefix.
    fn seen(lines: &[(&str, &str)]) -> Option<(String, Option<bool>, String, String)> {
        let proxies = TrustedProxies::parse(["10.0.0.0/8", "::1"]).unwrap();
        let mut request = Request::builder().uri("/pets").header("host", "inside");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        let mut peer = Peer::new("10.0.0.1:80".parse().unwrap(), Channel::Tcp);
        proxies.apply(&mut request, &mut peer);
        let Forwarded { client, is_secure, prefix } = &**peer.forwarded.as_ref()?;
        let host = request.headers()[HOST].to_str().unwrap().to_owned();
        Some((client.to_string(), *is_secure, host, prefix.as_ref().map_or(String::new(), ToString::to_string)))
    }

    fn client(lines: &[(&str, &str)]) -> Option<String> {
        seen(lines).map(|(client, ..)| client)
    }

    #[test]
    fn the_last_address_that_is_no_trusted_proxys_is_the_client() {
        for (sent, wanted) in [
            ("1.2.3.4", "1.2.3.4"),
            ("6.6.6.6, 1.2.3.4", "1.2.3.4"),
            ("6.6.6.6, 1.2.3.4, 10.9.9.9", "1.2.3.4"),
            ("10.1.1.1, 10.2.2.2", "10.1.1.1"),
            ("1.2.3.4:5678", "1.2.3.4"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            // What names nobody ends the search.
            ("6.6.6.6, unknown, 10.2.2.2", "10.2.2.2"),
            ("6.6.6.6, unknown", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(client(&[("x-forwarded-for", sent)]).as_deref(), Some(wanted), "{sent:?}");
        }
        let lines = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "1.2.3.4, 10.2.2.2")];
        assert_eq!(client(&lines).as_deref(), Some("1.2.3.4"));
    }

    #[test]
    fn schemes_hosts_and_prefixes_are_those_of_the_clients_hop() {
        let told = seen(&[
            ("x-forwarded-for", "1.2.3.4, 10.2.2.2"),
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-host", "shop.example.com"),
            ("x-forwarded-prefix", "/shop/"),
        ]);
        assert_eq!(told, Some(("1.2.3.4".into(), Some(true), "shop.example.com".into(), "/shop".into())));
        // A client has sent the first of them.
        let told = seen(&[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https, http")]);
        assert_eq!(told.map(|(_, is_secure, ..)| is_secure), Some(Some(false)));
        for wrong in ["a@b", "", "a/b", "a b"] {
            assert_eq!(seen(&[("x-forwarded-host", wrong)]).map(|told| told.2).as_deref(), Some("inside"), "{wrong:?}");
        }
        for wrong in ["shop", "//evil.com", "/a?b", "/a\\b"] {
            assert_eq!(seen(&[("x-forwarded-prefix", wrong)]).map(|told| told.3).as_deref(), Some(""), "{wrong:?}");
        }
    }

    #[test]
    fn forwarded_says_the_same() {
        let line = "For=\"[2001:db8::1]:4711\";Proto=https;Host=\"shop.example.com:8443\";by=10.0.0.9, for=10.2.2.2";
        let told = seen(&[("forwarded", line)]);
        assert_eq!(told, Some(("2001:db8::1".into(), Some(true), "shop.example.com:8443".into(), String::new())));
        assert_eq!(client(&[("forwarded", "for=_hidden")]).as_deref(), Some("10.0.0.1"));
    }

    #[test]
    fn headers_that_contradict_each_other_are_not_believed() {
        let lines = |address| [("x-forwarded-for", "1.2.3.4"), ("forwarded", address)];
        assert_eq!(client(&lines("for=1.2.3.4")).as_deref(), Some("1.2.3.4"));
        assert_eq!(client(&lines("for=6.6.6.6")), None);
        // A proxy says one of them, and passes the other on.
        let host = |forwarded: &str, lines: &[(&str, &str)]| {
            let lines =
                [&[("forwarded", forwarded), ("x-forwarded-for", "1.2.3.4"), ("x-forwarded-prefix", "/evil")], lines];
            seen(&lines.concat())
                .map(|(_, is_secure, host, prefix)| (is_secure, host, prefix))
                .expect("the client is one")
        };
        let spoofed = [("x-forwarded-host", "evil.com"), ("x-forwarded-proto", "https")];
        let nothing = || (None, "inside".to_owned(), String::new());
        assert_eq!(host("for=1.2.3.4;host=shop.com;proto=http", &spoofed), nothing());
        assert_eq!(host("for=1.2.3.4", &spoofed), nothing());
        assert_eq!(host("for=1.2.3.4;host=evil.com;proto=https", &[]), nothing());
        let both = (Some(true), "evil.com".to_owned(), String::new());
        assert_eq!(host("for=1.2.3.4;host=evil.com;proto=https", &spoofed), both);
    }

    #[test]
    fn only_proxies_are_believed() {
        let proxies = TrustedProxies::parse(["127.0.0.1"]).unwrap();
        let mut request = Request::builder()
            .header("x-forwarded-for", "1.2.3.4")
            .header("x-forwarded-host", "evil")
            .body(())
            .unwrap();
        let mut peer = Peer::new("10.0.0.1:80".parse().unwrap(), Channel::Tcp);
        proxies.apply(&mut request, &mut peer);
        assert!(peer.forwarded.is_none() && !request.headers().contains_key(HOST));
    }
}
