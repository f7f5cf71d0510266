//! Compressed bodies of requests.

use served::{Answer, Served};

use crate::start;

/// So many letters, compressed by the server itself.
fn compressed(server: &Served, length: usize, coding: &str) -> Vec<u8> {
    let answer = server.request("GET", &format!("/guarded/text?length={length}"), &[("accept-encoding", coding)], None);
    assert_eq!(answer.header("content-encoding"), coding);
    answer.body.to_vec()
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
