//! The machine's CPUs, which the replicas of all services share.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A thousandth of a CPU is the least that is counted.
const PARTS: f64 = 1000.0;

/// What is left of this machine's CPUs, in [`PARTS`].
static LEFT: LazyLock<Mutex<u64>> = LazyLock::new(|| Mutex::new(parts(count() as f64)));

/// Tells those who wait that some are free again.
static FREED: Notify = Notify::const_new();

/// How many CPUs this process may use.
pub(super) fn count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn parts(cpus: f64) -> u64 {
    (cpus * PARTS).ceil() as u64
}

fn left() -> MutexGuard<'static, u64> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The CPUs of a replica, until it ends.
#[derive(Debug)]
pub(super) struct CpuReservation {
    parts: u64,
}

impl CpuReservation {
    /// Takes so many CPUs; `None` where other replicas have them.
    pub(super) fn take(cpus: f64) -> Option<Self> {
        let (parts, mut left) = (parts(cpus), left());
        *left = left.checked_sub(parts)?;
        Some(Self { parts })
    }

    /// Takes as many of so many CPUs as there are; and how many are missing.
    pub(super) fn take_what_there_is(cpus: f64) -> (Self, f64) {
        let (wanted, mut left) = (parts(cpus), left());
        let parts = wanted.min(*left);
        *left -= parts;
        (Self { parts }, (wanted - parts) as f64 / PARTS)
    }

    /// Waits for CPUs: asks whenever a replica has ended.
    pub(super) async fn wait(ask: impl Fn() -> Option<Self>) -> Self {
        loop {
            let freed = FREED.notified();
            if let Some(share) = ask() {
                return share;
            }
            freed.await;
        }
    }
}

impl Drop for CpuReservation {
    fn drop(&mut self) {
        *left() += self.parts;
        FREED.notify_waiters();
    }
}
