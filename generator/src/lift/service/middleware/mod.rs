//! Middleware: `middleware` in the service block, and `x-buildflow-middleware` on an operation.

mod options;
mod session;
mod text;

use std::time::Duration;

use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::ir::{
    Allowed, Compression, Cors, Deprecation, Encoding, HttpsRedirect, Level, Middleware, RateLimit, RequestId,
    TrustedHost,
};
use crate::read::{Map, Node, Span};
use options::Options;

/// The extension of an operation.
pub(crate) const EXTENSION: &str = "x-buildflow-middleware";

/// Reads the options of one middleware; `None` where what it cannot do without is missing or wrong.
type Reader = fn(&mut Options<'_, '_>) -> Option<Middleware>;

const READERS: [(&str, Reader); 13] = [
    ("cors", cors),
    ("session", session::read),
    ("https_redirect", https_redirect),
    ("trusted_host", trusted_host),
    ("compression", compression),
    ("gzip", gzip),
    ("decompression", decompression),
    ("timeout", timeout),
    ("body_limit", body_limit),
    ("rate_limit", rate_limit),
    ("security_headers", security_headers),
    ("request_id", request_id),
    ("deprecation", deprecation),
];

/// What `security_headers` sets, by option, as headers have it.
const SECURITY_HEADERS: [&str; 8] = [
    "content_security_policy",
    "cross_origin_opener_policy",
    "cross_origin_resource_policy",
    "permissions_policy",
    "referrer_policy",
    "strict_transport_security",
    "x_content_type_options",
    "x_frame_options",
];

/// Refuses the extension where it would be around nothing.
pub(crate) fn misplaced(list: &Node) -> Diagnostic {
    Diagnostic::error("misplaced-extension", list.span, format!("`{EXTENSION}` should stand on an operation"))
        .help("middleware for all operations belongs in `x-buildflow-service`")
}

/// Reads a list of middleware, outermost first.
pub(crate) fn read(list: &Node, diagnostics: &mut Diagnostics) -> Vec<Middleware> {
    let Some(items) = list.as_list() else {
        let message = format!("middleware should be a list, outermost first, found {}", list.kind());
        diagnostics.push(Diagnostic::error("wrong-type", list.span, message));
        return Vec::new();
    };
    let mut read = Vec::new();
    for item in items {
        let Some(middleware) = one(item, diagnostics) else { continue };
        if matches!(&middleware, Middleware::HttpsRedirect(redirect) if redirect.hosts.is_none())
            && !read.iter().any(|outside| matches!(outside, Middleware::TrustedHost(_)))
        {
            diagnostics.push(any_host(item.span));
        }
        read.push(middleware);
    }
    read
}

/// What redirects to a host that nobody has checked.
fn any_host(span: Span) -> Diagnostic {
    let message = "`https_redirect` redirects to any host that a request names in `Host`";
    Diagnostic::note("unchecked-host", span, message)
        .help("name the hosts, `https_redirect: { hosts: [example.com] }`, or put `trusted_host` before it")
}

/// `https_redirect`, or a name with options: `cors: { … }`.
fn one(item: &Node, diagnostics: &mut Diagnostics) -> Option<Middleware> {
    let only = item.as_map().filter(|map| map.len() == 1).and_then(Map::first);
    let (name, span, said) = match (item.as_str(), only) {
        (Some(name), _) => (name, item.span, None),
        (None, Some((name, member))) => (name.as_str(), member.key, Some(&member.node)),
        (None, None) => {
            let message = "a middleware should be its name, or its name with options: `cors: { … }`";
            diagnostics.push(Diagnostic::error("wrong-type", item.span, message).help("start each with a `-`"));
            return None;
        }
    };
    let Some((name, reader)) = READERS.iter().find(|(known, _)| *known == name) else {
        diagnostics.push(unknown(name, span));
        return None;
    };
    let mut options = Options::new(name, (span, said), diagnostics)?;
    let read = reader(&mut options);
    options.finish();
    read
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let names = READERS.iter().map(|(known, _)| *known);
    let help = match nearest(name, names.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}; others can be added in code", names.collect::<Vec<_>>().join(", ")),
    };
    Diagnostic::error("unknown-middleware", span, format!("there is no middleware `{name}`")).help(help)
}

fn cors(options: &mut Options<'_, '_>) -> Option<Middleware> {
    Some(Middleware::Cors(Cors {
        allow_origins: options.texts("allow_origins", text::ORIGIN).map(allowed),
        allow_origin_regex: options.text("allow_origin_regex", text::REGEX),
        allow_methods: options.texts("allow_methods", text::METHOD).map(allowed),
        allow_headers: options.texts("allow_headers", text::HEADER).map(lower).map(allowed),
        allow_credentials: options.flag("allow_credentials"),
        allow_private_network: options.flag("allow_private_network"),
        expose_headers: options.texts("expose_headers", text::HEADER).map(lower).map(allowed),
        max_age: options.count("max_age", 0, u64::from(u32::MAX)),
    }))
}

