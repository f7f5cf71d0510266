//! Requests that are answered.

use buildflow_runtime::middleware::HttpsRedirect;
use buildflow_runtime::{Flow, axum, http};
use serde_json::json;

use crate::client::Server;
use crate::pets;

const COOKIE: (&str, &str) = ("cookie", "a=b; session=7");

#[tokio::test]
async fn parameters_come_from_query_header_and_cookie() {
    let server = Server::pets().await;
    let headers = [COOKIE, ("x-trace", "3"), ("x-request-id", "mine-1")];
    let answer = server.request("GET", "/pets?limit=5&tags=a%2C,b+c&other=%zz", &headers, "").await;
    let expected = json!({
        "limit": 5, "tags": ["a,", "b c"], "trace": 3, "session": 7,
        "peer": true, "request_id": "mine-1", "uri": "/pets?limit=5&tags=a%2C,b+c&other=%zz",
    });
    assert_eq!((answer.status, answer.json()), (200, expected));
}

#[tokio::test]
async fn absent_parameters_have_defaults_or_are_absent() {
    let server = Server::pets().await;
    let answer = server.request("GET", "/pets", &[COOKIE], "").await.json();
    assert_eq!((&answer["limit"], &answer["tags"], &answer["trace"]), (&json!(20), &json!(null), &json!(null)));
}

#[tokio::test]
async fn literals_and_captures_are_percent_decoded() {
    let server = Server::pets().await;
    assert_eq!(server.request("GET", "/p%65ts/%31%32", &[], "").await.json(), json!({"id": 12}));
}

