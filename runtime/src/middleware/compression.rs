//! Compressed answers.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue, VARY};
use tower::Layer;
pub use tower_http::CompressionLevel;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::compression::{Compression as Compressing, CompressionLayer};

use super::around::{AroundMiddleware, AroundService};
use super::encoding::Encoding;
use crate::protocol::HttpError;

/// Media types whose content is compressed already, and those that are sent piece by piece, each of which
/// a reader waits for. One that ends with `/` is all of its kind.
const UNSUITABLE: [&str; 20] = [
    "application/grpc",
    "application/gzip",
    "application/json-seq",
    "application/jsonl",
    "application/ndjson",
    "application/x-gzip",
    "application/x-ndjson",
    "application/zip",
    "application/zstd",
    "audio/",
    "font/woff",
    "font/woff2",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "multipart/x-mixed-replace",
    "text/event-stream",
    "video/",
];

/// Compresses answers as the client's `Accept-Encoding` says: `compression`, and `gzip` for that alone.
///
/// Not those of less than [`minimum_size`](Self::minimum_size) bytes, those of media types that are
/// compressed already, and streams of events and of JSON, whose pieces should not wait for each other. A
/// client that takes neither the encodings nor plain answers is told so, with 406.
#[derive(Debug, Clone)]
pub struct Compression {
    encodings: Arc<[Encoding]>,
    minimum_size: u64,
    level: CompressionLevel,
}

impl Default for Compression {
    fn default() -> Self {
        Self::new()
    }
}

impl Compression {
    /// All encodings, from 500 bytes on.
    pub fn new() -> Self {
        Self { encodings: Encoding::ALL.into(), minimum_size: 500, level: CompressionLevel::Default }
    }

    /// Only gzip.
    pub fn gzip() -> Self {
        Self::new().encodings([Encoding::Gzip])
    }

    /// The encodings to use.
    #[must_use]
    pub fn encodings(mut self, encodings: impl IntoIterator<Item = Encoding>) -> Self {
        self.encodings = encodings.into_iter().collect();
        self
    }

    /// The bytes from which on it is worth it; an answer of unknown length always is.
    #[must_use]
    pub fn minimum_size(mut self, bytes: u64) -> Self {
        self.minimum_size = bytes;
        self
    }

    /// How much time to spend on it.
    #[must_use]
    pub fn level(mut self, level: CompressionLevel) -> Self {
        self.level = level;
        self
    }
}

impl<S> Layer<S> for Compression {
    type Service = AroundService<Negotiation, Compressing<S, CompressiblePredicate>>;

    fn layer(&self, inside: S) -> Self::Service {
        let uses = |encoding| self.encodings.contains(&encoding);
        let layer = CompressionLayer::new()
            .gzip(uses(Encoding::Gzip))
            .br(uses(Encoding::Br))
            .zstd(uses(Encoding::Zstd))
            .quality(self.level)
            .compress_when(CompressiblePredicate(SizeAbove::new(self.minimum_size)));
        AroundService::new(Negotiation { encodings: Arc::clone(&self.encodings) }, layer.layer(inside))
    }
}

/// Which answers are compressed.
#[derive(Debug, Clone)]
pub struct CompressiblePredicate(SizeAbove);

impl Predicate for CompressiblePredicate {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &http::Response<B>) -> bool {
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_it = |kind: &str| essence == kind || (kind.ends_with('/') && essence.starts_with(kind));
        !UNSUITABLE.into_iter().any(is_it) && self.0.should_compress(response)
    }
}

/// Refuses clients that take nothing, before anything is done for them.
#[derive(Debug, Clone)]
pub struct Negotiation {
    encodings: Arc<[Encoding]>,
}

impl AroundMiddleware for Negotiation {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        if self.takes_something(request.headers()) {
            return ControlFlow::Continue(());
        }
        let refused = HttpError::not_acceptable().detail("The client takes none of the encodings of answers.");
        ControlFlow::Break(refused.header(VARY, HeaderValue::from(ACCEPT_ENCODING)).into_response())
    }

    fn after(&self, (): (), _response: &mut Response) {}
}

impl Negotiation {
    /// Whether plain answers, or an encoding, are acceptable (RFC 9110 §12.5.3).
    fn takes_something(&self, headers: &HeaderMap) -> bool {
        let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
        let mut said: Vec<(String, bool)> = Vec::new();
        for item in lines.flat_map(|line| line.split(',')) {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let zero = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse::<f32>() == Ok(0.0));
            said.push((name.trim().to_ascii_lowercase(), !zero));
        }
        let taken = |name: &str| said.iter().find(|(known, _)| known == name).map(|(_, taken)| *taken);
        let any = taken("*");
        if taken("identity").or(any).unwrap_or(true) {
            return true;
        }
        self.encodings.iter().any(|encoding| taken(encoding.name()).or(any).unwrap_or(false))
    }
}
