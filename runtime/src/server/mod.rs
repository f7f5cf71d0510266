//! The server: accepts connections, bounds how long they may dawdle, and drains them at the end.
//!
//! Uses `protocol`. Knows no services: whatever answers requests is a `RequestHandler`.

mod activity;
mod connection;
mod framing;
mod head;
mod limits;
mod places;
mod signals;
mod stall;
mod stream;
mod streams;
#[cfg(feature = "tls")]
pub(crate) mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::protocol::{Peer, ServerState, Shutdown, ShutdownPhase};
use connection::Connection;
pub(crate) use head::check as check_head;
pub(crate) use limits::ConnectionLimits;
pub(crate) use places::Places;
pub(crate) use signals::Signals;
#[cfg(feature = "tls")]
use tls::Acceptor;

/// How long to wait before the next attempt where no connection can be accepted.
const PAUSE: Duration = Duration::from_millis(200);

/// How long connections may take to end once their time is over.
const LAST_WORD: Duration = Duration::from_millis(100);

/// What answers the requests of connections.
pub(crate) trait RequestHandler: Clone + Send + Sync + 'static {
    /// What it gives.
    type Answering: Future<Output = Result<Response, Infallible>> + Send;

    /// Answers a request of a peer; `None` where it came over no connection.
    fn answer(&self, request: Request, peer: Option<Peer>) -> Self::Answering;
}

/// What connections are served with.
#[derive(Clone)]
pub(crate) struct Server<S> {
    pub service: S,
    pub limits: ConnectionLimits,
    pub places: Arc<Places>,
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

    /// Serves until `shutdown` ends; then accepts nothing more, and waits for what is in flight. It says until when
    /// what is left may take.
    pub(crate) async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> Instant {
        let (state, watched) = Shutdown::channel();
        tokio::select! {
            never = self.accept(&listener, (&state, &watched)) => match never {},
            never = self.watch_files() => match never {},
            () = shutdown => {}
        }
        let end = Instant::now() + self.limits.shutdown_grace;
        drop(listener);
        drop(watched);
        state.send_modify(|state| state.phase = ShutdownPhase::Draining);
        if tokio::time::timeout_at(end, state.closed()).await.is_err() {
            let connections = state.receiver_count();
            state.send_modify(|state| state.phase = ShutdownPhase::Over);
            // A moment for connections to say what they drop.
            let _ = tokio::time::timeout(LAST_WORD, state.closed()).await;
            let requests = self.places.dropped();
            tracing::warn!(connections, requests, "the time to finish requests is over; these are dropped");
        }
        end
    }

    async fn accept(
        &self,
        listener: &TcpListener,
        (state, shutdown): (&watch::Sender<ServerState>, &Shutdown),
    ) -> Infallible {
        let mut told = None;
        let make_room = || state.send_modify(|state| state.crowdings += 1);
        loop {
            let place = match self.places.take() {
                Some(place) => place,
                None => self.places.wait(&mut told, make_room).await,
            };
            match listener.accept().await {
                Ok((stream, address)) => {
                    let shutdown = shutdown.of_connection(place);
                    tokio::spawn(Connection { address, server: self.clone(), shutdown }.serve(stream));
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
        tracing::error!(%error, "cannot accept a connection");
        tokio::time::sleep(PAUSE).await;
    }
}
