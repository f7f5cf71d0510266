//! A service: the endpoints of one document with what they share: options, layers, hooks, and a place to start.
//!
//! Uses the rooms up to `server`. Knows no other service: what several of them share is in `flow`.

mod arrival;
mod endpoints;
mod entry;
mod log_level;
pub(crate) mod options;
mod resolved_service;
mod response_future;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use http::request::Parts;

use crate::docs::Docs;
#[cfg(feature = "docs")]
use crate::docs::{Document, overview::Entry};
use crate::endpoint::{Dispatcher, Endpoints};
#[cfg(feature = "hooks")]
use crate::middleware::hook::{DynHook, Hook};
use crate::middleware::{Layers, Middleware};
use crate::protocol::{Error, ErrorMap, FlowStop, HttpError, Problem, ProblemContext, ProblemFormat};
use crate::replica::{HandlerFactory, Handlers};
use crate::request::{Limits, Operation, RequestContext};
use crate::response::ResponseSchemas;
use crate::routing::RouteNode;

pub(crate) use endpoints::not_found_anywhere;
pub(crate) use entry::{ConnectedFlow, EntryPoint};
pub use entry::{FlowFuture, FlowService};
pub use options::ServiceOptions;
pub(crate) use resolved_service::{ResolvedService, StartedService};

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
    /// What else the service block says of how the service runs, by the file that says it: the document, and then the flow
    /// file, whose options win.
    pub options: &'static [(&'static str, ServiceOptions)],
    /// The document, as JSON that starts with `openapi` and has no `servers`.
    pub document: Option<&'static str>,
    /// Where the document is shown.
    pub docs: Docs,
    /// The operations, by the numbers of their endpoints.
    pub operations: &'static [Operation],
    /// What answers are by the document, for flows that check them.
    pub answers: Option<&'static ResponseSchemas>,
}

#[cfg(feature = "docs")]
impl Description {
    /// The document as it is shown; `None` where the generated code does not have it.
    pub(crate) fn shown(&self) -> Option<Document> {
        let &Self { title, version, document, .. } = self;
        document.map(|text| Document { title, version, text })
    }
}

/// A collection of endpoints that share resources, options and middleware: one OpenAPI document.
pub struct Service {
    description: &'static Description,
    nodes: &'static RouteNode,
    handlers: Handlers,
    options: ServiceOptions,
    base_route: Option<String>,
    service_id: Option<String>,
    #[cfg(feature = "docs")]
    docs: Docs,
    /// The services of the flow, where its page is this one's to show.
    #[cfg(feature = "docs")]
    services: Vec<Entry>,
    errors: ErrorMap,
    problems: Option<ProblemFormat>,
    routes: Router,
    layers: Layers,
    /// The layers around single endpoints, by method and path: `GET /pets`.
    endpoint_layers: HashMap<String, Layers>,
    /// DynHook handlers, innermost first.
    #[cfg(feature = "hooks")]
    hooks: Vec<Box<dyn DynHook>>,
    /// Whether endpoints ask for certificates of clients.
    asks_for_certificates: bool,
}

