//! What is in front of services: the way of a request from a connection to them.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
#[cfg(feature = "admin")]
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use http::Method;
use http::header::CONTENT_LENGTH;
use tower::Service;

use super::arrival::Arrival;
use super::endpoints::Endpoints;
use super::response_future::ResponseFuture;
#[cfg(feature = "admin")]
use crate::observe::metrics::{Metrics, RequestMetrics};
use crate::observe::{self, RequestSpan, RequestSpanFuture};
use crate::protocol::{Peer, ProblemFormat, TrustedProxies};
use crate::request::after_response;
use crate::server::{RequestHandler, check_head};

/// What answers requests.
#[derive(Clone)]
pub(crate) enum EntryPoint {
    /// The endpoints of one service, with nothing around them: requests come to them without a detour.
    Endpoints(Endpoints),
    /// Several services, layers, routes that are not the document's.
    Router(Router),
}

impl EntryPoint {
    /// Puts a router in front, which passes what is known of a request on as an extension of it.
    pub(crate) fn into_router(self) -> Router {
        match self {
            Self::Endpoints(endpoints) => Router::new().fallback_service(endpoints),
            Self::Router(router) => router,
        }
    }

    /// Gives problems a shape of the service's own.
    pub(crate) fn shaping(self, problems: ProblemFormat) -> Self {
        Self::Router(self.into_router().layer(from_fn(move |request: Request, next: Next| {
            let pending = problems.begin(request.headers());
            let id = observe::id(&request);
            async move {
                let mut response = next.run(request).await;
                observe::shape(pending, &mut response, &id);
                response
            }
        })))
    }

    #[inline]
    fn answer(&self, arrival: &mut Arrival) -> ResponseFuture {
        // Who calls without a connection has no head.
        if let (Some(request), Some(info)) = (arrival.request(), &arrival.info)
            && info.peer.is_some()
            && let Err(error) = check_head(request)
        {
            info.route("-");
            info.unrouted(request);
            return ResponseFuture::ended(error.into_response());
        }
        match self {
            Self::Endpoints(endpoints) => endpoints.answer(arrival),
            Self::Router(router) => ResponseFuture::by_router(router.clone(), arrival.take_for_layers()),
        }
    }
}

/// A flow, or a service, as a tower service: what a connection asks.
#[derive(Clone)]
pub struct FlowService {
    front: EntryPoint,
    /// The shape of problems, where it is the flow's own.
    problems: Option<ProblemFormat>,
    /// Counts requests, where there is an admin listener.
    #[cfg(feature = "admin")]
    metrics: Option<Arc<Metrics>>,
}

impl FlowService {
    pub(crate) fn new(front: EntryPoint, problems: Option<ProblemFormat>) -> Self {
        Self {
            front,
            problems,
            #[cfg(feature = "admin")]
            metrics: None,
        }
    }

    /// Counts requests.
    #[cfg(feature = "admin")]
    pub(crate) fn counted(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics: Some(metrics), ..self }
    }
}

/// A flow as connections ask it: through proxies, perhaps.
#[derive(Clone)]
pub(crate) struct ConnectedFlow {
    pub service: FlowService,
    /// Whose word counts of what they forward.
    pub proxies: Option<TrustedProxies>,
}

impl RequestHandler for ConnectedFlow {
    type Answering = FlowFuture;

    #[inline]
    fn answer(&self, mut request: Request, mut peer: Option<Peer>) -> FlowFuture {
        // A head that is refused below stays as it is.
        if let (Some(proxies), Some(peer)) = (&self.proxies, &mut peer)
            && check_head(&request).is_ok()
        {
            proxies.apply(&mut request, peer);
        }
        self.service.begin(request, peer)
    }
}

impl FlowService {
    /// Answers with an id, a span, and a net under panics.
    fn begin(&self, request: Request, peer: Option<Peer>) -> FlowFuture {
        let is_head = request.method() == Method::HEAD;
        #[cfg(feature = "admin")]
        let metrics = self.metrics.as_ref().map(|metrics| RequestMetrics::begin(metrics, request.method()));
        let (span, info) = RequestSpan::begin(&request, peer, self.problems.as_ref());
        #[cfg(feature = "admin")]
        let info = info.counted(metrics.clone());
        let mut arrival = Arrival::new(request, Some(info));
        FlowFuture {
            observed: span.around(|| self.front.answer(&mut arrival)),
            is_head,
            #[cfg(feature = "admin")]
            metrics,
        }
    }
}

/// A request that a [`FlowService`] is answering: a future of the response, which never fails.
pub struct FlowFuture {
    observed: RequestSpanFuture<ResponseFuture>,
    is_head: bool,
    #[cfg(feature = "admin")]
    metrics: Option<RequestMetrics>,
}

impl Future for FlowFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.observed).poll(context));
        #[cfg(feature = "admin")]
        let response = match self.metrics.take() {
            Some(metrics) => metrics.answered(response),
            None => response,
        };
        Poll::Ready(Ok(after_response(if self.is_head { without_body(response) } else { response })))
    }
}

impl fmt::Debug for FlowFuture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FlowFuture").finish_non_exhaustive()
    }
}

/// The answer to HEAD: that to GET, with its length, and without its body (RFC 9110 §9.3.2).
fn without_body(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact()
        && !response.headers().contains_key(CONTENT_LENGTH)
    {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = Body::empty();
    response
}

impl Service<Request> for FlowService {
    type Response = Response;
    type Error = Infallible;
    type Future = FlowFuture;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.begin(request, None)
    }
}

impl fmt::Debug for FlowService {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FlowService").finish_non_exhaustive()
    }
}