fn allowed(texts: Vec<String>) -> Allowed {
    if texts.iter().any(|text| text == "*") { Allowed::Any } else { Allowed::These(texts) }
}

fn lower(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|name| name.to_ascii_lowercase()).collect()
}

fn https_redirect(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let port = options.count("port", 1, u64::from(u16::MAX));
    Some(Middleware::HttpsRedirect(HttpsRedirect {
        permanent: options.flag("permanent"),
        port: port.and_then(|port| port.try_into().ok()),
        behind_proxy: options.flag("behind_proxy"),
        hosts: options.texts("hosts", text::HOST),
    }))
}

fn trusted_host(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let www_redirect = options.flag("www_redirect");
    let allowed_hosts = options.required("allowed_hosts", |options, name| options.texts(name, text::HOST))?;
    Some(Middleware::TrustedHost(TrustedHost { allowed_hosts, www_redirect }))
}

fn compression(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let encodings = encodings(options);
    Some(compressing(options, encodings))
}

fn encodings(options: &mut Options<'_, '_>) -> Option<Vec<Encoding>> {
    options.words("encodings", &[("gzip", Encoding::Gzip), ("br", Encoding::Br), ("zstd", Encoding::Zstd)])
}

fn decompression(options: &mut Options<'_, '_>) -> Option<Middleware> {
    Some(Middleware::Decompression(encodings(options)))
}

fn gzip(options: &mut Options<'_, '_>) -> Option<Middleware> {
    Some(compressing(options, Some(vec![Encoding::Gzip])))
}

fn compressing(options: &mut Options<'_, '_>, encodings: Option<Vec<Encoding>>) -> Middleware {
    let levels = [("fastest", Level::Fastest), ("default", Level::Default), ("best", Level::Best)];
    Middleware::Compression(Compression {
        encodings,
        minimum_size: options.count("minimum_size", 0, u64::from(u32::MAX)),
        level: options.word("level", &levels),
    })
}

fn timeout(options: &mut Options<'_, '_>) -> Option<Middleware> {
    options.required("seconds", Options::seconds).map(Middleware::Timeout)
}

fn body_limit(options: &mut Options<'_, '_>) -> Option<Middleware> {
    // Past 32 bits, not every machine can count them.
    let bytes = options.required("bytes", |options, name| options.count(name, 0, u64::from(u32::MAX)));
    bytes.map(Middleware::BodyLimit)
}

fn rate_limit(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let most = u64::from(u32::MAX);
    let seconds = options.seconds("seconds").unwrap_or(60.0);
    let burst = options.count("burst", 1, most).and_then(|burst| burst.try_into().ok());
    let header = rate_key(options).map(|name| name.to_ascii_lowercase());
    let requests = options.required("requests", |options, name| options.count(name, 1, most))?.try_into().ok()?;
    if (Duration::from_secs_f64(seconds) / requests).is_zero() {
        options.wrong("requests", "fewer than one in a nanosecond");
        return None;
    }
    Some(Middleware::RateLimit(RateLimit { requests, seconds, burst, header }))
}

/// `address`, or `{ header: X-Api-Key }`.
fn rate_key(options: &mut Options<'_, '_>) -> Option<String> {
    let key = options.take("key")?;
    let header = key.as_map().filter(|map| map.len() == 1).and_then(|map| map.get("header"));
    let header = header.and_then(|member| member.node.as_str()).filter(|name| text::HEADER.fits(name) && *name != "*");
    if header.is_none() && key.as_str() != Some("address") {
        options.wrong("key", "`address`, or a header: `{ header: X-Api-Key }`");
    }
    header.map(str::to_owned)
}

fn security_headers(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let headers = SECURITY_HEADERS.into_iter().filter_map(|option| {
        let value = options.text_or_null(option, text::HEADER_VALUE)?;
        Some((option.replace('_', "-"), value))
    });
    Some(Middleware::SecurityHeaders(headers.collect()))
}

fn request_id(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let header = options.text("header", text::HEADER).map(|name| name.to_ascii_lowercase());
    Some(Middleware::RequestId(RequestId { header, accept: options.flag("accept") }))
}

fn deprecation(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let sunset = options.text("sunset", text::DATE);
    let link = options.text("link", text::LINK);
    let since = options.required("since", |options, name| options.text(name, text::DATE))?;
    let (since, sunset) = (text::seconds(&since)?, sunset.and_then(|date| text::seconds(&date)));
    if sunset.is_some_and(|sunset| sunset < since) {
        options.wrong("sunset", "a date that is not before `since` (RFC 9745 §4)");
        return None;
    }
    Some(Middleware::Deprecation(Deprecation { since, sunset, link }))
}
