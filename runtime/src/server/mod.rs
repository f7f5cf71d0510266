//! The server: accepts connections, bounds how long they may dawdle, and drains them at the end.
//!
//! Uses `protocol`. Knows no services: whatever answers requests is a `RequestHandler`.

mod connection;
mod head;
mod signals;
mod stream;
#[cfg(feature = "tls")]
pub(crate) mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::io;
#[cfg(feature = "tls")]
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;

use crate::protocol::{Peer, Shutdown, ShutdownPhase};
use connection::Connection;
pub(crate) use head::check as check_head;
pub(crate) use signals::Signals;
#[cfg(feature = "tls")]
use tls::Acceptor;

/// How long to wait before the next attempt where no connection can be accepted.
const PAUSE: Duration = Duration::from_millis(200);

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

/// What answers the requests of connections.
pub(crate) trait RequestHandler: Clone + Send + Sync + 'static {
    /// Answers a request of a peer; `None` where it came over no connection.
    fn answer(self, request: Request, peer: Option<Peer>) -> impl Future<Output = Result<Response, Infallible>> + Send;
}

/// What connections are served with.
#[derive(Clone)]
pub(crate) struct Server<S> {
    pub service: S,
    pub timeouts: Timeouts,
    /// What makes TLS of them.
    #[cfg(feature = "tls")]
    pub tls: Option<Arc<Acceptor>>,
}

impl<S: RequestHandler> Server<S> {
    /// What URLs of it start with.
    pub(crate) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return "https";
        }
        "http"
    }

    /// Serves until `shutdown` ends; then accepts nothing more, and waits for what is in flight.
    pub(crate) async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let (phase, watched) = Shutdown::channel();
        tokio::select! {
            never = self.accept(&listener, &watched) => match never {},
            never = self.watch_files() => match never {},
            () = shutdown => {}
        }
        drop(listener);
        drop(watched);
        phase.send_replace(ShutdownPhase::Draining);
        if tokio::time::timeout(self.timeouts.shutdown_grace, phase.closed()).await.is_err() {
            tracing::warn!(
                connections = phase.receiver_count(),
                "the time to finish requests is over; the rest is dropped"
            );
            phase.send_replace(ShutdownPhase::Over);
        }
    }

    async fn accept(&self, listener: &TcpListener, shutdown: &Shutdown) -> Infallible {
        loop {
            match listener.accept().await {
                Ok((stream, address)) => {
                    let connection = Connection { address, server: self.clone(), shutdown: shutdown.clone() };
                    tokio::spawn(connection.serve(stream));
                }
                Err(error) => pause_after(&error).await,
            }
        }
    }

    /// Takes over what changes in the files that the server has read.
    async fn watch_files(&self) -> Infallible {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return tls.watch().await;
        }
        std::future::pending().await
    }
}

/// One connection's failure is its own; a lack of file descriptors passes.
async fn pause_after(error: &io::Error) {
    let own = [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::ConnectionRefused];
    if !own.contains(&error.kind()) {
        tracing::error!(%error, "no connection can be accepted just now");
        tokio::time::sleep(PAUSE).await;
    }
}
