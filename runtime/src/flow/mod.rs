//! The flow: the application that services attach to, its admin listener, and what the process says to it.
//!
//! Uses all other rooms; none uses it.

#[cfg(feature = "admin")]
mod admin;
mod arguments;
#[cfg(feature = "clap")]
mod clap;
mod logging;
mod process_config;
#[cfg(test)]
mod reference;
mod run;
mod started;
mod tasks;

use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse;

use crate::middleware::{Layers, Middleware};
use crate::protocol::{
    Error, ErrorMap, FlowShutdown, FlowStop, HttpError, Problem, ProblemContext, ProblemFormat, TrustedProxies,
};
use crate::request::{Limits, TaskOutcome};
use crate::server::ConnectionLimits;
#[cfg(feature = "tls")]
use crate::server::tls::Tls;
use crate::service::{FlowService, Service};
use started::{Shared, Started};
use tasks::FlowTasks;

pub use arguments::FlowArguments;
#[cfg(feature = "admin")]
pub(crate) use started::Running;

/// An application: one listener, and a set of services.
///
/// ```no_run
/// # fn service() -> buildflow_runtime::Service { unimplemented!() }
/// use buildflow_runtime::Flow;
///
/// fn main() {
///     Flow::new().bind("127.0.0.1:8080").add_service(service()).run();
/// }
/// ```
#[derive(Debug)]
pub struct Flow {
    services: Vec<Service>,
    layers: Layers,
    address: Option<String>,
    admin: Option<String>,
    limits: Limits,
    errors: ErrorMap,
    problems: Option<ProblemFormat>,
    connections: ConnectionLimits,
    trusted_proxies: Vec<String>,
    arguments: Option<FlowArguments>,
    tasks: FlowTasks,
    /// Tells handlers and tasks when the flow stops.
    stop: FlowStop,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Default for Flow {
    fn default() -> Self {
        Self::new()
    }
}

impl Flow {
    /// A flow without services.
    pub fn new() -> Self {
        Self {
            services: Vec::new(),
            layers: Layers::default(),
            address: None,
            admin: None,
            limits: Limits::default(),
            errors: ErrorMap::default(),
            problems: None,
            connections: ConnectionLimits::default(),
            trusted_proxies: Vec::new(),
            arguments: None,
            tasks: FlowTasks::default(),
            stop: FlowStop::default(),
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Attaches a service.
    #[must_use]
    pub fn add_service(mut self, service: Service) -> Self {
        self.services.push(service);
        self
    }

    /// Puts a tower layer around everything that the flow answers; what is added last is outermost.
    #[must_use]
    pub fn layer(mut self, layer: impl Middleware) -> Self {
        self.layers.add(layer);
        self
    }

    /// Says which problem an error of the application is, for all services: those that have no mapping for it themselves, by
    /// [`Service::map_error`].
    #[must_use]
    pub fn map_error<E, P>(mut self, map: impl Fn(&E) -> P + Send + Sync + 'static) -> Self
    where
        E: std::error::Error + 'static,
        P: Into<Option<HttpError>>,
    {
        self.errors.error(map);
        self
    }

    /// Says which problem a report is, for all services, as [`Service::map_report`] does for one.
    #[must_use]
    pub fn map_report<R, P>(mut self, map: impl Fn(&R) -> P + Send + Sync + 'static) -> Self
    where
        R: Send + Sync + 'static,
        P: Into<Option<HttpError>>,
    {
        self.errors.report(map);
        self
    }

    /// Gives all problems of the flow another shape, as [`Service::problems`] does for those of one service. It holds for
    /// services that have no shape of their own, and for what no service answers.
    #[must_use]
    pub fn problems<R: IntoResponse>(
        mut self,
        format: impl Fn(&Problem, &ProblemContext<'_>) -> R + Send + Sync + 'static,
    ) -> Self {
        self.problems = Some(ProblemFormat::new(format));
        self
    }

    /// What the command line says, where the application has one of its own; by default [`run`](Self::run) reads that of the
    /// process. With the feature `clap`, [`FlowArguments`] are flags among others:
    ///
    /// ```ignore
    /// #[derive(clap::Parser)]
    /// struct Arguments {
    ///     #[arg(long)]
    ///     database: String,
    ///     #[command(flatten)]
    ///     flow: FlowArguments,
    /// }
    /// ```
    #[must_use]
    pub fn arguments(mut self, arguments: FlowArguments) -> Self {
        self.arguments = Some(arguments);
        self
    }

    /// Runs a task of the application beside the services, on the flow's threads: from when the flow serves until it
    /// stops. When that is asked for, the task is told, and has [`shutdown_grace`](Self::shutdown_grace) to end. How it
    /// fails is logged; the flow goes on.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use buildflow_runtime::{Flow, FlowShutdown};
    ///
    /// let flow = Flow::new().task(async |shutdown: FlowShutdown| {
    ///     while !shutdown.is_asked() {
    ///         // … empty a queue, and wait for more, or for the end.
    ///         let _ = tokio::time::timeout(Duration::from_secs(60), shutdown.wait()).await;
    ///     }
    /// });
    /// ```
    #[must_use]
    pub fn task<F, T>(mut self, task: impl FnOnce(FlowShutdown) -> F + Send + 'static) -> Self
    where
        F: Future<Output = T> + Send + 'static,
        T: TaskOutcome,
    {
        self.tasks.add(task);
        self
    }

    /// The address that [`run`](Self::run) listens on; the flag `--bind` and the environment variables `BUILDFLOW_BIND`
    /// and `PORT`, in this order, go before it, and without any of them it is `127.0.0.1:8000`. `PORT`, which platforms
    /// such as Knative set, is one of all addresses: `0.0.0.0`.
    #[must_use]
    pub fn bind(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Serves with TLS. For [`run`](Self::run), the environment variables `BUILDFLOW_TLS_CERT`, `BUILDFLOW_TLS_KEY` and
    /// `BUILDFLOW_TLS_CLIENT_CA`, and before them the flags `--tls-cert`, `--tls-key` and `--tls-client-ca`, may name
    /// other files, or any at all.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Opens a second listener for those who operate the flow; `BUILDFLOW_ADMIN` and the flag `--admin` go before it, and
    /// without any of them there is none. A port alone, `"9000"`, is one of this machine's loopback address.
    ///
    /// `/healthz` answers as long as the process does, `/readyz` 200 where all services take requests and else 503;
    /// `/metrics` has what Prometheus reads, and `/flow` a snapshot as JSON. `PUT /services/{name}/log_level`, whose
    /// body is the level, does what [`set_log_level`](crate::set_log_level) does. None of it asks who calls, and none
    /// has TLS. On a loopback address, `Host` must be `localhost` or an address, so that no page in a browser comes here by
    /// a name of its own.
    #[must_use]
    pub fn admin(mut self, address: impl Into<String>) -> Self {
        self.admin = Some(address.into());
        self
    }

    /// Believes what these proxies say of the requests that they forward: addresses, and networks such as `10.0.0.0/8`. The
    /// flag `--trusted-proxies` and `BUILDFLOW_TRUSTED_PROXIES`, in this order, go before it; by default there are none.
    ///
    /// They say it by `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix`, or by `Forwarded` (RFC 7239). The client is the
    /// last address there that is no trusted proxy's. Then `RequestContext::client_address` and `is_secure`, `rate_limit`,
    /// `https_redirect`, `trusted_host`, traces and `ConnectInfo` are about the client, and `Host` is what the client has
    /// asked for. Who is not one of them is not believed. Where a request has both kinds of headers, only what both say counts:
    /// a proxy should set or remove each of them.
    #[must_use]
    pub fn trusted_proxies<N: Into<String>>(mut self, networks: impl IntoIterator<Item = N>) -> Self {
        self.trusted_proxies = networks.into_iter().map(Into::into).collect();
        self
    }

    /// Bounds the bytes of a body in memory; more get 413. By default 2 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// Bounds the bytes of the files of a form, or of a streamed body; more get 413. By default 64 MiB.
    #[must_use]
    pub fn upload_limit(mut self, bytes: usize) -> Self {
        self.limits.upload = bytes;
        self
    }

    /// Bounds the time for the head of a request, once it has begun; then the client is disconnected. By default 10 s.
    #[must_use]
    pub fn header_read_timeout(mut self, timeout: Duration) -> Self {
        self.connections.header_read = timeout;
        self
    }

    /// Bounds the time that a connection stays open without a request. If all places are taken, idle connections end sooner.
    /// By default 75 s, longer than load balancers keep theirs.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.connections.idle = timeout;
        self
    }

    /// Bounds the time that a client takes nothing of what it is sent; then it is disconnected. On each stream of HTTP/2, a
    /// client must take 16 KiB in this time. By default 60 s.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.connections.write = timeout;
        self
    }

    /// Bounds the age of a connection, after which it takes no further requests, so that clients connect anew. Requests in
    /// flight are finished, and WebSockets stay open. By default one hour.
    #[must_use]
    pub fn connection_age(mut self, age: Duration) -> Self {
        self.connections.age = age;
        self
    }

    /// Bounds the number of open connections; further ones wait to be accepted. By default, on Linux, ¾ of `ulimit -n`, at most
    /// 100,000.
    #[must_use]
    pub fn max_connections(mut self, count: usize) -> Self {
        self.connections.max_connections = Some(count);
        self
    }

    /// Bounds the requests in flight of one HTTP/2 connection (RFC 9113 §5.1.2). By default 200.
    #[must_use]
    pub fn max_concurrent_streams(mut self, count: u32) -> Self {
        self.connections.max_concurrent_streams = count;
        self
    }

    /// Bounds the time of a request: a body that has not come in by then gets 408, a handler that has not answered 503. By
    /// default 30 s.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.limits.time = timeout;
        self
    }

    /// Whether JSON answers are checked against their document; by default they are where debug assertions are on. What is
    /// not as the document says is logged with its place, and goes out as it is. It costs time, but for that nothing.
    #[must_use]
    pub fn check_answers(mut self, check: bool) -> Self {
        self.limits.check_answers = check;
        self
    }

    /// Bounds the time that requests in flight have to finish when the flow stops. By default 30 s.
    #[must_use]
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.connections.shutdown_grace = grace;
        self
    }

    /// The flow as an axum router, to serve or extend it in another way. Its services have started, and end when the
    /// router is dropped.
    ///
    /// # Errors
    ///
    /// Two services under one base route or of one name, a base route that is no path, an option that is not
    /// possible, middleware that lacks something, or TLS, which is for whoever has the listener.
    pub fn into_router(self) -> Result<Router, Error> {
        Ok(Router::new().fallback_service(self.into_service()?))
    }

    /// The flow as a tower service, without a router around it: what [`serve`](Self::serve) serves.
    ///
    /// # Errors
    ///
    /// As for [`into_router`](Self::into_router).
    pub fn into_service(self) -> Result<FlowService, Error> {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            let reason = "without a listener there is none: serve the flow by `run` or `serve`".to_owned();
            return Err(Error::Option { name: "tls", reason });
        }
        if !self.tasks.is_empty() {
            let reason = "without a listener nobody runs tasks: serve the flow by `run` or `serve`".to_owned();
            return Err(Error::Option { name: "task", reason });
        }
        // Without a listener there is nobody to believe; what is wrong is wrong all the same.
        self.proxies()?;
        Ok(self.start()?.service)
    }

    /// Whether clients are asked for certificates.
    fn knows_clients(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.as_ref().is_some_and(Tls::knows_clients);
        #[cfg(not(feature = "tls"))]
        return false;
    }

    fn start(self) -> Result<Started, Error> {
        let knows_clients = self.knows_clients();
        let Self { services, layers, limits, errors, problems, stop, .. } = self;
        Started::start(services, Shared { layers, limits, errors, problems, stop, knows_clients })
    }

    fn proxies(&self) -> Result<Option<TrustedProxies>, Error> {
        if self.trusted_proxies.is_empty() {
            return Ok(None);
        }
        let proxies = TrustedProxies::parse(self.trusted_proxies.iter().map(String::as_str));
        proxies.map(Some).map_err(|wrong| {
            let reason = format!("{wrong:?} is no address, and no network such as `10.0.0.0/8`");
            Error::Option { name: "trusted_proxies", reason }
        })
    }
}
