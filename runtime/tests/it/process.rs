//! A flow that runs as a process of its own: its address, its log, and the signals that end it.
//!
//! The test binary starts itself once more, as the process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use buildflow_runtime::{Flow, FlowArguments};

use crate::pets;

/// The process that the other tests start.
#[test]
#[ignore = "it serves until it is told to stop"]
fn serves() {
    let flow = Flow::new().bind("256.0.0.1:0");
    let flow = match std::env::var_os("BLOCKING") {
        Some(_) => flow.add_service(pets::service().merge(blocking())).shutdown_grace(Duration::from_secs(1)),
        None => flow.add_service(pets::service()).shutdown_grace(Duration::from_secs(60)),
    };
    // The command line is that of the tests.
    flow.arguments(FlowArguments::none()).try_run().expect("a flow that can be served");
}

/// A handler that keeps its thread for longer than any test.
fn blocking() -> Router {
    Router::new().route("/blocked", get(|| async { std::thread::sleep(Duration::from_secs(60)) }))
}

pub(crate) struct Process {
    child: Child,
    log: BufReader<ChildStderr>,
    scheme: String,
    address: String,
}

impl Process {
    /// Starts it, after these commands of a shell.
    pub(crate) fn start(shell: &str) -> Self {
        let binary = std::env::current_exe().expect("this binary");
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell} exec \"$0\" \"$@\"")]).arg(binary);
        command.args(["--exact", "process::serves", "--ignored", "--nocapture"]);
        command.env("BUILDFLOW_BIND", "127.0.0.1:0").env_remove("RUST_LOG");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a process");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        let mut process = Self { child, log, scheme: String::new(), address: String::new() };
        let line = process.wait_for("listening on ");
        let (scheme, address) = line.rsplit_once("://").expect("a URL");
        process.scheme = scheme.rsplit(' ').next().unwrap_or_default().to_owned();
        process.address = address.to_owned();
        process
    }

    /// The next line of the log that has this text.
    fn wait_for(&mut self, text: &str) -> String {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(self.log.read_line(&mut line).expect("a log") > 0, "the log ends before `{text}`");
        }
        line.trim_end().to_owned()
    }

    fn request(&self, path: &str) -> TcpStream {
        self.request_with(path, "")
    }

    /// Sends a request with these header lines.
    pub(crate) fn request_with(&self, path: &str, headers: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        let fixed = "host: a\r\nconnection: close\r\nx-request-id: mine\r\n";
        let head = format!("GET {path} HTTP/1.1\r\n{fixed}{headers}\r\n");
        stream.write_all(head.as_bytes()).expect("a server that reads");
        stream
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()));
    }

    pub(crate) fn end(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a process") {
                return status;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "the process does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn answer(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}

#[test]
#[cfg(feature = "tls")]
fn the_environment_names_the_files_of_tls() {
    assert_eq!(Process::start("").scheme, "http");
    let files = crate::tls::Files::new();
    let (certificate, key) = (files.path("server.pem"), files.path("server.key"));
    let variables =
        format!("export BUILDFLOW_TLS_CERT='{}' BUILDFLOW_TLS_KEY='{}';", certificate.display(), key.display());
    assert_eq!(Process::start(&variables).scheme, "https");
}

#[test]
fn the_environment_says_where_and_the_log_says_what() {
    let mut process = Process::start("");
    assert!(answer(process.request("/pets/12?secret=4711")).starts_with("HTTP/1.1 200 OK\r\n"));
    let line = process.wait_for("answered");
    for field in ["method=GET", "route=\"/pets/{id}\"", "status=200", "latency_ms=", "request_id=\"mine\""] {
        assert!(line.contains(field), "{line}");
    }
    assert!(!line.contains("4711"), "{line}");
    answer(process.request("/nowhere"));
    assert!(process.wait_for("answered").contains("route=\"-\" path=\"/nowhere\" status=404"));
    answer(process.request("/failing"));
    assert!(process.wait_for("a handler failed").contains("invalid digit found in string"));
}

#[test]
fn a_signal_lets_requests_finish() {
    for signal in ["TERM", "INT"] {
        let mut process = Process::start("");
        let in_flight = process.request("/slow");
        std::thread::sleep(Duration::from_millis(100));
        process.signal(signal);
        assert!(answer(in_flight).starts_with("HTTP/1.1 204"));
        assert!(process.end().success());
    }
}

#[cfg(feature = "admin")]
#[test]
fn a_signal_under_load_leaves_no_accepted_request_without_an_answer() {
    const REQUESTS: u64 = 100;
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let admin = free.expect("a free port");
    // Nobody reads the log meanwhile: a line a request would fill its pipe, and hold the process.
    let said = format!("BUILDFLOW_ADMIN={} RUST_LOG=buildflow_runtime::flow=info", admin.port());
    let mut process = Process::start(&said);
    let in_flight: Vec<TcpStream> = (0..REQUESTS).map(|_| process.request("/slow")).collect();
    // What nobody has accepted when the listener closes is reset by the system.
    while accepted(&admin.to_string()) < REQUESTS {
        std::thread::sleep(Duration::from_millis(5));
    }
    let stopped = Instant::now();
    process.signal("TERM");
    for stream in in_flight {
        assert!(answer(stream).starts_with("HTTP/1.1 204"));
    }
    assert!(process.end().success());
    assert!(stopped.elapsed() < Duration::from_secs(10), "{:?}", stopped.elapsed());
}

/// How many requests the process has answered, or is about to.
#[cfg(feature = "admin")]
fn accepted(admin: &str) -> u64 {
    let mut stream = TcpStream::connect(admin).expect("an admin listener");
    stream.write_all(b"GET /flow HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("it reads");
    let text = answer(stream);
    let body = text.split("\r\n\r\n").nth(1).expect("a body");
    let flow: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let count = |name: &str| flow["services"][0][name].as_u64().expect("a number");
    count("in_flight") + count("requests")
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut process = Process::start("");
    let mut unfinished = TcpStream::connect(&process.address).expect("a connection");
    unfinished
        .write_all(b"PUT /note HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\n")
        .unwrap();
    std::thread::sleep(Duration::from_millis(100));
    process.signal("TERM");
    process.wait_for("stopping");
    process.signal("TERM");
    process.wait_for("stopped at once");
    assert!(process.end().success());
}

#[test]
fn handlers_that_block_all_threads_do_not_outlast_the_grace() {
    let mut process = Process::start("export BLOCKING=1 TOKIO_WORKER_THREADS=2;");
    let blocked: Vec<TcpStream> = (0..4).map(|_| process.request("/blocked")).collect();
    std::thread::sleep(Duration::from_millis(200));
    process.signal("TERM");
    assert!(process.end().success());
    // A thread may be left that has not taken up any of them.
    let mut log = String::new();
    process.log.read_to_string(&mut log).expect("a log");
    assert!(log.contains("handlers block all threads") || log.contains("these are dropped"), "{log}");
    drop(blocked);
}

#[test]
fn it_outlives_a_lack_of_file_descriptors() {
    let mut process = Process::start("ulimit -n 40;");
    let held: Vec<TcpStream> = (0..60).filter_map(|_| TcpStream::connect(&process.address).ok()).collect();
    process.wait_for("cannot accept a connection");
    drop(held);
    assert!(answer(process.request("/pets/1")).starts_with("HTTP/1.1 200 OK\r\n"));
}
