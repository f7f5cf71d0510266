//! Who may call an endpoint: how credentials are found in a request, and what a refusal says.
//!
//! What requirements mean together is tested over generated code, in `tests/apps/echo`.

use buildflow_runtime::generated::{
    Authorized, BoxFuture, Challenge, Contract, Credentials, Decoder, Description, Endpoints, Guard, Identified,
    Respond, Response, RouteNode, Schemas, SchemeRequirement, Security, StatusCode, Target, respond,
};
use buildflow_runtime::http::header::{HeaderValue, WWW_AUTHENTICATE};
use buildflow_runtime::{Flow, HttpError, RequestContext, Service};

use crate::client::{Answer, Server};
use crate::log::Log;
use crate::routes::description;

static DESCRIPTION: Description = description("safe", "Safe", Some("safe"));
static SCHEMAS: Schemas = Schemas::new("{}");

const KEY: SchemeRequirement = (0, Challenge::HeaderKey("x-key"), &[]);
const TOKEN: SchemeRequirement = (1, Challenge::OAuth, &["read"]);
const BASIC: SchemeRequirement = (2, Challenge::Basic, &[]);
const SIGNED: SchemeRequirement = (3, Challenge::Http("Signature"), &[]);

/// An endpoint that asks for this.
macro_rules! endpoint {
    ($kind:ident, $security:expr, $method:expr) => {
        &$kind {
            guard: SchemeGuard,
            security: {
                const SECURITY: Security = $security;
                SECURITY
            },
            contract: Contract::new(&SCHEMAS),
            decode: Decoder::finish,
            method: $method,
        }
    };
}

static ENDPOINTS: Endpoints<Safe> = &[
    endpoint!(Authorized, &[&[KEY, TOKEN], &[BASIC]], Safe::open),
    endpoint!(
        Authorized,
        &[&[(0, Challenge::QueryKey("key"), &[])], &[(0, Challenge::CookieKey("key"), &[])]],
        Safe::open
    ),
    endpoint!(Authorized, &[&[SIGNED]], Safe::open),
    endpoint!(Authorized, &[&[TOKEN]], Safe::open),
    endpoint!(Authorized, &[&[KEY]], Safe::open),
    endpoint!(Identified, &[&[KEY], &[BASIC]], Safe::open_to_anybody),
];

static ROUTES: RouteNode = RouteNode {
    literals: &[
        ("anybody", RouteNode { targets: &[Target::new("/anybody", &[("GET", 5)])], ..RouteNode::EMPTY }),
        ("either", RouteNode { targets: &[Target::new("/either", &[("GET", 0)])], ..RouteNode::EMPTY }),
        ("header", RouteNode { targets: &[Target::new("/header", &[("GET", 4)])], ..RouteNode::EMPTY }),
        (
            "query-or-cookie",
            RouteNode { targets: &[Target::new("/query-or-cookie", &[("GET", 1)])], ..RouteNode::EMPTY },
        ),
        ("signed", RouteNode { targets: &[Target::new("/signed", &[("GET", 2)])], ..RouteNode::EMPTY }),
        ("token", RouteNode { targets: &[Target::new("/token", &[("GET", 3)])], ..RouteNode::EMPTY }),
    ],
    ..RouteNode::EMPTY
};

/// The handler, which says who calls.
struct Safe;

impl Safe {
    async fn open(&self, context: RequestContext, principal: String) -> Result<Caller, HttpError> {
        tracing::trace!(?context, "called");
        Ok(Caller(principal))
    }

    async fn open_to_anybody(&self, _context: RequestContext, principal: Option<String>) -> Result<Caller, HttpError> {
        Ok(Caller(principal.unwrap_or_else(|| "nobody".to_owned())))
    }
}

struct Caller(String);

impl Respond for Caller {
    fn respond(self, _accept: &respond::Accept<'_>) -> Response {
        respond::text(StatusCode::OK, "text/plain", self.0)
    }
}

struct SchemeGuard;

impl Guard<Safe> for SchemeGuard {
    type Principal = String;

