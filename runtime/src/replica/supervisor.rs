//! Keeps as many replicas as there should be.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};

use super::Handlers;
use super::autoscale::{Autoscaler, PERIOD};
use super::cpus::{self, CpuReservation};
use super::pool::Pool;
use super::thread::Replica;
use crate::protocol::Error;

/// The pause before a replica is replaced that has died soon; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A replica that has run for so long did not die soon.
const LONG: Duration = Duration::from_secs(10);

/// Starts and ends the replicas of one service.
pub(super) struct Supervisor {
    pub pool: Arc<Pool>,
    pub handlers: Handlers,
    pub cpus: f64,
    pub wanted: u32,
    /// How many run whatever CPUs there are.
    pub fewest: usize,
    pub autoscaler: Option<Autoscaler>,
}

impl Supervisor {
    /// Runs on a thread of its own: it does not depend on how busy others are.
    pub(super) fn spawn(self) -> Result<(), Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(Error::Io)?;
        let running = self.pool.thread();
        let thread = std::thread::Builder::new().name(format!("{}-replicas", self.pool.service));
        let spawned = thread.spawn(move || {
            runtime.block_on(self.run());
            drop(running);
        });
        spawned.map(|_| ()).map_err(Error::Io)
    }

    async fn run(mut self) {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut deaths = Deaths::default();
        loop {
            let pause = deaths.pause();
            for _ in 0..self.pool.shrink_to(self.wanted as usize) {
                self.start(pause);
            }
            tokio::select! {
                () = self.pool.changed.notified() => deaths.count(),
                _ = ticks.tick(), if self.autoscaler.is_some() => self.scale(),
            }
            if self.pool.is_closed() {
                self.pool.shrink_to(0);
                return;
            }
        }
    }

    fn scale(&mut self) {
        let Some(autoscaler) = &mut self.autoscaler else { return };
        let load = self.pool.load();
        let wanted = autoscaler.tick(load, self.wanted);
        if wanted != self.wanted {
            let (from, to) = (self.wanted, wanted);
            tracing::info!(service = self.pool.service, from, to, ongoing = load.ongoing, "scaling");
            self.wanted = wanted;
        }
    }

    /// Starts a replica: at once where it is one of the fewest, else as soon as the machine has the CPUs for it.
    fn start(&self, pause: Duration) {
        let (id, end) = self.pool.begin();
        let (pool, handlers) = (Arc::clone(&self.pool), self.handlers.clone());
        let (cpus, fewest) = (self.cpus, self.fewest);
        tokio::spawn(async move {
            let mut end = end;
            let admitted = async {
                tokio::time::sleep(pause).await;
                admitted(&pool, (id, fewest), cpus).await
            };
            let share = tokio::select! {
                _ = &mut end => return,
                share = admitted => share,
            };
            Replica { pool, handlers, id, end, cpus }.spawn(share);
        });
    }
}

/// The CPUs of a replica, once it may start.
async fn admitted(pool: &Pool, (id, fewest): (u64, usize), num_cpus: f64) -> CpuReservation {
    let (service, machine) = (&*pool.service, cpus::count());
    let ask = || {
        if pool.must_start(id, fewest) {
            let (share, missing) = CpuReservation::take_what_there_is(num_cpus);
            if missing > 0.0 {
                tracing::warn!(
                    service,
                    num_cpus,
                    missing,
                    machine,
                    "a replica starts, and this machine lacks CPUs for it"
                );
            }
            return Some(share);
        }
        CpuReservation::take(num_cpus).inspect(|_| pool.gets_cpus(id))
    };
    if let Some(share) = ask() {
        return share;
    }
    tracing::warn!(service, num_cpus, machine, "a further replica waits: other replicas use this machine's CPUs");
    CpuReservation::wait(ask).await
}

/// How often replicas have died lately.
#[derive(Debug, Default)]
struct Deaths {
    last: Option<Instant>,
    count: u32,
}

impl Deaths {
    fn count(&mut self) {
        self.count = match self.last {
            Some(last) if last.elapsed() < LONG => self.count.saturating_add(1),
            _ => 0,
        };
        self.last = Some(Instant::now());
    }

    /// How long to wait before the next replica: not at all, unless one after the other dies.
    fn pause(&self) -> Duration {
        match self.last {
            Some(last) if self.count > 0 && last.elapsed() < LONG => {
                LONGEST_PAUSE.min(FIRST_PAUSE.saturating_mul(2u32.saturating_pow(self.count - 1)))
            }
            _ => Duration::ZERO,
        }
    }
}
