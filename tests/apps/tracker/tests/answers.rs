//! Answers beside JSON.

use serde_json::json;

use crate::{ask, log_in, open, start, start_with};

#[test]
fn a_table_goes_out_piece_by_piece_with_its_headers() {
    let server = start();
    let ann = log_in(&server, "ann");
    open(&server, &ann, r#"{"title":"Größe \"XL\""}"#);
    let table = ask(&server, &ann, "GET", "/issues/export");
    assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(table.header("content-disposition"), "attachment; filename=issues.csv");
    // Its length is not known before.
    assert_eq!((table.header("content-length"), table.header("transfer-encoding")), ("", "chunked"));
    assert_eq!(String::from_utf8_lossy(&table.body), "id,title,state\n1,\"Größe \"\"XL\"\"\",open\n");
}

#[test]
fn a_new_resource_says_where_it_is() {
    let server = start();
    let ann = log_in(&server, "ann");
    assert_eq!(open(&server, &ann, r#"{"title":"Here"}"#).header("location"), "/issues/1");
}

#[test]
fn a_handler_sees_the_request_as_the_client_has_made_it() {
    let server =
        start_with(&[("BUILDFLOW_TRUSTED_PROXIES", "127.0.0.1"), ("BUILDFLOW_TRACKER_BASE_ROUTE", "/tracker")]);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let login = server.request("POST", "/tracker/login", &form, Some("name=ann&password=secret"));
    let session = login.header("set-cookie").split(';').next().unwrap_or_default();
    let cookie = format!("{session}; theme=dark%20blue");
    let headers = [
        ("cookie", &*cookie),
        ("x-forwarded-for", "198.51.100.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "example.com"),
        ("x-forwarded-prefix", "/v1"),
    ];
    let answer = server.request("GET", "/tracker/issues/search?bug=%C3%A4&bug=2&x=", &headers, None);
    let expected = json!({
        "self": "https://example.com/v1/tracker/issues/search?bug=%C3%A4&bug=2&x=", "operation": "/issues/search",
        "labels": ["bug=ä", "bug=2", "x="], "theme": "dark blue", "first": "/v1/tracker/issues/1",
    });
    assert_eq!(answer.json(), expected);
}
