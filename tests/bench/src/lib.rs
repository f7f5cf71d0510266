//! The same API, `shop.yaml`, served by generated code, by axum and by hyper, and requests to it.
//!
//! All three read, check and write the same, and their handlers do nothing. The two that are written by hand are
//! written as somebody would who knows the library well and wants a fast server: no middleware, nothing copied.

pub mod by_axum;
pub mod by_buildflow;
pub mod by_hyper;
pub mod json;
pub mod requests;
#[cfg(feature = "github")]
pub mod routes;
mod serving;

use axum::Router;
use axum::body::Body;
use buildflow_runtime::FlowService;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Body as _;
pub use serving::serve;
use tower::Service as _;

/// Who serves the API.
pub enum Server {
    /// Generated code.
    Flow(FlowService),
    Axum(Router),
    /// A function for hyper.
    Hyper,
}

impl Server {
    /// The server of this name: `buildflow`, `axum`, `layers` (axum with what generated code has around handlers) or `hyper`
    /// of the shop, or one of another API.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "buildflow" => Self::Flow(by_buildflow::service()),
            "axum" => Self::Axum(by_axum::router()),
            "layers" => Self::Axum(by_axum::with_layers()),
            "hyper" => Self::Hyper,
            "wide" => Self::Flow(by_buildflow::wide_service()),
            #[cfg(feature = "github")]
            "github" => Self::Flow(routes::all()),
            #[cfg(feature = "github")]
            "github-seven" => Self::Flow(routes::seven()),
            _ => return None,
        })
    }

    /// A request in, a response out, as a connection would do it, but for the socket.
    pub async fn answer(&mut self, request: Request<Full<Bytes>>) -> (StatusCode, Bytes) {
        match self {
            Self::Flow(service) => {
                // Our connections have no body where there is none; those of `axum::serve` always have one.
                let body = |body: Full<Bytes>| if body.is_end_stream() { Body::empty() } else { Body::new(body) };
                let Ok(response) = service.call(request.map(body)).await;
                whole(response).await
            }
            Self::Axum(router) => {
                let Ok(response) = router.call(request.map(Body::new)).await;
                whole(response).await
            }
            Self::Hyper => whole(by_hyper::answer(request).await).await,
        }
    }
}

/// The status and the body of a response.
async fn whole<B>(response: Response<B>) -> (StatusCode, Bytes)
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Debug,
{
    let (parts, mut body) = response.into_parts();
    let mut bytes = Bytes::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.expect("a body made of bytes does not break off").into_data() {
            bytes = data;
        }
    }
    (parts.status, bytes)
}
