//! What a handler can see of a request beside its typed parts.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, OriginalUri};
use axum::response::Response;
use http::header::{HeaderName, HeaderValue};
use http::request::Parts;
use http::{Extensions, HeaderMap, Method, Request, Uri};

use super::background::{self, Task, TaskOutcome};
use super::operation::{self, Operation, UriError};
use super::{BackgroundTasks, ServiceScope, texts};
use crate::observe::RequestInfo;
#[cfg(feature = "tls")]
use crate::protocol::ClientCertificate;
use crate::protocol::{Accept, ErrorMap, FlowShutdown, FlowStop, HttpError, Peer, authority};

/// Method, URI, headers and peer address of a request. It costs nothing unless it is read; a clone is the same one.
#[derive(Clone)]
pub struct RequestContext(Arc<Shared>);

/// What the handler and what makes the response of its answer both see.
struct Shared {
    parts: Parts,
    info: Option<RequestInfo>,
    scope: &'static ServiceScope,
    endpoint: usize,
    /// What the handler adds to its answer, whatever that will be. Few do.
    added: Mutex<Option<Box<Added>>>,
}

/// What a handler adds to its answer.
#[derive(Default)]
struct Added {
    headers: HeaderMap,
    tasks: Vec<Task>,
}

/// Says what was asked for, and not with which secrets: the values of headers, and the query, may be some.
impl fmt::Debug for RequestContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&HeaderName> = self.0.parts.headers.keys().collect();
        formatter
            .debug_struct("RequestContext")
            .field("method", &self.0.parts.method)
            .field("path", &self.0.parts.uri.path())
            .field("headers", &headers)
            .field("peer_addr", &self.peer_addr())
            .finish_non_exhaustive()
    }
}

/// A context without a service, such as for tests that call a handler's method: with this head, and without a client, an id
/// and operations. Tasks that a handler leaves behind its answer do not run, for there is none that is sent.
///
/// ```
/// use buildflow_runtime::RequestContext;
/// use buildflow_runtime::http::Request;
///
/// let (head, ()) = Request::get("/tasks/1").header("accept-language", "de").body(()).unwrap().into_parts();
/// let context = RequestContext::from(head);
/// assert_eq!(context.uri().path(), "/tasks/1");
/// ```
impl From<Parts> for RequestContext {
    fn from(parts: Parts) -> Self {
        static NO_SERVICE: LazyLock<ServiceScope> = LazyLock::new(|| ServiceScope {
            errors: ErrorMap::default(),
            operations: &[],
            tasks: BackgroundTasks::new(),
            stop: FlowStop::default(),
        });
        Self::new(parts, None, &NO_SERVICE, 0)
    }
}

/// That of `GET /`.
impl Default for RequestContext {
    fn default() -> Self {
        Self::from(Request::new(()).into_parts().0)
    }
}

impl RequestContext {
    pub(crate) fn new(parts: Parts, info: Option<RequestInfo>, scope: &'static ServiceScope, endpoint: usize) -> Self {
        Self(Arc::new(Shared { parts, info, scope, endpoint, added: Mutex::default() }))
    }

    /// The context of a request to a service with these operations, below its base route, without a client.
    pub(crate) fn below(base_route: &str, mut head: Parts, operations: &'static [Operation]) -> Self {
        if let Ok(whole) = format!("{}{}", base_route.trim_end_matches('/'), head.uri).parse() {
            head.extensions.insert(OriginalUri(whole));
        }
        let (errors, tasks) = (ErrorMap::default(), BackgroundTasks::new());
        let scope = ServiceScope { errors, operations, tasks, stop: FlowStop::default() };
        Self::new(head, None, Box::leak(Box::new(scope)), usize::MAX)
    }

    /// The problem that an error of the application is.
    #[cold]
    pub(crate) fn map(&self, error: HttpError) -> HttpError {
        error.mapped(&self.0.scope.errors)
    }

