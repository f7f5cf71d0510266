//! Each service's own log level, which may change while it runs.
//!
//! What a service logs is what is logged while one of its futures is polled. A service whose level nobody has said
//! logs as the rest of the process does.

#[cfg(feature = "log")]
mod filter;
mod level;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "log")]
pub use filter::LogFilter;
pub use level::{LogLevel, UnknownLogLevel};

/// The level of a service.
#[derive(Debug, Clone)]
pub(crate) struct ServiceLevel(Arc<AtomicU8>);

/// The levels of the services that have one of their own, by their names.
static LEVELS: Mutex<BTreeMap<String, ServiceLevel>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// The level of the service that this thread is busy with.
    static CURRENT: RefCell<Option<ServiceLevel>> = const { RefCell::new(None) };
}

/// Changes how much the service of this name logs, from now on; whether there is one with a log level of its own, of
/// the document, code or the environment. Any other logs as the rest of the process does.
///
/// It takes effect where logs go through a [`LogFilter`](crate::LogFilter), as those of `Flow::run` do.
pub fn set_log_level(service_id: &str, level: LogLevel) -> bool {
    let levels = LEVELS.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(ServiceLevel(place)) = levels.get(service_id).cloned() else { return false };
    drop(levels);
    place.store(level as u8, Ordering::Relaxed);
    // What was never logged so far may be from now on.
    tracing::callsite::rebuild_interest_cache();
    true
}

/// How much the service of this name logs just now, if it has a log level of its own.
#[cfg(feature = "admin")]
pub(crate) fn log_level(service_id: &str) -> Option<LogLevel> {
    let levels = LEVELS.lock().unwrap_or_else(PoisonError::into_inner);
    levels.get(service_id).and_then(|ServiceLevel(place)| LogLevel::from_number(place.load(Ordering::Relaxed)))
}

impl ServiceLevel {
    /// Gives the service of this name a level of its own.
    pub(crate) fn register(service_id: &str, level: LogLevel) -> Self {
        let level = Self(Arc::new(AtomicU8::new(level as u8)));
        LEVELS.lock().unwrap_or_else(PoisonError::into_inner).insert(service_id.to_owned(), level.clone());
        tracing::callsite::rebuild_interest_cache();
        level
    }
}

/// Calls `work` as the service of this level, if it is one's.
pub(crate) fn scope<T>(level: Option<&ServiceLevel>, work: impl FnOnce() -> T) -> T {
    /// Puts back what was there, also after a panic.
    struct Back(Option<ServiceLevel>);
    impl Drop for Back {
        fn drop(&mut self) {
            CURRENT.replace(self.0.take());
        }
    }
    if level.is_none() && CURRENT.with_borrow(Option::is_none) {
        return work();
    }
    let _back = Back(CURRENT.replace(level.cloned()));
    work()
}

/// Takes the level along to other threads.
pub(crate) fn carried<F: Future + Send>(future: F) -> impl Future<Output = F::Output> + Send {
    leveled(CURRENT.with_borrow(Clone::clone), future)
}

/// A service's future.
pub(crate) async fn leveled<F: Future>(level: Option<ServiceLevel>, future: F) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(|context| scope(level.as_ref(), || future.as_mut().poll(context))).await
}
