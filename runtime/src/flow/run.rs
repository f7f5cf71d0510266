//! Serving a flow: on a listener, or as a process of its own.

use std::future::Future;
#[cfg(any(feature = "admin", feature = "tls"))]
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinError;
use tokio::time::{Instant, timeout_at};

#[cfg(feature = "admin")]
use super::admin::Admin;
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

impl Flow {
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
        tracing::info!("listening on {}://{address}", server.scheme());
        let shutdown = async {
            shutdown.await;
            #[cfg(feature = "admin")]
            admin.iter().for_each(Admin::drain);
        };
        let end = server.serve(listener, shutdown).await.max(Instant::now() + LAST_MOMENT);
        let left = futures_util::future::join_all(statuses.iter().map(|status| status.end(end))).await;
        let tasks = futures_util::future::join_all(scopes.iter().map(|scope| scope.tasks.ended()));
        if timeout_at(end, tasks).await.is_err() {
            tracing::warn!("background tasks have not ended in time; they are dropped");
        }
        for service in left.into_iter().flatten() {
            tracing::warn!(service, "replicas have not ended in time; they are left behind with their requests");
        }
        tracing::info!("stopped");
        Ok(())
    }
}