    fn check<'a>(
        &self,
        _handler: &'a Safe,
        scheme: usize,
        credentials: Credentials,
        scopes: &'static [&'static str],
        _context: &'a RequestContext,
    ) -> BoxFuture<'a, Result<String, HttpError>> {
        Box::pin(async move {
            match (scheme, credentials) {
                (0, Credentials::ApiKey(key)) if key.matches("k 1") => Ok("key".to_owned()),
                (0, Credentials::ApiKey(key)) if key.matches("down") => Err(HttpError::service_unavailable()),
                (1, Credentials::Bearer(token)) if token.matches("weak") => Err(HttpError::forbidden()),
                (1, Credentials::Bearer(token)) if token.matches("t") && scopes == ["read"] => Ok("token".to_owned()),
                (2, Credentials::Basic(basic)) if basic.matches("ann", "a:b") => Ok("ann".to_owned()),
                (3, Credentials::Http(http)) if http.parameters() == "keyId=\"a\", signature=\"b\"" => {
                    Ok(http.scheme().to_owned())
                }
                (3, _) => {
                    let challenge = HeaderValue::from_static("Signature realm=\"api\", headers=\"(created)\"");
                    Err(HttpError::unauthorized().header(WWW_AUTHENTICATE, challenge))
                }
                _ => Err(HttpError::unauthorized()),
            }
        })
    }

    fn combine<'a>(
        &self,
        _handler: &'a Safe,
        first: String,
        second: String,
    ) -> BoxFuture<'a, Result<String, HttpError>> {
        Box::pin(async move { Ok(format!("{first} and {second}")) })
    }
}

async fn called(target: &str, headers: &[(&str, &str)]) -> Answer {
    let server = Server::start(Flow::new().add_service(Service::new(&DESCRIPTION, &ROUTES, ENDPOINTS, Safe))).await;
    server.request("GET", target, headers, "").await
}

/// The principal that the handler gets; the status where it gets none.
async fn principal(target: &str, headers: &[(&str, &str)]) -> String {
    let answer = called(target, headers).await;
    if answer.status == 200 { answer.text().to_owned() } else { answer.problem().0.to_string() }
}

const X_KEY: (&str, &str) = ("x-key", "k 1");
const GOOD_TOKEN: (&str, &str) = ("authorization", "bearer t");
const WEAK_TOKEN: (&str, &str) = ("authorization", "Bearer weak");
/// `ann`, `a:b`.
const ANN: (&str, &str) = ("authorization", "Basic YW5uOmE6Yg==");

#[tokio::test]
async fn principals_of_schemes_that_are_asked_for_together_are_combined() {
    assert_eq!(principal("/either", &[X_KEY, GOOD_TOKEN]).await, "key and token");
    assert_eq!(principal("/either", &[ANN]).await, "ann");
    assert_eq!(principal("/either", &[X_KEY]).await, "401");
    assert_eq!(principal("/either", &[GOOD_TOKEN]).await, "401");
    assert_eq!(principal("/either", &[("x-key", "other"), GOOD_TOKEN]).await, "401");
    assert_eq!(principal("/either", &[X_KEY, WEAK_TOKEN]).await, "403");
}

#[tokio::test]
async fn whoever_need_not_say_who_it_is_may_say_so() {
    assert_eq!(principal("/anybody", &[]).await, "nobody");
    assert_eq!(principal("/anybody", &[X_KEY]).await, "key");
    assert_eq!(principal("/anybody", &[ANN]).await, "ann");
    assert_eq!(principal("/anybody", &[("x-key", "other")]).await, "nobody");
}

#[tokio::test]
async fn an_error_that_is_no_refusal_ends_the_matter() {
    assert_eq!(principal("/anybody", &[("x-key", "down")]).await, "503");
    assert_eq!(principal("/anybody", &[("x-key", "down"), ANN]).await, "503");
}

#[tokio::test]
async fn keys_are_taken_from_query_and_cookie() {
    assert_eq!(principal("/query-or-cookie?key=k+1", &[]).await, "key");
    assert_eq!(principal("/query-or-cookie", &[("cookie", "a=b; key=k%201")]).await, "key");
    assert_eq!(principal("/query-or-cookie?key=k", &[]).await, "401");
    assert_eq!(principal("/query-or-cookie", &[X_KEY]).await, "401");
}

