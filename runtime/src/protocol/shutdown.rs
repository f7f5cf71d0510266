//! The end of a flow: what handlers and tasks are told, and what the server asks of its connections, to make room or to end.
//! WebSockets see that as well.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

/// What the server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ShutdownPhase {
    Serving,
    /// Requests in flight are finished, others not begun.
    Draining,
    /// Whatever is left is dropped.
    Over,
}

/// What all connections are told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerState {
    pub phase: ShutdownPhase,
    /// How often there was no place for another connection.
    pub crowdings: u64,
}

/// A connection's view of the server. It counts as a connection that is open, and has its place among them.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown {
    state: watch::Receiver<ServerState>,
    /// How many crowdings it has reacted to.
    crowdings: u64,
    _place: Option<Arc<OwnedSemaphorePermit>>,
}

/// What the server asks of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// To end if it is idle: others wait for its place.
    MakeRoom,
    /// To take no more requests.
    Drain,
}

impl Shutdown {
    /// A view, and what changes the phase.
    pub(crate) fn channel() -> (watch::Sender<ServerState>, Self) {
        let (sender, state) = watch::channel(ServerState { phase: ShutdownPhase::Serving, crowdings: 0 });
        (sender, Self { state, crowdings: 0, _place: None })
    }

    /// The view of a connection that has this place.
    pub(crate) fn of_connection(&self, place: OwnedSemaphorePermit) -> Self {
        let crowdings = self.state.borrow().crowdings;
        Self { state: self.state.clone(), crowdings, _place: Some(Arc::new(place)) }
    }

    /// Waits until the server asks for something.
    pub(crate) async fn asked(&mut self) -> Asked {
        let seen = self.crowdings;
        // An error means that the server was dropped, so that everything is over.
        match self.state.wait_for(|now| now.phase >= ShutdownPhase::Draining || now.crowdings != seen).await {
            Ok(now) if now.phase == ShutdownPhase::Serving => {
                self.crowdings = now.crowdings;
                Asked::MakeRoom
            }
            _ => Asked::Drain,
        }
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
        // As above.
        let _ = self.state.wait_for(|now| now.phase >= phase).await;
    }
}

/// Tells handlers and tasks that the flow stops.
#[derive(Debug, Clone, Default)]
pub(crate) struct FlowStop(watch::Sender<bool>);

impl FlowStop {
    /// Tells them.
    pub(crate) fn ask(&self) {
        self.0.send_replace(true);
    }

    /// What they see of it.
    pub(crate) fn watch(&self) -> FlowShutdown {
        FlowShutdown(self.0.subscribe())
    }
}

/// Tells when the flow stops. A [task](crate::Flow::task) gets it, and a handler has it of its
/// [context](crate::RequestContext::shutdown).
#[derive(Debug, Clone)]
pub struct FlowShutdown(watch::Receiver<bool>);

impl FlowShutdown {
    /// Waits until the flow stops: requests are still being finished then.
    pub async fn wait(&self) {
        let mut asked = self.0.clone();
        // An error means that the flow is gone.
        let _ = asked.wait_for(|asked| *asked).await;
    }

    /// Whether the flow stops.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }
}
