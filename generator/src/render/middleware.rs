//! Middleware as text: the runtime's layers, built as the document says.

use std::collections::BTreeSet;

use askama::Template;

use super::text::{Code, Literal};
use crate::ir::{
    Allowed, Compression, Cors, Deprecation, Encoding, HttpsRedirect, Level, Lifetime, Middleware, RateLimit,
    RequestId, SameSite, Secret, Service, Session, TrustedHost,
};

/// The module of the layers.
#[derive(Template)]
#[template(path = "middleware.rs.askama", escape = "none")]
pub(super) struct MiddlewareFile {
    /// Calls of the service's builder; what is added last is outermost.
    calls: Vec<Code>,
}

impl MiddlewareFile {
    /// `None` where the document asks for no middleware.
    pub(super) fn new(service: &Service) -> Option<Self> {
        if !is_used(service) {
            return None;
        }
        let around_all = service.options.middleware.iter().rev().map(|middleware| call(middleware, None));
        let around_one = service.endpoints.iter().flat_map(|endpoint| {
            let name = format!("{} {}", endpoint.route.method, endpoint.route.path);
            endpoint.middleware.iter().rev().map(move |middleware| call(middleware, Some(&name)))
        });
        Some(Self { calls: around_all.chain(around_one).collect() })
    }
}

/// Whether the document asks for any middleware.
pub(super) fn is_used(service: &Service) -> bool {
    all(service).next().is_some()
}

/// The features of the runtime that a service's middleware needs.
pub(crate) fn features(service: &Service) -> BTreeSet<&'static str> {
    let feature = |middleware: &Middleware| match middleware {
        Middleware::Compression(_) => Some("compression"),
        Middleware::Decompression(_) => Some("decompression"),
        Middleware::RateLimit(_) => Some("rate-limit"),
        Middleware::Session(_) => Some("session"),
        _ => None,
    };
    all(service).filter_map(feature).collect()
}

fn all(service: &Service) -> impl Iterator<Item = &Middleware> {
    service.options.middleware.iter().chain(service.endpoints.iter().flat_map(|endpoint| &endpoint.middleware))
}

/// `layer(…)`, or `try_layer(|| Ok(…))` for what may lack something when the service starts.
fn call(middleware: &Middleware, endpoint: Option<&str>) -> Code {
    let Layer { text, may_fail } = layer(middleware);
    let (prefix, endpoint) = match endpoint {
        Some(name) => ("endpoint_", format!("{}, ", Literal::new(name))),
        None => ("", String::new()),
    };
    Code::new(if may_fail {
        format!("try_{prefix}layer({endpoint}|| Ok({text}))")
    } else {
        format!("{prefix}layer({endpoint}{text})")
    })
}

/// An expression that makes a layer.
struct Layer {
    text: String,
    /// Whether it has a `?`.
    may_fail: bool,
}

impl Layer {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), may_fail: false }
    }

    fn fallible(text: impl Into<String>) -> Self {
        Self { text: text.into(), may_fail: true }
    }

    /// Calls a builder's method, if there is something to say.
    fn with<T>(mut self, method: &str, said: Option<T>, spell: impl FnOnce(T) -> String) -> Self {
        if let Some(value) = said {
            self.text.push_str(&format!(".{method}({})", spell(value)));
        }
        self
    }

    fn flag(self, method: &str, said: Option<bool>) -> Self {
        self.with(method, said, |flag| flag.to_string())
    }

    fn text(self, method: &str, said: Option<&str>) -> Self {
        self.with(method, said, |text| Literal::new(text).to_string())
    }
}

fn layer(middleware: &Middleware) -> Layer {
    match middleware {
        Middleware::Cors(cors) => of_cors(cors),
        Middleware::Session(session) => of_session(session),
        Middleware::HttpsRedirect(HttpsRedirect { permanent, port, behind_proxy, hosts }) => {
            Layer::new("HttpsRedirect::new()")
                .flag("permanent", *permanent)
                .with("port", *port, |port| port.to_string())
                .flag("behind_proxy", *behind_proxy)
                .with("hosts", hosts.as_ref(), |hosts| list(hosts.iter().map(|host| Literal::new(host))))
        }
        Middleware::TrustedHost(TrustedHost { allowed_hosts, www_redirect }) => {
            let hosts = allowed_hosts.iter().map(|host| Literal::new(host));
            Layer::new(format!("TrustedHost::new({})", list(hosts))).flag("www_redirect", *www_redirect)
        }
        Middleware::Compression(compression) => of_compression(compression),
        Middleware::Decompression(encodings) => {
            Layer::new("Decompression::new()").with("encodings", encodings.as_deref(), of_encodings)
        }
        Middleware::Timeout(time) => Layer::new(format!("Timeout::new({})", seconds(*time))),
        Middleware::BodyLimit(bytes) => Layer::new(format!("BodyLimit::new({bytes})")),
        Middleware::RateLimit(limit) => of_rate_limit(limit),
        Middleware::SecurityHeaders(headers) => of_security_headers(headers),
        Middleware::Deprecation(Deprecation { since, sunset, link }) => {
            let time = |seconds: &u64| format!("std::time::UNIX_EPOCH + Duration::from_secs({seconds})");
            let value = |link: &String| Literal::new(&format!("<{link}>; rel=\"deprecation\"")).to_string();
            Layer::new(format!("Deprecation::since({})", time(since))).with("sunset", sunset.as_ref(), time).with(
                "link",
                link.as_ref(),
                |link| format!("HeaderValue::from_static({})", value(link)),
            )
        }
        Middleware::RequestId(RequestId { header, accept }) => {
            Layer::new("RequestId::new()").with("header", header.as_deref(), header_name).flag("accept", *accept)
        }
    }
}

