//! What is logged: as a service's level says within it, and else as `RUST_LOG` does.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Context, Filter};

use super::{CURRENT, LEVELS, LogLevel};

/// A filter for layers of `tracing-subscriber`: within a service whose log level was said, that level; elsewhere
/// what `RUST_LOG` says. `Flow::run` sets it up where the application has no subscriber of its own.
#[derive(Debug)]
pub struct LogFilter {
    elsewhere: EnvFilter,
}

impl LogFilter {
    /// Takes what holds outside of services from the environment variable `RUST_LOG`; by default `info`.
    pub fn from_env() -> Self {
        Self { elsewhere: EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")) }
    }
}

/// The level of the service that this thread is busy with, if one was said.
fn current() -> Option<u8> {
    CURRENT.with_borrow(|current| current.as_ref().map(|level| level.0.load(Ordering::Relaxed)))
}

/// Whether it depends on who logs: a service has a level of its own.
fn depends() -> bool {
    !LEVELS.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
}

fn rank(level: &Level) -> u8 {
    let level = match *level {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        Level::DEBUG => LogLevel::Debug,
        Level::TRACE => LogLevel::Trace,
    };
    level as u8
}

impl<S: Subscriber> Filter<S> for LogFilter {
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        match current() {
            Some(level) => rank(metadata.level()) <= level,
            None => Filter::<S>::enabled(&self.elsewhere, metadata, context),
        }
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        let elsewhere = Filter::<S>::callsite_enabled(&self.elsewhere, metadata);
        if depends() { Interest::sometimes() } else { elsewhere }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let elsewhere = Filter::<S>::max_level_hint(&self.elsewhere);
        if depends() { None } else { elsewhere }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        Filter::<S>::on_new_span(&self.elsewhere, attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        Filter::<S>::on_record(&self.elsewhere, id, values, context);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        Filter::<S>::on_enter(&self.elsewhere, id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        Filter::<S>::on_exit(&self.elsewhere, id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        Filter::<S>::on_close(&self.elsewhere, id, context);
    }
}