impl Service {
    /// A service as its document describes it, with one handler value; generated code calls this.
    pub fn new<H: Send + Sync + 'static>(
        description: &'static Description,
        routes: &'static RouteNode,
        endpoints: Endpoints<H>,
        handler: H,
    ) -> Self {
        let handlers = Handlers::Shared(Arc::new(Dispatcher::new(endpoints, handler)));
        Self::from_handlers(description, routes, handlers)
    }

    /// A service as its document describes it, with handler values of a factory; generated code calls this.
    pub fn with_factory<H: Send + Sync + 'static>(
        description: &'static Description,
        routes: &'static RouteNode,
        endpoints: Endpoints<H>,
        factory: impl HandlerFactory<H>,
    ) -> Self {
        Self::from_handlers(description, routes, Handlers::made(factory, endpoints))
    }

    fn from_handlers(description: &'static Description, nodes: &'static RouteNode, handlers: Handlers) -> Self {
        Self {
            description,
            nodes,
            handlers,
            options: ServiceOptions::new(),
            base_route: None,
            service_id: None,
            #[cfg(feature = "docs")]
            docs: description.docs.clone(),
            #[cfg(feature = "docs")]
            services: Vec::new(),
            errors: ErrorMap::default(),
            problems: None,
            routes: Router::new(),
            layers: Layers::default(),
            endpoint_layers: HashMap::new(),
            #[cfg(feature = "hooks")]
            hooks: Vec::new(),
            asks_for_certificates: false,
        }
    }

    /// The context of a request to this service, for tests that call a handler's method: with this head, whose path is below
    /// the base route. It knows the operations, for [`RequestContext::uri_for`], and no client. Tasks that a handler leaves
    /// behind do not run. Each call keeps a few bytes until the process ends.
    ///
    /// ```
    /// # use buildflow_runtime::{RequestContext, Service};
    /// use buildflow_runtime::http::Request;
    ///
    /// fn context(service: &Service) -> RequestContext {
    ///     let (head, ()) = Request::post("/tasks").body(()).unwrap().into_parts();
    ///     service.context(head)
    /// }
    /// ```
    pub fn context(&self, head: Parts) -> RequestContext {
        RequestContext::below(self.said_base_route(), head, self.description.operations)
    }

    /// Sets the path of the service's routes in a flow. By default that of the document, or `/`. The environment variable
    /// `BUILDFLOW_<SERVICE_ID>_BASE_ROUTE` overrides it.
    #[must_use]
    pub fn base_route(mut self, base_route: impl Into<String>) -> Self {
        self.base_route = Some(base_route.into());
        self
    }

    /// Sets the service's name in logs and environment variables. By default that of the document. A service without a
    /// name gets a random UUID when it starts, and has no environment variables.
    #[must_use]
    pub fn service_id(mut self, service_id: impl Into<String>) -> Self {
        self.service_id = Some(service_id.into());
        self
    }

    /// Sets how the service runs. Options that are not set here keep their earlier value: of code, or of the document. The
    /// environment overrides both: `BUILDFLOW_PETS_MAX_REPLICAS=8` for the service `pets`.
    #[must_use]
    pub fn options(mut self, options: ServiceOptions) -> Self {
        self.options = self.options.then(options);
        self
    }

    /// Says which problem an error of the application is. Handlers, and methods that check credentials, return the error with
    /// `?`. It is also found if it has caused another error.
    ///
    /// Without a mapping, an error is a 500 without detail. Mappings are tried in the order in which they were added, until
    /// one does not return `None`. Those of [`Flow::map_error`](crate::Flow::map_error) come last.
    ///
    /// ```
    /// use buildflow_runtime::{HttpError, Service};
    ///
    /// #[derive(Debug)]
    /// enum ShopError {
    ///     SoldOut,
    ///     Database(std::io::Error),
    /// }
    /// # impl std::fmt::Display for ShopError {
    /// #     fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { formatter.write_str("shop") }
    /// # }
    /// # impl std::error::Error for ShopError {}
    ///
    /// fn told(service: Service) -> Service {
    ///     service.map_error(|error: &ShopError| match error {
    ///         ShopError::SoldOut => HttpError::conflict().type_uri("https://shop.example/sold-out"),
    ///         ShopError::Database(_) => HttpError::internal(),
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn map_error<E, P>(mut self, map: impl Fn(&E) -> P + Send + Sync + 'static) -> Self
    where
        E: std::error::Error + 'static,
        P: Into<Option<HttpError>>,
    {
        self.errors.error(map);
        self
    }

    /// Says which problem a report is: an `anyhow::Error` or an `eyre::Report`, which are not `std` errors.
    ///
    /// ```
    /// # use buildflow_runtime::{HttpError, Service};
    /// # #[derive(Debug)] struct SoldOut;
    /// # impl std::fmt::Display for SoldOut {
    /// #     fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { formatter.write_str("sold out") }
    /// # }
    /// # impl std::error::Error for SoldOut {}
    /// fn told(service: Service) -> Service {
    ///     service.map_report(|report: &anyhow::Error| report.downcast_ref().map(|SoldOut| HttpError::conflict()))
    /// }
    /// ```
    #[must_use]
    pub fn map_report<R, P>(mut self, map: impl Fn(&R) -> P + Send + Sync + 'static) -> Self
    where
        R: Send + Sync + 'static,
        P: Into<Option<HttpError>>,
    {
        self.errors.report(map);
        self
    }

    /// Gives all problems of the service another shape: those of handlers, of middleware and of the runtime. By default they
    /// are as the document describes errors, or else problem documents (RFC 9457).
    ///
    /// `format` returns the body, with its `Content-Type`. Status and headers stay those of the problem.
    ///
    /// ```
    /// use buildflow_runtime::{Problem, ProblemContext, Service};
    /// use buildflow_runtime::serde_json::json;
    ///
    /// fn in_our_envelope(service: Service) -> Service {
    ///     service.problems(|problem: &Problem, context: &ProblemContext<'_>| {
    ///         let message = problem.detail.as_deref().unwrap_or(&problem.title);
    ///         context.json(&json!({ "ok": false, "error": message, "ticket": context.request_id() }))
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn problems<R: IntoResponse>(
        mut self,
        format: impl Fn(&Problem, &ProblemContext<'_>) -> R + Send + Sync + 'static,
    ) -> Self {
        self.problems = Some(ProblemFormat::new(format));
        self
    }

    /// Sets where the service shows its document. By default where the document says, or else at `/docs`, `/openapi.json` and
    /// `/openapi.yaml`. Layers stand around these paths as well.
    ///
    /// The document that is shown has the service's base route as the address of its server. With `docs: false` in the
    /// document, generated code does not contain it, and nothing is shown.
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

    /// Puts a tower layer around all endpoints that may fail to be made, for example without a secret. It is made when the
    /// service starts, and its error stops the flow.
    #[must_use]
    pub fn try_layer<L: Middleware>(mut self, make: impl FnOnce() -> Result<L, Error> + Send + 'static) -> Self {
        self.layers.try_add(make);
        self
    }

    /// Puts a tower layer around one endpoint, named by its method and path: `GET /pets/{id}`. It stands inside of the layers
    /// of the service, and receives CORS preflights for the endpoint, too. If the document has no such endpoint, the service
    /// does not start.
    #[must_use]
    pub fn endpoint_layer(mut self, endpoint: impl Into<String>, layer: impl Middleware) -> Self {
        self.endpoint_layers.entry(endpoint.into()).or_default().add(layer);
        self
    }

    /// Puts a layer around one endpoint that may fail to be made, as [`try_layer`](Self::try_layer) does.
    #[must_use]
    pub fn try_endpoint_layer<L: Middleware>(
        mut self,
        endpoint: impl Into<String>,
        make: impl FnOnce() -> Result<L, Error> + Send + 'static,
    ) -> Self {
        self.endpoint_layers.entry(endpoint.into()).or_default().try_add(make);
        self
    }

    /// Puts a hook around the handlers of all endpoints; what is added last is outermost. Hooks are inside of all
    /// layers, and see operations, principals, requests and responses with their types.
    #[cfg(feature = "hooks")]
    #[must_use]
    pub fn hook(mut self, hook: impl Hook) -> Self {
        self.hooks.push(Box::new(hook));
        self
    }

    /// Requires a flow that asks clients for certificates, by `Tls::client_ca`. Generated code calls this if its document has
    /// mutual TLS.
    #[must_use]
    pub fn for_client_certificates(mut self) -> Self {
        self.asks_for_certificates = true;
        self
    }

    /// Adds axum routes of your own. They take precedence over the document's endpoints, and are not validated.
    #[must_use]
    pub fn merge(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// The path that its routes stand under, as code or the document says.
    pub(crate) fn said_base_route(&self) -> &str {
        self.base_route.as_deref().unwrap_or(self.description.base_route)
    }

    /// What its environment variables are named after; `None` where nobody has named it.
    pub(crate) fn known_id(&self) -> Option<&str> {
        self.service_id.as_deref().or(self.description.service_id)
    }

    /// What the service is called where a UUID says nothing: its `service_id`, or else its document's name.
    pub(crate) fn name(&self) -> &str {
        self.known_id().unwrap_or(self.description.name)
    }

    /// Starts the service, and returns it as an axum router, without its base route. It ends when the router is dropped.
    ///
    /// # Errors
    ///
    /// An option is impossible or contradicts another one, middleware lacks something, or a layer is for an endpoint that the
    /// document does not have.
    pub fn into_router(self) -> Result<Router, Error> {
        Ok(Router::new().fallback_service(self.into_service()?))
    }

    /// Starts the service, and returns it as a tower service, without its base route.
    ///
    /// # Errors
    ///
    /// Those of [`into_router`](Self::into_router).
    pub fn into_service(self) -> Result<FlowService, Error> {
        let service = ResolvedService::resolve(self, false)?;
        let limits = Limits::default().of_service(&service.options);
        let problems = service.problems();
        let front = service.start(0, limits, (&ErrorMap::default(), &FlowStop::default()))?.front;
        Ok(FlowService::new(front, problems))
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Service")
            .field("description", self.description)
            .field("base_route", &self.base_route)
            .field("service_id", &self.service_id)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
