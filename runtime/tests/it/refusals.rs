//! Requests that are refused, and what the client is told.

use std::time::Duration;

use buildflow_runtime::Flow;
use serde_json::Value;

use crate::client::{Answer, Server};
use crate::pets;

const JSON: (&str, &str) = ("content-type", "application/json");

/// What no answer may repeat.
const SECRET: &str = "4711";

async fn refused(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let answer = Server::pets().await.request(method, target, headers, body).await;
    assert!(!answer.text().contains(SECRET), "{}", answer.text());
    answer
}

#[tokio::test]
async fn an_unknown_path_is_a_404() {
    assert_eq!(refused("GET", "/dogs", &[], "").await.problem(), (404, vec![]));
    assert_eq!(refused("GET", "/pets/1/2", &[], "").await.problem(), (404, vec![]));
}

#[tokio::test]
async fn an_unknown_method_is_a_405_with_those_that_are_known() {
    let answer = refused("DELETE", "/pets", &[], "").await;
    assert_eq!((answer.problem(), answer.header("allow")), ((405, vec![]), Some("GET, POST, HEAD, OPTIONS")));
}

#[tokio::test]
async fn another_media_type_is_a_415_that_says_which_would_do() {
    for headers in [&[("content-type", "text/xml")][..], &[("content-type", "application/problem+json")], &[]] {
        let answer = refused("POST", "/pets", headers, "{}").await;
        assert_eq!((answer.problem().0, answer.header("accept")), (415, Some("application/json")));
    }
    let answer = refused("POST", "/pets", &[JSON, ("content-encoding", "gzip")], "{}").await;
    assert_eq!((answer.problem().0, answer.header("accept-encoding")), (415, Some("identity")));
}

#[tokio::test]
async fn what_is_not_json_is_a_400_with_its_place() {
    let answer = refused("POST", "/pets", &[JSON], "{\"name\":\n 4711x}").await;
    assert_eq!(answer.problem(), (400, vec!["body  malformed".to_owned()]));
    assert!(answer.text().contains("line 2, column 6"), "{}", answer.text());
    assert_eq!(refused("POST", "/pets", &[JSON], &"[".repeat(100_000)).await.problem().0, 400);
    let answer = refused("POST", "/pets?dry_run=maybe", &[JSON], "{").await;
    assert_eq!(answer.problem(), (400, vec!["body  malformed".to_owned(), "query dry_run type".to_owned()]));
}

#[tokio::test]
async fn a_body_that_must_be_there_is_missed() {
    assert_eq!(refused("POST", "/pets", &[JSON], "").await.problem(), (422, vec!["body  required".to_owned()]));
}

