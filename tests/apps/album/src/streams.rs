//! Answers that go on while the handler has something to say.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use buildflow_runtime::FlowShutdown;
use buildflow_runtime::types::{Event, EventStream};
use futures_util::{Stream, StreamExt as _, stream};

/// After how long a pause a client hears that there is still somebody.
const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// How many streams of numbers somebody listens to.
#[derive(Debug, Clone, Default)]
pub struct Listeners(Arc<AtomicI64>);

impl Listeners {
    /// Their number.
    pub fn count(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn enter(&self) -> Listener {
        self.0.fetch_add(1, Ordering::SeqCst);
        Listener(self.clone())
    }
}

/// One of them, for as long as its stream lives.
struct Listener(Listeners);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Numbers from `first` on, each with its own as id, until the flow stops.
pub fn ticks(first: i64, pause: Duration, listeners: &Listeners, shutdown: FlowShutdown) -> EventStream<i64> {
    let numbers = numbers(first, pause, listeners.enter());
    EventStream::new(numbers.take_until(async move { shutdown.wait().await })).keep_alive(KEEP_ALIVE)
}

fn numbers(
    first: i64,
    pause: Duration,
    listener: Listener,
) -> impl Stream<Item = Result<Event<i64>, Infallible>> + Send {
    stream::unfold((first, listener), move |(number, listener)| async move {
        tokio::time::sleep(pause).await;
        Some((Ok(Event::new(number).id(number.to_string())), (number + 1, listener)))
    })
}
