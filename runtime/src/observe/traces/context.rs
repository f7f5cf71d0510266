//! Which trace a request belongs to (W3C Trace Context).

use std::collections::HashMap;

use http::HeaderMap;
use http::header::HeaderValue;
use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry_http::HeaderInjector;
use opentelemetry_sdk::propagation::TraceContextPropagator;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// A longer `tracestate` is not passed on: so much everybody should (Trace Context §3.3.1.5).
const LONGEST_STATE: usize = 512;

/// The headers `traceparent` and `tracestate` for a request to another server, as part of the trace that the caller
/// is in; none where it is in no trace.
///
/// ```
/// use buildflow_runtime::{http, trace_headers};
///
/// # fn main() -> Result<(), http::Error> {
/// let mut request = http::Request::get("http://stock.example/pets/7").body(())?;
/// request.headers_mut().extend(trace_headers());
/// # Ok(())
/// # }
/// ```
pub fn trace_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    TraceContextPropagator::new().inject_context(&Context::current(), &mut HeaderInjector(&mut headers));
    if headers.get(TRACESTATE).is_some_and(HeaderValue::is_empty) {
        headers.remove(TRACESTATE);
    }
    headers
}

/// What a request's headers say; `None` where they say nothing, or what cannot be so.
pub(super) fn extract(headers: &HeaderMap) -> Option<Context> {
    let mut parents = headers.get_all(TRACEPARENT).iter();
    let (Some(parent), None) = (parents.next(), parents.next()) else { return None };
    let parent = parent.to_str().ok().filter(|text| is_traceparent(text))?;
    let states = headers.get_all(TRACESTATE).iter().filter_map(|state| state.to_str().ok());
    // Several fields are one list (RFC 9110 §5.3).
    let mut state = states.collect::<Vec<_>>().join(",");
    if state.len() > LONGEST_STATE {
        state.clear();
    }
    let said = HashMap::from([(TRACEPARENT.to_owned(), parent.to_owned()), (TRACESTATE.to_owned(), state)]);
    Some(TraceContextPropagator::new().extract_with_context(&Context::new(), &said))
}

/// Whether it begins with a version, a trace's id, a parent's id and flags (Trace Context §3.2.2). What the values may
/// be, the propagator knows.
fn is_traceparent(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let mut fields = text.split('-');
    let lengths = [2, 32, 16, 2];
    lengths.iter().all(|length| fields.next().is_some_and(|text| text.len() == *length && text.bytes().all(is_digit)))
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TraceContextExt as _;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let field = |(name, value): &(&'static str, &str)| {
            (http::HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
        };
        let mut headers = HeaderMap::new();
        for (name, value) in fields.iter().map(field) {
            headers.append(name, value);
        }
        headers
    }

    /// The ids and the state that are taken over.
    fn taken(fields: &[(&'static str, &str)]) -> Option<String> {
        let context = extract(&headers(fields))?;
        let span = context.span().span_context().clone();
        let state = span.trace_state().header();
        span.is_valid().then(|| format!("{} {} {}", span.trace_id(), span.span_id(), state))
    }

    #[test]
    fn the_client_says_the_trace() {
        let ids = "4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7";
        assert_eq!(taken(&[("traceparent", PARENT)]), Some(format!("{ids} ")));
        let fields = [("traceparent", PARENT), ("tracestate", "a=1"), ("tracestate", "b=2")];
        assert_eq!(taken(&fields), Some(format!("{ids} a=1,b=2")));
        let later = PARENT.replacen("00", "01", 1) + "-more";
        assert_eq!(taken(&[("traceparent", &later)]), Some(format!("{ids} ")));
        let long = format!("a={}", "1".repeat(600));
        assert_eq!(taken(&[("traceparent", PARENT), ("tracestate", &long)]), Some(format!("{ids} ")));
    }

    #[test]
    fn what_is_no_parent_is_none() {
        let zeros = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
        let upper = PARENT.to_uppercase();
        let more = format!("{PARENT}-more");
        let never = PARENT.replacen("00", "ff", 1);
        let short = "00-1-1-01";
        for parent in ["", "a", zeros, &upper, &more, &never, short, &PARENT[..54]] {
            assert_eq!(taken(&[("traceparent", parent)]), None, "{parent}");
        }
        assert_eq!(taken(&[("traceparent", PARENT), ("traceparent", PARENT)]), None);
        assert_eq!(taken(&[("tracestate", "a=1")]), None);
    }

    #[test]
    fn outside_of_traces_there_are_no_headers() {
        assert!(trace_headers().is_empty());
    }
}
