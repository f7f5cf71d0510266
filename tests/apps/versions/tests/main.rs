//! Both versions, over HTTP.

use serde_json::json;
use served::Served;
use versions::flow;

#[test]
fn each_version_reads_what_the_other_has_written() {
    let server = Served::start(flow());
    let added = server.send_json("POST", "/v1/contacts", r#"{"name": "Ada King Lovelace", "phone": "1"}"#);
    assert_eq!((added.status, added.json()), (201, json!({"id": 0, "name": "Ada King Lovelace", "phone": "1"})));
    let seen = server.send("GET", "/v2/contacts/0").json();
    let expected = json!({"id": 0, "given_name": "Ada King", "family_name": "Lovelace", "phones": ["1"]});
    assert_eq!(seen, expected);
    let added = server.send_json("POST", "/v2/contacts", r#"{"family_name": "Plato", "phones": ["2", "3"]}"#);
    assert_eq!(added.status, 201);
    assert_eq!(server.send("GET", "/v1/contacts/1").json(), json!({"id": 1, "name": "Plato", "phone": "2"}));
    assert_eq!(server.send("GET", "/v1/contacts/2").status, 404);
}

#[test]
fn the_older_version_says_until_when_it_is_there() {
    let server = Served::start(flow());
    let header = |target: &str, name: &str| {
        let answer = server.send("GET", target);
        answer.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    assert_eq!(header("/v1/contacts/0", "deprecation").as_deref(), Some("@1793491200"));
    assert_eq!(header("/v1/contacts/0", "sunset").as_deref(), Some("Tue, 01 Jun 2027 00:00:00 GMT"));
    assert_eq!(header("/v2/contacts/0", "deprecation"), None);
}
