//! What an endpoint may do, over HTTP.

use ::talk::{Talker, talk};
use buildflow_runtime::Flow;
use serde_json::json;
use served::{Answer, Served};

fn start() -> Served {
    Served::start(Flow::new().add_service(talk::service(Talker::new(2))))
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

#[test]
fn json_goes_in_and_out() {
    let server = start();
    assert_eq!(server.send_json("POST", "/double", r#"{"value": 4}"#).json(), json!({"value": 8}));
    assert_eq!(server.send_json("POST", "/double", r#"{"value": "4"}"#).violations(), ["body /value type"]);
}

#[test]
fn a_handler_is_set_up_before_it_serves() {
    let server = Served::start(Flow::new().add_service(talk::service(Talker::new(10))));
    assert_eq!(server.send_json("POST", "/double", r#"{"value": 4}"#).json(), json!({"value": 40}));
}

#[test]
fn a_service_may_be_attached_later() {
    let mut flow = Flow::new();
    let services =
        [("/one", 1), ("/two", 2)].map(|(route, factor)| talk::service(Talker::new(factor)).base_route(route));
    for service in services {
        flow = flow.add_service(service);
    }
    let server = Served::start(flow);
    assert_eq!(server.send_json("POST", "/one/double", r#"{"value": 4}"#).json(), json!({"value": 4}));
    assert_eq!(server.send_json("POST", "/two/double", r#"{"value": 4}"#).json(), json!({"value": 8}));
    assert_eq!(server.send_json("POST", "/double", r#"{"value": 4}"#).status, 404);
}

#[test]
fn a_query_parameter_is_a_typed_field_with_its_default() {
    let server = start();
    assert_eq!(server.send("GET", "/my_endpoint?my_int=1").json(), json!({"value": 1}));
    assert_eq!(server.send("GET", "/my_endpoint").json(), json!({"value": 7}));
    assert_eq!(server.send("GET", "/my_endpoint?my_int=one").violations(), ["query my_int type"]);
}

#[test]
fn an_unexpected_error_is_500_without_detail() {
    let answer = start().send("GET", "/broken");
    let expected = json!({"type": "about:blank", "title": "Internal Server Error", "status": 500});
    assert_eq!((answer.status, answer.json()), (500, expected));
}

#[test]
fn an_http_error_is_what_it_says() {
    let answer = start().send("GET", "/private");
    assert_eq!((answer.status, answer.json()["detail"].as_str()), (401, Some("Nobody may see this.")));
}

#[test]
fn bearer_credentials_open_an_endpoint() {
    let server = start();
    let ask = |credentials: &str| server.request("GET", "/members", &[("authorization", credentials)], None);
    assert_eq!((ask("Bearer letmein").status, ask("bearer letmein").status), (204, 204));
    for refused in [server.send("GET", "/members"), ask("Bearer guess"), ask("Bearer"), ask("Basic letmein")] {
        assert_eq!(refused.status, 401);
        assert!(refused.header("www-authenticate").starts_with("Bearer"), "{:?}", refused.headers);
    }
}

#[test]
fn a_raw_request_comes_whole_and_nothing_of_its_body_is_checked() {
    let server = start();
    let answer = server.request("POST", "/anything?my_int=3&more=1", &[("content-type", "image/png")], Some("{}"));
    assert_eq!((answer.status, text(&answer).as_str()), (200, "POST /anything?my_int=3&more=1 image/png 2 3 true"));
    let answer = server.send("POST", "/anything?my_int=3");
    assert_eq!(text(&answer), "POST /anything?my_int=3 nothing 0 3 true");
}

#[test]
fn the_parameters_of_a_raw_request_are_checked() {
    let answer = start().send_json("POST", "/anything?my_int=0", "{}");
    assert_eq!((answer.status, answer.violations()), (422, vec!["query my_int minimum".to_owned()]));
}

#[test]
fn the_body_of_a_raw_request_has_the_limit_of_a_stream() {
    let server = Served::start(Flow::new().upload_limit(1_000).add_service(talk::service(Talker::new(2))));
    let send = |length: usize| server.request("POST", "/anything?my_int=1", &[], Some(&"x".repeat(length)));
    assert_eq!((send(1_000).status, send(1_001).status), (200, 413));
}