    #[cfg(feature = "websocket")]
    pub(crate) fn errors(&self) -> &'static ErrorMap {
        &self.0.scope.errors
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// The head of the request, to change; `None` once a handler has the context.
    #[cfg(any(feature = "hooks", feature = "websocket"))]
    pub(crate) fn parts_mut(&mut self) -> Option<&mut Parts> {
        Arc::get_mut(&mut self.0).map(|shared| &mut shared.parts)
    }

    pub(crate) fn info(&self) -> Option<&RequestInfo> {
        self.0.info.as_ref()
    }

    fn added(&self) -> MutexGuard<'_, Option<Box<Added>>> {
        self.0.added.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to an answer what the handler has added.
    pub(crate) fn add_to(&self, response: &mut Response) {
        let Some(added) = self.added().take() else { return };
        let Added { headers, tasks } = *added;
        response.headers_mut().extend(headers);
        if !tasks.is_empty() {
            self.0.scope.tasks.begin_after(response, tasks);
        }
    }

    /// Adds a header to the response. It replaces a documented header of the same name. An [`HttpError`] has only its own
    /// headers.
    pub fn add_header(&self, name: HeaderName, value: HeaderValue) {
        self.added().get_or_insert_default().headers.append(name, value);
    }

    /// Runs a task once the whole response was handed over to be sent, or the client is gone. If the handler returns an
    /// error, the task does not run.
    ///
    /// Tasks run on the flow's threads, within the request's span. If one fails, that is logged. When the flow stops, they
    /// have the rest of [`Flow::shutdown_grace`](crate::Flow::shutdown_grace).
    ///
    /// ```
    /// # use buildflow_runtime::{HttpError, RequestContext};
    /// # async fn send_mail(to: String) -> std::io::Result<()> { Ok(()) }
    /// fn welcome(context: &RequestContext, address: String) {
    ///     context.after_response(async move { send_mail(address).await });
    /// }
    /// ```
    pub fn after_response<T: TaskOutcome>(&self, task: impl Future<Output = T> + Send + 'static) {
        self.added().get_or_insert_default().tasks.push(background::logged(task));
    }

    /// Tells when the flow stops, so that a stream without an end can end. Without it, such a stream holds the flow until
    /// [`Flow::shutdown_grace`](crate::Flow::shutdown_grace) is over.
    ///
    /// ```
    /// use buildflow_runtime::RequestContext;
    /// use futures_util::{Stream, StreamExt as _};
    ///
    /// fn until_the_end<T>(context: &RequestContext, updates: impl Stream<Item = T>) -> impl Stream<Item = T> {
    ///     let shutdown = context.shutdown();
    ///     updates.take_until(async move { shutdown.wait().await })
    /// }
    /// ```
    pub fn shutdown(&self) -> FlowShutdown {
        self.0.scope.stop.watch()
    }

