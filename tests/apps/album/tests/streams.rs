//! Streams of typed items, over HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ::album::{Listeners, Pictures, album};
use buildflow_runtime::Flow;
use serde_json::Value;
use served::{Answer, Served};

fn start() -> Served {
    Served::start(Flow::new().add_service(album::service(Pictures::default())))
}

/// Adds so many photos.
fn add(server: &Served, count: usize) {
    for number in 1..=count {
        let form = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nNo. {number}\r\n\
             --cut\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\nx\r\n--cut--\r\n"
        );
        let form_type = ("content-type", "multipart/form-data; boundary=cut");
        assert_eq!(server.request("POST", "/photos", &[form_type], Some(&form)).status, 201);
    }
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).expect("the answer is text")
}

#[test]
fn events_carry_typed_data() {
    let server = start();
    add(&server, 2);
    let answer = server.send("GET", "/uploads");
    assert_eq!(
        (answer.status, answer.header("content-type"), answer.header("cache-control")),
        (200, "text/event-stream", "no-cache")
    );
    let events: Vec<&str> = text(&answer).split_terminator("\n\n").collect();
    assert_eq!(events.len(), 2, "{events:?}");
    let (head, data) = events[1].split_once("\ndata: ").expect("the event has data");
    assert_eq!(head, "event: added\nid: 2");
    assert_eq!(serde_json::from_str::<Value>(data).expect("the data is JSON")["caption"], "No. 2");
}

#[test]
fn a_client_that_comes_back_says_what_it_got_last() {
    let server = start();
    add(&server, 3);
    let answer = server.request("GET", "/uploads", &[("last-event-id", "2")], None);
    let ids: Vec<&str> = text(&answer).lines().filter(|line| line.starts_with("id: ")).collect();
    assert_eq!(ids, ["id: 3"]);
}

#[test]
fn lines_are_json_values() {
    let server = start();
    add(&server, 2);
    let lines = server.send("GET", "/photos/export");
    assert_eq!(lines.header("content-type"), "application/jsonl");
    let captions: Vec<Value> = text(&lines)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON")["caption"].clone())
        .collect();
    assert_eq!(captions, ["No. 1", "No. 2"]);
    let sequence = server.request("GET", "/photos/export", &[("accept", "application/json-seq")], None);
    assert_eq!(sequence.header("content-type"), "application/json-seq");
    assert_eq!(text(&sequence).matches('\u{1e}').count(), 2);
}

/// A connection that listens to numbers; its first one has come.
fn listen(server: &Served) -> BufReader<TcpStream> {
    let mut client = TcpStream::connect(server.address()).expect("the server listens");
    client.write_all(b"GET /ticks?every=1 HTTP/1.1\r\nhost: a\r\n\r\n").expect("the server reads");
    let mut client = BufReader::new(client);
    let mut line = String::new();
    while !line.starts_with("data: ") {
        line.clear();
        assert_ne!(client.read_line(&mut line).expect("the server answers"), 0, "the stream goes on");
    }
    client
}

fn wait_for(count: i64, listeners: &Listeners) {
    let end = Instant::now() + Duration::from_secs(10);
    while listeners.count() != count {
        assert!(Instant::now() < end, "{} still listen", listeners.count());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_client_of_a_quiet_stream_hears_that_it_is_alive() {
    let server = start();
    let mut client = TcpStream::connect(server.address()).expect("the server listens");
    client.set_read_timeout(Some(Duration::from_secs(20))).expect("there is a timeout");
    let began = Instant::now();
    client.write_all(b"GET /ticks?every=60000 HTTP/1.1\r\nhost: a\r\n\r\n").expect("the server reads");
    let mut lines = BufReader::new(client).lines().map(|line| line.expect("the server goes on"));
    // A comment (HTML Living Standard §9.2.5), and the empty line that ends it.
    assert!(lines.any(|line| line == ":"));
    assert_eq!(lines.next().as_deref(), Some(""));
    assert!(began.elapsed() >= Duration::from_secs(2));
}

#[test]
fn a_handlers_stream_is_dropped_when_its_client_leaves() {
    let pictures = Pictures::default();
    let listeners = pictures.listeners.clone();
    let server = Served::start(Flow::new().add_service(album::service(pictures)));
    let (first, second) = (listen(&server), listen(&server));
    assert_eq!(listeners.count(), 2);
    drop(first);
    wait_for(1, &listeners);
    drop(second);
    wait_for(0, &listeners);
}

#[test]
fn a_stream_that_waits_for_the_shutdown_does_not_hold_the_flow() {
    let flow = Flow::new().add_service(album::service(Pictures::default())).shutdown_grace(Duration::from_secs(60));
    let server = Served::start(flow);
    let mut client = listen(&server);
    let began = Instant::now();
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let mut rest = String::new();
    client.read_to_string(&mut rest).expect("the server answers");
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "the answer has an end: {rest:?}");
}

#[test]
fn head_does_not_run_a_body() {
    let pictures = Pictures::default();
    let listeners = pictures.listeners.clone();
    let server = Served::start(Flow::new().add_service(album::service(pictures)));
    let answer = server.send("HEAD", "/ticks");
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream"));
    wait_for(0, &listeners);
}
