//! Traces of OpenTelemetry, as a collector gets them from a flow that runs as a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message as _;

use crate::process::{Process, answer};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A collector, for as long as a process sends traces.
struct Collector {
    port: u16,
    listening: JoinHandle<Vec<ResourceSpans>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let listening = std::thread::spawn(move || {
            let mut collected = Vec::new();
            for stream in listener.incoming() {
                match receive(stream.expect("a connection")) {
                    Some(request) => collected.extend(request.resource_spans),
                    None => break,
                }
            }
            collected
        });
        Self { port, listening }
    }

    /// The variables that send traces here.
    fn variables(&self) -> String {
        let Self { port, .. } = self;
        format!(
            "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port} OTEL_SERVICE_NAME=zoo RUST_LOG=buildflow_runtime::flow=info;"
        )
    }

    /// What has come, once nobody sends any more.
    fn end(self) -> Vec<ResourceSpans> {
        // A connection that says nothing is the end.
        drop(TcpStream::connect(("127.0.0.1", self.port)).expect("a collector"));
        self.listening.join().expect("nobody has panicked")
    }
}

/// Takes requests of a connection until it has one that brings spans; `None` where it brings nothing.
fn receive(mut stream: TcpStream) -> Option<ExportTraceServiceRequest> {
    let mut reader = BufReader::new(stream.try_clone().expect("the same connection"));
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let start = head.len();
        if reader.read_line(&mut head).expect("a head") == 0 {
            return None;
        }
        if let Some(value) = head[start..].to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
    assert!(head.to_ascii_lowercase().contains("content-type: application/x-protobuf\r\n"), "{head}");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").expect("it reads");
    Some(ExportTraceServiceRequest::decode(&body[..]).expect("an export"))
}

/// The spans of all services, with the name of the service.
fn spans(collected: &[ResourceSpans]) -> Vec<(String, Span)> {
    let of_one = |resource: &ResourceSpans| {
        let service = value(&resource.resource.as_ref().expect("a resource").attributes, "service.name");
        let spans = resource.scope_spans.iter().flat_map(|scope| scope.spans.clone());
        spans.map(|span| (service.clone().unwrap_or_default(), span)).collect::<Vec<_>>()
    };
    collected.iter().flat_map(of_one).collect()
}

fn value(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.clone()? {
        AnyValue { value: Some(Value::StringValue(text)) } => Some(text),
        AnyValue { value: Some(Value::IntValue(number)) } => Some(number.to_string()),
        other => panic!("{name} is {other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a flow started in this way sends when it gets such requests, by what their answers begin with, and then ends.
fn traced(started: &str, requests: &[(&str, &str, &str)]) -> (Vec<String>, Vec<(String, Span)>) {
    let collector = Collector::start();
    let mut process = Process::start(&format!("{}{started}", collector.variables()));
    let answers = requests.iter().map(|(path, headers, status)| {
        let answer = answer(process.request_with(path, headers));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        answer
    });
    let answers = answers.collect();
    process.signal("TERM");
    assert!(process.end().success());
    (answers, spans(&collector.end()))
}

fn only<'s>(spans: &'s [(String, Span)], name: &str) -> &'s Span {
    let mut found = spans.iter().filter(|(_, span)| span.name == name);
    match (found.next(), found.next()) {
        (Some((_, span)), None) => span,
        _ => panic!("there should be one {name}: {spans:?}"),
    }
}

/// The parent of a request's span is the client's, and it is that of the handler's, on whichever thread.
#[track_caller]
fn is_part_of_the_trace(started: &str) {
    let parent = format!("traceparent: 00-{TRACE}-{PARENT}-01\r\ntracestate: zoo=1\r\nuser-agent: a test\r\n");
    let (answers, spans) = traced(started, &[("/pets/12?secret=4711", &parent, "200")]);
    assert_eq!(spans.len(), 2, "{spans:?}");
    assert!(spans.iter().all(|(service, _)| service == "zoo"), "{spans:?}");
    let request = only(&spans, "GET /pets/{id}");
    assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    assert_eq!((request.kind(), request.trace_state.as_str()), (SpanKind::Server, "zoo=1"));
    let port = value(&request.attributes, "network.peer.port").expect("a port");
    for (name, expected) in [
        ("http.request.method", "GET"),
        ("http.route", "/pets/{id}"),
        ("http.response.status_code", "200"),
        ("url.path", "/pets/12"),
        ("url.scheme", "http"),
        ("server.address", "a"),
        ("network.protocol.version", "1.1"),
        ("client.address", "127.0.0.1"),
        ("network.peer.address", "127.0.0.1"),
        ("network.peer.port", port.as_str()),
        ("user_agent.original", "a test"),
        ("request_id", "mine"),
    ] {
        assert_eq!(value(&request.attributes, name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(request.attributes.len(), 12, "{request:?}");
    assert!(request.end_time_unix_nano > request.start_time_unix_nano);
    let handler = only(&spans, "look up");
    assert_eq!((&handler.trace_id, &handler.parent_span_id), (&request.trace_id, &request.span_id));
    assert_eq!(value(&handler.attributes, "id").as_deref(), Some("12"));
    let onward = format!("\r\ntraceparent: 00-{TRACE}-{}-01\r\ntracestate: zoo=1\r\n", hex(&handler.span_id));
    assert!(answers[0].contains(&onward), "{answers:?}");
}

#[test]
fn requests_are_part_of_the_trace_of_who_makes_them() {
    is_part_of_the_trace("");
}

#[test]
fn so_they_are_on_the_threads_of_replicas() {
    is_part_of_the_trace("export BUILDFLOW_PETS_NUM_REPLICAS=2 BUILDFLOW_PETS_MAX_REPLICAS=2;");
}

#[test]
fn what_is_no_parent_is_ignored() {
    let zeros = "traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01\r\n";
    let twice = format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n").repeat(2);
    let bad = [("/slow", zeros, "204"), ("/slow", "traceparent: 4711\r\n", "204"), ("/slow", &twice, "204")];
    let (_, spans) = traced("", &bad);
    assert_eq!(spans.len(), 3, "{spans:?}");
    for (_, span) in spans {
        assert!(span.parent_span_id.is_empty() && hex(&span.trace_id) != TRACE, "{span:?}");
    }
}

#[test]
fn errors_of_the_server_are_errors_of_the_trace() {
    let (_, spans) = traced("", &[("/failing", "", "500"), ("/nowhere", "", "404")]);
    let code = |span: &Span| span.status.as_ref().map_or(StatusCode::Unset, |status| status.code());
    let failing = only(&spans, "GET /failing");
    assert_eq!(code(failing), StatusCode::Error);
    assert_eq!(value(&failing.attributes, "error.type").as_deref(), Some("500"));
    assert!(failing.events.iter().any(|event| event.name == "a handler failed"), "{failing:?}");
    let nowhere = only(&spans, "GET");
    assert_eq!(code(nowhere), StatusCode::Unset);
    assert_eq!(value(&nowhere.attributes, "http.response.status_code").as_deref(), Some("404"));
    assert_eq!(value(&nowhere.attributes, "http.route"), None);
}

#[test]
fn who_calls_decides_what_is_sampled() {
    let unsampled = format!("traceparent: 00-{TRACE}-{PARENT}-00\r\n");
    assert_eq!(traced("", &[("/pets/1", &unsampled, "200")]).1, []);
    assert_eq!(traced("export OTEL_TRACES_SAMPLER=always_off;", &[("/pets/1", "", "200")]).1, []);
}
