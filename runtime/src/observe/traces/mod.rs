//! Traces of OpenTelemetry: spans of requests and handlers, sent to a collector by OTLP over HTTP.
//!
//! The span of a request is the one that the log has. Its parent comes from the client; on its way out, its fields get
//! the names that OpenTelemetry has for them.

mod context;
mod conventions;
mod export;

use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::Request;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp as otlp;
use opentelemetry_otlp::WithHttpConfig as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::registry::LookupSpan;

use super::Environment;
use crate::protocol::{Error, Peer};

pub use context::trace_headers;

/// What spans are measured by.
const SCOPE: &str = env!("CARGO_PKG_NAME");

/// Whether any spans may be sent.
static ARE_SENT: AtomicBool = AtomicBool::new(false);

/// Sends the spans of requests and of handlers to a collector, by OTLP over HTTP. What has not been sent when it is
/// dropped is sent then, which takes 5 s at most.
///
/// `Flow::run` has one where the environment asks for it; an application that has a subscriber of its own puts the
/// [`layer`](Self::layer) into that:
///
/// ```no_run
/// use buildflow_runtime::Traces;
/// use tracing_subscriber::layer::SubscriberExt as _;
/// use tracing_subscriber::util::SubscriberInitExt as _;
///
/// # fn main() -> Result<(), buildflow_runtime::Error> {
/// let traces = Traces::from_env()?;
/// tracing_subscriber::registry().with(traces.as_ref().map(Traces::layer)).init();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// As the environment says, by the variables that OpenTelemetry has for it; `None` where it asks for no traces.
    ///
    /// They are sent where `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` says where to, or
    /// `OTEL_TRACES_EXPORTER=otlp` that it is `http://localhost:4318`; neither with `OTEL_TRACES_EXPORTER=none` nor with
    /// `OTEL_SDK_DISABLED=true`. `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER` and its `_ARG`,
    /// `OTEL_BSP_*`, `OTEL_SPAN_*_COUNT_LIMIT`, and of `OTEL_EXPORTER_OTLP_*` the headers, the timeout and the compression,
    /// mean what OpenTelemetry says.
    ///
    /// # Errors
    ///
    /// Another exporter than `otlp`, protocol than `http/protobuf` or compression than `gzip`; an endpoint that is no URL.
    pub fn from_env() -> Result<Option<Self>, Error> {
        Self::from_environment(Environment::of_process())
    }

    /// Those of a flow that is started; `None` also where the application has a subscriber of its own, which nothing can
    /// be added to.
    pub(crate) fn of_flow(environment: Environment) -> Result<Option<Self>, Error> {
        if tracing::dispatcher::has_been_set() { Ok(None) } else { Self::from_environment(environment) }
    }

    fn from_environment(environment: Environment) -> Result<Option<Self>, Error> {
        if !asked_for(environment)? {
            return Ok(None);
        }
        let timeout =
            environment.first_of([otlp::OTEL_EXPORTER_OTLP_TRACES_TIMEOUT, otlp::OTEL_EXPORTER_OTLP_TIMEOUT])?;
        let client = export::Client::new(timeout.as_deref());
        let exporter = otlp::SpanExporter::builder().with_http().with_http_client(client).build();
        let exporter = exporter.map_err(|error| Error::Option { name: "traces", reason: error.to_string() })?;
        let exporter = export::SemconvExporter(exporter);
        Ok(Some(Self { provider: SdkTracerProvider::builder().with_batch_exporter(exporter).build() }))
    }

    /// What a subscriber hands spans to. It takes spans and events from `INFO` on, whatever is logged.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s> + Send + Sync,
    {
        ARE_SENT.store(true, Ordering::Relaxed);
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer(SCOPE));
        // What is left out here says little of a handler, and of a request what is not so.
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        layer.with_filter(FilterFn::new(is_told).with_max_level_hint(LevelFilter::INFO))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Whether the environment asks for traces, in a way that they can be sent.
fn asked_for(environment: Environment) -> Result<bool, Error> {
    const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
    let disabled = environment.first_of(["OTEL_SDK_DISABLED"])?;
    if disabled.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(false);
    }
    let endpoint =
        environment.first_of([otlp::OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, otlp::OTEL_EXPORTER_OTLP_ENDPOINT])?;
    match environment.first_of([EXPORTER])?.as_deref() {
        Some("none") => return Ok(false),
        None if endpoint.is_none() => return Ok(false),
        None | Some("otlp") => {}
        Some(other) => {
            let reason = format!("there is no exporter {other:?}; there are `otlp` and `none`");
            return Err(Error::Option { name: EXPORTER, reason });
        }
    }
    let protocol = [otlp::OTEL_EXPORTER_OTLP_PROTOCOL, otlp::OTEL_EXPORTER_OTLP_TRACES_PROTOCOL];
    one_of(environment, protocol, &["http/protobuf"])?;
    let compression = [otlp::OTEL_EXPORTER_OTLP_COMPRESSION, otlp::OTEL_EXPORTER_OTLP_TRACES_COMPRESSION];
    one_of(environment, compression, &["gzip", "none"])?;
    Ok(true)
}

