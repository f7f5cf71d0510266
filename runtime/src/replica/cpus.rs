//! The machine's CPUs, which the replicas of all services share.

use std::sync::{Arc, LazyLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A thousandth of a CPU is the least that is counted.
const PARTS: f64 = 1000.0;

/// What is left of this machine's CPUs. Whoever waits first gets first, so that nobody waits for ever.
static MACHINE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(parts(count() as f64) as usize)));

/// How many CPUs this process may use.
pub(crate) fn count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn parts(cpus: f64) -> u32 {
    (cpus * PARTS).ceil() as u32
}

/// The CPUs of a replica, until it ends.
#[derive(Debug)]
pub(super) struct CpuReservation {
    _parts: OwnedSemaphorePermit,
}

impl CpuReservation {
    /// Takes so many CPUs; `None` where other replicas have them.
    pub(super) fn take(cpus: f64) -> Option<Self> {
        Arc::clone(&MACHINE).try_acquire_many_owned(parts(cpus)).ok().map(|parts| Self { _parts: parts })
    }

    /// Waits for so many CPUs.
    pub(super) async fn wait(cpus: f64) -> Self {
        match Arc::clone(&MACHINE).acquire_many_owned(parts(cpus)).await {
            Ok(parts) => Self { _parts: parts },
            // The semaphore is never closed.
            Err(_) => std::future::pending().await,
        }
    }
}
