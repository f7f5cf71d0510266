//! Endpoints as tower services: the request's way from the service's layers to the handler.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Method;
use http::header::ACCESS_CONTROL_REQUEST_METHOD;
use tokio::time::{Instant, timeout_at};
use tower::Service;

use super::arrival::Arrival;
use super::response_future::{InFlight, ResponseFuture, refuse};
#[cfg(feature = "docs")]
use crate::docs::Site;
use crate::middleware::Layers;
use crate::observe;
use crate::protocol::{Error, HttpError, method_not_allowed};
use crate::request::{
    Captures, ClientWait, Concurrency, HeldPlace, Incoming, Limits, RequestContext, ServiceScope, Slot, busy,
};
use crate::response::ResponseSchemas;
use crate::routing::{Dispatch, Found, RouteNode};

/// The endpoints of a service; a clone is the same ones.
#[derive(Clone)]
pub(crate) struct Endpoints(Arc<Inner>);

struct Inner {
    handling: Handling,
    /// The service's place in its flow.
    service: usize,
    /// Those that have layers of their own.
    layered: HashMap<usize, Router>,
    /// The pages that show the document.
    #[cfg(feature = "docs")]
    site: Option<Site>,
}

/// One endpoint as a tower service, inside of its layers.
#[derive(Clone)]
struct Endpoint {
    handling: Handling,
    endpoint: usize,
}

/// How a service handles its requests.
#[derive(Clone)]
pub(crate) struct Handling {
    /// Finds their endpoints.
    pub routes: &'static RouteNode,
    /// Decodes them, and calls the handler.
    pub dispatch: Arc<dyn Dispatch>,
    /// What is asked of each.
    pub limits: &'static Limits,
    /// How many it has at once, where it runs on the flow's threads.
    pub concurrency: Option<&'static Concurrency>,
    pub scope: &'static ServiceScope,
    /// What answers are by the document.
    pub answers: Option<&'static ResponseSchemas>,
}

/// What is known of a request when it comes to the layers of its endpoint, as an extension of it.
#[derive(Clone)]
enum Routed {
    /// It is for the endpoint.
    Here(Captures),
    /// It asks what the endpoint allows; the methods of the path.
    Preflight(String),
}

type Answering = BoxFuture<'static, Result<Response, Infallible>>;

/// Behind a router.
impl Service<Request> for Endpoints {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answering {
        Box::pin(self.answer(&mut Arrival::through_layers(request)).map(Ok))
    }
}

impl Endpoints {
    /// The endpoints of a service, by its place in the flow, with layers around single ones by method and path:
    /// `GET /pets`.
    pub(crate) fn new(
        service: usize,
        handling: Handling,
        layers: impl IntoIterator<Item = (String, Layers)>,
        #[cfg(feature = "docs")] site: Option<Site>,
    ) -> Result<Self, Error> {
        let layered = layers.into_iter().map(|(name, layers)| {
            let endpoint = endpoint(handling.routes, &name)?;
            let inside = Endpoint { handling: handling.clone(), endpoint };
            Ok((endpoint, layers.around(Router::new().fallback_service(inside))?))
        });
        let layered = layered.collect::<Result<_, Error>>()?;
        Ok(Self(Arc::new(Inner {
            handling,
            service,
            layered,
            #[cfg(feature = "docs")]
            site,
        })))
    }

    /// Answers a request. It is decoded, or refused, before anything is waited for.
    #[inline]
    pub(crate) fn answer(&self, arrival: &mut Arrival) -> ResponseFuture {
        let Inner { handling, service, layered, .. } = &*self.0;
        let note = |route| arrival.info.iter().for_each(|info| info.routed(*service, route));
        let Some(request) = arrival.request() else {
            return ResponseFuture::ended(HttpError::internal().into_response());
        };
        match handling.routes.find(request) {
            Found::Endpoint { endpoint, route, captures } => {
                note(route);
                match layered.get(&endpoint) {
                    Some(layered) => through(layered, arrival, Routed::Here(captures)),
                    None => handling.handle(endpoint, arrival, captures),
                }
            }
            Found::MethodNotAllowed { route, allow } => {
                note(route);
                match self.0.preflighted(request) {
                    Some(layered) => through(layered, arrival, Routed::Preflight(allow)),
                    None => ResponseFuture::ended(method_not_allowed(request.method(), &allow)),
                }
            }
            Found::Nowhere => {
                #[cfg(feature = "docs")]
                if let Some(response) = self.0.site.as_ref().and_then(|site| site.answer(request)) {
                    note("docs");
                    return ResponseFuture::ended(response);
                }
                note("-");
                arrival.info.iter().for_each(|info| info.unrouted(request));
                ResponseFuture::ended(HttpError::not_found().into_response())
            }
        }
    }
}

