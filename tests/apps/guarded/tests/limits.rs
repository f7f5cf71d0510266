//! What a request may take: time, room, and how often.

use served::Served;

use crate::start;

#[test]
fn what_takes_too_long_is_given_up_on() {
    let answer = start().send("GET", "/guarded/slow");
    assert_eq!((answer.status, answer.json()["detail"].as_str()), (503, Some("The request took too long.")));
}

#[test]
fn a_body_past_its_limit_is_refused_however_it_comes() {
    let server = start();
    let plain = [("content-type", "text/plain")];
    let post = |body: &str| server.request("POST", "/guarded/notes", &plain, Some(body)).status;
    assert_eq!((post(&"a".repeat(20)), post(&"a".repeat(21))), (204, 413));
    let chunked = |length: usize| {
        let head = "POST /guarded/notes HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/plain\r\n";
        server
            .raw(&format!("{head}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{}\r\n0\r\n\r\n", "a".repeat(length)))
    };
    assert!(chunked(20).starts_with("HTTP/1.1 204 "), "{}", chunked(20));
    let refused = chunked(21);
    assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("problem+json"), "{refused}");
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back() {
    let server = start();
    let ask = |server: &Served, client: &str| server.request("GET", "/guarded/scarce", &[("x-client", client)], None);
    assert_eq!([ask(&server, "a").status, ask(&server, "a").status], [204, 204]);
    let refused = ask(&server, "a");
    assert_eq!((refused.status, refused.header("content-type")), (429, "application/problem+json"));
    let wait: u64 = refused.header("retry-after").parse().expect("it is a number of seconds");
    assert!((1790..=1800).contains(&wait), "{wait}");
    // Another client, and the one that does not say who it is.
    assert_eq!(ask(&server, "b").status, 204);
    let unsaid = || server.send("GET", "/guarded/scarce").status;
    assert_eq!([unsaid(), unsaid(), unsaid()], [204, 204, 429]);
    // Another endpoint is not limited.
    assert_eq!(server.request("GET", "/guarded/text?length=1", &[("x-client", "a")], None).status, 200);
}
