//! The server: accepts connections, bounds how long they may dawdle, and drains them at the end.

mod connection;
mod signals;
mod stream;

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::front::FlowService;
use connection::Connection;
pub(crate) use signals::Signals;

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

/// What the server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    /// Requests in flight are finished, others not begun.
    Draining,
    /// Whatever is left is dropped.
    Over,
}

/// A connection's view of what the server is doing. It counts as a connection that is open.
#[derive(Debug, Clone)]
pub(crate) struct Phases(watch::Receiver<Phase>);

impl Phases {
    /// Ends when the server takes no more requests.
    pub async fn draining(&mut self) {
        self.reached(Phase::Draining).await;
    }

    /// Ends when the time of what is still open is over.
    pub async fn over(&mut self) {
        self.reached(Phase::Over).await;
    }

    async fn reached(&mut self, phase: Phase) {
        // An error means that the server was dropped, so that everything is over.
        let _ = self.0.wait_for(|now| *now >= phase).await;
    }
}

/// Serves until `shutdown` ends; then accepts nothing more, and waits for what is in flight.
pub(crate) async fn serve(
    listener: TcpListener,
    service: FlowService,
    timeouts: Timeouts,
    shutdown: impl Future<Output = ()>,
) {
    let (phase, phases) = watch::channel(Phase::Serving);
    let phases = Phases(phases);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = Connection { stream, peer, service: service.clone(), timeouts };
                tokio::spawn(connection.serve(phases.clone()));
            }
            Err(error) => rest(&error).await,
        }
    }
    drop(listener);
    drop(phases);
    phase.send_replace(Phase::Draining);
    if tokio::time::timeout(timeouts.shutdown_grace, phase.closed()).await.is_err() {
        tracing::warn!(
            connections = phase.receiver_count(),
            "the time to finish requests is over; the rest is dropped"
        );
        phase.send_replace(Phase::Over);
    }
}

/// One connection's failure is its own; a lack of file descriptors passes.
async fn rest(error: &io::Error) {
    let own = [io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset, io::ErrorKind::ConnectionRefused];
    if !own.contains(&error.kind()) {
        tracing::error!(%error, "no connection can be accepted just now");
        tokio::time::sleep(PAUSE).await;
    }
}
