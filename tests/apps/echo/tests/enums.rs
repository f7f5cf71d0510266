//! Enums, and values that they do not list.

use buildflow_runtime::{Flow, HttpError, Nullable};
use echo::enums::types::{Channel, Kind};
use echo::enums::{EnumsService, PutEnumsRequest, PutEnumsResponse, service};
use serde_json::{Value, json};
use served::{Answer, Served};

/// Answers with the body, where a channel that is not known has become the web, and the kind of the query.
struct Echo;

impl EnumsService for Echo {
    async fn put_enums(&self, request: PutEnumsRequest) -> Result<PutEnumsResponse, HttpError> {
        let mut body = request.body;
        body.channel = body.channel.map(|channel| match channel {
            Channel::Other(_) => Channel::Web,
            known => known,
        });
        if let Some(kind) = request.kind {
            body.kind = Some(Nullable::Value(kind));
        }
        Ok(PutEnumsResponse::Ok(body))
    }
}

fn put(query: &str, body: &Value) -> Answer {
    Served::start(Flow::new().add_service(service(Echo))).send_json("PUT", &format!("/echo{query}"), &body.to_string())
}

#[test]
fn an_open_enum_keeps_what_it_does_not_list() {
    for kind in ["dog", "other", "axolotl", ""] {
        assert_eq!(put("", &json!({"kind": kind})).json(), json!({"kind": kind}));
    }
    assert_eq!(put("", &json!({"kind": null})).json(), json!({"kind": null}));
    assert_eq!(put("?kind=newt", &json!({})).json(), json!({"kind": "newt"}));
    assert_eq!(put("", &json!({"channel": "fax"})).json(), json!({"channel": "web"}));
    assert_eq!(Kind::LISTED.iter().map(Kind::as_str).collect::<Vec<_>>(), ["cat", "dog", "other"]);
}

#[test]
fn an_open_enum_takes_strings_and_what_else_its_schema_says() {
    assert_eq!(put("", &json!({"kind": 1})).violations(), ["body /kind type"]);
    assert_eq!(put("", &json!({"code": "tin"})).json(), json!({"code": "tin"}));
    assert_eq!(put("", &json!({"code": "T1"})).violations(), ["body /code pattern"]);
}

#[test]
fn any_other_enum_refuses_it() {
    assert_eq!(put("", &json!({"state": "ajar"})).violations(), ["body /state enum"]);
    assert_eq!(put("?state=ajar", &json!({})).violations(), ["query state enum"]);
}

#[test]
fn enums_of_numbers_and_of_mixed_values_have_their_types() {
    for body in
        [json!({"size": 4, "ratio": 0.5}), json!({"mixed": "auto"}), json!({"mixed": 2.5}), json!({"mixed": true})]
    {
        assert_eq!(put("", &body).json(), body);
    }
    assert_eq!(put("", &json!({"mixed": null})).json(), json!({"mixed": null}));
    let answer = put("", &json!({"size": 3, "ratio": 0.75, "mixed": "manual"}));
    assert_eq!(answer.violations(), ["body /mixed enum", "body /ratio enum", "body /size enum"]);
    assert_eq!(put("", &json!({"mixed": false})).status, 422);
}