/// Refuses what the exporter would pass over in silence, in a variable and the one of traces alone that goes before it.
fn one_of(environment: Environment, [name, of_traces]: [&'static str; 2], known: &[&str]) -> Result<(), Error> {
    match environment.first_of([of_traces, name])?.filter(|said| !known.contains(&said.as_str())) {
        None => Ok(()),
        Some(other) => {
            Err(Error::Option { name, reason: format!("traces are sent with {}, not {other:?}", known.join(" or ")) })
        }
    }
}

/// Whether a span or an event is part of traces: that a request was answered is what its span says.
fn is_told(metadata: &Metadata<'_>) -> bool {
    let of_request = metadata.target() == super::TARGET && metadata.is_event();
    *metadata.level() <= if of_request { Level::WARN } else { Level::INFO }
}

/// Gives the span of a request its parent, and what only traces say of it, if they are sent.
pub(crate) fn begin(span: &Span, request: &Request, peer: Option<&Peer>) {
    if !ARE_SENT.load(Ordering::Relaxed) || span.is_disabled() {
        return;
    }
    if let Some(parent) = context::extract(request.headers()) {
        // An error means that no trace has this span.
        let _ = span.set_parent(parent);
    }
    for (name, value) in conventions::of_request(request, peer) {
        span.set_attribute(name, value);
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn asked(variable: fn(&str) -> Option<OsString>) -> Result<bool, String> {
        asked_for(Environment::of_variables(variable)).map_err(|error| error.to_string())
    }

    #[test]
    fn traces_are_sent_where_the_environment_says_where_to() {
        let endpoint = |name: &str| (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| "http://a".into());
        assert_eq!(asked(|_| None), Ok(false));
        assert_eq!(asked(endpoint), Ok(true));
        assert_eq!(asked(|name| (name == "OTEL_TRACES_EXPORTER").then(|| "otlp".into())), Ok(true));
        let disabled = |name: &str| match name {
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" => Some("http://a".into()),
            "OTEL_SDK_DISABLED" => Some("TRUE".into()),
            _ => None,
        };
        assert_eq!(asked(disabled), Ok(false));
    }

    #[test]
    fn what_cannot_be_sent_as_asked_is_refused() {
        let zipkin = asked(|name| (name == "OTEL_TRACES_EXPORTER").then(|| "zipkin".into()));
        let reason = "there is no exporter \"zipkin\"; there are `otlp` and `none`";
        assert_eq!(zipkin, Err(format!("the option `OTEL_TRACES_EXPORTER` cannot be used: {reason}")));
        let grpc = |name: &str| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some("http://a:4317".into()),
            "OTEL_EXPORTER_OTLP_PROTOCOL" => Some("grpc".into()),
            _ => None,
        };
        let reason = "traces are sent with http/protobuf, not \"grpc\"";
        assert_eq!(asked(grpc), Err(format!("the option `OTEL_EXPORTER_OTLP_PROTOCOL` cannot be used: {reason}")));
    }
}
