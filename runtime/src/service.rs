//! A service: the endpoints of one document, what they share, and how requests reach them.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use tokio::time::Instant;

use crate::decode::Incoming;
use crate::docs::Docs;
#[cfg(feature = "docs")]
use crate::docs::{Site, overview::Entry};
use crate::endpoints::Endpoints;
use crate::error::{Error, HttpError};
use crate::layers::Layers;
use crate::middleware::Middleware;
use crate::observe;
use crate::routing::Node;

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

/// A collection of endpoints that share resources, options and middleware: one OpenAPI document.
pub struct Service {
    description: &'static Description,
    dispatch: Arc<dyn Dispatch>,
    base_route: String,
    service_id: String,
    #[cfg(feature = "docs")]
    docs: Docs,
    /// The services of the flow, where its page is this one's to show.
    #[cfg(feature = "docs")]
    services: Vec<Entry>,
    routes: Router,
    layers: Layers,
    /// The layers around single endpoints, by method and path: `GET /pets`.
    endpoint_layers: HashMap<String, Layers>,
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
            #[cfg(feature = "docs")]
            docs: description.docs.clone(),
            #[cfg(feature = "docs")]
            services: Vec::new(),
            routes: Router::new(),
            layers: Layers::default(),
            endpoint_layers: HashMap::new(),
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
    pub fn layer(mut self, layer: impl Middleware) -> Self {
        self.layers.add(layer);
        self
    }

    /// The same for a layer that needs something from outside, such as a secret. It is made when the service
    /// starts, and its error is the flow's.
    #[must_use]
    pub fn try_layer<L: Middleware>(mut self, make: impl FnOnce() -> Result<L, Error> + Send + 'static) -> Self {
        self.layers.try_add(make);
        self
    }

    /// Puts a tower layer around one endpoint, named by its method and path: `GET /pets/{id}`. It is inside of
    /// those around the service, and has the preflights (CORS) that ask for the endpoint, too. That the document
    /// has no such endpoint is an error when the service starts.
    #[must_use]
    pub fn endpoint_layer(mut self, endpoint: impl Into<String>, layer: impl Middleware) -> Self {
        self.endpoint_layers.entry(endpoint.into()).or_default().add(layer);
        self
    }

    /// The same for a layer that needs something from outside.
    #[must_use]
    pub fn try_endpoint_layer<L: Middleware>(
        mut self,
        endpoint: impl Into<String>,
        make: impl FnOnce() -> Result<L, Error> + Send + 'static,
    ) -> Self {
        self.endpoint_layers.entry(endpoint.into()).or_default().try_add(make);
        self
    }

    /// Adds hand-written axum routes; they go before the document's endpoints.
    #[must_use]
    pub fn merge(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// The service as an axum router, without its base route.
    ///
    /// # Errors
    ///
    /// Middleware lacks something, or is for an endpoint that the document does not have.
    pub fn into_router(self) -> Result<Router, Error> {
        Ok(observe::layer(self.router(Limits::default())?))
    }

    pub(crate) fn router(self, limits: Limits) -> Result<Router, Error> {
        let endpoints = Endpoints::new(self.dispatch, limits, self.endpoint_layers)?;
        #[cfg(feature = "docs")]
        let endpoints = endpoints.show(Site::new(self.description, self.docs, &self.base_route, &self.services));
        self.layers.around(self.routes.fallback_service(endpoints))
    }

    pub(crate) fn name(&self) -> &'static str {
        self.description.name
    }

    pub(crate) fn route(&self) -> &str {
        &self.base_route
    }

    /// Where the service shows its document, for people.
    pub(crate) fn docs_path(&self) -> Option<String> {
        #[cfg(feature = "docs")]
        return self.entry().and_then(|entry| entry.page());
        #[cfg(not(feature = "docs"))]
        return None;
    }

    /// The service in the flow's page, where it shows its document.
    #[cfg(feature = "docs")]
    pub(crate) fn entry(&self) -> Option<Entry> {
        Entry::of(self.description, &self.docs, &self.base_route)
    }

    /// Makes the flow's page this service's to show.
    #[cfg(feature = "docs")]
    pub(crate) fn show_services(&mut self, services: Vec<Entry>) {
        self.services = services;
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
    pub fn deadline(self) -> Instant {
        const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
        let now = Instant::now();
        now.checked_add(self.time).unwrap_or_else(|| now + FAR)
    }
}
