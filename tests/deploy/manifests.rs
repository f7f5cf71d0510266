//! Manifests as reviewed, in a folder a flow and engine under `golden/deploy`.

use std::fs;

use buildflow_tests::{scratch, workspace};

use crate::{CASES, Case, deploy, files};

fn check(case: &Case) {
    let (made, golden) = (scratch(case.name), workspace().join("tests/golden/deploy").join(case.name));
    let output = deploy(&workspace().join(case.document), &made, case.arguments);
    assert!(output.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
    let mut made = files(&made);
    // These are the same for every flow.
    made.retain(|(path, _)| !path.contains("/chart/templates/"));
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(&golden);
        for (path, text) in &made {
            let place = golden.join(path);
            fs::create_dir_all(place.parent().expect("it has a folder")).expect("the folder can be made");
            fs::write(place, text).expect("a golden file can be written");
        }
        return;
    }
    let reviewed = files(&golden);
    for ((path, text), (expected_path, expected)) in made.iter().zip(&reviewed) {
        assert_eq!((path, text), (expected_path, expected), "{} is not as reviewed", case.name);
    }
    assert_eq!(made.len(), reviewed.len(), "{}", case.name);
}

#[test]
fn manifests_are_as_reviewed() {
    CASES.iter().for_each(check);
}

#[test]
fn each_line_of_an_option_names_it() {
    let said = [
        "target_num_ongoing_requests_per_replica",
        "num_replicas",
        "min_replicas",
        "max_replicas",
        "max_concurrent_queries",
        "upscale_delay",
        "downscale_delay",
        "log_level",
        "num_cpus",
        "memory",
        "base_route",
        "service_id",
        "middleware",
    ];
    let folder = workspace().join("tests/golden/deploy");
    let all: String = ["deployed-knative", "deployed-kubernetes", "deployed-ray"]
        .iter()
        .flat_map(|name| files(&folder.join(name)))
        .filter(|(path, _)| !path.ends_with(".json"))
        .map(|(_, text)| text)
        .collect();
    for option in said {
        assert!(all.lines().any(|line| line.ends_with(&format!("# {option}"))), "{option}");
    }
    // What the document says is nowhere without the option that says it.
    for value in ["\"20\"", "120", "\"250m\"", "containerConcurrency: 50", "/v1/pets", "PETS_SECRET\" #", "\"WARN\""] {
        for line in all.lines().filter(|line| line.contains(value)) {
            assert!(line.contains(" # "), "{line}");
        }
    }
}

#[test]
fn a_second_run_writes_nothing_and_a_stale_folder_is_told() {
    let folder = scratch("deploy-check");
    let document = folder.join("todo.yaml");
    let text = fs::read_to_string(workspace().join("specs/todo.yaml")).expect("the document is there");
    fs::write(&document, &text).expect("it can be written");
    let run = |more: &[&str]| {
        let output = deploy(&document, &folder.join("deploy"), &[&["--target", "knative"], more].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert_eq!(run(&["--check"]).0, Some(1));
    assert!(run(&[]).1.contains("wrote "));
    assert!(run(&[]).1.ends_with(" is up to date\n"));
    assert_eq!(run(&["--check"]).0, Some(0));
    fs::write(&document, text.replace("service_id: todo", "service_id: tasks")).expect("it can be written");
    let (code, diff) = run(&["--check"]);
    assert!(code == Some(1) && diff.contains("+  name: \"tasks\" # service_id\n"), "{diff}");
    let written = run(&[]).1;
    assert!(written.contains("removed ") && written.contains("services/todo.yaml"), "{written}");
}
