//! Compressed bodies of requests.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use async_compression::tokio::bufread::{BrotliEncoder, GzipEncoder, ZstdEncoder};
use served::{Answer, Served};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt as _, BufReader, repeat};
use tokio::runtime::Runtime;

use crate::start;

/// So many letters, compressed by the server itself.
fn compressed(server: &Served, length: usize, coding: &str) -> Vec<u8> {
    let answer = server.request("GET", &format!("/guarded/text?length={length}"), &[("accept-encoding", coding)], None);
    assert_eq!(answer.header("content-encoding"), coding);
    answer.body.to_vec()
}

/// The same bytes, compressed.
fn packed(plain: impl AsyncBufRead + Unpin, coding: &str) -> Vec<u8> {
    let mut encoder: Box<dyn AsyncRead + Unpin + '_> = match coding {
        "gzip" => Box::new(GzipEncoder::new(plain)),
        "br" => Box::new(BrotliEncoder::new(plain)),
        _ => Box::new(ZstdEncoder::new(plain)),
    };
    let mut packed = Vec::new();
    let runtime = Runtime::new().expect("threads can be started");
    runtime.block_on(encoder.read_to_end(&mut packed)).expect("bytes can be compressed");
    packed
}

/// A frame of zstd (RFC 8878 §3.1.1) with a window of `2^log` bytes, and in it a block of four bytes after the other,
/// each of which says one letter 128 KiB times.
fn letters(window_log: u8, blocks: usize) -> Vec<u8> {
    const LENGTH: u32 = 128 * 1024;
    let block = |last: u32| [&(LENGTH << 3 | 1 << 1 | last).to_le_bytes()[..3], b"a"].concat();
    let head = [0x28, 0xb5, 0x2f, 0xfd, 0, (window_log - 10) << 3];
    [&head[..], &block(0).repeat(blocks - 1), &block(1)].concat()
}

