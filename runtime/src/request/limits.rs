//! What a request may cost.

use std::time::Duration;

use tokio::time::Instant;

#[cfg(feature = "websocket")]
use crate::websocket::OpenSockets;

/// What a request may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The most bytes that a body may have in memory.
    pub body: usize,
    /// The most bytes that files, or a body that is a stream, may have.
    pub upload: usize,
    /// What else the parts of a form may be.
    pub form: FormLimits,
    /// How long a request may take, its body included.
    pub time: Duration,
    /// Whether answers are checked against the document.
    pub check_answers: bool,
    /// The WebSockets that are open.
    #[cfg(feature = "websocket")]
    pub sockets: &'static OpenSockets,
}

/// What the parts of a `multipart/form-data` body may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormLimits {
    /// How many there may be.
    #[cfg_attr(not(feature = "multipart"), expect(dead_code, reason = "only forms with parts have them"))]
    pub parts: usize,
    /// The most bytes of one that is no file.
    pub field: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 2 * 1024 * 1024,
            upload: 64 * 1024 * 1024,
            form: FormLimits { parts: 1000, field: usize::MAX },
            time: Duration::from_secs(30),
            check_answers: cfg!(debug_assertions),
            #[cfg(feature = "websocket")]
            sockets: OpenSockets::unlimited(),
        }
    }
}

impl Limits {
    /// When a request that starts now must be answered.
    pub(crate) fn deadline(self) -> Instant {
        const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
        let now = Instant::now();
        now.checked_add(self.time).unwrap_or_else(|| now + FAR)
    }
}
