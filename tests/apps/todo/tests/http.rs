//! The application over HTTP.

use buildflow_runtime::Flow;
use serde_json::{Value, json};
use served::Served;
use todo::{Store, Tasks};

fn start() -> Served {
    let tasks = Tasks::new(Store::in_memory().expect("a database in memory"));
    Served::start(Flow::new().add_service(todo::todo::service(tasks)))
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
