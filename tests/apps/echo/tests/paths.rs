//! Which endpoint a request leads to.

use serde_json::json;
use served::Served;

/// Status and answer.
fn answer(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> (u16, String) {
    let server = Served::start(echo::flow());
    let answer = server.request(method, path, headers, body);
    (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
}

fn found(path: &str) -> String {
    match answer("GET", path, &[], None) {
        (200, body) => body,
        (status, _) => status.to_string(),
    }
}

#[test]
fn parameters_share_segments_with_text_and_each_other() {
    assert_eq!(found("/mixed/v2/files/report.yaml"), json!(["file", 2, "report", "yaml"]).to_string());
    assert_eq!(found("/mixed/v2/files/a.b.json"), json!(["json_file", 2, "a.b"]).to_string());
    assert_eq!(found("/mixed/v2/files/report"), json!(["any_file", 2, "report"]).to_string());
    assert_eq!(found("/mixed/v2/files/.yaml"), json!(["any_file", 2, ".yaml"]).to_string());
    assert_eq!(found("/mixed/caf%C3%A9/th%C3%A9%20a%2Fb"), json!(["tea", "a/b"]).to_string());
    assert_eq!(found("/mixed/files/report"), "404");
    assert_eq!(found("/mixed/reports/7.csv"), json!(["report", 7, "csv"]).to_string());
    assert_eq!(found("/mixed/profiles/7.json"), json!(["profile", 7, ".json"]).to_string());
    assert_eq!(found("/mixed/profiles/7"), "404");
}

#[test]
fn a_parameter_in_a_mixed_segment_is_checked_like_any_other() {
    assert_eq!(answer("POST", "/mixed/jobs/7:cancel", &[], None).1, json!(["cancel", 7]).to_string());
    assert_eq!(answer("POST", "/mixed/jobs/7%3Acancel", &[], None).1, json!(["cancel", 7]).to_string());
    let server = Served::start(echo::flow());
    let refused = server.send("POST", "/mixed/jobs/x:cancel");
    assert_eq!((refused.status, refused.violations()), (422, vec!["path id type".to_owned()]));
    let refused = server.send("GET", "/mixed/vx/files/a.html");
    assert_eq!(
        (refused.status, refused.violations()),
        (422, vec!["path format enum".to_owned(), "path version type".to_owned()])
    );
    assert_eq!(server.send("POST", "/mixed/jobs/7:stop").status, 404);
}

#[test]
fn queries_of_path_templates_tell_them_apart() {
    assert_eq!(found("/queries/search"), json!(["search"]).to_string());
    assert_eq!(found("/queries/search?type=user"), json!(["search_users"]).to_string());
    assert_eq!(found("/queries/search?page=2&type=repo"), json!(["search_repos"]).to_string());
    assert_eq!(found("/queries/search?type=other"), json!(["search"]).to_string());
    assert_eq!(found("/queries/search?id=7"), json!(["search_by_id", 7]).to_string());
    assert_eq!(found("/queries/search?id=x"), "422");
}

#[test]
fn fragments_of_path_templates_are_told_apart_by_their_parameters() {
    assert_eq!(answer("POST", "/queries/?Action=Create", &[], None).1, json!(["create", "Create"]).to_string());
    assert_eq!(answer("POST", "/queries/?Action=Drop", &[], None).1, json!(["drop", "Drop"]).to_string());
    assert_eq!(answer("POST", "/queries/?Action=Other", &[], None).0, 404);
    assert_eq!(answer("POST", "/queries/%23Action=Drop?Action=Drop", &[], None).1, json!(["drop", "Drop"]).to_string());
}

#[test]
fn any_method_can_be_documented() {
    let headers = [("content-type", "application/json"), ("x-target", "t")];
    let asked = answer("QUERY", "/queries/echo", &headers, Some(r#"{"q":"a"}"#));
    assert_eq!(asked, (200, json!(["ask", {"q": "a"}]).to_string()));
    assert_eq!(answer("LINK", "/queries/echo", &headers, None).1, json!(["link", "t"]).to_string());
    assert_eq!(answer("LINK", "/queries/echo", &[], None).0, 422);
    assert_eq!(answer("Copy", "/queries/echo", &[], None).1, json!(["copy_echo"]).to_string());
}

#[test]
fn options_and_refusals_list_the_methods() {
    let server = Served::start(echo::flow());
    let refused = server.send("COPY", "/queries/echo");
    assert_eq!((refused.status, refused.header("allow")), (405, "QUERY, LINK, Copy, OPTIONS"));
    let options = server.send("OPTIONS", "/queries/search?type=user");
    assert_eq!((options.status, options.header("allow"), options.body.len()), (204, "GET, HEAD, OPTIONS", 0));
    assert_eq!(server.send("HEAD", "/queries/search").status, 200);
    assert_eq!(server.send("OPTIONS", "/queries/nowhere").status, 404);
}
