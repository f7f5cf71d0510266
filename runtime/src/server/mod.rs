//! The server: accepts connections, bounds how long they may dawdle, and drains them at the end.

mod connection;

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::error::Error;

/// How long connections and the server's end may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// For a request's head.
    pub header_read: Duration,
    /// For requests in flight when the server stops.
    pub shutdown_grace: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { header_read: Duration::from_secs(10), shutdown_grace: Duration::from_secs(30) }
    }
}

/// Ends at the first SIGINT or SIGTERM.
pub(crate) fn signal() -> Result<impl Future<Output = ()> + Send, Error> {
    #[cfg(unix)]
    let mut terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate()).map_err(Error::Io)?
    };
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        tracing::info!("stopping: requests in flight are finished first");
    })
}

/// Serves until `shutdown` ends; then accepts nothing more, and waits for what is in flight.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    timeouts: Timeouts,
    shutdown: impl Future<Output = ()> + Send,
) {
    let graceful = GracefulShutdown::new();
    let (stop, stopping) = watch::channel(());
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = connection::Connection { stream, peer, router: router.clone(), timeouts };
                tokio::spawn(connection.serve(graceful.watcher(), stopping.clone()));
            }
            Err(error) => rest(&error).await,
        }
    }
    drop(listener);
    drop(stop);
    drop(stopping);
    if tokio::time::timeout(timeouts.shutdown_grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight when the time to finish them was over");
    }
}

/// One connection's failure is its own; a lack of file descriptors passes.
async fn rest(error: &io::Error) {
    let own = [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::ConnectionRefused];
    if !own.contains(&error.kind()) {
        tracing::error!(%error, "no connection can be accepted just now");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
