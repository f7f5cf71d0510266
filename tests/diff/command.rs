//! The command: revisions, forms, the list of allowed changes, and exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use buildflow_tests::{program, scratch};
use serde_json::Value;

const OLD: &str = "openapi: 3.1.0
info: { title: api, version: '1' }
paths:
  /a: { get: { responses: { '204': { description: Done. } } } }
  /b: { $ref: 'parts/b.yaml' }
";

const PART: &str = "get: { responses: { '204': { description: Done. } } }
";

/// A repository whose first revision has the document, in two files; then `/a` goes.
fn repository(name: &str) -> std::path::PathBuf {
    let folder = scratch(name);
    fs::create_dir_all(folder.join("specs/parts")).expect("the folder can be made");
    fs::write(folder.join("specs/api.yaml"), OLD).expect("it can be written");
    fs::write(folder.join("specs/parts/b.yaml"), PART).expect("it can be written");
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "one"],
    ] {
        let status = Command::new("git").args(arguments).current_dir(&folder).status().expect("git can be run");
        assert!(status.success());
    }
    let new: String = OLD.lines().filter(|line| !line.contains("/a:")).map(|line| format!("{line}\n")).collect();
    fs::write(folder.join("specs/api.yaml"), new).expect("it can be written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(program()).arg("diff").args(arguments).current_dir(folder).output();
    let Output { status, stdout, stderr } = output.expect("it can be run");
    let text = |bytes| String::from_utf8(bytes).expect("it is text");
    (status.code().expect("a code"), text(stdout), text(stderr))
}

const BOTH: [&str; 2] = ["git:HEAD:specs/api.yaml", "specs/api.yaml"];

#[test]
fn a_revision_is_read_with_the_files_that_it_consists_of() {
    let folder = repository("diff-git");
    let (code, text, told) = run(&folder, &BOTH);
    assert_eq!((code, told.as_str()), (0, ""));
    let expected = " GET /a | 1 breaking
 1 change: 1 breaking

breaking: the operation is gone [operation-removed]
  in   GET /a
  was  git:HEAD:specs/api.yaml:4:9

for the implementation of `api`:
  gone method, for GET /a
    - async fn get_a(&self, request: GetARequest) -> Result<GetAResponse, HttpError>
";
    assert_eq!(text, expected);
    let nested = run(&folder.join("specs"), &["git:HEAD:./api.yaml", "api.yaml"]);
    assert_eq!(nested.1, expected);
    assert_eq!(run(&folder, &["git:HEAD:specs/api.yaml", "git:HEAD:specs/api.yaml"]).1, "nothing has changed\n");
}

#[test]
fn exit_codes_are_for_scripts() {
    let folder = repository("diff-codes");
    let with = |more: &[&str]| run(&folder, &[&BOTH[..], more].concat()).0;
    assert_eq!(with(&["--fail-on", "breaking"]), 1);
    assert_eq!(with(&["--fail-on", "documentation"]), 1);
    assert_eq!(run(&folder, &["specs/api.yaml", "specs/api.yaml", "--fail-on", "documentation"]).0, 0);
    for (old, reason) in [
        ("git:HEAD:specs/none.yaml", "there is no specs/none.yaml in the revision HEAD"),
        ("git:none:specs/api.yaml", "none"),
        ("git:--all:specs/api.yaml", "should be `git:REVISION:PATH`"),
        ("git:HEAD:../api.yaml", "should be a path from the root of the repository"),
        ("none.yaml", "there is no such file"),
    ] {
        let (code, text, told) = run(&folder, &[old, "specs/api.yaml"]);
        assert!(code == 2 && text.is_empty() && told.contains(reason), "{old}: {told}");
    }
}

#[test]
fn allowed_changes_do_not_count_and_say_why() {
    let folder = repository("diff-allowed");
    let with = |list: &str| {
        fs::write(folder.join("allowed.yaml"), list).expect("it can be written");
        run(&folder, &[&BOTH[..], &["--fail-on", "breaking", "--allow", "allowed.yaml"]].concat())
    };
    let (code, text, _) = with("- { id: operation-removed, operation: GET /a, reason: nobody called it }\n");
    assert!(code == 0 && text.contains("  allowed: nobody called it\n"), "{text}");
    let (code, _, told) = with("- { id: operation-removed, operation: GET /c, reason: nobody called it }\n");
    assert!(code == 1 && told.contains("operation-removed of GET /c"), "{told}");
    for wrong in ["- { id: operation-removed }\n", "- { id: a, reason: b, level: c }\n", "id: a\n"] {
        let (code, _, told) = with(wrong);
        assert!(code == 2 && told.contains("allowed.yaml:1:"), "{told}");
    }
}

#[test]
fn changes_are_told_in_markdown_and_json() {
    let folder = repository("diff-forms");
    let with = |form: &str| run(&folder, &[&BOTH[..], &["--as", form]].concat()).1;
    let markdown = with("markdown");
    assert!(markdown.starts_with("**Changes of the API:** 1 breaking\n\n### Breaking\n\n- the operation is gone"));
    let told: Value = serde_json::from_str(&with("json")).expect("it is JSON");
    assert_eq!(told["summary"]["breaking"], 1);
    assert_eq!(told["changes"][0]["operations"][0], "GET /a");
    assert_eq!(told["changes"][0]["old"], "git:HEAD:specs/api.yaml:4:9");
    assert_eq!(told["implementation"][0]["methods"][0]["new"], Value::Null);
}