#[tokio::test]
async fn credentials_that_are_empty_broken_or_there_twice_are_none() {
    for headers in [
        vec![("x-key", "")],
        vec![X_KEY, X_KEY],
        vec![X_KEY, ("x-key", "other")],
        vec![("authorization", "Basic"), ("authorization", "Basic !")],
    ] {
        assert_eq!(principal("/anybody", &headers).await, "nobody", "{headers:?}");
    }
    for headers in [vec![GOOD_TOKEN, GOOD_TOKEN], vec![("authorization", "Bearer")], vec![("authorization", "Bearer ")]]
    {
        assert_eq!(principal("/token", &headers).await, "401", "{headers:?}");
    }
    for target in ["/query-or-cookie?key=k+1&key=k+1", "/query-or-cookie?key=k+1&%6Bey=x", "/query-or-cookie?key="] {
        assert_eq!(principal(target, &[]).await, "401", "{target}");
    }
    assert_eq!(principal("/query-or-cookie", &[("cookie", "key=k%201; key=x")]).await, "401");
    assert_eq!(principal("/query-or-cookie", &[("cookie", "key=x"), ("cookie", "key=k%201")]).await, "401");
}

#[tokio::test]
async fn a_401_says_what_would_do_and_what_was_wrong() {
    let asked = |answer: &Answer| answer.headers("www-authenticate").join(", ");
    let bearer = "Bearer realm=\"api\"";
    let answer = called("/either", &[]).await;
    let basic = "Basic realm=\"api\", charset=\"UTF-8\"";
    assert_eq!(asked(&answer), format!("ApiKey, {bearer}, scope=\"read\", {basic}"));
    assert_eq!(asked(&called("/header", &[("x-key", "other")]).await), "ApiKey");
    assert_eq!(asked(&called("/token", &[]).await), format!("{bearer}, scope=\"read\""));
    let wrong = called("/token", &[("authorization", "Bearer other")]).await;
    assert_eq!(asked(&wrong), format!("{bearer}, error=\"invalid_token\", scope=\"read\""));
    let weak = called("/token", &[WEAK_TOKEN]).await;
    assert_eq!((weak.status, asked(&weak)), (403, format!("{bearer}, error=\"insufficient_scope\", scope=\"read\"")));
}

#[tokio::test]
async fn other_http_schemes_get_what_was_sent_and_may_ask_in_their_own_words() {
    let signed = ("authorization", "signature keyId=\"a\", signature=\"b\"");
    assert_eq!(principal("/signed", &[signed]).await, "Signature");
    let asked = |answer: Answer| answer.headers("www-authenticate").join(", ");
    assert_eq!(asked(called("/signed", &[]).await), "Signature");
    let wrong = called("/signed", &[("authorization", "Signature keyId=\"a\"")]).await;
    assert_eq!(asked(wrong), "Signature realm=\"api\", headers=\"(created)\"");
}

#[tokio::test]
async fn no_credentials_get_into_the_log() {
    let log = Log::default();
    let guard = log.record();
    for (target, headers) in [
        ("/either", vec![X_KEY, GOOD_TOKEN]),
        ("/either", vec![("x-key", "s3cret"), ("authorization", "Bearer s3cret")]),
        ("/either", vec![("authorization", "Basic czNjcmV0OnMzY3JldA==")]),
        ("/anybody", vec![("x-key", "s3cret"), ("cookie", "session=s3cret")]),
        ("/query-or-cookie?key=s3cret", vec![("cookie", "key=s3cret")]),
        ("/query-or-cookie?key=k+1&session=s3cret", vec![("proxy-authorization", "s3cret"), ("cookie", "a=s3cret")]),
        ("/signed", vec![("authorization", "Signature s3cret")]),
        ("/nowhere?key=s3cret", vec![("authorization", "Bearer s3cret")]),
    ] {
        called(target, &headers).await;
    }
    drop(guard);
    let log = log.text();
    assert!(log.contains("answered") && log.contains("called") && log.contains("proxy-authorization"), "{log}");
    for secret in ["s3cret", "czNjcmV0", "k 1", "k+1", "bearer t"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}
