//! Logs that fit a terminal: the time of day, and `GET /pets 200 1.2ms` in place of names and values.

use std::fmt::{self, Debug};
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// The time of day (UTC), to a millisecond: a terminal shows what is new.
pub(super) struct TimeOfDay;

impl FormatTime for TimeOfDay {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let (seconds, milliseconds) = (since.as_secs() % 86_400, since.subsec_millis());
        write!(writer, "{:02}:{:02}:{:02}.{milliseconds:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// Fields as a person reads them. A request's id is left out: what belongs together stands together.
pub(super) struct BriefFields;

impl<'w> FormatFields<'w> for BriefFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut brief = Brief { writer, is_first: true, result: Ok(()) };
        fields.record(&mut brief);
        brief.result
    }
}

struct Brief<'w> {
    writer: Writer<'w>,
    is_first: bool,
    result: fmt::Result,
}

impl Brief<'_> {
    fn write(&mut self, field: &Field, plain: &str, named: &dyn Debug) -> fmt::Result {
        let told = match field.name() {
            "request_id" => return Ok(()),
            "message" | "method" | "route" | "path" | "status" => plain.to_owned(),
            "latency_ms" => format!("{plain}ms"),
            name => format!("{name}={named:?}"),
        };
        let separator = if std::mem::take(&mut self.is_first) { "" } else { " " };
        write!(self.writer, "{separator}{told}")
    }
}

impl Visit for Brief<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if self.result.is_ok() {
            self.result = self.write(field, value, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if self.result.is_ok() {
            self.result = self.write(field, &format!("{value:?}"), value);
        }
    }
}
