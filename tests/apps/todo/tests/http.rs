//! The application over HTTP.

use buildflow_runtime::axum::body::{Body, to_bytes};
use buildflow_runtime::http::Request;
use buildflow_runtime::{Flow, RequestContext};
use serde_json::{Value, json};
use served::Served;
use todo::todo::types::{Conflict, NewTask, State, Task};
use todo::todo::{CreateTaskRequest, CreateTaskResponse, Todo as _};
use todo::{Store, Tasks};
use tower::ServiceExt as _;

fn start() -> Served {
    let tasks = Tasks::new(Store::in_memory().expect("a database in memory"));
    Served::start(Flow::new().add_service(todo::todo::service(tasks)))
}

/// A handler is a method: a test may call it with a typed request, and look at a typed answer.
#[tokio::test]
async fn a_handler_answers_without_a_server() {
    let tasks = Tasks::new(Store::in_memory().expect("a database in memory"));
    let request = |title: &str| CreateTaskRequest { body: NewTask::new(title), context: RequestContext::default() };
    let created = tasks.create_task(request("Water the plants")).await.expect("an answer");
    assert!(matches!(created, CreateTaskResponse::Created(Task { id: 1, .. })), "{created:?}");
    let again = tasks.create_task(request("Water the plants")).await.expect("an answer");
    assert_eq!(again, CreateTaskResponse::Conflict(Conflict { existing: 1 }));
}

/// The service without a socket: what a client would get, middleware and validation included.
#[tokio::test]
async fn the_service_answers_without_a_socket() {
    let tasks = Tasks::new(Store::in_memory().expect("a database in memory"));
    let service = todo::todo::service(tasks).into_service().expect("the service can start");
    let task = serde_json::to_vec(&NewTask::new("Water the plants")).expect("it is JSON");
    let request = Request::post("/tasks").header("content-type", "application/json").body(Body::from(task));
    let Ok(response) = service.oneshot(request.expect("this is a request")).await;
    assert_eq!(response.status(), 201);
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    let created: Task = serde_json::from_slice(&body).expect("it is a task");
    assert_eq!((created.id, created.state), (1, State::Open));
}

fn add(server: &Served, body: &Value) -> Value {
    let answer = server.send_json("POST", "/tasks", &body.to_string());
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()
}

#[test]
fn a_task_is_added_read_changed_and_removed() {
    let server = start();
    let task = add(&server, &json!({"title": "Water the plants", "due": "2026-12-01", "labels": ["home"]}));
    let expected =
        json!({"id": 1, "title": "Water the plants", "state": "open", "due": "2026-12-01", "labels": ["home"]});
    assert_eq!(task, expected);
    assert_eq!(server.send("GET", "/tasks/1").json(), expected);

    let done = server.send_json("PATCH", "/tasks/1", r#"{"state":"done"}"#).json();
    assert_eq!((&done["state"], &done["due"]), (&json!("done"), &json!("2026-12-01")));

    assert_eq!(server.send("DELETE", "/tasks/1").status, 204);
    assert_eq!(server.send("GET", "/tasks/1").status, 404);
    assert_eq!(server.send("DELETE", "/tasks/1").status, 404);
}

#[test]
fn absent_leaves_a_value_and_null_takes_it_away() {
    let server = start();
    add(&server, &json!({"title": "a", "due": "2026-12-01"}));
    assert_eq!(server.send_json("PATCH", "/tasks/1", "{}").json()["due"], "2026-12-01");
    assert_eq!(server.send_json("PATCH", "/tasks/1", r#"{"due":null}"#).json()["due"], Value::Null);
    let refused = server.send_json("PATCH", "/tasks/1", r#"{"title":null}"#);
    assert_eq!((refused.status, refused.violations()), (422, vec!["body /title type".to_owned()]));
}

#[test]
fn lists_are_filtered_by_typed_query_parameters() {
    let server = start();
    add(&server, &json!({"title": "a", "labels": ["home"]}));
    add(&server, &json!({"title": "b", "labels": ["home", "urgent"]}));
    let titles = |query: &str| {
        let answer = server.send("GET", &format!("/tasks{query}"));
        assert_eq!(answer.status, 200, "{}", answer.json());
        let list = answer.json();
        list.as_array().into_iter().flatten().map(|task| task["title"].to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(titles(""), r#""b" "a""#);
    assert_eq!(titles("?limit=1"), r#""b""#);
    assert_eq!(titles("?label=home&label=urgent"), r#""b""#);
    assert_eq!(titles("?state=done"), "");
}

#[test]
fn another_documented_status_has_its_own_body() {
    let server = start();
    add(&server, &json!({"title": "a"}));
    let conflict = server.send_json("POST", "/tasks", r#"{"title":"a"}"#);
    assert_eq!((conflict.status, conflict.json()), (409, json!({"existing": 1})));
}

#[test]
fn a_bad_request_is_told_all_its_faults_at_once() {
    let server = start();
    let body = r#"{"title":"","due":"tomorrow","labels":["Home","x","x"],"colour":"red"}"#;
    let answer = server.send_json("POST", "/tasks", body);
    assert_eq!(answer.status, 422);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let expected = [
        "body /colour additionalProperties",
        "body /due format",
        "body /labels uniqueItems",
        "body /labels/0 pattern",
        "body /title minLength",
    ];
    assert_eq!(answer.violations(), expected);
    for submitted in ["tomorrow", "Home", "red"] {
        assert!(!String::from_utf8_lossy(&answer.body).contains(submitted), "`{submitted}` is echoed");
    }
    let answer = server.send("GET", "/tasks?limit=0&state=lost&label=A&label=b&label=c&label=d&label=e&label=f");
    let expected = ["query label maxItems", "query label pattern", "query limit minimum", "query state enum"];
    assert_eq!((answer.status, answer.violations()), (422, expected.map(str::to_owned).to_vec()));
}

#[test]
fn a_path_parameter_is_typed_too() {
    let server = start();
    assert_eq!(server.send("GET", "/tasks/zero").violations(), ["path taskId type"]);
    assert_eq!(server.send("GET", "/tasks/0").violations(), ["path taskId minimum"]);
    assert_eq!(server.send("GET", "/tasks/9223372036854775808").violations(), ["path taskId maximum"]);
    assert_eq!(server.send("GET", "/tasks/%ff").status, 400);
}
