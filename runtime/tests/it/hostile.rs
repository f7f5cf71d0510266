//! Requests that are meant to be understood in two ways, or to cost too much: byte for byte, over connections of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use buildflow_runtime::Flow;
use buildflow_runtime::axum::extract::Request;
use buildflow_runtime::axum::middleware::{Next, from_fn};

use crate::client::Server;
use crate::pets;

/// Beginnings of heads; all that is answered is read until the server closes.
const NOTE: &str = "PUT /note HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: text/plain\r\n";
const GET: &str = "GET /pets/1 HTTP/1.1\r\nconnection: close\r\n";

/// The whole head of a request that stays open, with chunks to follow.
const CHUNKED: &str = "PUT /note HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";

/// A server that counts the requests that come to its service.
struct Counting {
    server: Server,
    count: Arc<AtomicUsize>,
}

impl Counting {
    async fn start() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let layer = from_fn(move |request: Request, next: Next| {
            counted.fetch_add(1, Ordering::SeqCst);
            next.run(request)
        });
        let flow = Flow::new().add_service(pets::service().layer(layer)).header_read_timeout(Duration::from_secs(1));
        let server = Server::start(flow).await;
        Self { server, count }
    }

    /// The statuses of all that is answered until the server closes the connection, and how many requests came to the
    /// service.
    async fn told(&self, sent: &[u8]) -> (Vec<u16>, usize) {
        let before = self.count.load(Ordering::SeqCst);
        let answers = self.server.connect().await.all(sent).await;
        let lines = answers.split("HTTP/1.1 ").skip(1);
        let statuses = lines.map(|line| line[..3].parse().expect("a status")).collect();
        (statuses, self.count.load(Ordering::SeqCst) - before)
    }
}

