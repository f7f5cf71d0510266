//! A document that changes stops the build of an application at the handlers that it concerns.

use std::fs;
use std::path::Path;

use buildflow_tests::{cargo, scratch, workspace};

/// Compiles the whole workspace as its tests are, of which all but one application is compiled already.
fn build(document: Option<&Path>) -> Result<(), String> {
    let mut cargo = cargo(&workspace());
    cargo.args(["test", "--workspace", "--no-run", "--quiet"]);
    match document {
        Some(document) => cargo.env("CHANGED_DOCUMENT", document),
        None => cargo.env_remove("CHANGED_DOCUMENT"),
    };
    let output = cargo.output().expect("cargo can be run");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

#[test]
fn a_changed_document_stops_the_build_at_the_handler_it_concerns() {
    let document = fs::read_to_string(workspace().join("specs/todo.yaml")).expect("the document is there");
    let file = scratch("changing").join("todo.yaml");
    let changed = |from: &str, to: &str| {
        let changed = document.replace(from, to);
        assert_ne!(changed, document);
        fs::write(&file, changed).expect("it can be written");
        build(Some(&file)).expect_err("it does not compile")
    };

    let report = changed("operationId: delete_task", "operationId: drop_task");
    assert!(report.contains("missing: `drop_task`") && report.contains("`delete_task` is not a member"), "{report}");

    let report = changed("type: integer, format: int64, minimum: 1", "type: string");
    assert!(report.contains("task_id") && report.contains("mismatched types"), "{report}");

    let report = changed("'#/components/schemas/NewTask'", "'#/components/schemas/NewTsk'");
    let told = ["error[unresolved-reference]", "todo.yaml:4", "did you mean `#/components/schemas/NewTask`?"];
    told.iter().for_each(|text| assert!(report.contains(text), "{text} is missing: {report}"));

    // As it was, and so that whoever builds next finds it built.
    assert_eq!(build(None), Ok(()));
}
