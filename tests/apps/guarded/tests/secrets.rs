//! What is secret of requests, and logs.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::{OLD_SECRET, SECRET, program};

/// What each secret has in it: as it is, and in the base64 of `ab:…`.
const TELLTALES: [&str; 2] = ["Geheim", "R2VoZWlt"];

#[test]
fn no_secret_of_a_request_is_logged_however_much_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut command = program(Some(SECRET), OLD_SECRET);
    command.args(["--bind", "127.0.0.1:0"]).env("RUST_LOG", "trace").stderr(File::create(&path).expect("a file"));
    let mut server = command.spawn().expect("the application");
    let log = || fs::read_to_string(&path).expect("a log");
    let began = Instant::now();
    let address = loop {
        let text = log();
        if let Some((line, _)) = text.split_once("listening on http://").and_then(|(_, rest)| rest.split_once('\n')) {
            break line.to_owned();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{text}");
        std::thread::sleep(Duration::from_millis(10));
    };
    let statuses = [
        ("authorization: Basic YWI6R2VoZWltLWJhc2lj", "", "Geheim-body"),
        ("authorization: Bearer Geheim-token", "", "Geheim-body"),
        ("cookie: token=Geheim-cookie; other=Geheim-other", "", "Geheim-body"),
        ("x-key: Geheim-key", "?key=Geheim-query", "Geheim-body"),
        // What is refused is not told either.
        ("authorization: Bearer Geheim-token", "", "Geheim"),
        ("authorization: Bearer Geheim-wrong", "", "Geheim-body"),
        ("authorization: Basic R2VoZWlt", "", "Geheim-body"),
    ]
    .map(|(header, query, password)| post(&address, header, query, password));
    let by_http2 = post_by_http2(&address);
    let killed = server.kill().and_then(|()| server.wait());
    assert!(killed.is_ok(), "{killed:?}");
    assert_eq!(statuses, ["204", "204", "204", "204", "422", "401", "401"]);
    assert_eq!(by_http2, 0x89, "the index of `:status: 204` (RFC 7541, appendix A)");
    let log = log();
    for said in ["TRACE", "LoginRequest", "Password(…)", "route=\"/login\""] {
        assert!(log.contains(said), "the log is not as detailed as it should be: {said}");
    }
    for line in log.lines() {
        assert!(TELLTALES.iter().all(|secret| !line.contains(secret)), "{line}");
    }
}

/// Sends a password; the status of the answer.
fn post(address: &str, header: &str, query: &str, password: &str) -> String {
    let body = format!("{{\"password\":\"{password}\"}}");
    let length = body.len();
    let mut stream = TcpStream::connect(address).expect("a connection");
    let head = format!(
        "POST /open/login{query} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{header}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("a server that reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// The same by HTTP/2 (RFC 9113 §4.1), which logs more of itself; the first byte of the answer's fields.
fn post_by_http2(address: &str) -> u8 {
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u8::try_from(payload.len()).expect("a short frame");
        [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
    };
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "a"),
        (":path", "/open/login?key=Geheim-query"),
        ("content-type", "application/json"),
        ("authorization", "Bearer Geheim-token"),
        ("cookie", "token=Geheim-cookie"),
    ];
    // Literals with new names (RFC 7541 §6.2.1), so that they are remembered.
    let text = |text: &str| [&[u8::try_from(text.len()).expect("a short text")], text.as_bytes()].concat();
    let fields = fields.map(|(name, value)| [vec![0x40], text(name), text(value)].concat()).concat();
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let sent = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, &[]),
        frame(1, 4, 1, &fields),
        frame(0, 1, 1, br#"{"password":"Geheim-body"}"#),
    ];
    stream.write_all(&sent.concat()).expect("a server that reads");
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).expect("a frame");
        let mut payload = vec![0; usize::from(u16::from_be_bytes([head[1], head[2]]))];
        stream.read_exact(&mut payload).expect("its payload");
        if head[3] == 1 {
            return payload[0];
        }
    }
}
