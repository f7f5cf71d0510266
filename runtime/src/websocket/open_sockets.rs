//! How many WebSockets of a service are open, and how many may be.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// The WebSockets of a service.
#[derive(Debug)]
pub(crate) struct OpenSockets {
    most: u32,
    open: AtomicU32,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct OpenSocket(&'static OpenSockets);

/// Those of whoever sets no limit.
static UNLIMITED: OpenSockets = OpenSockets { most: u32::MAX, open: AtomicU32::new(0) };

impl OpenSockets {
    /// As many as clients like.
    pub(crate) fn unlimited() -> &'static Self {
        &UNLIMITED
    }

    /// So many. The count stays for good: it is made once for each service that starts.
    pub(crate) fn at_most(most: u32) -> &'static Self {
        Box::leak(Box::new(Self { most, open: AtomicU32::new(0) }))
    }

    /// How many are open.
    #[cfg(feature = "admin")]
    pub(crate) fn count(&self) -> u32 {
        self.open.load(Relaxed)
    }

    /// One more, unless there are as many as there may be.
    pub(super) fn open(&'static self) -> Option<OpenSocket> {
        let more = self.open.fetch_update(Relaxed, Relaxed, |open| (open < self.most).then(|| open + 1));
        more.is_ok().then(|| OpenSocket(self))
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}
