//! What stands around endpoints: the middleware that a document asks for, checked.

/// One layer. What is not said has the runtime's default.
#[derive(Debug, Clone, PartialEq)]
pub enum Middleware {
    /// `cors`.
    Cors(Cors),
    /// `session`.
    Session(Session),
    /// `https_redirect`.
    HttpsRedirect(HttpsRedirect),
    /// `trusted_host`.
    TrustedHost(TrustedHost),
    /// `compression`, and `gzip`.
    Compression(Compression),
    /// `decompression`, of these encodings; all where none is said.
    Decompression(Option<Vec<Encoding>>),
    /// `timeout`, in seconds.
    Timeout(f64),
    /// `body_limit`, in bytes.
    BodyLimit(u64),
    /// `rate_limit`.
    RateLimit(RateLimit),
    /// `security_headers`: by header, in lower case, its value; nothing where it is left out.
    SecurityHeaders(Vec<(String, Option<String>)>),
    /// `request_id`.
    RequestId(RequestId),
    /// `deprecation`.
    Deprecation(Deprecation),
}

impl Middleware {
    /// Its name in documents.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Cors(_) => "cors",
            Self::Session(_) => "session",
            Self::HttpsRedirect(_) => "https_redirect",
            Self::TrustedHost(_) => "trusted_host",
            Self::Compression(_) => "compression",
            Self::Decompression(_) => "decompression",
            Self::Timeout(_) => "timeout",
            Self::BodyLimit(_) => "body_limit",
            Self::RateLimit(_) => "rate_limit",
            Self::SecurityHeaders(_) => "security_headers",
            Self::RequestId(_) => "request_id",
            Self::Deprecation(_) => "deprecation",
        }
    }
}

/// What should not be called any more. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    /// Since when.
    pub since: u64,
    /// When it will be gone.
    pub sunset: Option<u64>,
    /// A page about it.
    pub link: Option<String>,
}

/// Which values are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// `*`.
    Any,
    /// These.
    These(Vec<String>),
}

/// Cross-origin requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cors {
    /// The origins: `https://example.com`.
    pub allow_origins: Option<Allowed>,
    /// What the whole of an origin may match.
    pub allow_origin_regex: Option<String>,
    /// Methods that HTTP has.
    pub allow_methods: Option<Allowed>,
    /// Headers of requests, in lower case.
    pub allow_headers: Option<Allowed>,
    /// Whether cookies may come along.
    pub allow_credentials: Option<bool>,
    /// Whether public pages may ask a private server.
    pub allow_private_network: Option<bool>,
    /// Headers of answers, in lower case.
    pub expose_headers: Option<Allowed>,
    /// How long preflights hold, in seconds.
    pub max_age: Option<u64>,
}

/// Sessions in a signed cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The keys, of which the first signs; never empty.
    pub secret_keys: Vec<Secret>,
    /// The cookie's name.
    pub cookie: Option<String>,
    /// How long the cookie holds.
    pub max_age: Option<Lifetime>,
    /// The paths that it is sent to.
    pub path: Option<String>,
    /// The domain that it is sent to.
    pub domain: Option<String>,
    /// When it goes along with what other sites start.
    pub same_site: Option<SameSite>,
    /// Whether it is sent by TLS only.
    pub https_only: Option<bool>,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In an environment variable.
    Env(String),
    /// In a file.
    File(String),
    /// In the document, for all to see.
    Literal(String),
}

/// How long a cookie holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// So many seconds.
    Seconds(u64),
    /// As long as the browser is open.
    Browser,
}

/// When a cookie goes along with what other sites start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// With links that are followed.
    Lax,
    /// Never.
    Strict,
    /// Always.
    None,
}

/// Redirects to HTTPS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HttpsRedirect {
    /// Whether browsers may remember it.
    pub permanent: Option<bool>,
    /// The port that HTTPS is at.
    pub port: Option<u16>,
    /// Whether a proxy says how requests came.
    pub behind_proxy: Option<bool>,
    /// The hosts that it redirects to; any, where none are said.
    pub hosts: Option<Vec<String>>,
}

/// The hosts that are the service's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedHost {
    /// `example.com`, `*.example.com`, `*`.
    pub allowed_hosts: Vec<String>,
    /// Whether `example.com` leads to `www.example.com`.
    pub www_redirect: Option<bool>,
}

/// Compressed answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compression {
    /// The encodings; all where none is said.
    pub encodings: Option<Vec<Encoding>>,
    /// The bytes from which on it is worth it.
    pub minimum_size: Option<u64>,
    /// How much time to spend on it.
    pub level: Option<Level>,
}

/// A way to compress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `gzip`.
    Gzip,
    /// `br`.
    Br,
    /// `zstd`.
    Zstd,
}

/// How much time to spend on compressing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Little.
    Fastest,
    /// What the encoding suggests.
    Default,
    /// Whatever it takes.
    Best,
}

/// How often a client may ask.
#[derive(Debug, Clone, PartialEq)]
pub struct RateLimit {
    /// So many requests,
    pub requests: u32,
    /// in so many seconds.
    pub seconds: f64,
    /// How many may come at once.
    pub burst: Option<u32>,
    /// The header, in lower case, that tells clients apart; without one, it is the address.
    pub header: Option<String>,
}

/// The ids of requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestId {
    /// The header, in lower case, that has the id.
    pub header: Option<String>,
    /// Whether a client's own id is taken over.
    pub accept: Option<bool>,
}
