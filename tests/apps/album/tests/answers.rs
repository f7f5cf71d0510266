//! Answers of every kind, over HTTP.

use ::album::{Pictures, album};
use buildflow_runtime::Flow;
use served::{Answer, Served};

fn start() -> Served {
    Served::start(Flow::new().add_service(album::service(Pictures::default())))
}

fn list(server: &Served, accept: &str) -> Answer {
    server.request("GET", "/photos", &[("accept", accept)], None)
}

fn look(server: &Served, location: &str) -> Answer {
    server.request("PUT", "/caption", &[("content-type", "text/plain")], Some(location))
}

#[test]
fn accept_chooses_among_what_the_handler_can_write() {
    let server = start();
    for accept in ["*/*", "application/*", "text/html, */*;q=0.1", "application/json", "application/hal+json"] {
        assert_eq!(list(&server, accept).header("content-type"), "application/json", "{accept}");
    }
    assert_eq!(list(&server, "application/vnd.album+json").header("content-type"), "application/vnd.album+json");
    let table = list(&server, "text/csv, application/json;q=0.5");
    assert_eq!((table.header("content-type"), table.body.as_slice()), ("text/csv; charset=utf-8", &b"id,bytes\n"[..]));
}

#[test]
fn a_client_that_takes_nothing_of_it_gets_406_and_no_handler_runs() {
    let server = start();
    for accept in ["image/png", "text/html", "application/json;q=0, text/csv;q=0"] {
        let answer = list(&server, accept);
        assert_eq!((answer.status, answer.header("content-type")), (406, "application/problem+json"), "{accept}");
        assert_eq!(answer.header("x-version"), "");
    }
    let answer = server.raw("GET /photos HTTP/1.1\r\nhost: a\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn documented_headers_and_others_go_with_the_answer() {
    let server = start();
    let answer = list(&server, "*/*");
    assert_eq!((answer.header("x-total"), answer.header("x-version")), ("0", "7"));
}

#[test]
fn a_redirect_leads_only_where_a_uri_can() {
    let server = start();
    let answer = look(&server, "/photos?a=b");
    assert_eq!((answer.status, answer.header("location")), (303, "/photos?a=b"));
    for (location, quoted) in [
        ("/a\r\nset-cookie: b=c", "/a%0D%0Aset-cookie:%20b=c"),
        ("/a b", "/a%20b"),
        ("/\u{e9}", "/%C3%A9"),
        ("/a%20b", "/a%20b"),
    ] {
        let answer = look(&server, location);
        let said = (answer.status, answer.header("location"), answer.header("set-cookie"));
        assert_eq!(said, (303, quoted, ""), "{location:?}");
    }
}

#[test]
fn an_answer_may_come_piece_by_piece() {
    let server = start();
    let answer = server.send("GET", "/backup");
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/octet-stream"));
    assert_eq!(answer.body.len(), 64 * 64 * 1024);
}

#[test]
fn head_has_the_headers_of_get() {
    let server = start();
    let answer = server.send("HEAD", "/photos");
    assert_eq!((answer.status, answer.header("x-total"), answer.body.len()), (200, "0", 0));
}

#[test]
fn a_page_says_its_charset() {
    let answer = start().send("GET", "/");
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(String::from_utf8_lossy(&answer.body), "<!doctype html><title>\u{c4}lbum</title>");
}

#[test]
fn a_raw_response_is_whatever_the_handler_makes() {
    let answer = start().request("GET", "/proxied", &[("accept", "image/png")], None);
    assert_eq!(
        (answer.status, answer.header("x-teapot"), answer.body.as_slice()),
        (418, "short and stout", &b"tea"[..])
    );
}
