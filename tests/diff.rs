//! `diff`: what is told of two versions of a document, kind by kind, and how the command ends.

#[path = "diff/command.rs"]
mod command;
#[path = "diff/documents.rs"]
mod documents;

use std::fs;
use std::path::Path;

use buildflow_gen::compile;
use buildflow_gen::diff::{Diff, diff};
use buildflow_gen::read::{self, Sources};
use buildflow_tests::{scratch, workspace};
use serde_json::{Value, json};

/// The cases of a file.
fn cases(name: &str) -> Value {
    let mut told = Default::default();
    let path = workspace().join("tests/diff").join(name);
    let node = Sources::default().read(&path, &mut told).unwrap_or_else(|| panic!("{told:?}"));
    serde_json::from_str(&read::to_json(&node)).expect("it is JSON")
}

/// Compares two documents.
fn compared(folder: &Path, old: &Value, new: &Value) -> Diff {
    let [old, new] = [("old", old), ("new", new)].map(|(name, document)| {
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, document.to_string()).expect("it can be written");
        let compiled = compile(&path, Some("api"), false);
        assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
        compiled
    });
    diff(&old, &new).expect("code can be generated")
}

fn document(paths: Value, components: Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "api", "version": "1" },
        "paths": paths,
        "components": components,
    })
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|text| text.as_str().expect("a text")).collect()
}

/// How what was told differs from what is expected, in any order.
fn difference(mut told: Vec<String>, expected: &Value) -> Option<String> {
    let mut expected = texts(expected);
    told.sort_unstable();
    expected.sort_unstable();
    (told != expected).then(|| format!("{told:?}, and not {expected:?}"))
}

#[test]
fn schemas_are_compared_in_both_directions() {
    let (folder, all) = (scratch("diff-schemas"), cases("schemas.yaml"));
    let mut wrong = Vec::new();
    for case in all["cases"].as_array().expect("cases") {
        for (direction, way) in [("request", "request"), ("answer", "response")] {
            let at = |schema: &Value| {
                let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
                let done = json!({ "description": "Done.", "content": { "application/json": { "schema": schema } } });
                let operation = match direction {
                    "request" => json!({ "requestBody": body, "responses": { "204": { "description": "Done." } } }),
                    _ => json!({ "responses": { "200": done } }),
                };
                document(json!({ "/a": { "post": operation } }), json!({ "schemas": all["components"] }))
            };
            let told = compared(&folder, &at(&case["old"]), &at(&case["new"]));
            let prefix = format!("{way}-");
            let told = told.changes.iter().map(|change| {
                assert_eq!(change.operations.len(), 1, "{change:?}");
                format!("{} {}", change.level, change.id.strip_prefix(&prefix).unwrap_or(&change.id))
            });
            let difference = difference(told.collect(), &case[direction]);
            wrong.extend(difference.map(|text| format!("{}, {direction}: {text}", case["what"])));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn operations_are_compared() {
    let (folder, all) = (scratch("diff-operations"), cases("operations.yaml"));
    let schemes = json!({ "securitySchemes": {
        "key": { "type": "apiKey", "in": "header", "name": "X-Key" },
        "token": { "type": "http", "scheme": "bearer" },
    } });
    let mut wrong = Vec::new();
    for case in all["cases"].as_array().expect("cases") {
        let at = |item: &Value| document(json!({ "/a": item }), schemes.clone());
        let told = compared(&folder, &at(&case["old"]), &at(&case["new"]));
        let spoken = told.changes.iter().map(|change| {
            let methods: Vec<&str> = change.operations.iter().map(|operation| operation.method.as_str()).collect();
            format!("{} {} {}", change.level, change.id, methods.join(" "))
        });
        let difference = difference(spoken.collect(), &case["tells"]);
        wrong.extend(difference.map(|text| format!("{}: {text}", case["what"])));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_told_of_a_document_and_itself() {
    let mut compared = 0;
    for entry in fs::read_dir(workspace().join("specs")).expect("there are documents").flatten() {
        let compiled = compile(&entry.path(), None, true);
        if compiled.diagnostics.has_errors() {
            continue;
        }
        let told = diff(&compiled, &compiled).expect("code can be generated");
        assert_eq!(told, Diff::default(), "{}", entry.path().display());
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
}
