//! The flow: the application that services attach to, its admin listener, and what the process says to it.
//!
//! Uses all other rooms; none uses it.

#[cfg(feature = "admin")]
mod admin;
mod logging;
mod process_config;
mod started;

use std::future::Future;
#[cfg(any(feature = "admin", feature = "tls"))]
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio::time::Instant;

use crate::middleware::{Layers, Middleware};
#[cfg(feature = "admin")]
use crate::observe::metrics::Metrics;
#[cfg(feature = "otel")]
use crate::observe::traces::Traces;
use crate::protocol::{Error, TrustedProxies};
use crate::replica::Status;
use crate::request::Limits;
#[cfg(feature = "tls")]
use crate::server::tls::{self, Tls};
use crate::server::{ConnectionLimits, Places, Server, Signals};
use crate::service::{ConnectedFlow, FlowService, Service};
#[cfg(feature = "admin")]
use admin::Admin;
use process_config::ProcessConfig;
use started::Started;

#[cfg(feature = "admin")]
pub(crate) use started::Running;

/// Where a flow listens if nobody says otherwise.
const DEFAULT_ADDRESS: &str = "127.0.0.1:8000";

/// How long replicas may take to end where requests in flight have taken all the time that there was.
const LAST_MOMENT: Duration = Duration::from_millis(100);

/// An application: one listener, and a set of services.
///
/// ```no_run
/// # fn service() -> buildflow_runtime::Service { unimplemented!() }
/// use buildflow_runtime::Flow;
///
/// fn main() -> Result<(), buildflow_runtime::Error> {
///     Flow::new().bind("127.0.0.1:8080").add_service(service()).run()
/// }
/// ```
#[derive(Debug)]
pub struct Flow {
    services: Vec<Service>,
    layers: Layers,
    address: Option<String>,
    admin: Option<String>,
    limits: Limits,
    connections: ConnectionLimits,
    trusted_proxies: Vec<String>,
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
            connections: ConnectionLimits::default(),
            trusted_proxies: Vec::new(),
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

    /// The most bytes that a request's body may have in memory, else 413; by default 2 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// The most bytes that the files of a form may have together, or a body that the handler reads as
    /// a stream, else 413; by default 64 MiB.
    #[must_use]
    pub fn upload_limit(mut self, bytes: usize) -> Self {
        self.limits.upload = bytes;
        self
    }

    /// How long a client may take to send a request's head once it has begun, else it is disconnected; by default 10 s.
    #[must_use]
    pub fn header_read_timeout(mut self, timeout: Duration) -> Self {
        self.connections.header_read = timeout;
        self
    }

