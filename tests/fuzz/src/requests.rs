//! Requests to a generated service, in process: a client's mistakes are never the server's, and what is taken is what
//! is answered.

use buildflow_runtime::axum::body::{Body, to_bytes};
use buildflow_runtime::http::{HeaderValue, Request, Response, StatusCode};
use tower::ServiceExt as _;

use crate::service::{RUNTIME, SECRET, SERVICE};

/// Sends a request; the status and the body of the answer.
fn send(request: Request<Body>) -> (StatusCode, Vec<u8>) {
    RUNTIME.block_on(async {
        let Ok(response) = SERVICE.clone().oneshot(request).await;
        let response: Response<Body> = response;
        let status = response.status();
        assert!(!status.is_server_error(), "{status} {:?}", to_bytes(response.into_body(), usize::MAX).await);
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a whole answer");
        (status, body.to_vec())
    })
}

fn post(target: &str, content_type: &[u8], body: &[u8]) -> Option<(StatusCode, Vec<u8>)> {
    let content_type = HeaderValue::from_bytes(content_type).ok()?;
    let method = if target == "/text" { "PUT" } else { "POST" };
    let request = Request::builder().method(method).uri(target).header("content-type", content_type);
    Some(send(request.body(Body::from(body.to_vec())).ok()?))
}

pub(crate) const JSON_WORDS: &[&str] = &[
    "\"name\":\"a\"",
    "\"kind\":\"small\"",
    "\"inner\":{",
    "\"parts\":[{\"a\":1}]",
    "\"aa\":1",
    "\"x-a\":\"\"",
    "\"size\":1e1",
    "\"big\":123456789012345678901234567890",
    "\"weight\":0.01",
    "\"price\":null",
    "\"when\":\"2020-01-01T00:00:00Z\"",
    "\"day\":\"2020-02-30\"",
    "\"id\":\"00000000-0000-0000-0000-000000000000\"",
    "\"bytes\":\"AA==\"",
    "\"address\":\"::1\"",
    "\"shape\":{\"kind\":\"circle\",\"radius\":1}",
    "\"pair\":[\"a\",1]",
    "\"any\":[[[]]]",
    "\"same\":\"a a\"",
    "{",
    "}",
    "[",
    "]",
    "true",
    "\"alg\":\"none\"",
    "\"exp\":99999999999",
];

/// A body of JSON; what is taken is answered, and taken again.
pub(crate) fn json(input: &[u8]) {
    let Some((status, body)) = post("/thing", b"application/json", input) else { return };
    match status.as_u16() {
        200 => {
            let again = post("/thing", b"application/json", &body).expect("a request");
            assert_eq!((again.0, &again.1), (StatusCode::OK, &body), "what was answered is not taken alike");
        }
        400 | 413 | 422 => {}
        other => panic!("{other}"),
    }
}

