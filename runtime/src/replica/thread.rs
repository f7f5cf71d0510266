//! A replica: its threads, and its handler value on them.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use super::Handlers;
use super::cpus::{self, CpuReservation};
use super::pool::{Pool, Worker};
use crate::observe::panic_message;

/// A replica that may start.
pub(super) struct Replica {
    pub pool: Arc<Pool>,
    pub handlers: Handlers,
    pub id: u64,
    /// Says when it shall end.
    pub end: oneshot::Receiver<()>,
    pub cpus: f64,
}

impl Replica {
    /// Starts the replica's threads.
    pub(super) fn spawn(self, share: CpuReservation) {
        let (pool, id) = (Arc::clone(&self.pool), self.id);
        let running = pool.thread();
        let spawned = std::thread::Builder::new().name(format!("{}-{id}", pool.service)).spawn(move || {
            self.run(share);
            drop(running);
        });
        if let Err(error) = spawned {
            tracing::error!(service = pool.service, %error, "a replica has no thread to run on");
            pool.gone(id);
        }
    }

    fn run(mut self, share: CpuReservation) {
        let (pool, id) = (Arc::clone(&self.pool), self.id);
        let runtime = match self.runtime() {
            Ok(runtime) => runtime,
            Err(error) => {
                tracing::error!(service = pool.service, replica = id, %error, "a replica could not be started");
                pool.gone(id);
                return;
            }
        };
        let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(self.serve(runtime.handle()))));
        // What replaces it has the CPUs.
        drop(share);
        // No request shall come here any more before those that are here are sent elsewhere.
        if pool.gone(id) {
            let panic = ended.err();
            let reason = panic.as_ref().map_or("it ended", |panic| panic_message(panic.as_ref()));
            tracing::error!(service = pool.service, replica = id, reason, "a replica died; another one replaces it");
        }
        // A handler's blocking work that never ends shall not keep the replica.
        runtime.shutdown_background();
    }

    async fn serve(&mut self, runtime: &Handle) {
        let dispatch = tokio::select! {
            _ = &mut self.end => return,
            dispatch = self.handlers.make_at_last(&self.pool.service) => dispatch,
        };
        let worker = Worker { runtime: runtime.clone(), dispatch: Arc::clone(&dispatch) };
        self.pool.ready(self.id, worker);
        tracing::info!(service = self.pool.service, replica = self.id, "a replica serves");
        // The sender is never used: it is dropped with what the pool knows of the replica.
        let _ = (&mut self.end).await;
        drop(dispatch);
    }

    /// As many threads as CPUs, rounded up, and no more than the machine has; a single one is this thread.
    fn runtime(&self) -> io::Result<Runtime> {
        match (self.cpus.ceil() as usize).min(cpus::count()) {
            0 | 1 => Builder::new_current_thread().enable_all().build(),
            threads => Builder::new_multi_thread()
                .worker_threads(threads)
                .thread_name(format!("{}-{}", self.pool.service, self.id))
                .enable_all()
                .build(),
        }
    }
}
