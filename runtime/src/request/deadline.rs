//! Time limits.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use tokio::time::{Instant, timeout_at};

/// What a future gives; `None` where that is not by the deadline. What is there at once costs no timer.
pub(crate) async fn within<F: Future>(deadline: Instant, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    match std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await {
        Poll::Ready(output) => Some(output),
        Poll::Pending => timeout_at(deadline, future).await.ok(),
    }
}
