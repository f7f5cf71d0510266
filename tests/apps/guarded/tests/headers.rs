//! Headers of answers.

use crate::start;

#[test]
fn browsers_are_told_to_be_careful() {
    let server = start();
    for path in ["/guarded/text?length=1", "/guarded/nowhere"] {
        let answer = server.send("GET", path);
        let headers =
            ["content-security-policy", "cross-origin-resource-policy", "referrer-policy", "x-content-type-options"];
        let expected = ["default-src 'none'; frame-ancestors 'none'", "same-origin", "no-referrer", "nosniff"];
        assert_eq!(headers.map(|name| answer.header(name)), expected, "{path}");
        // The document leaves the one out; the other is for TLS alone.
        let left_out = ["x-frame-options", "strict-transport-security"];
        assert_eq!(left_out.map(|name| answer.header(name)), ["", ""], "{path}");
    }
    let secure = server.request("GET", "/guarded/text?length=1", &[("x-forwarded-proto", "https")], None);
    assert_eq!(secure.header("strict-transport-security"), "max-age=63072000");
}

#[test]
fn ids_of_requests_have_the_header_that_the_document_says() {
    let server = start();
    let headers = [("x-correlation-id", "mine"), ("x-request-id", "mine")];
    let answer = server.request("GET", "/guarded/text?length=1", &headers, None);
    let id = answer.header("x-correlation-id");
    assert!(id.len() == 36 && id != "mine", "{id}");
    assert_eq!(answer.header("x-request-id"), "");
    // Where the document says nothing, it is as always.
    let answer = server.request("GET", "/open/public", &headers, None);
    assert_eq!((answer.header("x-request-id"), answer.header("x-correlation-id")), ("mine", ""));
}