    /// How long a connection may stay open without a request; by default 75 s, longer than load balancers keep
    /// theirs. Where all places for connections are taken, idle ones end sooner.
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.connections.idle = timeout;
        self
    }

    /// How long a client may take nothing of an answer, or of another thing that it is sent, else it is disconnected;
    /// by default 60 s. It holds for each connection; on each stream of HTTP/2, a client must take 16 KiB in this time.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.connections.write = timeout;
        self
    }

    /// After which time a connection takes no further requests, so that clients connect anew; by default one hour.
    /// Requests in flight are finished, and WebSockets stay open.
    #[must_use]
    pub fn connection_age(mut self, age: Duration) -> Self {
        self.connections.age = age;
        self
    }

    /// How many connections may be open at a time; further ones wait to be accepted. By default, on Linux, three
    /// quarters of the files that the process may open (`ulimit -n`), at most 100,000.
    #[must_use]
    pub fn max_connections(mut self, count: usize) -> Self {
        self.connections.max_connections = Some(count);
        self
    }

    /// How many requests one connection of HTTP/2 may have in flight (RFC 9113 §5.1.2); by default 200.
    #[must_use]
    pub fn max_concurrent_streams(mut self, count: u32) -> Self {
        self.connections.max_concurrent_streams = count;
        self
    }

    /// How long a request may take: a body that does not come in by then is answered 408, a handler
    /// that does not answer 503; by default 30 s.
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

    /// How long requests in flight may take to finish when the flow stops; by default 30 s.
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
        Started::start(self.services, self.layers, self.limits, knows_clients)
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

    /// Serves the flow until SIGINT or SIGTERM, then lets requests in flight finish; a second signal
    /// ends it at once.
    ///
    /// Starts its own threads. Logs go to standard error unless the application has set up `tracing`
    /// itself; `RUST_LOG` says how much, by default `info`, and `BUILDFLOW_LOG_FORMAT` or the flag `--log-format` how they
    /// are written: as `text`, the default, or as `json`.
    ///
    /// With the feature `otel`, traces go where the environment says, as `Traces::from_env` tells; unless the application
    /// has set up `tracing` itself.
    ///
    /// `BUILDFLOW_SERVICES=pets,orders`, or the flag `--services`, starts these services alone, by their `service_id`s, or
    /// else by the names of their documents.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, the services do not go together, or one that was asked for is none of them.
    pub fn run(self) -> Result<(), Error> {
        let launch = ProcessConfig::of_process();
        // Dropped last: it sends what is left.
        #[cfg(feature = "otel")]
        let traces = Traces::of_flow(launch.environment)?;
        logging::init(
            &launch,
            #[cfg(feature = "otel")]
            traces.as_ref(),
        )?;
        let (flow, address) = self.launched(&launch)?;
        let workers = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Io)?;
        // Signals and the end are waited for elsewhere: handlers that block all workers shall not keep the process.
        let control = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Io)?;
        let served = control.block_on(flow.serve_until_signal(address, workers.handle()));
        workers.shutdown_background();
        served
    }

    /// What the command line and the environment make of it, and its address.
    fn launched(mut self, launch: &ProcessConfig) -> Result<(Self, String), Error> {
        let address = launch.address()?.or(self.address.take());
        if let Some(names) = launch.get(&process_config::SERVICES)? {
            self.services = started::chosen(self.services, &names)?;
        }
        self.admin = launch.get(&process_config::ADMIN)?.or(self.admin);
        if let Some(proxies) = launch.get(&process_config::TRUSTED_PROXIES)? {
            self.trusted_proxies = proxies.split(',').map(str::to_owned).collect();
        }
        let [certificate, key, client_ca] = [
            launch.get(&process_config::TLS_CERTIFICATE)?,
            launch.get(&process_config::TLS_KEY)?,
            launch.get(&process_config::TLS_CLIENT_CA)?,
        ];
        #[cfg(feature = "tls")]
        {
            self.tls = Tls::or_files(self.tls, tls::Files { certificate, key, client_ca });
        }
        #[cfg(not(feature = "tls"))]
        if [certificate, key, client_ca].iter().any(Option::is_some) {
            let reason = "the feature `tls` of `buildflow-runtime` is not on".to_owned();
            return Err(Error::Option { name: "tls", reason });
        }
        Ok((self, address.unwrap_or_else(|| DEFAULT_ADDRESS.to_owned())))
    }

    async fn serve_until_signal(self, address: String, workers: &Handle) -> Result<(), Error> {
        let mut signals = Signals::new().map_err(Error::Io)?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let grace = self.connections.shutdown_grace;
        let ended = |served: Result<_, JoinError>| served.unwrap_or_else(|panic| Err(Error::Io(panic.into())));
        let mut served = workers.spawn(async move {
            let bound = TcpListener::bind(&address).await;
            let listener = bound.map_err(|source| Error::Bind { address, source })?;
            let stopped = async {
                let _ = stopped.await;
            };
            self.serve(listener, stopped).await
        });
        tokio::select! {
            served = &mut served => return ended(served),
            () = signals.next() => tracing::info!("stopping: requests in flight are finished first"),
        }
        drop(stop);
        tokio::select! {
            served = served => return ended(served),
            () = signals.next() => tracing::warn!("stopped at once, by a second signal"),
            () = tokio::time::sleep(grace + LAST_MOMENT * 5) => {
                tracing::warn!("stopped: handlers block all threads, and what they do is dropped");
            }
        }
        Ok(())
    }

    /// Serves the flow on a listener until `shutdown` ends, then lets requests in flight finish.
    ///
    /// # Errors
    ///
    /// The services do not go together, the listener has no address, or the files of TLS cannot be used.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) -> Result<(), Error> {
        let address = listener.local_addr().map_err(Error::Io)?;
        let (limits, admin) = (self.connections, self.admin.clone());
        let (places, proxies) = (Places::new(limits.max_connections), self.proxies()?);
        #[cfg(feature = "tls")]
        let tls = self.tls.clone().map(tls::Acceptor::new).transpose()?.map(Arc::new);
        let Started { service, running } = self.start()?;
        let statuses: Vec<Status> = running.iter().map(|service| service.status.clone()).collect();
        #[cfg(feature = "admin")]
        let (service, admin) = match admin {
            Some(address) => {
                let counts = Arc::new(Metrics::new(running.iter().map(|service| service.name.as_str())));
                let admin = Admin::open(&address, running, (Arc::clone(&counts), Arc::clone(&places)))?;
                (service.counted(counts), Some(admin))
            }
            None => (service, None),
        };
        #[cfg(not(feature = "admin"))]
        if admin.is_some() {
            let reason = "the feature `admin` of `buildflow-runtime` is not on".to_owned();
            return Err(Error::Option { name: "admin", reason });
        }
        let server = Server {
            service: ConnectedFlow { service, proxies },
            limits,
            places,
            #[cfg(feature = "tls")]
            tls,
        };
        tracing::info!("listening on {}://{address}", server.scheme());
        let shutdown = async {
            shutdown.await;
            #[cfg(feature = "admin")]
            admin.iter().for_each(Admin::drain);
        };
        let end = server.serve(listener, shutdown).await.max(Instant::now() + LAST_MOMENT);
        let left = futures_util::future::join_all(statuses.iter().map(|status| status.end(end))).await;
        for service in left.into_iter().flatten() {
            tracing::warn!(service, "replicas have not ended in time; they are left behind with their requests");
        }
        tracing::info!("stopped");
        Ok(())
    }
}
