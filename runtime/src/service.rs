//! A service: the endpoints of one document, what they share, and how requests reach them.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::Route;
use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode};
use tokio::time::Instant;
use tower::{Layer, Service as TowerService};

use crate::decode::Incoming;
use crate::docs::Docs;
#[cfg(feature = "docs")]
use crate::docs::Site;
use crate::error::HttpError;
use crate::observe;
use crate::routing::{Found, Node};

/// A future behind a pointer.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a document says of its service.
#[derive(Debug)]
pub struct Description {
    /// The name of the generated module or crate.
    pub name: &'static str,
    /// The document's title.
    pub title: &'static str,
    /// The document's version.
    pub version: &'static str,
    /// The service block's `service_id`.
    pub service_id: Option<&'static str>,
    /// The service block's `base_route`.
    pub base_route: &'static str,
    /// The document, as JSON that starts with `openapi` and then `servers` with the one address `/`.
    pub document: Option<&'static str>,
    /// Where the document is shown.
    pub docs: Docs,
}

/// The endpoints of a document: generated code.
pub trait Dispatch: Send + Sync + 'static {
    /// The paths that lead to them.
    fn routes(&self) -> &'static Node;

    /// Decodes a request and calls the endpoint's handler.
    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>>;
}

/// What becomes of a request.
pub type Answered = Result<Response, HttpError>;

/// Decodes a request and calls a method of the handler: one of a generated service's endpoints.
pub type Endpoint<H> = fn(Arc<H>, Incoming) -> BoxFuture<'static, Answered>;

type Layering = Box<dyn FnOnce(Router) -> Router + Send>;

/// A collection of endpoints that share resources, options and middleware: one OpenAPI document.
pub struct Service {
    description: &'static Description,
    dispatch: Arc<dyn Dispatch>,
    base_route: String,
    service_id: String,
    docs: Docs,
    routes: Router,
    layers: Vec<Layering>,
}

impl Service {
    /// A service as its document describes it; generated code calls this.
    pub fn new(description: &'static Description, dispatch: impl Dispatch) -> Self {
        let service_id = description.service_id.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
        Self {
            description,
            dispatch: Arc::new(dispatch),
            base_route: description.base_route.to_owned(),
            service_id,
            docs: description.docs.clone(),
            routes: Router::new(),
            layers: Vec::new(),
        }
    }

    /// The path that the service's routes stand under in a flow; by default what the document says,
    /// or `/`.
    #[must_use]
    pub fn base_route(mut self, base_route: impl Into<String>) -> Self {
        self.base_route = base_route.into();
        self
    }

    /// What the service is called in logs; by default what the document says, or a random UUID.
    #[must_use]
    pub fn service_id(mut self, service_id: impl Into<String>) -> Self {
        self.service_id = service_id.into();
        self
    }

    /// Where the service shows its document; by default as the document says, or else at `/docs`, `/redoc`,
    /// `/openapi.json` and `/openapi.yaml`. Layers stand around that as well.
    ///
    /// The document has the service's base route as the address of its server. Where the document says `docs: false`,
    /// the generated code does not have it, and nothing is shown.
    #[cfg(feature = "docs")]
    #[must_use]
    pub fn docs(mut self, docs: Docs) -> Self {
        self.docs = docs;
        self
    }

    /// Puts a tower layer around all endpoints and routes of the service; what is added last is
    /// outermost.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: TowerService<Request> + Clone + Send + Sync + 'static,
        <L::Service as TowerService<Request>>::Response: IntoResponse + 'static,
        <L::Service as TowerService<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as TowerService<Request>>::Future: Send + 'static,
    {
        self.layers.push(Box::new(|router| router.layer(layer)));
        self
    }

    /// Adds hand-written axum routes; they go before the document's endpoints.
    #[must_use]
    pub fn merge(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// The service as an axum router, without its base route.
    pub fn into_router(self) -> Router {
        observe::layer(self.router(Limits::default()))
    }

    pub(crate) fn router(self, limits: Limits) -> Router {
        #[cfg(feature = "docs")]
        let site = Site::new(self.description, self.docs, &self.base_route).map(Arc::new);
        let endpoints = Endpoints {
            dispatch: self.dispatch,
            limits,
            #[cfg(feature = "docs")]
            site,
        };
        let router = self.routes.fallback_service(endpoints);
        self.layers.into_iter().fold(router, |router, layer| layer(router))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.description.name
    }

    pub(crate) fn route(&self) -> &str {
        &self.base_route
    }

    pub(crate) fn id(&self) -> &str {
        &self.service_id
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Service")
            .field("description", self.description)
            .field("base_route", &self.base_route)
            .field("service_id", &self.service_id)
            .finish_non_exhaustive()
    }
}

/// What a request may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The most bytes that a body may have in memory.
    pub body: usize,
    /// The most bytes that files, or a body that is a stream, may have.
    pub upload: usize,
    /// How long a request may take, its body included.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: 2 * 1024 * 1024, upload: 64 * 1024 * 1024, time: Duration::from_secs(30) }
    }
}

impl Limits {
    /// When a request that starts now must be answered.
    fn deadline(self) -> Instant {
        const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
        let now = Instant::now();
        now.checked_add(self.time).unwrap_or_else(|| now + FAR)
    }
}

/// The endpoints as a tower service.
#[derive(Clone)]
struct Endpoints {
    dispatch: Arc<dyn Dispatch>,
    limits: Limits,
    #[cfg(feature = "docs")]
    site: Option<Arc<Site>>,
}

impl TowerService<Request> for Endpoints {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (endpoint, route, captures) = match self.dispatch.routes().find(&request) {
            Found::Endpoint { endpoint, route, captures } => (endpoint, route, captures),
            Found::MethodNotAllowed { route, allow } => {
                observe::route(&request, route);
                return answer(other_method(request.method(), &allow));
            }
            Found::Nowhere => {
                #[cfg(feature = "docs")]
                if let Some(response) = self.site.as_ref().and_then(|site| site.answer(&request)) {
                    observe::route(&request, "docs");
                    return answer(response);
                }
                observe::route(&request, "-");
                return answer(HttpError::not_found().into_response());
            }
        };
        observe::route(&request, route);
        let (parts, body) = request.into_parts();
        let deadline = self.limits.deadline();
        let incoming = Incoming {
            parts,
            body,
            captures,
            body_limit: self.limits.body,
            upload_limit: self.limits.upload,
            deadline,
        };
        let handled = self.dispatch.call(endpoint, incoming);
        Box::pin(async move {
            // A body that is late ends `handled` at the same moment, which is looked at first: 408.
            let response = match tokio::time::timeout_at(deadline, handled).await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => error.into_response(),
                Err(_) => HttpError::service_unavailable().detail("The request took too long.").into_response(),
            };
            Ok(response)
        })
    }
}

/// The answer to a method that the document does not have: OPTIONS is told the methods (RFC 9110 §9.3.7),
/// any other is not allowed.
pub(crate) fn other_method(method: &Method, allow: &str) -> Response {
    let mut response = match *method {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => HttpError::method_not_allowed().into_response(),
    };
    // Methods are tokens, which every header can hold.
    if let Ok(allow) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

fn answer(response: Response) -> BoxFuture<'static, Result<Response, Infallible>> {
    Box::pin(std::future::ready(Ok(response)))
}

/// What answers where no service does.
pub(crate) async fn nowhere(request: Request) -> Response<Body> {
    observe::route(&request, "-");
    HttpError::not_found().into_response()
}
