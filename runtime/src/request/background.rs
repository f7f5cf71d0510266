//! What an application does once an answer is out.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::{Instrument as _, Span};

use crate::observe::{log, panic_message};
use crate::protocol::{HttpError, attach_to_body};

/// The tasks of a service that run behind its answers.
#[derive(Debug)]
pub(crate) struct BackgroundTasks {
    /// Every task holds a receiver: it is closed when all have ended.
    running: watch::Sender<()>,
    /// The flow's threads; where it has started on none, those are the ones that an answer ends on.
    runtime: Option<Handle>,
}

/// How a background task may end.
pub trait TaskOutcome {
    /// The failure, to be logged.
    fn failure(self) -> Option<HttpError>;
}

impl TaskOutcome for () {
    fn failure(self) -> Option<HttpError> {
        None
    }
}

impl<E: Into<HttpError>> TaskOutcome for Result<(), E> {
    fn failure(self) -> Option<HttpError> {
        self.err().map(Into::into)
    }
}

/// A task that has not begun.
pub(super) type Task = BoxFuture<'static, ()>;

/// Tasks that begin when this is dropped; an extension of an answer on its way.
#[derive(Clone)]
pub(crate) struct AfterResponse(#[expect(dead_code, reason = "its end is what counts")] Arc<Pending>);

struct Pending {
    /// Behind a lock for extensions alone, which threads may share.
    tasks: Mutex<Vec<Task>>,
    service: &'static BackgroundTasks,
}

impl BackgroundTasks {
    pub(crate) fn new() -> Self {
        Self { running: watch::Sender::new(()), runtime: Handle::try_current().ok() }
    }

    /// Waits until all of them have ended.
    pub(crate) async fn ended(&self) {
        self.running.closed().await;
    }

    /// Has tasks begin when the answer is out.
    pub(super) fn begin_after(&'static self, response: &mut Response, tasks: Vec<Task>) {
        let pending = Pending { tasks: Mutex::new(tasks), service: self };
        response.extensions_mut().insert(AfterResponse(Arc::new(pending)));
    }
}

/// A task that logs how it fails, with the request that it belongs to.
pub(crate) fn logged<T: TaskOutcome>(task: impl Future<Output = T> + Send + 'static) -> Task {
    let logged = async {
        match AssertUnwindSafe(task).catch_unwind().await.map(TaskOutcome::failure) {
            Ok(None) => {}
            Ok(Some(error)) => error.log_task(),
            Err(panic) => {
                let reason = panic_message(panic.as_ref());
                tracing::error!(reason, "a background task panicked");
            }
        }
    };
    Box::pin(log::carried(logged.instrument(Span::current())))
}

/// Has the tasks of an answer begin when all of it was handed over to be sent, or the client is gone.
pub(crate) fn after_response(mut response: Response) -> Response {
    match response.extensions_mut().remove::<AfterResponse>() {
        Some(after) => attach_to_body(response, after),
        None => response,
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let tasks = std::mem::take(self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner));
        let Some(runtime) = self.service.runtime.clone().or_else(|| Handle::try_current().ok()) else {
            tracing::error!("background tasks have no runtime to run on");
            return;
        };
        for task in tasks {
            let running = self.service.running.subscribe();
            runtime.spawn(async move {
                task.await;
                drop(running);
            });
        }
    }
}

impl fmt::Debug for AfterResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AfterResponse(..)")
    }
}
