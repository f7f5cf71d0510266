//! Whether the server is shutting down, as connections and WebSockets see it.

use tokio::sync::watch;

/// What the server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ShutdownPhase {
    Serving,
    /// Requests in flight are finished, others not begun.
    Draining,
    /// Whatever is left is dropped.
    Over,
}

/// A connection's view of the shutdown. It counts as a connection that is open.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown(watch::Receiver<ShutdownPhase>);

impl Shutdown {
    /// A view, and what changes the phase.
    pub(crate) fn channel() -> (watch::Sender<ShutdownPhase>, Self) {
        let (phase, watched) = watch::channel(ShutdownPhase::Serving);
        (phase, Self(watched))
    }

    /// Ends when the server takes no more requests.
    pub(crate) async fn draining(&mut self) {
        self.reached(ShutdownPhase::Draining).await;
    }

    /// Ends when the time of what is still open is over.
    pub(crate) async fn over(&mut self) {
        self.reached(ShutdownPhase::Over).await;
    }

    async fn reached(&mut self, phase: ShutdownPhase) {
        // An error means that the server was dropped, so that everything is over.
        let _ = self.0.wait_for(|now| *now >= phase).await;
    }
}