fn of_cors(cors: &Cors) -> Layer {
    let plain = |text: &str| Literal::new(text).to_string();
    let layer = Layer { text: "Cors::new()".to_owned(), may_fail: cors.allow_origin_regex.is_some() };
    let mut layer = layer.with("allow_origins", cors.allow_origins.as_ref(), |origins| allowed(origins, plain));
    if let Some(pattern) = &cors.allow_origin_regex {
        layer.text.push_str(&format!(".allow_origin_regex({})?", Literal::new(pattern)));
    }
    layer
        .with("allow_methods", cors.allow_methods.as_ref(), |methods| {
            allowed(methods, |method| format!("Method::{method}"))
        })
        .with("allow_headers", cors.allow_headers.as_ref(), |headers| allowed(headers, header_name))
        .flag("allow_credentials", cors.allow_credentials)
        .flag("allow_private_network", cors.allow_private_network)
        .with("expose_headers", cors.expose_headers.as_ref(), |headers| allowed(headers, header_name))
        .with("max_age", cors.max_age, |age| format!("Duration::from_secs({age})"))
}

fn of_session(session: &Session) -> Layer {
    let key = |secret: &Secret| match secret {
        Secret::Env(name) => format!("SecretKey::env({})?", Literal::new(name)),
        Secret::File(path) => format!("SecretKey::file({})?", Literal::new(path)),
        Secret::Literal(secret) => format!("SecretKey::new({})?", Literal::new(secret)),
    };
    let mut keys = session.secret_keys.iter().map(key);
    let mut layer = Layer::fallible(format!("Session::new({})", keys.next().unwrap_or_default()));
    layer.text.extend(keys.map(|key| format!(".previous_key({key})")));
    layer
        .text("cookie", session.cookie.as_deref())
        .with("max_age", session.max_age, |age| match age {
            Lifetime::Seconds(seconds) => format!("Some(Duration::from_secs({seconds}))"),
            Lifetime::Browser => "None".to_owned(),
        })
        .text("path", session.path.as_deref())
        .text("domain", session.domain.as_deref())
        .with("same_site", session.same_site, |same_site| match same_site {
            SameSite::Lax => "SameSite::Lax".to_owned(),
            SameSite::Strict => "SameSite::Strict".to_owned(),
            SameSite::None => "SameSite::None".to_owned(),
        })
        .flag("https_only", session.https_only)
}

fn of_encodings(encodings: &[Encoding]) -> String {
    let names = encodings.iter().map(|encoding| match encoding {
        Encoding::Gzip => "Encoding::Gzip",
        Encoding::Br => "Encoding::Br",
        Encoding::Zstd => "Encoding::Zstd",
    });
    list(names)
}

fn of_compression(compression: &Compression) -> Layer {
    Layer::new("Compression::new()")
        .with("encodings", compression.encodings.as_deref(), of_encodings)
        .with("minimum_size", compression.minimum_size, |bytes| bytes.to_string())
        .with("level", compression.level, |level| match level {
            Level::Fastest => "CompressionLevel::Fastest".to_owned(),
            Level::Default => "CompressionLevel::Default".to_owned(),
            Level::Best => "CompressionLevel::Best".to_owned(),
        })
}

fn of_rate_limit(limit: &RateLimit) -> Layer {
    Layer::fallible(format!("RateLimit::new({}, {})?", limit.requests, seconds(limit.seconds)))
        .with("burst", limit.burst, |burst| burst.to_string())
        .with("key", limit.header.as_deref(), |name| format!("RateKey::Header({})", header_name(name)))
}

fn of_security_headers(headers: &[(String, Option<String>)]) -> Layer {
    headers.iter().fold(Layer::new("SecurityHeaders::new()"), |mut layer, (name, value)| {
        let name = header_name(name);
        layer.text.push_str(&match value {
            Some(value) => format!(".set({name}, HeaderValue::from_static({}))", Literal::new(value)),
            None => format!(".remove(&{name})"),
        });
        layer
    })
}

fn allowed(values: &Allowed, spell: impl Fn(&str) -> String) -> String {
    match values {
        Allowed::Any => "Any".to_owned(),
        Allowed::These(values) if values.is_empty() => "Allowed::These(Vec::new())".to_owned(),
        Allowed::These(values) => list(values.iter().map(|value| spell(value))),
    }
}

fn list(items: impl Iterator<Item = impl ToString>) -> String {
    format!("[{}]", items.map(|item| item.to_string()).collect::<Vec<_>>().join(", "))
}

/// A name that is checked, and in lower case.
fn header_name(name: &str) -> String {
    format!("HeaderName::from_static({})", Literal::new(name))
}

fn seconds(seconds: f64) -> String {
    if seconds.fract() == 0.0 {
        format!("Duration::from_secs({seconds})")
    } else {
        format!("Duration::from_secs_f64({seconds:?})")
    }
}
