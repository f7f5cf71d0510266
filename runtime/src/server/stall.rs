//! A time limit for what should go on, and mostly does.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// What is meant by limits that no clock reaches.
const AN_AGE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A timer that costs nothing as long as nothing is waited for.
#[derive(Debug)]
pub(super) struct Stall {
    limit: Duration,
    is_running: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stall {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, is_running: false, timer: None }
    }

    /// Waits until nothing has gone on for as long as the limit allows; the wait begins with the first call.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(Duration::ZERO)));
        if !std::mem::replace(&mut self.is_running, true) {
            timer.as_mut().reset(Instant::now() + self.limit.min(AN_AGE));
        }
        timer.as_mut().poll(context)
    }

    /// It went on: whether anything was waited for.
    pub(super) fn end(&mut self) -> bool {
        std::mem::take(&mut self.is_running)
    }
}
