//! Tasks of the application that run as long as the flow does.

use std::fmt;

use futures_util::future::BoxFuture;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::protocol::{FlowShutdown, FlowStop};
use crate::request::{TaskOutcome, logged};

/// Tasks that have not begun.
#[derive(Default)]
pub(super) struct FlowTasks(Vec<Begin>);

type Begin = Box<dyn FnOnce(FlowShutdown) -> BoxFuture<'static, ()> + Send>;

/// Tasks that run.
pub(super) struct RunningTasks(JoinSet<()>);

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

    /// Starts them on the threads of the flow, which stops when it is asked.
    pub(super) fn begin(self, stop: &FlowStop) -> RunningTasks {
        let mut tasks = JoinSet::new();
        for begin in self.0 {
            tasks.spawn(begin(stop.watch()));
        }
        RunningTasks(tasks)
    }
}

impl RunningTasks {
    /// Waits until they have ended; whether they have in time.
    pub(super) async fn ended(mut self, deadline: Instant) -> bool {
        let all = async { while self.0.join_next().await.is_some() {} };
        timeout_at(deadline, all).await.is_ok()
    }
}

impl fmt::Debug for FlowTasks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} tasks", self.0.len())
    }
}