impl Inner {
    /// The layers of the endpoint that a preflight (Fetch standard, CORS-preflight request) asks for.
    fn preflighted(&self, request: &Request) -> Option<&Router> {
        if self.layered.is_empty() || request.method() != Method::OPTIONS {
            return None;
        }
        let method = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?.to_str().ok()?;
        match self.handling.routes.find_as(method, request) {
            Found::Endpoint { endpoint, .. } => self.layered.get(&endpoint),
            Found::MethodNotAllowed { .. } | Found::Nowhere => None,
        }
    }
}

/// Sends a request through the layers of its endpoint.
fn through(layered: &Router, arrival: &mut Arrival, routed: Routed) -> ResponseFuture {
    let mut request = arrival.take_for_layers();
    request.extensions_mut().insert(routed);
    ResponseFuture::by_router(layered.clone(), request)
}

impl Service<Request> for Endpoint {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Answering {
        let Self { handling, endpoint } = self;
        let course = match request.extensions_mut().remove() {
            Some(Routed::Here(captures)) => handling.handle(*endpoint, &mut Arrival::through_layers(request), captures),
            Some(Routed::Preflight(allow)) => ResponseFuture::ended(method_not_allowed(request.method(), &allow)),
            None => {
                tracing::error!("a layer of an endpoint has dropped the request's extensions");
                ResponseFuture::ended(HttpError::internal().into_response())
            }
        };
        Box::pin(course.map(Ok))
    }
}

impl Handling {
    /// Has an endpoint decode a request and call the handler.
    #[inline]
    fn handle(&self, endpoint: usize, arrival: &mut Arrival, captures: Captures) -> ResponseFuture {
        let deadline = self.limits.deadline();
        let slot = match self.concurrency.map(|places| (places, places.try_enter())) {
            Some((places, None)) => return self.queue(places, endpoint, (arrival.take(), captures), deadline),
            Some((_, slot)) => slot,
            None => None,
        };
        ResponseFuture::Handled(self.begin(endpoint, (arrival, captures), deadline, slot))
    }

    /// Waits for a place, and goes on.
    #[cold]
    fn queue(
        &self,
        places: &'static Concurrency,
        endpoint: usize,
        (mut arrival, captures): (Arrival, Captures),
        deadline: Instant,
    ) -> ResponseFuture {
        let handling = self.clone();
        ResponseFuture::Waiting(Box::pin(async move {
            match timeout_at(deadline, places.enter()).await {
                Ok(Ok(slot)) => {
                    let in_flight = handling.begin(endpoint, (&mut arrival, captures), deadline, Some(slot));
                    ResponseFuture::Handled(in_flight).await
                }
                Ok(Err(full)) => refuse(handling.answers, endpoint, full),
                Err(_) => refuse(handling.answers, endpoint, busy()),
            }
        }))
    }

    #[inline]
    fn begin(
        &self,
        endpoint: usize,
        (arrival, captures): (&mut Arrival, Captures),
        deadline: Instant,
        slot: Option<Slot>,
    ) -> InFlight {
        let &Self { ref dispatch, limits, concurrency, scope, answers, .. } = self;
        let (parts, body) = arrival.take_request().into_parts();
        let incoming = Incoming {
            context: RequestContext::new(parts, arrival.info.take(), scope, endpoint),
            body,
            captures,
            limits,
            wait: ClientWait { deadline, place: concurrency.map(HeldPlace::Flow), left: None },
        };
        let answered = dispatch.call(endpoint, incoming);
        let is_checked = limits.check_answers && answers.is_some();
        InFlight { answered, deadline, answers, is_checked, endpoint, _slot: slot }
    }
}

/// What answers where no service does.
pub(crate) async fn not_found_anywhere(request: Request) -> Response<Body> {
    observe::nowhere(&request);
    HttpError::not_found().into_response()
}

/// The endpoint of a method and a path: `GET /pets/{id}`.
fn endpoint(routes: &RouteNode, name: &str) -> Result<usize, Error> {
    let found = name.split_once(' ').and_then(|(method, route)| routes.endpoint(method, route));
    let reason = || format!("`{name}` is no endpoint of the document; name one by method and path, as `GET /pets`");
    found.ok_or_else(|| Error::Option { name: "endpoint_layer", reason: reason() })
}
