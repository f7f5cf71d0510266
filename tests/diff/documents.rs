//! Whole documents: what is shared is told once, what has moved is no change, and what services are called.

use buildflow_tests::scratch;
use serde_json::{Value, json};

use crate::{compared, document};

fn of(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn answering(schema: Value) -> Value {
    json!({ "responses": { "200": { "description": "Done.", "content": { "application/json": { "schema": schema } } } } })
}

#[test]
fn a_schema_that_several_operations_use_is_told_once_with_all_of_them() {
    let at = |most: u64| {
        let paths = json!({
            "/a": { "get": answering(of("Pet")), "post": answering(json!({ "type": "array", "items": of("Pet") })) },
            "/b/{id}": {
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "get": answering(json!({ "type": "object", "properties": { "pet": of("Pet") } })),
            },
        });
        let pet = json!({ "type": "object", "properties": { "name": { "type": "string", "maxLength": most } } });
        document(paths, json!({ "schemas": { "Pet": pet } }))
    };
    let told = compared(&scratch("diff-shared"), &at(5), &at(6)).changes;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].message, "`Pet.name` has at most 6 characters, and had at most 5 characters");
    let operations: Vec<String> = told[0].operations.iter().map(ToString::to_string).collect();
    assert_eq!(operations, ["GET /a", "POST /a", "GET /b/{id}"]);
}

#[test]
fn schemas_that_hold_themselves_are_compared_to_the_end() {
    let at = |kind: &str| {
        let tree = json!({ "type": "object", "properties": {
            "value": { "type": kind },
            "children": { "type": "array", "items": of("Tree") },
        } });
        document(json!({ "/a": { "get": answering(of("Tree")) } }), json!({ "schemas": { "Tree": tree } }))
    };
    let told = compared(&scratch("diff-recursive"), &at("string"), &at("integer")).changes;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].message, "`Tree.value` is an integer, and was a string");
}

#[test]
fn a_path_parameter_of_another_name_is_the_same_operation() {
    let at = |name: &str| {
        let parameter = json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
        let mut item = answering(json!({ "type": "string" }));
        item["parameters"] = json!([parameter]);
        document(json!({ format!("/a/{{{name}}}/b"): { "get": item } }), json!({}))
    };
    let told = compared(&scratch("diff-renamed"), &at("id"), &at("key")).changes;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0].message, "the path parameter `key` was called `id`");
}

#[test]
fn a_service_elsewhere_breaks_all_its_clients_and_words_do_not() {
    let at = |route: &str, title: &str| {
        let mut document = document(json!({ "/a": { "get": answering(json!({ "type": "string" })) } }), json!({}));
        document["x-buildflow-service"] = json!({ "base_route": route });
        document["info"]["title"] = json!(title);
        document
    };
    let told = compared(&scratch("diff-service"), &at("/v1", "A"), &at("/v2", "B")).changes;
    let told: Vec<String> = told.iter().map(|change| format!("{} {}", change.level, change.id)).collect();
    assert_eq!(told, ["breaking base-route-changed", "documentation title-changed"]);
}

#[test]
fn a_security_scheme_that_is_another_by_its_name_breaks_clients() {
    let at = |header: &str| {
        let mut operation = answering(json!({ "type": "string" }));
        operation["security"] = json!([{ "key": [] }]);
        let scheme = json!({ "type": "apiKey", "in": "header", "name": header });
        document(json!({ "/a": { "get": operation } }), json!({ "securitySchemes": { "key": scheme } }))
    };
    let told = compared(&scratch("diff-scheme"), &at("X-Key"), &at("X-Api-Key")).changes;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!((told[0].level.name(), told[0].id.as_str()), ("breaking", "security-scheme-changed"));
}

#[test]
fn what_the_compiler_will_say_is_told_method_by_method_and_type_by_type() {
    let at = |list: Value, member: Value| {
        let mut list_operation = answering(of("Pet"));
        list_operation["operationId"] = json!("list");
        let mut other = answering(json!({ "type": "string" }));
        other["operationId"] = list;
        let pet = json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" }, "name": member } });
        let paths = json!({ "/pets": { "get": list_operation }, "/other": { "post": other } });
        document(paths, json!({ "schemas": { "Pet": pet } }))
    };
    let (old, new) =
        (at(json!("other"), json!({ "type": "string" })), at(json!("another"), json!({ "type": "integer" })));
    let told = compared(&scratch("diff-implementation"), &old, &new).implementation;
    let [(service, told)] = told.as_slice() else { panic!("{told:#?}") };
    assert_eq!(service, "api");
    let [method] = told.methods.as_slice() else { panic!("{told:#?}") };
    let signed = |name: &str, types: &str| {
        Some(format!("async fn {name}(&self, request: {types}Request) -> Result<{types}Response, HttpError>"))
    };
    assert_eq!((&method.old, &method.new), (&signed("other", "Other"), &signed("another", "Another")));
    let [pet] = told.types.as_slice() else { panic!("{told:#?}") };
    assert_eq!((pet.name.as_str(), pet.methods.as_slice()), ("Pet", &["list".to_owned()][..]));
    assert_eq!(pet.lines, ["the field `name` is `Option<i64>`, and was `Option<String>`"]);
}

#[test]
fn words_and_limits_are_nothing_for_the_implementation() {
    let at = |most: u64, text: &str| {
        let schema = json!({ "type": "object", "properties": { "a": { "type": "string", "maxLength": most, "description": text } } });
        document(json!({ "/a": { "get": answering(schema) } }), json!({}))
    };
    let told = compared(&scratch("diff-words"), &at(5, "A."), &at(6, "B."));
    assert!(told.changes.len() == 2 && told.implementation.is_empty(), "{told:#?}");
}

#[test]
fn a_security_scheme_of_another_name_or_in_other_letters_is_the_same() {
    let at = |name: &str, scheme: &str, text: &str| {
        let mut operation = answering(json!({ "type": "string" }));
        operation["security"] = json!([{ name: [] }]);
        let scheme = json!({ "type": "http", "scheme": scheme, "description": text });
        document(json!({ "/a": { "get": operation } }), json!({ "securitySchemes": { name: scheme } }))
    };
    let folder = scratch("diff-scheme-names");
    for (old, new) in
        [(at("one", "bearer", "A."), at("two", "bearer", "A.")), (at("one", "bearer", "A."), at("one", "Bearer", "B."))]
    {
        assert_eq!(compared(&folder, &old, &new).changes, []);
    }
}

#[test]
fn nothing_of_a_document_steers_a_terminal() {
    let folder = scratch("diff-terminal");
    let at = |pattern: &str| {
        let schema = json!({ "type": "string", "pattern": pattern });
        document(json!({ "/a": { "get": answering(schema) } }), json!({}))
    };
    compared(&folder, &at("a"), &at("\u{1b}]0;b\u{7}\u{202e}"));
    let run = |form: &str| {
        let mut command = std::process::Command::new(buildflow_tests::program());
        let output = command.args(["diff", "old.json", "new.json", "--as", form]).current_dir(&folder).output();
        String::from_utf8(output.expect("it can be run").stdout).expect("it is text")
    };
    for form in ["text", "markdown"] {
        let text = run(form);
        assert!(text.contains("]0;b") && !text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    }
}
