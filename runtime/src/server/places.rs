//! How many connections there may be, and what is done where all places are taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The fewest connections that there may be by default.
const FEW: usize = 64;

/// The most connections by default, where the process may open more files than that.
const MANY: usize = 100_000;

/// How often the log says that there is no place.
const REMINDER: Duration = Duration::from_secs(10);

/// The places for connections.
#[derive(Debug)]
pub(crate) struct Places {
    count: usize,
    free: Arc<Semaphore>,
    /// How often a connection had to wait for one.
    awaited: AtomicU64,
    /// The requests of connections that were dropped without a whole answer.
    dropped: AtomicUsize,
}

impl Places {
    /// So many places; by default as many as the process may open files, with a quarter left for what handlers open.
    pub(crate) fn new(count: Option<usize>) -> Arc<Self> {
        let count = count.unwrap_or_else(by_default).clamp(1, Semaphore::MAX_PERMITS);
        Arc::new(Self {
            count,
            free: Arc::new(Semaphore::new(count)),
            awaited: AtomicU64::new(0),
            dropped: AtomicUsize::new(0),
        })
    }

    /// How many places are taken.
    #[cfg(feature = "admin")]
    pub(crate) fn taken(&self) -> usize {
        self.count - self.free.available_permits()
    }

    /// How often a connection had to wait for a place.
    #[cfg(feature = "admin")]
    pub(crate) fn awaited(&self) -> u64 {
        self.awaited.load(Relaxed)
    }

    /// A connection was dropped with so many requests.
    pub(super) fn drop_requests(&self, requests: usize) {
        self.dropped.fetch_add(requests, Relaxed);
    }

    /// How many requests were dropped.
    pub(super) fn dropped(&self) -> usize {
        self.dropped.load(Relaxed)
    }

    /// A place, where one is free.
    pub(super) fn take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    /// Waits for a place; `make_room` is called every second meanwhile.
    pub(super) async fn wait(&self, told: &mut Option<Instant>, make_room: impl Fn()) -> OwnedSemaphorePermit {
        self.awaited.fetch_add(1, Relaxed);
        if told.is_none_or(|told| told.elapsed() > REMINDER) {
            *told = Some(Instant::now());
            tracing::warn!(connections = self.count, "all places for connections are taken; further ones wait");
        }
        loop {
            make_room();
            let place = Arc::clone(&self.free).acquire_owned();
            // The semaphore is never closed.
            if let Ok(Ok(place)) = tokio::time::timeout(Duration::from_secs(1), place).await {
                return place;
            }
        }
    }
}

/// As many as the process may open files leave room for.
fn by_default() -> usize {
    open_files().map_or(MANY, |files| (files / 4 * 3).clamp(FEW, MANY))
}

/// How many files the process may open, where the system tells it in a file.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
