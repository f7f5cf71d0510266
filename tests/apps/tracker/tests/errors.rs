//! Errors of the application: which problems they are, and what the log says of them.

use serde_json::json;

use crate::{ask, log_in, open, start};

#[test]
fn an_error_of_the_application_is_the_problem_that_it_says() {
    let server = start();
    let ann = log_in(&server, "ann");
    assert_eq!(
        ask(&server, &ann, "GET", "/issues/7").json(),
        json!({"type": "about:blank", "title": "Not Found", "status": 404})
    );
    open(&server, &ann, r#"{"title":"Once"}"#);
    assert_eq!(ask(&server, &ann, "POST", "/issues/1/close").json()["state"], "closed");
    // This one comes out of an `anyhow::Error`.
    let closed = json!({
        "type": "https://tracker.example/problems/already-closed", "title": "The issue is closed already", "status": 409,
        "issue": 1, "closed_by": "ann",
    });
    let answer = ask(&server, &ann, "POST", "/issues/1/close");
    assert_eq!((answer.status, answer.json()), (409, closed));
    // And this one is behind context.
    assert_eq!(ask(&server, &ann, "POST", "/issues/7/close").status, 404);
}

#[test]
fn what_is_behind_an_error_is_logged_once_and_never_sent() {
    let server = start();
    let ann = log_in(&server, "ann");
    let answer = open(&server, &ann, r#"{"title":"fill the disk"}"#);
    assert_eq!(answer.json(), json!({"type": "about:blank", "title": "Service Unavailable", "status": 503}));
    let log = server.log_with("no space left");
    let told: Vec<&str> = log.lines().filter(|line| line.contains("the issues cannot be stored")).collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(told[0].contains("ERROR") && told[0].contains("stored: no space left on /var/lib/tracker"), "{told:?}");
    assert!(told[0].contains("request_id="), "{told:?}");
    // What is the client's doing is for those who look for it.
    ask(&server, &ann, "POST", "/issues/7/close");
    let log = server.log_with("no issue 7");
    let told = log.lines().find(|line| line.contains("no issue 7")).expect("it is logged");
    assert!(told.contains("DEBUG") && told.contains("the issue that should be closed: no issue 7"), "{told}");
}
