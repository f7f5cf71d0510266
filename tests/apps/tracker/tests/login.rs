//! Login by form, and a session that satisfies a security scheme.

use serde_json::json;

use crate::{ask, log_in, open, send_form, start};

#[test]
fn a_session_satisfies_a_scheme_that_asks_for_its_cookie() {
    let server = start();
    assert_eq!(server.send("GET", "/me").status, 401);
    let ann = log_in(&server, "ann");
    assert_eq!(ask(&server, &ann, "GET", "/me").json(), json!({"name": "ann"}));
    // A cookie of this name that is no session of ours is nobody's.
    for forged in ["tracker_session=ann", "tracker_session=", "other=1"] {
        assert_eq!(ask(&server, forged, "GET", "/me").status, 401, "{forged}");
    }
}

#[test]
fn a_wrong_password_begins_no_session() {
    let server = start();
    let refused = send_form(&server, "name=ann&password=guess");
    assert_eq!((refused.status, refused.header("set-cookie")), (401, ""));
    assert_eq!(refused.json()["detail"], "The name or the password is wrong.");
}

#[test]
fn logging_out_ends_the_session() {
    let server = start();
    let ann = log_in(&server, "ann");
    let ended = ask(&server, &ann, "POST", "/logout");
    assert_eq!(ended.status, 204);
    assert!(ended.header("set-cookie").starts_with("tracker_session=; "), "{}", ended.header("set-cookie"));
    // A link of another site, followed with GET, logs nobody out.
    assert_eq!(ask(&server, &ann, "GET", "/logout").status, 405);
}

#[test]
fn pages_of_other_sites_cannot_send_the_cookie_with_a_post() {
    let server = start();
    let answer = send_form(&server, "name=ann&password=secret");
    let attributes = answer.header("set-cookie").split_once(';').expect("it has attributes").1;
    assert!(attributes.contains("SameSite=Lax") && attributes.contains("HttpOnly"), "{attributes}");
}

#[test]
fn what_everybody_may_read_shows_more_to_those_who_are_logged_in() {
    let server = start();
    let ann = log_in(&server, "ann");
    assert_eq!(open(&server, &ann, r#"{"title":"Public"}"#).status, 201);
    assert_eq!(open(&server, &ann, r#"{"title":"Ann's","confidential":true}"#).status, 201);
    let count = |cookie: &str| ask(&server, cookie, "GET", "/issues").json().as_array().map(Vec::len);
    assert_eq!((count(&ann), count(&log_in(&server, "ben")), count("")), (Some(2), Some(1), Some(1)));
}

#[test]
fn a_form_may_be_sent_in_either_way_and_is_one_type() {
    let server = start();
    let part =
        |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let form = part("name", "ann") + &part("password", "secret") + "--x--\r\n";
    let multipart = [("content-type", "multipart/form-data; boundary=x")];
    assert_eq!(server.request("POST", "/login", &multipart, Some(&form)).status, 303);
    let json = [("content-type", "application/json")];
    assert_eq!(server.request("POST", "/login", &json, Some("{}")).status, 415);
}
