//! Who may call an endpoint: every shape that requirements have, with every way in which credentials can be.

use buildflow_runtime::Flow;
use echo::security::{Doorman, service};
use served::{Answer, Served};

/// How a request's credentials for a scheme are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    Nothing,
    Wrong,
    Right,
    /// Right, without a scope that is needed.
    Lacking,
    /// The handler cannot say.
    Broken,
}
use Sent::{Broken, Lacking, Nothing, Right, Wrong};

const ALL: [Sent; 5] = [Nothing, Wrong, Right, Lacking, Broken];

/// The endpoints, and what they ask for: alternatives, of schemes.
const SHAPES: [(&str, &[&[&str]]); 10] = [
    ("/open", &[]),
    ("/anybody", &[&[]]),
    ("/one", &[&["key"]]),
    ("/both", &[&["key", "basic"]]),
    ("/either", &[&["key"], &["basic"]]),
    ("/all", &[&["cookie", "key", "basic"]]),
    ("/both-or-one", &[&["key", "basic"], &["cookie"]]),
    ("/one-or-more", &[&["key"], &["key", "cookie"]]),
    ("/perhaps", &[&[], &["key"]]),
    ("/perhaps-both", &[&["key", "basic"], &[]]),
];

fn start() -> Served {
    Served::start(Flow::new().add_service(service(Doorman)))
}

/// Who has called, or the status of the refusal.
fn outcome(answer: &Answer) -> String {
    match answer.status {
        200 => String::from_utf8_lossy(&answer.body).into_owned(),
        status => status.to_string(),
    }
}

/// What OpenAPI's rule makes of credentials: one alternative must have all its schemes. It is said here as
/// plainly as can be, to be compared with what is served.
fn expected(alternatives: &[&[&str]], sent: &dyn Fn(&str) -> Sent) -> String {
    if alternatives.is_empty() {
        return "nobody".to_owned();
    }
    let mut refusals = Vec::new();
    for schemes in alternatives.iter().filter(|schemes| !schemes.is_empty()) {
        if schemes.iter().any(|scheme| sent(scheme) == Nothing) {
            continue;
        }
        match schemes.iter().map(|scheme| sent(scheme)).find(|sent| *sent != Right) {
            None => return schemes.join("+"),
            Some(Broken) => return "503".to_owned(),
            Some(Lacking) => refusals.push("403"),
            Some(_) => refusals.push("401"),
        }
    }
    match alternatives.iter().any(|schemes| schemes.is_empty()) {
        true => "nobody".to_owned(),
        false => refusals.first().copied().unwrap_or("401").to_owned(),
    }
}

fn headers(key: Sent, basic: Sent, cookie: Sent) -> Vec<(&'static str, &'static str)> {
    let secret = |sent| match sent {
        Nothing => None,
        Wrong => Some("wrong"),
        Right => Some("right"),
        Lacking => Some("lacking"),
        Broken => Some("broken"),
    };
    let mut headers: Vec<(&str, &str)> = secret(key).map(|secret| ("x-key", secret)).into_iter().collect();
    match basic {
        Nothing => {}
        Wrong => headers.push(("authorization", "Basic YTp3cm9uZw==")),
        Right => headers.push(("authorization", "Basic YTpyaWdodA==")),
        Lacking => headers.push(("authorization", "Basic YTpsYWNraW5n")),
        Broken => headers.push(("authorization", "Basic YTpicm9rZW4=")),
    }
    match cookie {
        Nothing => {}
        Wrong => headers.push(("cookie", "key=wrong")),
        Right => headers.push(("cookie", "key=right")),
        Lacking => headers.push(("cookie", "key=lacking")),
        Broken => headers.push(("cookie", "key=broken")),
    }
    headers
}

#[test]
fn every_shape_of_requirements_admits_whom_openapi_says_and_nobody_else() {
    let server = start();
    let mut admitted = 0;
    for (path, alternatives) in SHAPES {
        for key in ALL {
            for basic in ALL {
                for cookie in ALL {
                    let sent = |scheme: &str| match scheme {
                        "key" => key,
                        "basic" => basic,
                        _ => cookie,
                    };
                    let answer = server.request("GET", path, &headers(key, basic, cookie), None);
                    let expected = expected(alternatives, &sent);
                    assert_eq!(outcome(&answer), expected, "{path}: key {key:?}, basic {basic:?}, cookie {cookie:?}");
                    assert_eq!(answer.status == 401, answer.headers.contains_key("www-authenticate"), "{path}");
                    admitted += u32::from(answer.status == 200);
                }
            }
        }
    }
    // Both are there to be told apart.
    assert!((100..1150).contains(&admitted), "{admitted} of 1250");
}

#[test]
fn every_scheme_is_asked_with_its_scopes() {
    let server = start();
    let who = |path: &str, headers: &[(&str, &str)]| outcome(&server.request("GET", path, headers, None));
    assert_eq!(who("/query?key=right", &[]), "query");
    assert_eq!(who("/uri", &[("x-key", "right")]), "key");
    assert_eq!(who("/scopes", &[("authorization", "Bearer right")]), "token(read write)");
    assert_eq!(who("/connect", &[("authorization", "bearer right")]), "connect(read)");
    assert_eq!(who("/roles", &[("authorization", "BEARER right")]), "bearer(admin)");
    assert_eq!(who("/digest", &[("authorization", "digest right")]), "Digest");
    assert_eq!(who("/inherited", &[("authorization", "Bearer right"), ("x-key", "right")]), "key+token(read)");
    assert_eq!(who("/inherited", &[("authorization", "Basic YTpyaWdodA==")]), "basic");
    for path in ["/query", "/uri", "/scopes", "/connect", "/roles", "/digest", "/inherited"] {
        assert_eq!(who(path, &[]), "401", "{path}");
        // Credentials of another scheme, or in another place, are none.
        assert_eq!(who(path, &[("authorization", "Other right"), ("key", "right")]), "401", "{path}");
    }
}

#[test]
fn refusals_say_what_is_asked_for() {
    let server = start();
    let asked = |path: &str, headers: &[(&str, &str)]| {
        let answer = server.request("GET", path, headers, None);
        (answer.status, answer.header("www-authenticate").to_owned())
    };
    let bearer = "Bearer realm=\"api\"";
    assert_eq!(asked("/scopes", &[]), (401, format!("{bearer}, scope=\"read write\"")));
    assert_eq!(asked("/roles", &[]), (401, bearer.to_owned()));
    assert_eq!(asked("/digest", &[]), (401, "Digest".to_owned()));
    assert_eq!(
        asked("/scopes", &[("authorization", "Bearer lacking")]),
        (403, format!("{bearer}, error=\"insufficient_scope\", scope=\"read write\""))
    );
    assert_eq!(
        asked("/scopes", &[("authorization", "Bearer wrong")]),
        (401, format!("{bearer}, error=\"invalid_token\", scope=\"read write\""))
    );
}

#[test]
fn nothing_of_a_request_is_looked_at_before_it_is_known_who_sends_it() {
    let server = start();
    let json = ("content-type", "application/json");
    let status = |headers: &[(&str, &str)]| server.request("POST", "/body", headers, Some("{")).status;
    assert_eq!(status(&[json]), 401);
    assert_eq!(status(&[json, ("x-key", "wrong")]), 401);
    assert_eq!(status(&[json, ("x-key", "right")]), 400);
    // Nor does a refusal wait for the body.
    let head = "POST /body HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    assert!(server.raw(head).starts_with("HTTP/1.1 401 "));
}