    /// Returns the media type that the client prefers by its `Accept`: the first of several that it likes as much, or `None`
    /// if it accepts none of them.
    pub fn preferred<'o>(&self, media_types: &[&'o str]) -> Option<&'o str> {
        Accept::from_headers(self.headers()).best(media_types)
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.0.parts.method
    }

    /// Returns the id of the last event that a reconnecting client received (`Last-Event-ID`, HTML Living Standard §9.2.4).
    pub fn last_event_id(&self) -> Option<&str> {
        std::str::from_utf8(self.0.parts.headers.get("last-event-id")?.as_bytes()).ok()
    }

    /// Returns the operation of the document: its path template, `operationId` and tags.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.scope.operations.get(self.0.endpoint)
    }

    /// Returns the URI, below the service's base route.
    pub fn uri(&self) -> &Uri {
        &self.0.parts.uri
    }

    /// Returns the whole URL that the client asked for. Behind [trusted proxies](crate::Flow::trusted_proxies), it has their
    /// scheme, host and prefix. `None` if the request has no host.
    pub fn url(&self) -> Option<Uri> {
        let path = self.whole_uri().path_and_query().map_or("/", |path| path.as_str());
        format!("{}{}{path}", self.origin()?, self.prefix()).parse().ok()
    }

    /// Returns scheme and host of that URL: `https://example.com`.
    pub fn origin(&self) -> Option<String> {
        let scheme = if self.is_secure() { "https" } else { "http" };
        Some(format!("{scheme}://{}", authority(self.uri(), self.headers())?))
    }

    /// Returns the path of another operation, named by its `operationId`, or by its method and path template:
    /// `GET /pets/{id}`. It is the path for clients: with the service's base route, and with the prefix that a trusted proxy
    /// removes.
    ///
    /// ```
    /// # use buildflow_runtime::{HttpError, RequestContext};
    /// # fn location(context: &RequestContext, id: i64) -> Result<String, HttpError> {
    /// let location = context.uri_for("getPet", &[("id", &id.to_string())])?;
    /// # Ok(location)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such operation, or `parameters` are not those of its path.
    pub fn uri_for(&self, operation: &str, parameters: &[(&str, &str)]) -> Result<String, UriError> {
        let path = operation::path(self.0.scope.operations, operation, parameters)?;
        let whole = self.whole_uri().path();
        // At the base route itself, the inner path has a slash that the whole does not have.
        let base = whole.strip_suffix(self.uri().path()).unwrap_or(whole).trim_end_matches('/');
        Ok(format!("{}{base}{path}", self.prefix()))
    }

    /// The URI as it came to the flow.
    fn whole_uri(&self) -> &Uri {
        self.extensions().get::<OriginalUri>().map_or(self.uri(), |OriginalUri(uri)| uri)
    }

    /// What a trusted proxy takes away from the path.
    fn prefix(&self) -> &str {
        self.peer().and_then(Peer::prefix).unwrap_or_default().trim_end_matches('/')
    }

    /// Returns the decoded pairs of the query, in their order, whether the document declares them or not. Pairs that cannot be
    /// decoded are left out.
    pub fn query_pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        texts::form_pairs(self.uri().query().unwrap_or_default())
    }

    /// Returns the decoded value of the first cookie of this name.
    pub fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        self.cookies().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// Returns the decoded cookies, in their order.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let cookies = texts::cookies(self.headers(), false).unwrap_or_default();
        cookies.into_iter().filter_map(|(name, value)| Some((name, texts::cookie_decoded(value).ok()?)))
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.parts.headers
    }

    /// Returns what layers have left for the handler.
    pub fn extensions(&self) -> &Extensions {
        &self.0.parts.extensions
    }

    /// Returns the address of the client. If a [trusted proxy](crate::Flow::trusted_proxies) is connected, it is the address
    /// that the proxy says. `None` if the service is called without a listener.
    pub fn client_address(&self) -> Option<IpAddr> {
        let known = self.peer().map(Peer::client);
        known.or_else(|| self.peer_addr().map(|address| address.ip()))
    }

    /// Returns the address of the other end of the connection, which may be a proxy's. `None` if the service is called without
    /// a listener.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        let known = self.peer().map(|peer| peer.address);
        known.or_else(|| self.0.parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0))
    }

    /// Says whether the request came by TLS: to the flow itself, or to a [trusted proxy](crate::Flow::trusted_proxies) that says
    /// so.
    pub fn is_secure(&self) -> bool {
        self.peer().is_some_and(Peer::is_secure)
    }

    /// Returns the client's certificate, if it has one, as [`Tls::client_ca`](crate::Tls::client_ca) asks for.
    #[cfg(feature = "tls")]
    pub fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.peer()?.certificate()
    }

    fn peer(&self) -> Option<&Peer> {
        self.info()?.peer.as_ref()
    }

    /// Returns the id of the request, which the response has in `x-request-id` unless middleware says otherwise.
    pub fn request_id(&self) -> Option<&str> {
        Some(self.info()?.id.as_str())
    }
}
