//! Where the logs of a flow go.

#[cfg(feature = "log")]
mod compact;

use super::arguments::LOG_FORMAT;
use super::process_config::ProcessConfig;
#[cfg(feature = "log")]
use crate::observe::log::LogFilter;
use crate::protocol::Error;

/// Sets up where logs go, unless the application has, and how they are written; and that spans go into traces.
#[cfg(feature = "log")]
pub(crate) fn init(
    launch: &ProcessConfig,
    #[cfg(feature = "otel")] traces: Option<&crate::observe::traces::Traces>,
) -> Result<(), Error> {
    use std::io::IsTerminal as _;

    use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
    use tracing_subscriber::util::SubscriberInitExt as _;

    let terminal = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_ansi(terminal).with_writer(std::io::stderr);
    let format = launch.get(&LOG_FORMAT)?;
    let lines = match format.as_deref().unwrap_or(if terminal { "compact" } else { "text" }) {
        "text" => lines.boxed(),
        "compact" => {
            let brief = lines.compact().fmt_fields(compact::BriefFields).with_timer(compact::TimeOfDay);
            brief.with_target(false).boxed()
        }
        "json" => lines.json().flatten_event(true).boxed(),
        other => {
            let reason = format!("{other:?} should be {}", LOG_FORMAT.wanted);
            return Err(Error::Option { name: LOG_FORMAT.flag, reason });
        }
    };
    let told = tracing_subscriber::registry().with(lines.with_filter(LogFilter::from_env()));
    #[cfg(feature = "otel")]
    let told = told.with(traces.map(crate::observe::traces::Traces::layer));
    // An error means that the application has its own.
    let _ = told.try_init();
    Ok(())
}

#[cfg(not(feature = "log"))]
pub(crate) fn init(launch: &ProcessConfig) -> Result<(), Error> {
    match launch.get(&LOG_FORMAT)? {
        None => Ok(()),
        Some(_) => {
            let reason = "the feature `log` of `buildflow-runtime` is not on".to_owned();
            Err(Error::Option { name: LOG_FORMAT.flag, reason })
        }
    }
}