#[tokio::test]
async fn every_violation_is_told_at_once() {
    let body = r#"{"name": "", "password": "4711", "nick": 4711, "owner": {"email": "4711-4711-4711"}}"#;
    let answer = refused("POST", "/pets?dry_run=4711", &[JSON], body).await;
    let expected = [
        "body /name minLength",
        "body /nick type",
        "body /owner/email maxLength",
        "body /password pattern",
        "query dry_run type",
    ];
    assert_eq!(answer.problem(), (422, expected.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn missing_members_are_pointed_to() {
    let answer = refused("POST", "/pets", &[JSON], r#"{"owner": {}}"#).await;
    let expected = ["body /name required", "body /owner/email required"];
    assert_eq!(answer.problem(), (422, expected.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn an_array_is_no_object() {
    let answer = refused("POST", "/pets", &[JSON], r#"["4711", null, null, null, null]"#).await;
    assert_eq!(answer.problem(), (422, vec!["body  type".to_owned()]));
    let answer = refused("POST", "/pets", &[JSON], r#"{"name": "a", "owner": ["4711"]}"#).await;
    assert_eq!(answer.problem(), (422, vec!["body /owner type".to_owned()]));
}

#[tokio::test]
async fn an_integer_that_no_type_holds_is_a_422_at_its_place() {
    for age in ["9223372036854775808", "-99999999999999999999", "1e300"] {
        let body = format!(r#"{{"name": "a", "owner": null, "age": {age}, "nick": null}}"#);
        assert_eq!(refused("POST", "/pets", &[JSON], &body).await.problem(), (422, vec!["body /age range".to_owned()]));
    }
}

#[tokio::test]
async fn a_pattern_with_look_ahead_is_enforced() {
    let body = |password: &str| format!(r#"{{"name": "a", "owner": null, "password": "{password}"}}"#);
    assert_eq!(refused("POST", "/pets", &[JSON], &body("abc1")).await.status, 201);
    let answer = refused("POST", "/pets", &[JSON], &body("abcd")).await;
    assert_eq!(answer.problem(), (422, vec!["body /password pattern".to_owned()]));
}

#[tokio::test]
async fn parameters_are_told_by_name() {
    let headers = [("x-trace", "-4711"), ("cookie", "session=x4711")];
    let answer = refused("GET", "/pets?limit=47110&tags=4711,a,b", &headers, "").await;
    let expected = [
        "cookie session type",
        "header X-Trace minimum",
        "query limit maximum",
        "query tags maxItems",
        "query tags maxLength",
    ];
    assert_eq!(answer.problem(), (422, expected.map(str::to_owned).to_vec()));
    assert_eq!(refused("GET", "/pets/0", &[], "").await.problem(), (422, vec!["path id minimum".to_owned()]));
    assert_eq!(refused("GET", "/pets/+1", &[], "").await.problem(), (422, vec!["path id type".to_owned()]));
}

#[tokio::test]
async fn a_scalar_that_stands_twice_is_refused() {
    let answer = refused("GET", "/pets?limit=1&limit=2", &[], "").await;
    let expected = ["cookie session required", "query limit repeated"];
    assert_eq!(answer.problem(), (422, expected.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn parameters_that_cannot_be_read_are_a_400() {
    assert_eq!(refused("GET", "/pets/%ff", &[], "").await.problem(), (400, vec!["path id encoding".to_owned()]));
    let answer = refused("GET", "/pets?limit=%4", &[("cookie", "session=1")], "").await;
    assert_eq!(answer.problem(), (400, vec!["query limit encoding".to_owned()]));
}

#[tokio::test]
async fn texts_are_held_to_their_schema() {
    let plain = [("content-type", "text/plain")];
    assert_eq!(refused("PUT", "/note", &plain, "far 4711").await.problem(), (422, vec!["body  maxLength".to_owned()]));
}

#[tokio::test]
async fn what_cannot_be_checked_is_the_services_fault() {
    assert_eq!(refused("POST", "/broken", &[JSON], "{}").await.problem(), (500, vec![]));
}

#[tokio::test]
async fn an_error_of_a_handler_is_a_500_that_says_nothing() {
    let answer = refused("GET", "/failing", &[], "").await;
    assert_eq!(answer.problem(), (500, vec![]));
    assert_eq!(answer.json()["detail"], Value::Null);
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let server = Server::pets().await;
    let mut client = server.connect().await;
    let answer = client.request("POST", "/panic", &[("x-request-id", "a")], "").await;
    assert_eq!((answer.problem(), answer.header("x-request-id")), ((500, vec![]), Some("a")));
    assert!(!answer.text().contains(SECRET));
    assert_eq!(client.request("GET", "/pets/1", &[], "").await.status, 200);
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_413() {
    let server = Server::start(Flow::new().add_service(pets::service()).body_limit(10)).await;
    let image = ("content-type", "image/png");
    assert_eq!(server.request("PUT", "/photo", &[image], "0123456789").await.status, 200);
    assert_eq!(server.request("PUT", "/photo", &[image], "0123456789a").await.problem().0, 413);
    let mut client = server.connect().await;
    client
        .send("PUT /photo HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    client.send("8\r\n01234567\r\n8\r\n01234567\r\n").await;
    assert_eq!(client.answer().await.problem().0, 413);
}

#[tokio::test]
async fn a_client_that_goes_on_sending_still_reads_its_413() {
    let server = Server::start(Flow::new().add_service(pets::service()).body_limit(10)).await;
    let body = "x".repeat(8 * 1024 * 1024);
    assert_eq!(server.request("PUT", "/photo", &[("content-type", "image/png")], &body).await.problem().0, 413);
}

#[tokio::test]
async fn a_handler_that_does_not_answer_in_time_is_a_503() {
    let flow = Flow::new().add_service(pets::service()).request_timeout(Duration::from_millis(50));
    let server = Server::start(flow).await;
    assert_eq!(server.request("GET", "/slow", &[], "").await.problem().0, 503);
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_a_408() {
    let flow = Flow::new().add_service(pets::service()).request_timeout(Duration::from_millis(50));
    let server = Server::start(flow).await;
    let mut client = server.connect().await;
    client.send("PUT /note HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhel").await;
    assert_eq!(client.answer().await.problem().0, 408);
}