#[tokio::test]
async fn heads_that_are_not_http_come_to_no_service() {
    let server = Counting::start().await;
    let more = |lines: &str| format!("{GET}host: a\r\n{lines}\r\n");
    let cases: &[(&str, String, u16)] = &[
        ("lengths that differ", format!("{NOTE}content-length: 2\r\ncontent-length: 3\r\n\r\nabc"), 400),
        ("a list of lengths", format!("{NOTE}content-length: 2, 2\r\n\r\nab"), 400),
        ("a signed length", format!("{NOTE}content-length: +2\r\n\r\nab"), 400),
        ("a negative length", format!("{NOTE}content-length: -1\r\n\r\n"), 400),
        ("a length past 64 bits", format!("{NOTE}content-length: 18446744073709551618\r\n\r\nab"), 400),
        ("a hexadecimal length", format!("{NOTE}content-length: 0x2\r\n\r\nab"), 400),
        ("an unknown transfer coding", format!("{NOTE}transfer-encoding: identity\r\n\r\n"), 400),
        ("chunked, and not at the end", format!("{NOTE}transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n"), 400),
        ("chunked below another coding", format!("{NOTE}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501),
        ("chunked twice", format!("{NOTE}transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), 501),
        ("chunked on two lines", format!("{NOTE}{}\r\n0\r\n\r\n", "transfer-encoding: chunked\r\n".repeat(2)), 501),
        ("chunked, hidden", format!("{NOTE}transfer-encoding: \u{b}chunked\r\n\r\n0\r\n\r\n"), 400),
        ("chunked in HTTP/1.0", "PUT /note HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(), 400),
        ("a folded line", more("x-a: b\r\n c\r\n"), 400),
        ("a folded line at the start", "GET /pets/1 HTTP/1.1\r\n x: y\r\nhost: a\r\n\r\n".to_owned(), 400),
        ("a NUL in a value", more("x-a: b\0c\r\n"), 400),
        ("a carriage return in a value", more("x-a: b\rc\r\n"), 400),
        ("a NUL in a name", more("x\0a: b\r\n"), 400),
        ("a space before the colon", more("x-a : b\r\n"), 400),
        ("a line without a colon", more("x-a\r\n"), 400),
        ("no name", more(": b\r\n"), 400),
        ("no host", format!("{GET}\r\n"), 400),
        ("two hosts", more("host: a\r\n"), 400),
        ("two hosts that differ", more("host: b\r\n"), 400),
        ("a host with a path", format!("{GET}host: a/b\r\n\r\n"), 400),
        ("a host with a user", format!("{GET}host: a@b\r\n\r\n"), 400),
        ("a host with a space", format!("{GET}host: a b\r\n\r\n"), 400),
        ("a space in the target", "GET /pets/1 2 HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), 400),
        ("another version", "GET /pets/1 HTTP/3.0\r\nhost: a\r\n\r\n".to_owned(), 400),
        ("no method", " /pets/1 HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), 400),
        ("a long target", format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(70_000)), 414),
        ("many headers", more(&"x-a: b\r\n".repeat(200)), 431),
        ("a huge cookie", more(&format!("cookie: a={}\r\n", "b".repeat(1_000_000))), 431),
        ("many long headers", more(&format!("x-a: {}\r\n", "b".repeat(10_000)).repeat(90)), 431),
    ];
    for (what, sent, status) in cases {
        assert_eq!(server.told(sent.as_bytes()).await, (vec![*status], 0), "{what}");
    }
}

#[tokio::test]
async fn chunks_that_are_none_are_a_400_and_nothing_after_them_is_a_request() {
    let server = Counting::start().await;
    let long = format!("2;{}\r\nab\r\n0\r\n\r\n", "a".repeat(100_000));
    for chunks in [
        "zz\r\nab\r\n0\r\n\r\n",
        "-1\r\na\r\n0\r\n\r\n",
        "0x2\r\nab\r\n0\r\n\r\n",
        " 2\r\nab\r\n0\r\n\r\n",
        "\r\nab\r\n0\r\n\r\n",
        "ffffffffffffffff2\r\nab\r\n0\r\n\r\n",
        "2\r\nabc\r\n0\r\n\r\n",
        "3\r\nab\r\n0\r\n\r\n",
        "2\nab\n0\n\n",
        "2 \r\nab\r\n0\r\n\r\n",
        "2\t;a\r\nab\r\n0\r\n\r\n",
        "2\r\nab\r\n0\r\nx: y\n\r\n",
        "2;a\nb\r\nab\r\n0\r\n\r\n",
        "2;a\0b\r\nab\r\n0\r\n\r\n",
        "2;a\rb\r\nab\r\n0\r\n\r\n",
        "2;\nxx\r\n4c\r\n0\r\n\r\n",
        "2\r\nab\r\n0;a\n\r\n\r\n",
        long.as_str(),
    ] {
        let sent = format!("{CHUNKED}{chunks}GET /panic HTTP/1.1\r\nhost: a\r\n\r\n");
        assert_eq!(server.told(sent.as_bytes()).await, (vec![400], 1), "{:?}", &chunks[..chunks.len().min(20)]);
    }
}

/// A request with chunks, which is answered.
fn chunked(chunks: &str) -> String {
    format!("{CHUNKED}{chunks}")
}

#[tokio::test]
async fn a_length_beside_chunks_is_a_400_wherever_it_stands() {
    let server = Counting::start().await;
    let (length, chunked_line) = ("content-length: 6\r\n", "Transfer-Encoding: chunked\r\n");
    let first = chunked("5;a=b\r\nhe\nlo\r\n0\r\nx: y\r\n\r\n");
    for lines in [[length, chunked_line], [chunked_line, length], ["CONTENT-LENGTH :6\r\n", chunked_line]] {
        let lines = lines.concat();
        let head = format!("PUT /note HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\n{lines}\r\n");
        let sent = format!("{head}0\r\n\r\nGET /panic HTTP/1.1\r\nhost: a\r\n\r\n");
        assert_eq!(server.told(sent.as_bytes()).await, (vec![400], 0), "{lines}");
        // It is found behind requests that were sent before it, too.
        let sent = format!("{first}{sent}");
        assert_eq!(server.told(sent.as_bytes()).await, (vec![200, 400], 1), "{lines}");
    }
}

#[tokio::test]
async fn lines_that_end_without_a_carriage_return_are_a_400() {
    let server = Counting::start().await;
    for sent in [
        "GET /pets/1 HTTP/1.1\nhost: a\r\n\r\n".to_owned(),
        "GET /pets/1 HTTP/1.1\r\nhost: a\n\r\n".to_owned(),
        "GET /pets/1 HTTP/1.1\r\nhost: a\r\n\n".to_owned(),
        "\nGET /pets/1 HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
    ] {
        assert_eq!(server.told(sent.as_bytes()).await, (vec![400], 0), "{sent:?}");
        let sent = format!("{}{sent}", chunked("2\r\n\n\n\r\n0\r\n\r\n"));
        assert_eq!(server.told(sent.as_bytes()).await, (vec![200, 400], 1), "{sent:?}");
    }
}

#[tokio::test]
async fn bodies_may_have_what_heads_may_not() {
    let server = Counting::start().await;
    let body = "\n\na\n";
    let note = |close: &str| {
        let length = body.len();
        format!(
            "PUT /note HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\n{close}content-length: {length}\r\n\r\n{body}"
        )
    };
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let sent = format!("\r\n{}{}{}", note(""), chunked(&chunk), note("connection: close\r\n"));
    assert_eq!(server.told(sent.as_bytes()).await, (vec![200, 200, 200], 3));
    // However it is cut into pieces.
    for size in [1, 2, 7, 50] {
        let mut client = server.server.connect().await;
        for piece in sent.as_bytes().chunks(size) {
            client.send(std::str::from_utf8(piece).unwrap()).await;
        }
        for _ in 0..3 {
            let answer = client.answer().await;
            assert_eq!((answer.status, answer.text()), (200, body), "{size}");
        }
    }
}

#[tokio::test]
async fn escapes_that_are_none_are_refused_where_they_are_read() {
    let server = Counting::start().await;
    for target in
        ["/pets/%", "/pets/%4", "/pets/%zz", "/pets/%ff", "/pets/%00", "/pets/1%00", "/pets/%2e%2e", "/pets/%2F"]
    {
        let (statuses, _) =
            server.told(format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes()).await;
        assert!(matches!(statuses[..], [400..=499]), "{target} {statuses:?}");
    }
    for query in ["limit=%", "limit=%zz", "limit=%ff", "limit=1%00", "tags=%f0%28"] {
        let head = format!("GET /pets?{query} HTTP/1.1\r\nhost: a\r\ncookie: session=1\r\nconnection: close\r\n\r\n");
        let (statuses, _) = server.told(head.as_bytes()).await;
        assert!(matches!(statuses[..], [400..=499]), "{query} {statuses:?}");
    }
}

#[tokio::test]
async fn targets_of_other_forms_are_those_that_they_mean() {
    let server = Counting::start().await;
    for (start, status) in [
        // What stands in the target goes before `Host` (RFC 9112 §3.2.2).
        ("GET http://example.com/pets/1", 200),
        ("GET HTTP://example.com:80/pets/1?a=b", 200),
        ("GET http://example.com", 404),
        ("GET http:///pets/1", 400),
        ("GET //pets/1", 404),
        ("GET *", 404),
        ("CONNECT example.com:80", 404),
        ("GET example.com:80", 404),
        ("GET pets", 404),
    ] {
        let head = format!("{start} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        assert_eq!(server.told(head.as_bytes()).await.0, [status], "{start}");
    }
}

#[tokio::test]
async fn a_server_goes_on_after_all_that() {
    let server = Counting::start().await;
    let garbage: Vec<u8> = (0..=255).cycle().skip(7).step_by(37).take(5_000).collect();
    server.told(&garbage).await;
    assert_eq!(server.told(format!("{GET}host: a\r\n\r\n").as_bytes()).await, (vec![200], 1));
}
