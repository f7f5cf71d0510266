//! Choices between schemas over HTTP: what comes in comes out again, and what fits no schema, or one
//! too many, is refused.

use buildflow_runtime::{Flow, HttpError};
use echo::unions::types::{EverythingOpenEnum, Pet};
use echo::unions::{SendRequest, SendResponse, Unions, service};
use serde_json::{Value, json};
use served::{Answer, Served};

struct Echo;

impl Unions for Echo {
    async fn send(&self, request: SendRequest) -> Result<SendResponse, HttpError> {
        Ok(SendResponse::Ok(request.body))
    }
}

struct Client(Served);

impl Client {
    fn new() -> Self {
        Self(Served::start(Flow::new().add_service(service(Echo))))
    }

    fn send(&self, body: &Value) -> Answer {
        self.0.send_json("POST", "/values", &body.to_string())
    }

    fn accepts(&self, name: &str, value: Value) {
        let body = json!({ name: value });
        let answer = self.send(&body);
        assert_eq!((answer.status, answer.json()), (200, body));
    }

    #[track_caller]
    fn refuses(&self, name: &str, value: Value, violations: &[&str]) {
        let body = json!({ name: value });
        let answer = self.send(&body);
        assert_eq!((answer.status, answer.violations()), (422, violations.iter().map(|s| (*s).to_owned()).collect()));
    }
}

#[test]
fn the_type_of_json_tells() {
    let client = Client::new();
    for value in [json!(7), json!("seven")] {
        client.accepts("by_type", value);
    }
    client.refuses("by_type", json!(0), &["body /by_type minimum"]);
    client.refuses("by_type", json!(""), &["body /by_type minLength"]);
    client.refuses("by_type", json!(true), &["body /by_type type"]);
}

#[test]
fn several_types_and_mixed_values_keep_their_types() {
    let client = Client::new();
    for value in [json!("1"), json!(1), json!(true), json!(null)] {
        client.accepts("several_types", value);
    }
    client.refuses("several_types", json!([]), &["body /several_types type"]);
    for value in [json!("auto"), json!(2), json!(true)] {
        client.accepts("mixed_values", value);
    }
    for value in [json!("2"), json!(3), json!(false), json!(null)] {
        client.refuses("mixed_values", value, &["body /mixed_values enum"]);
    }
}

#[test]
fn a_discriminator_decides() {
    let client = Client::new();
    for value in [
        json!({"species": "felis", "lives": 9}),
        json!({"species": "panthera", "lives": 1}),
        json!({"species": "Dog", "good": true}),
        json!(null),
    ] {
        client.accepts("by_mapping", value);
    }
    client.refuses("by_mapping", json!({"species": "felis", "lives": 10}), &["body /by_mapping/lives maximum"]);
    client.refuses("by_mapping", json!({"species": "felis"}), &["body /by_mapping/lives required"]);
    client.refuses("by_mapping", json!({"species": "Cat", "lives": 1}), &["body /by_mapping/species enum"]);
    client.refuses("by_mapping", json!({"lives": 1}), &["body /by_mapping/species required"]);
}

#[test]
fn heirs_of_a_base_keep_their_members() {
    let client = Client::new();
    for value in [
        json!({"type": "Vehicle", "wheels": 3}),
        json!({"type": "Car", "wheels": 4, "doors": 5}),
        json!({"type": "Bicycle", "wheels": 2, "bell": true}),
    ] {
        client.accepts("vehicle", value);
    }
    client.refuses("vehicle", json!({"type": "Car", "wheels": 4}), &["body /vehicle/doors required"]);
    client.refuses("vehicle", json!({"type": "Boat", "wheels": 0}), &["body /vehicle/type enum"]);
}

#[test]
fn a_constant_member_tells() {
    let client = Client::new();
    client.accepts("by_constant", json!([{"kind": "text", "text": "a"}, {"kind": "image", "url": "b"}]));
    client.refuses(
        "by_constant",
        json!([{"kind": "image", "url": "b"}, {"kind": "text", "text": ""}, {"kind": "sound"}]),
        &["body /by_constant/1/text minLength", "body /by_constant/2 oneOf"],
    );
}

#[test]
fn one_of_means_exactly_one() {
    let client = Client::new();
    client.accepts("overlapping", json!({"a": 1}));
    client.accepts("overlapping", json!({"b": 1}));
    client.refuses("overlapping", json!({"a": 1, "b": 1}), &["body /overlapping oneOf"]);
    client.refuses("overlapping", json!({}), &["body /overlapping oneOf"]);
    // What no Rust type says counts as well.
    client.accepts("only_sometimes", json!(3));
    client.accepts("only_sometimes", json!(4));
    client.refuses("only_sometimes", json!(2), &["body /only_sometimes oneOf"]);
}

#[test]
fn of_overlapping_objects_the_one_that_loses_least_is_taken() {
    let client = Client::new();
    client.accepts("either_or_both", json!({"a": 1}));
    client.accepts("either_or_both", json!({"b": 1}));
    client.refuses("either_or_both", json!({"a": "1", "b": "1"}), &["body /either_or_both anyOf"]);
}

#[test]
fn what_is_said_beside_the_choice_holds_as_well() {
    let client = Client::new();
    client.accepts("shared", json!({"id": 1, "name": "a"}));
    client.accepts("shared", json!({"id": 1, "code": 2}));
    client.refuses("shared", json!({"name": "a"}), &["body /shared/id required"]);
}

#[test]
fn tuples_have_a_type_for_each_position() {
    let client = Client::new();
    client.accepts("position", json!([52.5, 13.4]));
    client.refuses("position", json!([-91, 13.4]), &["body /position/0 minimum"]);
    client.refuses("position", json!([52.5]), &["body /position minItems"]);
}

#[test]
fn recursive_unions_are_read_to_any_depth_that_json_has() {
    let client = Client::new();
    client.accepts("tree", json!({"left": ["a", {"left": "b", "right": []}], "right": "c"}));
    let deep = format!(r#"{{"tree":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let answer = client.0.send_json("POST", "/values", &deep);
    assert!(matches!(answer.status, 400 | 422), "{}", answer.status);
    client.accepts("tree", json!("still there"));
}

#[test]
fn variants_are_made_of_what_they_hold() {
    let dog = echo::unions::types::Dog { good: Some(true) };
    assert_eq!(Pet::from(dog.clone()), Pet::Dog(dog.clone()));
    let written = serde_json::to_value(Pet::from(dog)).expect("it is JSON");
    assert_eq!(written, json!({"species": "Dog", "good": true}), "a variant knows the value that stands for it");
    let size = EverythingOpenEnum::from("huge".to_owned());
    assert_eq!(size, EverythingOpenEnum::String("huge".to_owned()));
}
