//! Names come from what a document says, and stay when operations come and go.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::read::{Sources, to_json};
use buildflow_gen::{Compiled, compile};
use buildflow_tests::{scratch, workspace};
use serde_json::{Value, json};

/// A document as JSON.
fn read(path: &Path) -> Value {
    let mut diagnostics = Diagnostics::default();
    let node = Sources::default().read(path, &mut diagnostics).expect("it is YAML");
    serde_json::from_str(&to_json(&node)).expect("it is written as JSON")
}

/// A document in a file of this name.
fn compiled(folder: &str, file: &str, document: &Value) -> Compiled {
    let path = scratch(folder).join(file);
    fs::write(&path, document.to_string()).expect("a file can be written");
    compile(&path, None, true)
}

/// What each place of a document is called.
fn names(compiled: &Compiled) -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let Some((_, lowered)) = compiled.services.first() else { return names };
    for def in &lowered.service.types {
        names.entry(def.pointer.clone()).or_default().push(def.name.to_string());
    }
    for endpoint in &lowered.service.endpoints {
        let called = [endpoint.method_name.to_string(), endpoint.request.to_string(), endpoint.response.to_string()];
        names.entry(format!("{} {}", endpoint.route.method, endpoint.route.path)).or_default().extend(called);
    }
    names
}

#[test]
fn no_name_depends_on_which_operations_there_are() {
    let mut compared = 0;
    for name in
        ["answers-kinds", "checks", "directions", "enums", "intersections", "parameters", "tags", "types", "unions"]
    {
        let document = read(&workspace().join(format!("tests/golden/documents/{name}.yaml")));
        let all = names(&compiled("names", "whole.json", &document));
        for path in document["paths"].as_object().into_iter().flatten().map(|(path, _)| path) {
            let mut less = document.clone();
            less["paths"].as_object_mut().expect("there are paths").remove(path);
            for (place, called) in names(&compiled("names", "less.json", &less)) {
                // A type that several places share stands at the first of them.
                let everywhere: Vec<String> = all.values().flatten().cloned().collect();
                let before = all.get(&place).unwrap_or(&everywhere);
                assert!(
                    called.iter().all(|name| before.contains(name)),
                    "{name} {place}: {called:?}, with {path} {before:?}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "{compared} names were compared");
}

#[test]
fn a_service_is_called_by_its_title_where_the_file_says_nothing() {
    let document = |title: &str| json!({"openapi": "3.1.0", "info": {"title": title, "version": "1"}, "paths": {}});
    let called = |file: &str, title: &str| {
        let compiled = compiled("titles", file, &document(title));
        compiled.services.first().map(|(_, lowered)| lowered.service.handler.to_string())
    };
    assert_eq!(called("openapi.json", "Train Travel").as_deref(), Some("TrainTravel"));
    assert_eq!(called("trains.json", "Train Travel").as_deref(), Some("Trains"));
}

#[test]
fn a_document_may_name_types_fields_and_variants() {
    let document = json!({
        "openapi": "3.1.0", "info": {"title": "Named", "version": "1"},
        "paths": {"/a": {"post": {"operationId": "make", "requestBody": {"content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/thing_v2"}}}}, "responses": {"204": {"description": "Done."}}}}},
        "components": {"schemas": {"thing_v2": {
            "type": "object", "x-rust-name": "Thing",
            "properties": {
                "typ": {"type": "string", "x-rust-name": "kind"},
                "of": {"x-rust-name": "owner", "type": "object", "properties": {"n": {"type": "string"}}},
                "either": {"oneOf": [
                    {"x-rust-name": "Left", "type": "object", "properties": {"x": {"type": "string"}}},
                    {"type": "object", "properties": {"y": {"type": "string"}}},
                ]},
            },
        }}},
    });
    let compiled = compiled("named", "named.json", &document);
    let (_, lowered) = compiled.services.first().expect("it is understood");
    let types: Vec<String> = lowered.service.types.iter().map(|def| def.name.to_string()).collect();
    assert_eq!(types, ["Thing", "ThingOwner", "ThingEither", "Left", "ThingEitherY"]);
    let files = compiled.render(&buildflow_gen::render::Layout::Include).expect("it is Rust");
    let text: String = files.values().map(String::as_str).collect();
    for part in ["pub kind: Option<String>", "pub owner: Option<ThingOwner>", "kind: \"typ\"?", "Left(Left)"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

/// A document of two tags, with a discriminator, a shared component, and operations that have both tags or none.
fn tagged(options: &Value) -> Value {
    let answer = |name: &str| {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        json!({ "200": { "description": "It.", "content": { "application/json": { "schema": schema } } } })
    };
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Shop", "version": "1" },
        "x-buildflow-service": options,
        "paths": {
            "/pets": {
                "get": { "operationId": "list", "tags": ["pets"], "responses": answer("Pet") },
                "post": { "operationId": "List", "tags": ["orders"], "responses": answer("Order") },
            },
            "/both": { "get": { "operationId": "both", "tags": ["orders", "pets"], "responses": answer("Shared") } },
            "/none": { "get": { "operationId": "none", "responses": answer("Alone") } },
        },
        "components": { "schemas": {
            "Pet": {
                "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }],
                "discriminator": { "propertyName": "kind", "mapping": { "c": "Cat", "d": "#/components/schemas/Dog" } },
            },
            "Cat": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "c" } } },
            "Dog": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "d" } } },
            "Order": { "type": "object", "properties": { "pet": { "$ref": "#/components/schemas/Shared" } } },
            "Shared": { "type": "object", "properties": { "id": { "type": "integer" } } },
            "Alone": { "type": "object", "properties": { "id": { "type": "integer" } } },
        } },
    })
}

#[test]
fn a_part_of_a_document_has_the_names_of_the_whole_and_nothing_else() {
    let all = compiled("names-part", "shop.json", &tagged(&json!({})));
    let part = compiled("names-part", "shop.json", &tagged(&json!({ "tags": ["pets"] })));
    assert!(!part.diagnostics.has_errors(), "{}", part.report(false));
    let (whole, selected) = (names(&all), names(&part));
    assert!(selected.iter().all(|(place, called)| whole.get(place) == Some(called)), "{whole:?}\n{selected:?}");
    let [(_, lowered)] = part.services.as_slice() else { panic!("one service") };
    let methods: Vec<&str> = lowered.service.endpoints.iter().map(|endpoint| endpoint.method_name.as_str()).collect();
    assert_eq!(methods, ["list", "both"]);
    assert!(lowered.service.missing.is_empty(), "what is not selected is not found, and not missing");
    let types: Vec<String> = lowered.service.types.iter().map(|def| def.name.to_string()).collect();
    assert!(types.iter().all(|name| !["Order", "Alone"].contains(&name.as_str())), "{types:?}");
    let published: Value = serde_json::from_str(lowered.service.document.as_ref().expect("it is shown")).expect("JSON");
    let members =
        |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(members(&published["paths"]), ["/pets", "/both"]);
    assert_eq!(members(&published["paths"]["/pets"]), ["get"]);
    assert_eq!(members(&published["components"]["schemas"]), ["Pet", "Cat", "Dog", "Shared"]);
}
