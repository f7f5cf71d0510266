//! What OpenTelemetry calls that which is known of a request: the semantic conventions for HTTP servers.

use axum::extract::Request;
use http::Version;
use http::header::{HOST, USER_AGENT};
use http::uri::Authority;
use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;

use super::super::TARGET;
use crate::protocol::Peer;

/// Any other method is said to be `_OTHER`, so that clients do not make names up.
const METHODS: [&str; 10] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"];

/// What only traces say of a request. Its query is not among it: secrets may be.
pub(super) fn of_request(request: &Request, peer: Option<&Peer>) -> impl Iterator<Item = (&'static str, Value)> {
    let text = |text: &str| Value::from(text.to_owned());
    let header = |name| request.headers().get(name)?.to_str().ok();
    let authority = request.uri().authority().cloned();
    let authority = authority.or_else(|| header(HOST)?.parse::<Authority>().ok());
    let address = peer.map(|peer| peer.address);
    let scheme = if peer.is_some_and(Peer::is_secure) { "https" } else { "http" };
    let known = [
        ("url.path", Some(text(request.uri().path()))),
        ("url.scheme", Some(Value::from(scheme))),
        ("server.address", authority.as_ref().map(|authority| text(authority.host()))),
        ("server.port", authority.and_then(|authority| Some(i64::from(authority.port_u16()?).into()))),
        ("network.protocol.version", version(request.version()).map(Value::from)),
        ("client.address", peer.map(|peer| peer.client().to_string().into())),
        ("network.peer.address", address.map(|address| address.ip().to_string().into())),
        ("network.peer.port", address.map(|address| i64::from(address.port()).into())),
        ("user_agent.original", header(USER_AGENT).map(text)),
    ];
    known.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

fn version(version: Version) -> Option<&'static str> {
    match version {
        Version::HTTP_10 => Some("1.0"),
        Version::HTTP_11 => Some("1.1"),
        Version::HTTP_2 => Some("2"),
        _ => None,
    }
}

/// Gives the span of a request the names that it should have; others stay as they are.
pub(super) fn apply(span: &mut SpanData) {
    let target = span.attributes.iter().find(|attribute| attribute.key.as_str() == "target");
    if target.is_none_or(|target| target.value.as_str() != TARGET) {
        return;
    }
    let mut method = None;
    let mut route = None;
    let mut status = None;
    span.attributes.retain(|attribute| {
        let value = attribute.value.as_str();
        match attribute.key.as_str() {
            "method" => method = Some(value.into_owned()),
            // Where nothing was found, there is none.
            "route" => route = Some(value.into_owned()).filter(|route| route.starts_with('/')),
            "status" => status = value.parse::<i64>().ok(),
            // The span itself says how long it took.
            "latency_ms" | "target" => {}
            _ => return true,
        }
        false
    });
    let known = METHODS.into_iter().find(|known| Some(*known) == method.as_deref());
    span.span_kind = SpanKind::Server;
    span.name = name(known.unwrap_or("HTTP"), route.as_deref()).into();
    let other = method.filter(|_| known.is_none());
    let named = [
        ("http.request.method", Some(known.unwrap_or("_OTHER").into())),
        ("http.request.method_original", other.map(Value::from)),
        ("http.route", route.map(Value::from)),
        ("http.response.status_code", status.map(Value::from)),
        ("error.type", status.filter(|status| *status >= 500).map(|status| status.to_string().into())),
    ];
    span.attributes.extend(named.into_iter().filter_map(|(name, value)| Some(KeyValue::new(name, value?))));
    // A client's mistake is no error of the server.
    if status.is_some_and(|status| status >= 500) && span.status == Status::Unset {
        span.status = Status::error("");
    }
}

fn name(method: &str, route: Option<&str>) -> String {
    match route {
        Some(route) => format!("{method} {route}"),
        None => method.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use opentelemetry::trace::{SpanContext, SpanId};

    use super::*;

    fn span(target: &'static str, method: &'static str) -> SpanData {
        let now = SystemTime::now();
        SpanData {
            span_context: SpanContext::NONE,
            parent_span_id: SpanId::INVALID,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: "request".into(),
            start_time: now,
            end_time: now,
            attributes: vec![KeyValue::new("target", target), KeyValue::new("method", method)],
            dropped_attributes_count: 0,
            events: Default::default(),
            links: Default::default(),
            status: Status::Unset,
            instrumentation_scope: Default::default(),
        }
    }

    #[test]
    fn what_clients_make_up_names_no_span() {
        let mut span = span(TARGET, "BREW");
        apply(&mut span);
        let named = [("http.request.method", "_OTHER"), ("http.request.method_original", "BREW")];
        assert_eq!(span.name, "HTTP");
        assert_eq!(span.attributes, named.map(|(name, value)| KeyValue::new(name, value)));
    }

    #[test]
    fn a_span_of_a_handler_stays_as_it_is() {
        let before = span("pets", "BREW");
        let mut after = before.clone();
        apply(&mut after);
        assert_eq!(after, before);
    }
}