#[tokio::test]
async fn head_has_the_head_of_get() {
    let server = Server::pets().await;
    let mut client = server.connect().await;
    let head = client.request("HEAD", "/pets", &[COOKIE], "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(client.request("GET", "/pets", &[COOKIE], "").await.status, 200);
}

#[tokio::test]
async fn absent_and_null_are_not_the_same() {
    let server = Server::pets().await;
    for body in [
        json!({"name": "Rex", "owner": null}),
        json!({"name": "Rex", "nick": null, "owner": {"email": "a@b"}}),
        json!({"name": "Rex", "nick": "R", "owner": null}),
    ] {
        let answer = server.json("POST", "/pets", &body.to_string()).await;
        assert_eq!((answer.status, answer.json()), (201, body));
    }
}

#[tokio::test]
async fn whole_floats_are_integers_and_unknown_members_are_ignored() {
    let server = Server::pets().await;
    let answer = server.json("POST", "/pets", r#"{"name":"a","x":[{"y":1}],"owner":null,"age":1e1}"#).await;
    assert_eq!((answer.status, &answer.json()["age"]), (201, &json!(10)));
}

#[tokio::test]
async fn an_optional_body_may_be_absent() {
    let server = Server::pets().await;
    assert_eq!(server.request("PUT", "/settings", &[], "").await.json(), json!({"given": false}));
    let given = server.json("PUT", "/settings", r#"{"name":"a","owner":null}"#).await;
    assert_eq!(given.json(), json!({"given": true}));
}

#[tokio::test]
async fn media_types_are_compared_without_case_and_by_wildcard() {
    let server = Server::pets().await;
    let photo = server.request("PUT", "/photo", &[("content-type", "Image/PNG")], "12345").await;
    assert_eq!(photo.json(), json!({"bytes": 5}));
    let headers = [("content-type", "TEXT/plain; charset=utf-8")];
    assert_eq!(server.request("PUT", "/note", &headers, "hello").await.text(), "hello");
}

#[tokio::test]
async fn chunked_bodies_are_put_together() {
    let server = Server::pets().await;
    let mut client = server.connect().await;
    let head = "PUT /note HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";
    client.send(&format!("{head}2\r\nhe\r\n")).await;
    client.send("1\r\ny\r\n0\r\n\r\n").await;
    assert_eq!(client.answer().await.text(), "hey");
}

#[tokio::test]
async fn a_plain_request_id_is_kept_and_another_made_anew() {
    let server = Server::pets().await;
    let id = async |sent: &str| {
        let answer = server.request("GET", "/nowhere", &[("x-request-id", sent)], "").await;
        answer.header("x-request-id").expect("an id").to_owned()
    };
    assert_eq!(id("abc/1").await, "abc/1");
    assert_eq!(id(&"a".repeat(128)).await.len(), 128);
    let (long, spaced, empty) = (id(&"a".repeat(129)).await, id("a b").await, id("").await);
    assert!([&long, &spaced, &empty].iter().all(|id| id.len() == 36), "{long} {spaced} {empty}");
    assert_ne!(long, spaced);
}

#[tokio::test]
async fn services_stand_under_their_base_routes() {
    let flow = Flow::new()
        .add_service(pets::service().base_route("/a"))
        .add_service(pets::service().base_route("/a/:b"))
        .add_service(pets::service());
    let server = Server::start(flow).await;
    for base in ["", "/a", "/a/:b"] {
        assert_eq!(server.request("GET", &format!("{base}/pets/1"), &[], "").await.status, 200, "{base}");
        assert_eq!(server.request("GET", &format!("{base}/no"), &[], "").await.problem().0, 404, "{base}");
    }
}

#[tokio::test]
async fn two_services_under_one_base_route_do_not_start() {
    let flow = Flow::new().add_service(pets::service().base_route("/a")).add_service(pets::service().base_route("/a"));
    let error = flow.into_router().map(|_| ()).expect_err("they clash").to_string();
    assert_eq!(error, "the services `pets` and `pets` both have the base route `/a`; give one another");
    let error = Flow::new().add_service(pets::service().base_route("a/{b}")).into_router().map(|_| ());
    assert!(error.is_err_and(|error| error.to_string().contains("a/{b}")));
}

#[tokio::test]
async fn axum_routes_and_layers_go_with_a_service() {
    use axum::extract::ConnectInfo;
    use axum::response::Response;
    use axum::routing::get;

    let peer = get(|ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>| async move { peer.ip().to_string() });
    let marked = axum::middleware::map_response(|mut response: Response| async {
        response.headers_mut().insert("x-marked", http::HeaderValue::from_static("yes"));
        response
    });
    let service = pets::service().merge(axum::Router::new().route("/peer", peer)).layer(marked);
    let server = Server::start(Flow::new().add_service(service)).await;
    let answer = server.request("GET", "/peer", &[], "").await;
    assert_eq!((answer.text(), answer.header("x-marked")), ("127.0.0.1", Some("yes")));
    assert_eq!(server.request("GET", "/pets/1", &[], "").await.header("x-marked"), Some("yes"));
}

/// An answer that says who the client was, as layers and handlers see it.
async fn seen(flow: Flow, host: &str, lines: &str) -> (u16, String) {
    let address = axum::routing::get(
        |axum::extract::ConnectInfo(address): axum::extract::ConnectInfo<std::net::SocketAddr>,
         headers: axum::http::HeaderMap| async move {
            format!("{} {}", address.ip(), headers["host"].to_str().unwrap_or_default())
        },
    );
    let routes = axum::Router::new().route("/who", address);
    let server = Server::start(flow.add_service(pets::service().merge(routes))).await;
    let mut client = server.connect().await;
    client.send(&format!("GET /who HTTP/1.1\r\nhost: {host}\r\n{lines}\r\n")).await;
    let answer = client.answer().await;
    let told = answer.header("location").map_or_else(|| answer.text().to_owned(), str::to_owned);
    (answer.status, told)
}

#[tokio::test]
async fn trusted_proxies_say_who_the_client_is() {
    let lines =
        "x-forwarded-for: 6.6.6.6, 1.2.3.4\r\nx-forwarded-proto: https\r\nx-forwarded-host: shop.example.com\r\n";
    let trusting = || Flow::new().trusted_proxies(["127.0.0.0/8"]);
    assert_eq!(seen(trusting(), "a", lines).await, (200, "1.2.3.4 shop.example.com".to_owned()));
    assert_eq!(seen(Flow::new(), "a", lines).await, (200, "127.0.0.1 a".to_owned()));
    let others = Flow::new().trusted_proxies(["10.0.0.1"]);
    assert_eq!(seen(others, "a", lines).await, (200, "127.0.0.1 a".to_owned()));
    // A redirect to HTTPS knows what the proxy knows.
    let redirecting = |flow: Flow| flow.layer(HttpsRedirect::new());
    assert_eq!(seen(redirecting(trusting()), "a", lines).await.0, 200);
    let lines = "x-forwarded-proto: http\r\nx-forwarded-host: shop.example.com\r\nx-forwarded-prefix: /shop\r\n";
    let told = seen(redirecting(trusting()), "a", lines).await;
    assert_eq!(told, (307, "https://shop.example.com/shop/who".to_owned()));
}

#[tokio::test]
async fn what_is_no_network_stops_the_flow() {
    let flow = Flow::new().add_service(pets::service()).trusted_proxies(["10.0.0.0/64"]);
    let refusal = flow.into_service().expect_err("it is none").to_string();
    assert!(refusal.contains("`trusted_proxies`") && refusal.contains("10.0.0.0/64"), "{refusal}");
}

#[cfg(feature = "session")]
#[tokio::test]
async fn a_sessions_cookie_is_secure_where_a_trusted_proxy_says_that_the_request_was() {
    use buildflow_runtime::middleware::{SecretKey, Session, SessionHandle};

    let login = axum::routing::get(|axum::Extension(session): axum::Extension<SessionHandle>| async move {
        session.insert("user", 7).map_err(|_| axum::http::StatusCode::INTERNAL_SERVER_ERROR)
    });
    for (proxies, is_secure) in [(&["127.0.0.1"][..], true), (&[], false)] {
        let key = SecretKey::new("a secret that is long enough for a key").expect("a key");
        let routes = axum::Router::new().route("/login", login.clone());
        let service = pets::service().merge(routes).layer(Session::new(key));
        let server = Server::start(Flow::new().trusted_proxies(proxies.iter().copied()).add_service(service)).await;
        let answer = server.request("GET", "/login", &[("x-forwarded-proto", "https")], "").await;
        let cookie = answer.header("set-cookie").expect("a session");
        assert_eq!((answer.status, cookie.ends_with("; Secure")), (200, is_secure), "{cookie}");
    }
}
