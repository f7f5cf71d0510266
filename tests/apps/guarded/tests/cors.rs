//! Cross-origin requests.

use served::{Answer, Served};

use crate::start;

fn preflight(server: &Served, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.request("OPTIONS", path, headers, None)
}

fn allowed(answer: &Answer) -> [&str; 5] {
    ["origin", "methods", "headers", "credentials", "private-network"]
        .map(|what| answer.header(&format!("access-control-allow-{what}")))
}

#[test]
fn a_preflight_is_answered_before_anything_else() {
    let server = start();
    let asked = [
        ("origin", "https://example.com"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "x-token,content-type"),
    ];
    let matched = [&[("origin", "https://a.b.example.org")], &asked[1..]].concat();
    assert_eq!(allowed(&preflight(&server, "/guarded/visits", &matched))[0], "https://a.b.example.org");
    // Also where there is no such path, or not with this method.
    for path in ["/guarded/visits", "/guarded/nowhere", "/guarded/text"] {
        let answer = preflight(&server, path, &asked);
        assert_eq!((answer.status, answer.body.len()), (204, 0), "{path}");
        let headers = "accept, accept-language, content-language, content-type, x-token";
        assert_eq!(allowed(&answer), ["https://example.com", "GET, POST", headers, "true", ""], "{path}");
        assert_eq!(answer.header("access-control-max-age"), "600");
        assert!(answer.header("vary").contains("origin"), "{path}");
    }
}

#[test]
fn a_preflight_that_is_refused_says_why_and_allows_nothing() {
    let server = start();
    let cases = [
        (["https://evil.com", "POST", "x-token"], "origin"),
        (["https://example.com.evil.com", "GET", ""], "origin"),
        (["https://example.com", "DELETE", ""], "method"),
        (["https://example.com", "GET", "x-token, x-other"], "headers"),
        (["https://a.example.org.evil.com", "GET", ""], "origin"),
        (["null", "PUT", "x-other"], "origin, method, headers"),
    ];
    for ([origin, method, headers], why) in cases {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", headers),
        ];
        let answer = preflight(&server, "/guarded/text", &asked);
        assert_eq!((answer.status, answer.header("content-type")), (400, "application/problem+json"), "{why}");
        assert_eq!(answer.json()["detail"], format!("Not allowed across origins: {why}."));
        assert_eq!(allowed(&answer), [""; 5], "{why}");
    }
}

#[test]
fn answers_say_who_may_read_them() {
    let server = start();
    let from = |origin: &str| server.request("GET", "/guarded/text?length=1", &[("origin", origin)], None);
    for origin in ["https://example.com", "https://a.b.example.org"] {
        let answer = from(origin);
        assert_eq!(answer.status, 200);
        assert_eq!(allowed(&answer), [origin, "", "", "true", ""]);
        assert_eq!(answer.header("access-control-expose-headers"), "x-correlation-id");
        assert!(answer.header("vary").contains("origin"));
    }
    // The origin is the whole of what the expression matches.
    for origin in
        ["https://example.org", "https://a.example.org.evil.com", "http://example.com", "https://example.com/"]
    {
        let answer = from(origin);
        assert_eq!((answer.status, allowed(&answer)), (200, [""; 5]), "{origin}");
        assert_eq!(answer.header("access-control-expose-headers"), "");
        assert!(answer.header("vary").contains("origin"));
    }
    // Errors can be read, too.
    let missing = server.request("GET", "/guarded/nowhere", &[("origin", "https://example.com")], None);
    assert_eq!((missing.status, allowed(&missing)[0]), (404, "https://example.com"));
}

#[test]
fn with_credentials_a_wildcard_is_what_was_asked_for() {
    let server = start();
    let asked = [
        ("origin", "https://any.com"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "X-Any, x-other"),
    ];
    let answer = preflight(&server, "/open/any", &asked);
    assert_eq!((answer.status, allowed(&answer)), (204, ["https://any.com", "PUT", "X-Any, x-other", "true", ""]));
    let answer = server.request("PUT", "/open/any", &[("origin", "https://any.com")], None);
    assert_eq!((answer.status, allowed(&answer)), (204, ["https://any.com", "", "", "true", ""]));
    assert!(answer.header("access-control-expose-headers").contains("x-total"), "{:?}", answer.headers);
}

#[test]
fn the_layer_of_one_endpoint_is_no_other_endpoints() {
    let server = start();
    let asked = [("origin", "https://any.com"), ("access-control-request-method", "DELETE")];
    let answer = preflight(&server, "/open/any", &asked);
    assert_eq!((answer.status, allowed(&answer)), (204, [""; 5]));
    assert_eq!(answer.header("allow"), "PUT, DELETE, OPTIONS");
    let answer = server.request("DELETE", "/open/any", &[("origin", "https://any.com")], None);
    assert_eq!((answer.status, allowed(&answer)), (204, [""; 5]));
}

#[test]
fn options_is_no_preflight_by_itself() {
    let server = start();
    // The document has an OPTIONS of its own here.
    let answer = server.request("OPTIONS", "/open/public", &[("origin", "https://any.com")], None);
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"described".as_slice()));
    let answer = server.request("OPTIONS", "/guarded/text", &[("origin", "https://example.com")], None);
    assert_eq!((answer.status, answer.header("allow")), (204, "GET, HEAD, OPTIONS"));
    assert_eq!(allowed(&answer)[0], "https://example.com");
    let answer = server.request("GET", "/open/public", &[("origin", "https://any.com")], None);
    assert_eq!(allowed(&answer), ["*", "", "", "", ""]);
}
