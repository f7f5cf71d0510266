//! Members that are absent have their defaults.

use buildflow_runtime::{Flow, HttpError};
use echo::defaults::types::Settings;
use echo::defaults::{Defaults, PutSettingsRequest, PutSettingsResponse, service};
use serde_json::json;
use served::Served;

struct Echo;

impl Defaults for Echo {
    async fn put_settings(&self, request: PutSettingsRequest) -> Result<PutSettingsResponse, HttpError> {
        Ok(PutSettingsResponse::Ok(request.body))
    }
}

#[test]
fn what_is_absent_has_its_default() {
    let served = Served::start(Flow::new().add_service(service(Echo)));
    let defaults = json!({
        "enabled": true, "retries": 3, "ratio": 0.5, "name": "unnamed", "note": "", "level": "low",
        "tags": ["a", "b"], "none": [], "labels": {}, "parent": null, "nickname": "nick",
        "site": "https://example.com/a", "since": "2026-01-31", "at": "2026-01-31T12:00:00+01:00",
        "key": "123e4567-e89b-12d3-a456-426614174000", "host": "127.0.0.1", "page": {"size": 20},
        "set": [], "numbers": [1, 2], "pair": [1, "a"], "took": "PT1H30M", "noon": "12:00:00Z", "code": "abc",
        "dozens": 24, "weights": {"a": 1.5}, "corner": {"x": 1, "y": 9}, "either": 5,
        "shape": {"kind": "circle", "center": {"x": 2, "y": 9}}, "any": 7,
    });
    assert_eq!(served.send_json("PUT", "/settings", "{}").json(), defaults);
    assert_eq!(serde_json::to_value(Settings::default()).unwrap(), defaults);
}

#[test]
fn what_is_there_is_kept_and_checked() {
    let served = Served::start(Flow::new().add_service(service(Echo)));
    let sent = json!({
        "enabled": false, "retries": 0, "ratio": 1.0, "name": "", "note": "n", "level": "high",
        "tags": [], "none": ["x"], "labels": {"a": "b"}, "parent": "p", "nickname": null, "site": "b:c", "plain": "q", "short": "b",
        "since": "2024-02-29", "at": "2024-02-29T00:00:00Z", "key": "00000000-0000-0000-0000-000000000000",
        "host": "0.0.0.0", "page": {"size": 1, "after": "a"},
        "set": ["a"], "numbers": [], "pair": [2, ""], "took": "P1D", "noon": "00:00:00+01:00", "code": "z",
        "dozens": 0, "weights": {}, "corner": {"x": 0, "y": 0, "note": "n"}, "either": "five",
        "shape": {"kind": "line", "from": {"x": 3, "y": 4}}, "any": [null],
    });
    assert_eq!(served.send_json("PUT", "/settings", &sent.to_string()).json(), sent);
    let answer = served.send_json("PUT", "/settings", r#"{"retries": -1, "enabled": null, "short": "long"}"#);
    let told = ["body /enabled type", "body /retries minimum", "body /short maxLength"];
    assert_eq!((answer.status, answer.violations()), (422, told.map(str::to_owned).to_vec()));
}
