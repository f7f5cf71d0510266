//! Serving a flow: on a listener, or as a process of its own.

use std::future::Future;
use std::io::Write as _;
#[cfg(any(feature = "admin", feature = "tls"))]
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio::time::{Instant, timeout_at};

#[cfg(feature = "admin")]
use super::admin::Admin;
use super::arguments::{self, ADMIN, SERVICES, TLS_CERTIFICATE, TLS_CLIENT_CA, TLS_KEY, TRUSTED_PROXIES};
use super::process_config::{self, ProcessConfig};
use super::started::{self, Started};
use super::{Flow, logging};
#[cfg(feature = "admin")]
use crate::observe::metrics::Metrics;
#[cfg(feature = "otel")]
use crate::observe::traces::Traces;
use crate::protocol::Error;
use crate::replica::Status;
use crate::request::ServiceScope;
#[cfg(feature = "tls")]
use crate::server::tls::{self, Tls};
use crate::server::{Places, Server, Signals};
use crate::service::ConnectedFlow;

/// Where a flow listens if nobody says otherwise.
const DEFAULT_ADDRESS: &str = "127.0.0.1:8000";

/// How long replicas may take to end where requests in flight have taken all the time that there was.
const LAST_MOMENT: Duration = Duration::from_millis(100);

/// A flow that knows what the command line and the environment say.
struct Launched {
    flow: Flow,
    address: String,
    /// Dropped last: it sends what is left.
    #[cfg(feature = "otel")]
    _traces: Option<Traces>,
}

impl Launched {
    /// Serves it on these threads. Signals and the end are waited for on this one: handlers that block all others shall
    /// not keep the process.
    fn serve(self, workers: &Handle, dropped: impl Future<Output = ()>) -> Result<(), Error> {
        let control = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Io)?;
        control.block_on(self.flow.serve_until_signal(self.address, workers, dropped))
    }
}

/// Ends the process where a flow could not start, or where help was asked for.
fn exit_if_not_started(served: Result<(), Error>) {
    match served {
        Ok(()) => {}
        Err(Error::Help(text)) => {
            // Nobody is left to tell where a pipe is closed.
            let _ = std::io::stdout().write_all(text.as_bytes());
            std::process::exit(0);
        }
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(2);
        }
    }
}

impl Flow {
    /// Serves the flow until SIGINT or SIGTERM, then lets requests in flight finish; a second signal ends it at once. It is
    /// the whole of a program's `main`: where the flow cannot start, it says why on standard error, and ends the process
    /// with exit code 2.
    ///
    /// Starts its own threads; [`run_async`](Self::run_async) is for where a tokio runtime runs already.
    ///
    /// The command line and the environment go before code: `--help` lists what they may say. Flags that no flow has are
    /// refused, and so are variables `BUILDFLOW_…` that are nearly one that it has; an application with flags of its own says
    /// so by [`arguments`](Self::arguments).
    ///
    /// Logs go to standard error unless the application has set up `tracing` itself; `RUST_LOG` says how much, by default
    /// `info`. `BUILDFLOW_LOG_FORMAT` or the flag `--log-format` says how they are written: `text`, or `compact`, which is
    /// the default on a terminal, or `json`.
    ///
    /// With the feature `otel`, traces go where the environment says, as `Traces::from_env` tells; unless the application
    /// has set up `tracing` itself.
    ///
    /// `BUILDFLOW_SERVICES=pets,orders`, or the flag `--services`, starts these services alone, by their `service_id`s, or
    /// else by the names of their documents.
    pub fn run(self) {
        exit_if_not_started(self.try_run());
    }