pub(crate) fn json_seeds() -> Vec<Vec<u8>> {
    let whole = r#"{"name":"a","kind":"small","size":1,"big":12345678901234567890,"weight":0.01,"price":null,"tags":["a","b"],"when":"2020-01-01T00:00:00.5+01:00","day":"2020-02-29","id":"00000000-0000-0000-0000-000000000000","bytes":"AA==","address":"::1","parts":[{"a":1,"b":"c","more":[{"a":2}]}],"map":{"a":1},"shape":{"kind":"square","side":3},"pair":["a",1],"any":[{"a":[null,true,1.50]}],"not":1,"inner":{"name":"b","kind":"odd-one"},"same":"a a","x-more":"y","aa":7}"#;
    [whole, r#"{"name":"a","kind":"large"}"#, "[]", "null", "\"a\"", "{}", "{\"name\":"].map(|text| text.into()).into()
}

pub(crate) const QUERY_WORDS: &[&str] = &[
    "text=abc",
    "numbers=1",
    "numbers=1.5",
    "piped=a|b",
    "piped=a%7Cb",
    "spaced=1%202",
    "spaced=1+2",
    "deep[a]=1",
    "deep[b]=x",
    "deep[c][d]=e",
    "json={\"a\":1}",
    "json=%7B%22a%22%3A1%7D",
    "choice=true",
    "choice=2020-01-01",
    "when=2020-01-01T00:00:00Z",
    "a=b",
    "b=1",
    "c=true",
    "d=1e3",
    "count=1",
    "list=a,b",
    "object=a,b",
    "session=",
    "; ",
    "\"",
    "%2F",
    "..",
    "//",
];

/// A path, a query and a header, with line breaks between them.
pub(crate) fn query(input: &[u8]) {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let mut next = || parts.next().unwrap_or_default();
    let (path, query, header) = (next(), next(), next());
    let target = [b"/query/".as_slice(), path, b"?", query].concat();
    let Ok(header) = HeaderValue::from_bytes(header) else { return };
    let Ok(target) = std::str::from_utf8(&target) else { return };
    let Ok(request) = Request::builder().uri(target).header("x-uuid", header).body(Body::empty()) else { return };
    send(request);
}

pub(crate) fn query_seeds() -> Vec<Vec<u8>> {
    let uuid = "00000000-0000-0000-0000-000000000000";
    let whole = "text=abc&numbers=1&numbers=2.5&piped=a|b&spaced=1%202&deep[a]=1&deep[b]=x&deep[b]=y&deep[z]=w&json=%7B%22a%22%3A1%7D&choice=7&when=2020-01-01T00:00:00Z";
    [format!("1/a/b\n{whole}\n{uuid}"), "7/x\n\n".to_owned(), format!("1/%2Fa%20b\ntext=%41\n{uuid}")]
        .map(String::into_bytes)
        .into()
}

pub(crate) const PART_WORDS: &[&str] = &[
    "--cut\r\n",
    "--cut--\r\n",
    "Content-Disposition: form-data; name=\"name\"\r\n\r\n",
    "; filename=\"a.png\"",
    "Content-Type: application/json\r\n",
    "Content-Type: image/png\r\n",
    "name=\"file\"",
    "name=\"files\"",
    "name=\"part\"",
    "name=\"numbers\"",
    "filename*=UTF-8''%e2%82%ac",
    "Content-Transfer-Encoding: base64\r\n",
    "\r\n\r\n",
    "{\"a\":1}",
];

/// A form with parts; its first line is the media type.
pub(crate) fn multipart(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (content_type, body) = input.split_at(end);
    post("/parts", content_type, body.get(1..).unwrap_or_default());
}

pub(crate) fn multipart_seeds() -> Vec<Vec<u8>> {
    let part = |head: &str, body: &str| format!("--cut\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let parts = [
        part("name=\"name\"", "a"),
        part("name=\"numbers\"", "1"),
        part("name=\"numbers\"", "2"),
        part("name=\"part\"\r\nContent-Type: application/json", "{\"a\":1}"),
        part("name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png", "\u{1}\u{2}"),
        part("name=\"files\"; filename=\"b\"", ""),
    ];
    let whole = format!("multipart/form-data; boundary=cut\n{}--cut--\r\n", parts.concat());
    [whole, format!("multipart/form-data; boundary=\"cut\"\npreamble\r\n{}--cut--", parts[0])]
        .map(String::into_bytes)
        .into()
}

/// A form; or, where the input begins with a line break, a text.
pub(crate) fn form(input: &[u8]) {
    match input.strip_prefix(b"\n") {
        Some(text) => post("/text", b"text/plain; charset=utf-8", text),
        None => post("/form", b"application/x-www-form-urlencoded", input),
    };
}

pub(crate) fn form_seeds() -> Vec<Vec<u8>> {
    ["a=b&b=1&b=2&c=true&d=1.5", "a=%C3%A9+%26", "\na text", "a=&b=", "a"].map(|text| text.into()).into()
}

/// The claims of a token that is signed, or, where the input begins with `!`, the whole header.
pub(crate) fn jwt(input: &[u8]) {
    let header = match input.strip_prefix(b"!") {
        Some(header) => header.to_vec(),
        None => {
            let Ok(claims) = serde_json::from_slice::<serde_json::Value>(input) else { return };
            let key = jsonwebtoken::EncodingKey::from_secret(SECRET);
            let Ok(token) = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key) else { return };
            format!("Bearer {token}").into_bytes()
        }
    };
    let Ok(header) = HeaderValue::from_bytes(&header) else { return };
    let (status, _) =
        send(Request::builder().uri("/me").header("authorization", header).body(Body::empty()).expect("a request"));
    assert!(matches!(status.as_u16(), 200 | 400 | 401 | 403), "{status}");
}

pub(crate) fn jwt_seeds() -> Vec<Vec<u8>> {
    let claims = r#"{"sub":"a","exp":99999999999,"nbf":1,"scope":"a b","aud":["a"],"iss":"b"}"#;
    let token = "!Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIiwiZXhwIjo5OTk5OTk5OTk5OX0.AAAA";
    [claims, r#"{"sub":"a","exp":1}"#, token, "!Basic YTpi", "!Bearer a.b.c", "!Bearer"].map(|text| text.into()).into()
}

/// The header `Cookie`; the session of an answer is sent again.
pub(crate) fn cookies(input: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(input) else { return };
    let request = Request::builder().uri("/cookies").header("cookie", header).header("origin", "https://example.com");
    send(request.body(Body::empty()).expect("a request"));
}

pub(crate) fn cookie_seeds() -> Vec<Vec<u8>> {
    let session = RUNTIME.block_on(async {
        let request = Request::builder().uri("/cookies").body(Body::empty()).expect("a request");
        let Ok(response) = SERVICE.clone().oneshot(request).await;
        let cookie = response.headers().get("set-cookie").expect("a session");
        cookie.to_str().expect("text").split(';').next().unwrap_or_default().to_owned()
    });
    [format!("{session}; count=1; list=a,b; object=a,b"), "count=1; count=2".to_owned(), "a=\"b\"; =; ;".to_owned()]
        .map(String::into_bytes)
        .into()
}
