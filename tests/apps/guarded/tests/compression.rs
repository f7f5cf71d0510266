//! Compressed answers.

use served::{Answer, Served};

use crate::start;

fn text(server: &Served, length: usize, accepted: &str) -> Answer {
    server.request("GET", &format!("/guarded/text?length={length}"), &[("accept-encoding", accepted)], None)
}

#[test]
fn answers_are_compressed_as_the_client_asks() {
    let server = start();
    // What each starts with (RFC 1952 §2.3.1, RFC 8878 §3.1.1); Brotli has no mark.
    let cases: [(&str, &str, &[u8]); 5] = [
        ("gzip", "gzip", &[0x1f, 0x8b]),
        ("gzip;q=0.5, zstd", "zstd", &[0x28, 0xb5, 0x2f, 0xfd]),
        ("br", "br", &[]),
        ("GZIP", "gzip", &[0x1f, 0x8b]),
        ("identity;q=0, gzip", "gzip", &[0x1f, 0x8b]),
    ];
    for (accepted, encoding, start) in cases {
        let answer = text(&server, 10_000, accepted);
        assert_eq!((answer.status, answer.header("content-encoding")), (200, encoding), "{accepted}");
        assert!(answer.body.starts_with(start) && answer.body.len() < 500, "{accepted}: {}", answer.body.len());
        assert!(answer.headers.get_all("vary").iter().any(|value| value == "accept-encoding"));
    }
}

#[test]
fn what_is_not_worth_it_is_left_as_it_is() {
    let server = start();
    for (length, accepted) in [(199, "gzip"), (10_000, ""), (10_000, "identity"), (10_000, "gzip;q=0"), (10_000, "x")] {
        let answer = text(&server, length, accepted);
        assert_eq!((answer.header("content-encoding"), answer.body.len()), ("", length), "{accepted}");
    }
    assert_eq!(text(&server, 200, "gzip").header("content-encoding"), "gzip");
}

#[test]
fn events_do_not_wait_for_each_other() {
    let server = start();
    let answer = server.request("GET", "/guarded/events", &[("accept-encoding", "gzip, br")], None);
    assert_eq!((answer.header("content-encoding"), answer.body.len()), ("", 900));
}

#[test]
fn a_client_that_takes_nothing_is_told_so() {
    let server = start();
    for accepted in ["identity;q=0", "*;q=0", "identity;q=0.0, deflate", "gzip;q=0, *;q=0"] {
        let answer = text(&server, 10, accepted);
        assert_eq!((answer.status, answer.header("content-type")), (406, "application/problem+json"), "{accepted}");
    }
    assert_eq!(text(&server, 10_000, "br, *;q=0").header("content-encoding"), "br");
}