    /// Serves the flow as [`run`](Self::run) does, and gives the error where that ends the process.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, the services do not go together, or one that was asked for is none of them; the
    /// command line or the environment says what no flow understands; or `--help` was asked for.
    pub fn try_run(self) -> Result<(), Error> {
        if Handle::try_current().is_ok() {
            return Err(Error::InsideRuntime);
        }
        let launched = self.launch()?;
        let workers = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Io)?;
        let served = launched.serve(workers.handle(), std::future::pending());
        workers.shutdown_background();
        served
    }

    /// Serves the flow as [`run`](Self::run) does, on the threads of the tokio runtime that it is awaited on.
    ///
    /// ```no_run
    /// # fn service() -> buildflow_runtime::Service { unimplemented!() }
    /// # mod tokio { pub use ::tokio::*; }
    /// use buildflow_runtime::Flow;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     Flow::new().add_service(service()).run_async().await;
    /// }
    /// ```
    pub async fn run_async(self) {
        exit_if_not_started(self.try_run_async().await);
    }

    /// Serves the flow as [`run_async`](Self::run_async) does, and gives the error where that ends the process.
    ///
    /// # Errors
    ///
    /// As for [`try_run`](Self::try_run).
    pub async fn try_run_async(self) -> Result<(), Error> {
        let (launched, workers) = (self.launch()?, Handle::current());
        let (tell, served) = tokio::sync::oneshot::channel();
        // Where this is dropped, nobody waits for the flow any more: it stops.
        let (_waiting, dropped) = tokio::sync::oneshot::channel::<()>();
        let dropped = async {
            let _ = dropped.await;
        };
        let thread = std::thread::Builder::new().name("signals".to_owned());
        let spawned = thread.spawn(move || tell.send(launched.serve(&workers, dropped)));
        spawned.map_err(Error::Io)?;
        let gone = || Err(Error::Io(std::io::Error::other("the thread that waits for signals has panicked")));
        served.await.unwrap_or_else(|_| gone())
    }

    /// Asks the command line and the environment, and sets up logs.
    fn launch(mut self) -> Result<Launched, Error> {
        let config = ProcessConfig::of_process(self.arguments.take())?;
        if config.arguments.asks_for_help() {
            let program = std::env::args().next().unwrap_or_default();
            let name = std::path::Path::new(&program).file_stem().unwrap_or_default().to_string_lossy();
            return Err(Error::Help(arguments::help(&name, &self, DEFAULT_ADDRESS)));
        }
        let unread = process_config::unread_variables(&self.services)?;
        #[cfg(feature = "otel")]
        let traces = Traces::of_flow(config.environment)?;
        logging::init(
            &config,
            #[cfg(feature = "otel")]
            traces.as_ref(),
        )?;
        for variable in unread {
            tracing::warn!(variable, "no flow reads this environment variable");
        }
        let (flow, address) = self.launched(&config)?;
        Ok(Launched {
            flow,
            address,
            #[cfg(feature = "otel")]
            _traces: traces,
        })
    }

    /// What the command line and the environment make of it, and its address.
    fn launched(mut self, launch: &ProcessConfig) -> Result<(Self, String), Error> {
        let address = launch.address()?.or(self.address.take());
        if let Some(names) = launch.get(&SERVICES)? {
            self.services = started::chosen(self.services, &names)?;
        }
        self.admin = launch.get(&ADMIN)?.or(self.admin);
        if let Some(proxies) = launch.get(&TRUSTED_PROXIES)? {
            self.trusted_proxies = proxies.split(',').map(str::to_owned).collect();
        }
        let [certificate, key, client_ca] =
            [launch.get(&TLS_CERTIFICATE)?, launch.get(&TLS_KEY)?, launch.get(&TLS_CLIENT_CA)?];
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

    async fn serve_until_signal(
        self,
        address: String,
        workers: &Handle,
        dropped: impl Future<Output = ()>,
    ) -> Result<(), Error> {
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
            () = dropped => tracing::info!("stopping, for nobody waits for the flow: requests in flight are finished first"),
        }
        let left = served.abort_handle();
        drop(stop);
        tokio::select! {
            served = served => return ended(served),
            () = signals.next() => tracing::warn!("stopped at once, by a second signal"),
            () = tokio::time::sleep(grace + LAST_MOMENT * 5) => {
                tracing::warn!("stopped: handlers block all threads, and what they do is dropped");
            }
        }
        // The threads may be the application's, and go on.
        left.abort();
        Ok(())
    }

    /// Serves the flow on a listener until `shutdown` ends, then lets requests in flight finish.
    ///
    /// # Errors
    ///
    /// The services do not go together, the listener has no address, or the files of TLS cannot be used.
    pub async fn serve(
        mut self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), Error> {
        let address = listener.local_addr().map_err(Error::Io)?;
        let (limits, admin) = (self.connections, self.admin.clone());
        let (places, proxies) = (Places::new(limits.max_connections), self.proxies()?);
        #[cfg(feature = "tls")]
        let tls = self.tls.clone().map(tls::Acceptor::new).transpose()?.map(Arc::new);
        let (tasks, stop) = (std::mem::take(&mut self.tasks), self.stop.clone());
        let Started { service, running, served } = self.start()?;
        let statuses: Vec<Status> = running.iter().map(|service| service.status.clone()).collect();
        let scopes: Vec<&ServiceScope> = running.iter().map(|service| service.scope).collect();
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
        for service in &served {
            service.announce();
        }
        tracing::info!("listening on {}://{address}", server.scheme());
        let tasks = tasks.begin(&stop);
        let shutdown = async {
            shutdown.await;
            stop.ask();
            #[cfg(feature = "admin")]
            admin.iter().for_each(Admin::drain);
        };
        let end = server.serve(listener, shutdown).await.max(Instant::now() + LAST_MOMENT);
        let left = futures_util::future::join_all(statuses.iter().map(|status| status.end(end))).await;
        let behind_answers = futures_util::future::join_all(scopes.iter().map(|scope| scope.tasks.ended()));
        let (ended, own_ended) = tokio::join!(timeout_at(end, behind_answers), tasks.ended(end));
        if ended.is_err() || !own_ended {
            tracing::warn!("background tasks have not ended in time; they are dropped");
        }
        for service in left.into_iter().flatten() {
            tracing::warn!(service, "replicas have not ended in time; they are left behind with their requests");
        }
        tracing::info!("stopped");
        Ok(())
    }
}