/// The kinds of body that there are, with some letters in each.
fn bodies(letters: &str) -> [(&'static str, String); 4] {
    let part = "Content-Disposition: form-data; name=\"file\"; filename=\"a\"";
    [
        ("application/json", format!(r#"["{letters}"]"#)),
        ("application/x-www-form-urlencoded", format!("a={letters}")),
        ("multipart/form-data; boundary=cut", format!("--cut\r\n{part}\r\n\r\n{letters}\r\n--cut--\r\n")),
        ("application/octet-stream", letters.to_owned()),
    ]
}

fn unpack(server: &Served, kind: &str, coding: &str, body: &[u8]) -> Answer {
    server.request_bytes(
        "POST",
        "/guarded/unpacked",
        &[("content-type", kind), ("content-encoding", coding)],
        Some(body),
    )
}

fn send(server: &Served, method: &str, coding: &str, body: &[u8]) -> Answer {
    let headers = [("content-type", "text/plain"), ("content-encoding", coding)];
    server.request_bytes(method, "/guarded/packed", &headers, Some(body))
}

#[test]
fn bodies_are_decompressed_as_they_say() {
    let server = start();
    for coding in ["gzip", "br", "zstd"] {
        let body = compressed(&server, 40_000, coding);
        assert!(body.len() < 500);
        let answer = send(&server, "POST", coding, &body);
        assert_eq!((answer.status, answer.json()), (200, 40_000.into()), "{coding}");
    }
    let body = compressed(&server, 1000, "gzip");
    for name in ["GZIP", "x-gzip", "identity, gzip"] {
        assert_eq!(send(&server, "POST", name, &body).json(), 1000, "{name}");
    }
    assert_eq!(send(&server, "POST", "identity", b"plain").json(), 5);
}

#[test]
fn limits_hold_for_what_comes_out_or_for_what_is_sent() {
    let server = start();
    for coding in ["gzip", "br", "zstd"] {
        let body = compressed(&server, 60_000, coding);
        assert_eq!(send(&server, "POST", coding, &body).status, 413, "{coding}");
    }
    // The limit of this one stands around the decompression.
    assert_eq!(send(&server, "PUT", "gzip", &compressed(&server, 60_000, "gzip")).json(), 60_000);
    assert_eq!(send(&server, "PUT", "identity", &[b'a'; 1001]).status, 413);
}

#[test]
fn encodings_that_are_not_taken_are_415_and_told_what_is_taken() {
    let server = start();
    for coding in ["deflate", "gzip, gzip", "gzip, br", "compress", "gzip;q=1"] {
        let answer = send(&server, "POST", coding, b"a");
        let told = (answer.status, answer.header("accept-encoding"), answer.header("content-type"));
        assert_eq!(told, (415, "gzip, br, zstd", "application/problem+json"), "{coding}");
    }
    assert_eq!(send(&server, "PUT", "br", b"a").header("accept-encoding"), "gzip");
}

#[test]
fn what_is_not_what_it_says_is_400() {
    let server = start();
    let body = compressed(&server, 40_000, "gzip");
    for (coding, body) in
        [("gzip", &body[..body.len() / 2]), ("zstd", &body[..]), ("gzip", b"plain text"), ("br", b"\xff\xff\xff")]
    {
        assert_eq!(send(&server, "POST", coding, body).status, 400, "{coding}");
    }
}

#[test]
fn every_kind_of_body_is_decompressed() {
    let server = start();
    for coding in ["gzip", "br", "zstd"] {
        for (kind, body) in bodies(&"a".repeat(30_000)) {
            let answer = unpack(&server, kind, coding, &packed(body.as_bytes(), coding));
            assert_eq!((answer.status, answer.json()), (200, 30_000.into()), "{kind} {coding}");
        }
        let wrong = unpack(&server, "application/json", coding, &packed(&b"[1, \"a\", 2]"[..], coding));
        assert_eq!(wrong.violations(), ["body /0 type", "body /2 type"], "{coding}");
    }
}

#[test]
fn a_body_may_be_of_several_parts_but_nothing_else_follows_it() {
    let server = start();
    for coding in ["gzip", "br", "zstd"] {
        let body = packed(&b"letters"[..], coding);
        let twice = unpack(&server, "application/octet-stream", coding, &body.repeat(2));
        let expected = if coding == "br" { 400 } else { 200 };
        assert_eq!(twice.status, expected, "{coding}");
        let more = unpack(&server, "application/octet-stream", coding, &[&body[..], b"more"].concat());
        assert_eq!(more.status, 400, "{coding}");
    }
}

/// The most memory that this process has had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak is among it");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("it is a number") / 1024
}

#[test]
fn what_would_become_huge_is_413_and_takes_no_memory() {
    let server = start();
    let bomb = letters(20, 8 * 1024);
    assert!(bomb.len() < 40 * 1024, "of which a gigabyte would come");
    let before = peak();
    for (kind, _) in bodies("") {
        // What is before the letters lets each kind of body begin.
        let begun = bodies("|").into_iter().find(|(other, _)| *other == kind).expect("it is one of them").1;
        let begun = begun.split('|').next().unwrap_or_default().as_bytes();
        let body = [&packed(begun, "zstd")[..], &bomb].concat();
        assert_eq!(unpack(&server, kind, "zstd", &body).status, 413, "{kind}");
    }
    for coding in ["gzip", "br"] {
        let body = packed(BufReader::new(repeat(b'a').take(3 * 1024 * 1024)), coding);
        assert_eq!(unpack(&server, "application/json", coding, &body).status, 413, "{coding}");
    }
    assert!(peak() - before < 128, "{} MiB more", peak() - before);
}

#[test]
fn a_window_of_zstd_beyond_8_mib_is_refused() {
    let server = start();
    let status = |log| unpack(&server, "application/octet-stream", "zstd", &letters(log, 1)).status;
    assert_eq!([23, 24, 27, 31].map(status), [200, 400, 400, 400]);
    // After a frame with a small window, none has a large one.
    let after_small = |log| [letters(20, 1), letters(log, 1)].concat();
    let status = |log| unpack(&server, "application/octet-stream", "zstd", &after_small(log)).status;
    assert_eq!([20, 21].map(status), [200, 400]);
}

#[test]
fn large_windows_are_few_and_small_ones_do_not_wait_for_them() {
    let server = start();
    let (large, small) = (letters(23, 2), letters(20, 2));
    let begin = || {
        let mut client = TcpStream::connect(server.address()).expect("the server listens");
        let head = format!(
            "POST /guarded/unpacked HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/octet-stream\r\n\
             content-encoding: zstd\r\ncontent-length: {}\r\n\r\n",
            large.len()
        );
        client.write_all(head.as_bytes()).and_then(|()| client.write_all(&large[..12])).expect("the server reads");
        client
    };
    let slow: Vec<TcpStream> = (0..32).map(|_| begin()).collect();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(unpack(&server, "application/octet-stream", "zstd", &small).status, 200);
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| unpack(&server, "application/octet-stream", "zstd", &large).status);
        std::thread::sleep(Duration::from_millis(300));
        assert!(!waiting.is_finished(), "there are more large windows than there may be");
        drop(slow);
        assert_eq!(waiting.join().expect("it is answered"), 200);
    });
}

#[test]
fn a_window_of_brotli_beyond_8_mib_is_refused() {
    let server = start();
    // Nothing at all, with a window of 8 and of 16 MiB (RFC 7932 §9.1).
    let status = |stream: u8| unpack(&server, "application/octet-stream", "br", &[stream]).status;
    assert_eq!([0x3d, 0x3f].map(status), [200, 400]);
}
