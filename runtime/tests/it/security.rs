//! Who may call an endpoint.

use buildflow_runtime::generated::{
    Alternative, BoxFuture, Challenge, Credentials, Decoder, Description, Dispatch, Docs, Guard, Incoming, Node,
    Response, Schemas, Security, StatusCode, Target, respond,
};
use buildflow_runtime::{Flow, HttpError, Service};

use crate::client::{Answer, Server};

static DESCRIPTION: Description = Description {
    name: "safe",
    title: "Safe",
    version: "1",
    service_id: Some("safe"),
    base_route: "/",
    document: None,
    docs: Docs::off(),
};
static SCHEMAS: Schemas = Schemas::new("{}");

const KEY: (usize, Challenge, &[&str]) = (0, Challenge::HeaderKey("x-key"), &[]);
const BEARER: (usize, Challenge, &[&str]) = (1, Challenge::Bearer, &["read"]);
const BASIC: (usize, Challenge, &[&str]) = (2, Challenge::Basic, &[]);

/// A key and a token, or a name and a password.
static EITHER: Security =
    Security { alternatives: &[Alternative { schemes: &[KEY, BEARER] }, Alternative { schemes: &[BASIC] }] };
static ANYBODY: Security = Security { alternatives: &[Alternative { schemes: &[KEY] }, Alternative { schemes: &[] }] };
static QUERY_OR_COOKIE: Security = Security {
    alternatives: &[
        Alternative { schemes: &[(0, Challenge::QueryKey("key"), &[])] },
        Alternative { schemes: &[(0, Challenge::CookieKey("key"), &[])] },
    ],
};

static ROUTES: Node = Node {
    literals: &[
        ("anybody", Node { targets: &[Target::new("/anybody", &[("GET", 1)])], ..Node::EMPTY }),
        ("either", Node { targets: &[Target::new("/either", &[("GET", 0)])], ..Node::EMPTY }),
        ("query-or-cookie", Node { targets: &[Target::new("/query-or-cookie", &[("GET", 2)])], ..Node::EMPTY }),
    ],
    ..Node::EMPTY
};

struct Dispatcher;

impl Guard for Dispatcher {
    fn check<'a>(
        &'a self,
        scheme: usize,
        credentials: Credentials,
        scopes: &'a [&'a str],
    ) -> BoxFuture<'a, Result<(), HttpError>> {
        Box::pin(async move {
            match (scheme, credentials) {
                (0, Credentials::ApiKey(key)) if key.as_str() == "k 1" => Ok(()),
                (1, Credentials::Bearer(token)) if token.as_str() == "weak" => Err(HttpError::forbidden()),
                (1, Credentials::Bearer(token)) if token.as_str() == "t" && scopes == ["read"] => Ok(()),
                (2, Credentials::Basic(basic)) if (basic.username(), basic.password()) == ("ann", "a:b") => Ok(()),
                _ => Err(HttpError::unauthorized()),
            }
        })
    }
}

impl Dispatch for Dispatcher {
    fn routes(&self) -> &'static Node {
        &ROUTES
    }

    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>> {
        let security = [&EITHER, &ANYBODY, &QUERY_OR_COOKIE][endpoint];
        Box::pin(async move {
            let mut decoder = Decoder::new(incoming, &SCHEMAS);
            decoder.authorize(security, &Dispatcher).await?;
            decoder.finish()?;
            Ok(respond::empty(StatusCode::NO_CONTENT))
        })
    }
}

async fn called(target: &str, headers: &[(&str, &str)]) -> Answer {
    let server = Server::start(Flow::new().add_service(Service::new(&DESCRIPTION, Dispatcher))).await;
    server.request("GET", target, headers, "").await
}

const X_KEY: (&str, &str) = ("x-key", "k 1");
const TOKEN: (&str, &str) = ("authorization", "bearer t");
/// `ann`, `a:b`.
const ANN: (&str, &str) = ("authorization", "Basic YW5uOmE6Yg==");

#[tokio::test]
async fn all_schemes_of_one_alternative_are_needed() {
    assert_eq!(called("/either", &[X_KEY, TOKEN]).await.status, 204);
    assert_eq!(called("/either", &[ANN]).await.status, 204);
    assert_eq!(called("/either", &[X_KEY]).await.problem().0, 401);
    assert_eq!(called("/either", &[TOKEN]).await.problem().0, 401);
    assert_eq!(called("/either", &[("x-key", "other"), TOKEN]).await.problem().0, 401);
}

#[tokio::test]
async fn a_401_says_what_would_do() {
    let answer = called("/either", &[]).await;
    assert_eq!((answer.problem().0, answer.header("www-authenticate").is_some()), (401, true));
}

#[tokio::test]
async fn a_handler_may_say_403() {
    assert_eq!(called("/either", &[X_KEY, ("authorization", "Bearer weak")]).await.problem().0, 403);
}

#[tokio::test]
async fn an_alternative_without_schemes_lets_everybody_in() {
    assert_eq!(called("/anybody", &[]).await.status, 204);
    assert_eq!(called("/anybody", &[X_KEY]).await.status, 204);
}

#[tokio::test]
async fn keys_are_taken_from_query_and_cookie() {
    assert_eq!(called("/query-or-cookie?key=k+1", &[]).await.status, 204);
    assert_eq!(called("/query-or-cookie", &[("cookie", "a=b; key=k%201")]).await.status, 204);
    assert_eq!(called("/query-or-cookie?key=k", &[]).await.status, 401);
    assert_eq!(called("/query-or-cookie", &[X_KEY]).await.status, 401);
}

#[tokio::test]
async fn credentials_do_not_show_in_debug_output() {
    use std::sync::Mutex;
    static SEEN: Mutex<String> = Mutex::new(String::new());
    struct Spy;
    impl Guard for Spy {
        fn check<'a>(&'a self, _: usize, seen: Credentials, _: &'a [&'a str]) -> BoxFuture<'a, Result<(), HttpError>> {
            *SEEN.lock().unwrap() += &format!("{seen:?}");
            Box::pin(async { Ok(()) })
        }
    }
    struct Spied;
    impl Dispatch for Spied {
        fn routes(&self) -> &'static Node {
            &ROUTES
        }
        fn call(&self, _: usize, incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>> {
            Box::pin(async move {
                let mut decoder = Decoder::new(incoming, &SCHEMAS);
                decoder.authorize(&EITHER, &Spy).await?;
                Ok(respond::empty(StatusCode::NO_CONTENT))
            })
        }
    }
    let server = Server::start(Flow::new().add_service(Service::new(&DESCRIPTION, Spied))).await;
    assert_eq!(server.request("GET", "/either", &[X_KEY, TOKEN], "").await.status, 204);
    assert_eq!(*SEEN.lock().unwrap(), "ApiKey(ApiKey(…))Bearer(BearerToken(…))");
}
