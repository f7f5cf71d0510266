//! A trait a tag, over HTTP.

use ::talk::parts;
use buildflow_runtime::Flow;
use serde_json::json;
use served::Served;

#[test]
fn endpoints_of_several_traits_are_one_service() {
    let server = Served::start(Flow::new().add_service(parts::service()));
    let badge = [("x-badge", "grace")];
    let seen = server.request("GET", "/clinic/patients/1", &badge, None);
    assert_eq!(seen.json(), json!({"name": "Ada", "seen_by": "Grace"}));
    assert_eq!(server.request("GET", "/clinic/patients/2", &badge, None).status, 404);
    let headers = [("x-badge", "grace"), ("content-type", "application/json")];
    let planned = server.request("POST", "/clinic/visits", &headers, Some(r#"{"patient": 1}"#));
    assert_eq!((planned.status, planned.json()), (201, json!({"patient": 1, "by": "Grace"})));
    assert_eq!(server.send("GET", "/clinic/hours").body, b"9 to 5");
}

#[test]
fn the_trait_that_checks_credentials_guards_all_others() {
    let server = Served::start(Flow::new().add_service(parts::service()));
    assert_eq!(server.send("GET", "/clinic/patients/1").status, 401);
    assert_eq!(server.send_json("POST", "/clinic/visits", r#"{"patient": 1}"#).status, 401);
    let wrong = [("x-badge", "mallory")];
    assert_eq!(server.request("GET", "/clinic/patients/1", &wrong, None).status, 401);
}
