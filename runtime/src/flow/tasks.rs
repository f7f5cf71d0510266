//! Tasks of the application that run as long as the flow does.

use std::fmt;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::request::{TaskOutcome, logged};

/// Tells a task of the application when the flow stops.
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

/// Tasks that have not begun.
#[derive(Default)]
pub(super) struct FlowTasks(Vec<Begin>);

type Begin = Box<dyn FnOnce(FlowShutdown) -> BoxFuture<'static, ()> + Send>;

/// Tasks that run.
pub(super) struct RunningTasks {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl FlowTasks {
    pub(super) fn add<F, T>(&mut self, task: impl FnOnce(FlowShutdown) -> F + Send + 'static)
    where
        F: Future<Output = T> + Send + 'static,
        T: TaskOutcome,
    {
        self.0.push(Box::new(|shutdown| logged(task(shutdown))));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Starts them on the threads of the flow.
    pub(super) fn begin(self) -> RunningTasks {
        let stop = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        for begin in self.0 {
            tasks.spawn(begin(FlowShutdown(stop.subscribe())));
        }
        RunningTasks { tasks, stop }
    }
}

impl RunningTasks {
    /// Tells them that the flow stops.
    pub(super) fn stopper(&self) -> impl FnOnce() + use<> {
        let stop = self.stop.clone();
        move || {
            stop.send_replace(true);
        }
    }

    /// Waits until they have ended; whether they have in time.
    pub(super) async fn ended(mut self, deadline: Instant) -> bool {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        timeout_at(deadline, all).await.is_ok()
    }
}

impl fmt::Debug for FlowTasks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} tasks", self.0.len())
    }
}
