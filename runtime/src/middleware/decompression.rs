//! Compressed bodies of requests.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderValue};
use tower::Layer;
use tower_http::decompression::{DecompressionBody, RequestDecompression, RequestDecompressionLayer};
use tower_http::map_request_body::MapRequestBody;

use super::around::{Around, Surrounded};
use super::encoding::Encoding;
use crate::error::HttpError;

/// Decompresses bodies as their `Content-Encoding` says: `decompression`. Another encoding, or several of them, is
/// refused with 415 and `Accept-Encoding` (RFC 9110 §15.5.16).
///
/// The limits of bodies hold for what comes out, which is read piece by piece: a small body that would become a huge one
/// is refused with 413 as soon as it is too long. A [`BodyLimit`](super::BodyLimit) around this one counts what is sent.
#[derive(Debug, Clone)]
pub struct Decompression {
    encodings: Arc<[Encoding]>,
}

impl Default for Decompression {
    fn default() -> Self {
        Self::new()
    }
}

impl Decompression {
    /// All encodings.
    pub fn new() -> Self {
        Self { encodings: Encoding::ALL.into() }
    }

    /// The encodings to take.
    #[must_use]
    pub fn encodings(mut self, encodings: impl IntoIterator<Item = Encoding>) -> Self {
        self.encodings = encodings.into_iter().collect();
        self
    }
}

impl<S> Layer<S> for Decompression {
    type Service = Surrounded<Codings, Decompressing<S>>;

    fn layer(&self, inside: S) -> Self::Service {
        // Which encodings are taken is looked at before.
        let layer = RequestDecompressionLayer::new();
        let plain: Plain = Body::new;
        Surrounded::new(Codings(Arc::clone(&self.encodings)), layer.layer(MapRequestBody::new(inside, plain)))
    }
}

/// Gives what is inside the body as any other.
type Plain = fn(DecompressionBody<Body>) -> Body;

type Decompressing<S> = RequestDecompression<MapRequestBody<S, Plain>>;

/// The encodings that are taken.
#[derive(Debug, Clone)]
pub struct Codings(Arc<[Encoding]>);

impl Around for Codings {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        match self.coding(request.headers()) {
            Ok(Some(coding)) => {
                request.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
            }
            Ok(None) => {
                request.headers_mut().remove(CONTENT_ENCODING);
            }
            Err(Unknown) => return ControlFlow::Break(self.refusal()),
        }
        ControlFlow::Continue(())
    }

    fn after(&self, (): (), _response: &mut Response) {}
}

/// Bodies of this encoding are not taken.
struct Unknown;

impl Codings {
    /// The one coding that a body has, if any.
    fn coding(&self, headers: &HeaderMap) -> Result<Option<Encoding>, Unknown> {
        let mut coding = None;
        for line in headers.get_all(CONTENT_ENCODING) {
            let line = line.to_str().map_err(|_| Unknown)?;
            for name in line.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                if name.eq_ignore_ascii_case("identity") {
                    continue;
                }
                let known = self.0.iter().find(|encoding| is_named(**encoding, name)).ok_or(Unknown)?;
                if coding.replace(*known).is_some() {
                    return Err(Unknown);
                }
            }
        }
        Ok(coding)
    }

    fn refusal(&self) -> Response {
        let names: Vec<&str> = self.0.iter().map(|encoding| encoding.name()).collect();
        let error = HttpError::unsupported_media_type().detail("The body's encoding is not taken.");
        match HeaderValue::from_str(&names.join(", ")) {
            Ok(names) => error.header(ACCEPT_ENCODING, names).into_response(),
            Err(_) => error.into_response(),
        }
    }
}

/// Names are compared in any case, and `x-gzip` is gzip (RFC 9110 §8.4.1.3).
fn is_named(encoding: Encoding, name: &str) -> bool {
    name.eq_ignore_ascii_case(encoding.name()) || (encoding == Encoding::Gzip && name.eq_ignore_ascii_case("x-gzip"))
}
