//! Problems in a shape of the application's own.

use buildflow_runtime::{Flow, Problem, ProblemContext};
use serde_json::json;

use crate::client::{Answer, Server};
use crate::pets;

const JSON: (&str, &str) = ("content-type", "application/json");

fn envelope(problem: &Problem, context: &ProblemContext<'_>) -> axum::response::Response {
    let wrong: Vec<&str> = problem.errors.iter().map(|violation| &*violation.code).collect();
    context.json(&json!({
        "ok": false, "says": problem.title, "wrong": wrong, "ticket": context.request_id(),
        "html": context.preferred(&["application/json", "text/html"]) == Some("text/html"),
    }))
}

/// Status, title and media type of an answer in the envelope; its ticket is the request's id.
fn told(answer: &Answer) -> (u16, String, Option<&str>) {
    let body = answer.json();
    assert_eq!(body["ok"], false, "{}", answer.text());
    assert_eq!(body["ticket"].as_str(), answer.header("x-request-id"));
    let title = body["says"].as_str().unwrap_or_default().to_owned();
    (answer.status, title, answer.header("content-type"))
}

#[tokio::test]
async fn one_format_shapes_the_problems_of_handlers_of_the_runtime_and_of_nobody() {
    let server = Server::start(Flow::new().add_service(pets::service()).problems(envelope)).await;
    let json = Some("application/json");
    for (method, path, status, title) in [
        ("GET", "/nowhere", 404, "Not Found"),
        ("DELETE", "/pets", 405, "Method Not Allowed"),
        ("GET", "/failing", 500, "Internal Server Error"),
        ("GET", "/panic", 500, "Internal Server Error"),
        ("GET", "/pets/0", 422, "Unprocessable Entity"),
    ] {
        let answer = server.request(method, path, &[], "").await;
        assert_eq!(told(&answer), (status, title.to_owned(), json), "{method} {path}");
    }
    let invalid = server.request("POST", "/pets", &[JSON, ("accept", "text/html")], r#"{"name":""}"#).await;
    assert_eq!((&invalid.json()["wrong"], &invalid.json()["html"]), (&json!(["required", "minLength"]), &json!(true)));
    // What belongs to the status stays.
    let unknown = server.request("DELETE", "/pets", &[], "").await;
    assert_eq!(unknown.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    let good = server.request("GET", "/pets/1", &[], "").await;
    assert_eq!((good.status, good.json()), (200, json!({"id": 1})));
}

#[tokio::test]
async fn a_service_may_have_a_format_beside_that_of_its_flow() {
    let own = |_: &Problem, context: &ProblemContext<'_>| context.json(&json!({"own": context.request_id()}));
    let flow = Flow::new()
        .add_service(pets::service().service_id("a").base_route("/a").problems(own))
        .add_service(pets::service().service_id("b").base_route("/b"))
        .problems(envelope);
    let server = Server::start(flow).await;
    let answer = server.request("GET", "/a/pets/0", &[("x-request-id", "7")], "").await;
    assert_eq!((answer.status, answer.json()), (422, json!({"own": "7"})));
    let panicked = server.request("GET", "/a/panic", &[("x-request-id", "9")], "").await;
    assert_eq!((panicked.status, panicked.json()), (500, json!({"own": "9"})));
    assert_eq!(told(&server.request("GET", "/b/pets/0", &[], "").await).0, 422);
    assert_eq!(told(&server.request("GET", "/c", &[], "").await).0, 404);
    // Alone, it is the flow's.
    let alone = Server::start(Flow::new().add_service(pets::service().problems(own)).problems(envelope)).await;
    assert_eq!(alone.request("GET", "/c", &[("x-request-id", "8")], "").await.json(), json!({"own": "8"}));
}

#[tokio::test]
async fn a_format_that_panics_leaves_the_problem_as_it_is() {
    let broken = |_: &Problem, _: &ProblemContext<'_>| -> axum::response::Response { panic!("no format") };
    let server = Server::start(Flow::new().add_service(pets::service()).problems(broken)).await;
    assert_eq!(server.request("GET", "/nowhere", &[], "").await.problem().0, 404);
}
