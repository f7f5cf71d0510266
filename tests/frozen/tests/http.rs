//! The application of an earlier version answers as it did, with its own generated crate and with today's.

use buildflow_runtime::Flow;
use serde_json::json;
use served::{Answer, Served};

const STAFF: (&str, &str) = ("authorization", "Bearer spanner");
const JSON: (&str, &str) = ("content-type", "application/json");

/// Asks both applications the same, and what they answer: the same.
fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
    let asked = [frozen::then::start, frozen::today::start].map(|start: fn() -> Flow| {
        let server = Served::start(start());
        server.request(method, path, headers, body)
    });
    let [then, today] = asked;
    let seen = |answer: &Answer| (answer.status, String::from_utf8_lossy(&answer.body).into_owned());
    assert_eq!(seen(&then), seen(&today), "{method} {path}");
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&then), names(&today), "{method} {path}");
    today
}

fn send(method: &str, path: &str, body: &str) -> Answer {
    ask(method, path, &[STAFF, JSON], Some(body))
}

#[test]
fn parameters_are_read() {
    let path = "/bikes?state=done&tags=a%7Cb&size[min]=3&size[max]=9&limit=7";
    let answer = ask("GET", path, &[("x-shop", "north"), ("cookie", "theme=dark")], None);
    let bike = json!([{ "id": 3, "serial": "a", "state": "done", "owner": null, "gears": [9] }]);
    assert_eq!((answer.status, answer.header("x-total"), answer.json()), (200, "7", bike));
    let answer = ask("GET", "/bikes?state=new&tags=a%7Cb%7Cc%7Cd&limit=0", &[], None);
    let violations = ["query limit minimum", "query state enum", "query tags maxItems"];
    assert_eq!((answer.status, answer.violations()), (422, violations.map(str::to_owned).to_vec()));
}

#[test]
fn bodies_are_read_and_answers_written() {
    let sent =
        r#"{"serial": "XY0001", "state": "waiting", "bought": "2026-01-02T03:04:05Z", "weight": 9.5, "gears": [1, 2]}"#;
    let answer = send("POST", "/bikes", sent);
    assert_eq!((answer.status, answer.header("location")), (201, "/bikes/2"));
    assert_eq!((&answer.json()["id"], &answer.json()["weight"]), (&json!(2), &json!(9.5)));
    let form = [STAFF, ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(ask("POST", "/bikes", &form, Some("serial=AB1234&state=done&gears=1&gears=2")).status, 409);
    let answer = send("POST", "/bikes", r#"{"serial": "x", "state": "lost", "gears": [1, 1], "colour": "red"}"#);
    let violations =
        ["body /colour additionalProperties", "body /gears uniqueItems", "body /serial pattern", "body /state enum"];
    assert_eq!((answer.status, answer.violations()), (422, violations.map(str::to_owned).to_vec()));
    let answer = send("PUT", "/bikes/7", r#"{"serial": "AB1234", "state": "done"}"#);
    assert_eq!((answer.status, &answer.json()["bike"]), (409, &json!(7)));
    let csv = ask("GET", "/bikes", &[("accept", "text/csv")], None);
    assert_eq!((csv.header("content-type"), &csv.body[..]), ("text/csv; charset=utf-8", &b"id\n1\n"[..]));
}

#[test]
fn choices_are_told_apart() {
    let repair = r#"{"kind": "repair", "bike": 1, "parts": {"chain": 2}}"#;
    let planned = json!({ "kind": "repair", "bike": 2, "parts": { "chain": 2 } });
    assert_eq!(send("POST", "/jobs", repair).json(), planned);
    for cleaning in [r#"{"kind":"cleaning","bike":1,"with":["soap","water"]}"#, r#"{"kind":"cleaning","bike":1}"#] {
        let same: serde_json::Value = serde_json::from_str(cleaning).expect("this is JSON");
        assert_eq!(send("POST", "/jobs", cleaning).json(), same);
    }
    assert_eq!(send("POST", "/jobs", r#"{"kind": "painting", "bike": 1}"#).status, 422);
    assert_eq!(send("POST", "/jobs", r#"{"kind": "repair", "bike": 1, "parts": {}}"#).status, 422);
}

#[test]
fn files_and_streams_are_sent() {
    let form = [STAFF, ("content-type", "multipart/form-data; boundary=edge")];
    let part = |head: &str, body: &str| format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let photo = part("name=\"photo\"; filename=\"a.png\"\r\nContent-Type: image/png", "12345");
    let whole = format!("{}{photo}--edge--\r\n", part("name=\"caption\"", "Ah"));
    assert_eq!(ask("POST", "/bikes/1/photo", &form, Some(&whole)).json(), json!(7));
    let missing = format!("{photo}--edge--\r\n");
    assert_eq!(ask("POST", "/bikes/1/photo", &form, Some(&missing)).violations(), ["body /caption required"]);
    let photo = ask("GET", "/bikes/1/photo", &[STAFF], None);
    assert_eq!((photo.header("content-type"), &photo.body[..]), ("image/png", &b"png"[..]));
    let events = ask("GET", "/bikes/1/events", &[STAFF], None);
    let job = r#"data: {"kind":"cleaning","bike":1,"with":"soap"}"#;
    let text = String::from_utf8_lossy(&events.body).into_owned();
    assert!(text.contains(job) && text.contains("event: job") && text.contains("id: 1"), "{text}");
    let lines = ask("GET", "/jobs", &[STAFF], None);
    assert_eq!(lines.body.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[test]
fn what_is_protected_stays_so() {
    for (method, path) in [("GET", "/bikes/1"), ("POST", "/jobs"), ("GET", "/desk"), ("GET", "/jobs")] {
        let answer = ask(method, path, &[("authorization", "Bearer hammer")], None);
        assert_eq!(
            (answer.status, answer.header("www-authenticate")),
            (401, r#"Bearer realm="api", error="invalid_token""#),
            "{method} {path}"
        );
    }
    assert_eq!(ask("GET", "/bikes/1", &[STAFF], None).status, 200);
    assert_eq!(ask("GET", "/bikes/2", &[STAFF], None).status, 404);
}

#[test]
fn whole_requests_sessions_and_middleware_work() {
    let hook = ask("POST", "/hook", &[], Some("as it came"));
    assert_eq!((hook.header("x-hook"), &hook.body[..]), ("taken", &b"as it came"[..]));
    let first = ask("POST", "/visits", &[], None);
    assert_eq!((first.status, first.header("location")), (303, "/welcome"));
    let cookie = first.header("set-cookie").split(';').next().unwrap_or_default();
    let second = ask("POST", "/visits", &[("cookie", cookie)], None);
    assert_eq!((second.status, &second.body[..]), (200, &b"<p>2</p>"[..]));
    assert_eq!((first.header("x-request-id").is_empty(), first.header("x-frame-options")), (false, "DENY"));
    assert_eq!(ask("GET", "/openapi.json", &[], None).json()["info"]["title"], json!("Workshop"));
}
