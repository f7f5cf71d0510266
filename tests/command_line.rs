//! The command line, as a script sees it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use buildflow_tests::{assert_written, program, scratch, workspace};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(program());
    // What is cached for the user is not theirs.
    program.args(arguments).current_dir(folder).env("XDG_CACHE_HOME", scratch_cache());
    program.output().expect("the program can be run")
}

/// A cache folder of these tests' own.
fn scratch_cache() -> &'static Path {
    static CACHE: LazyLock<PathBuf> = LazyLock::new(|| scratch("cache"));
    &CACHE
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with a copy of the to-do document.
fn project(name: &str) -> PathBuf {
    let folder = scratch(name);
    fs::copy(workspace().join("specs/todo.yaml"), folder.join("todo.yaml")).expect("the document can be copied");
    folder
}

const GENERATE: [&str; 4] = ["generate", "todo.yaml", "--out", "todo-api"];
const CHECK: [&str; 4] = ["check", "todo.yaml", "--out", "todo-api"];

#[test]
fn a_second_generate_writes_nothing() {
    let folder = project("twice");
    let first = run(&folder, &GENERATE);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(text(&first.stdout).contains("wrote todo-api/src/types.rs"));
    let second = run(&folder, &GENERATE);
    assert_eq!(text(&second.stdout), "todo-api is up to date\n");
}

#[test]
fn what_is_not_as_it_was_is_made_again_and_what_was_told_is_told_again() {
    let folder = project("again");
    let document = fs::read_to_string(folder.join("todo.yaml")).expect("the document is there");
    fs::write(folder.join("todo.yaml"), document.clone() + "nothing: known\n").expect("it can be written");
    let first = text(&run(&folder, &GENERATE).stderr);
    assert!(first.contains("warning"), "{first}");
    let again = run(&folder, &GENERATE);
    assert_eq!((text(&again.stdout), text(&again.stderr)), ("todo-api is up to date\n".to_owned(), first));

    fs::write(folder.join("todo-api/src/types.rs"), "mine").expect("it can be written");
    assert_eq!(text(&run(&folder, &GENERATE).stdout), "wrote todo-api/src/types.rs\n");
    fs::remove_file(folder.join("todo-api/src/lib.rs")).expect("it can be removed");
    assert_eq!(text(&run(&folder, &GENERATE).stdout), "wrote todo-api/src/lib.rs\n");
    fs::write(folder.join("todo.yaml"), document.replace("delete_task", "drop_task")).expect("it can be written");
    assert!(text(&run(&folder, &GENERATE).stdout).contains("wrote todo-api/src/endpoints.rs\n"));
}

#[test]
fn check_fails_with_a_diff_until_the_crate_is_generated_again() {
    let folder = project("check");
    assert_eq!(run(&folder, &CHECK).status.code(), Some(1));
    run(&folder, &GENERATE);
    assert_eq!(run(&folder, &CHECK).status.code(), Some(0));

    let document = fs::read_to_string(folder.join("todo.yaml")).expect("the document is there");
    fs::write(folder.join("todo.yaml"), document.replace("enum: [open, done]", "enum: [open, done, late]"))
        .expect("it can be written");
    let stale = run(&folder, &CHECK);
    assert_eq!(stale.status.code(), Some(1));
    let diff = text(&stale.stdout);
    assert!(diff.contains("+    Late,") && diff.contains("--- todo-api/src/types.rs"), "{diff}");
    let told =
        "\nbreaking: `State` may be `\"late\"` as well in GET /tasks, POST /tasks, GET /tasks/{taskId} and 1 more\n";
    assert!(
        diff.starts_with(" ") && diff.find(told) < diff.find("---"),
        "what changed for clients comes first: {diff}"
    );
    let lines = diff.lines().filter(|line| line.starts_with(['+', '-'])).map(str::len);
    assert!(lines.max() < Some(120), "{diff}");
    let command = format!("buildflow-gen generate {}\n", CHECK[1..].join(" "));
    assert!(text(&stale.stderr).ends_with(&command), "{}", text(&stale.stderr));

    run(&folder, &GENERATE);
    assert_eq!(run(&folder, &CHECK).status.code(), Some(0));
}

#[test]
fn a_file_that_was_not_generated_is_not_overwritten() {
    let folder = project("foreign");
    fs::create_dir(folder.join("todo-api")).expect("the folder can be made");
    fs::write(folder.join("todo-api/Cargo.toml"), "mine").expect("it can be written");
    let refused = run(&folder, &GENERATE);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("was not made by buildflow-gen"), "{}", text(&refused.stderr));
    assert_eq!(fs::read_to_string(folder.join("todo-api/Cargo.toml")).expect("it is there"), "mine");
}

#[test]
fn mistakes_end_with_1_and_wrong_usage_with_2() {
    let folder = project("codes");
    fs::write(folder.join("bad.yaml"), "openapi: 3.1.0\n").expect("it can be written");
    let bad = run(&folder, &["generate", "bad.yaml", "--out", "bad"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(text(&bad.stderr).contains("bad.yaml:1:1"), "{}", text(&bad.stderr));
    assert!(!folder.join("bad").exists());
    assert_eq!(run(&folder, &["generate", "missing.yaml", "--out", "x"]).status.code(), Some(1));
    assert_eq!(run(&folder, &["generate"]).status.code(), Some(2));
    assert_eq!(run(&folder, &["--help"]).status.code(), Some(0));
}

#[test]
fn nothing_is_coloured_where_nobody_looks() {
    let folder = project("colour");
    fs::write(folder.join("bad.yaml"), "openapi: 3.1.0\n").expect("it can be written");
    let bad = run(&folder, &["inspect", "bad.yaml"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(!bad.stderr.contains(&0x1b));
}

#[test]
fn inspect_tells_mistakes_and_what_is_left_out() {
    let folder = project("inspect-mistakes");
    let text_of = "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths:\n  /a: { get: { responses: { '20': { description: a } } } }\n";
    fs::write(folder.join("bad.yaml"), text_of).expect("it can be written");
    let bad = run(&folder, &["inspect", "bad.yaml"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(text(&bad.stderr).contains("error[invalid-status]"));
    let rest = run(&folder, &["inspect", "bad.yaml", "--skip-unsupported"]);
    assert_eq!(rest.status.code(), Some(0));
    assert!(text(&rest.stderr).contains("warning[invalid-status]"), "{}", text(&rest.stderr));
    assert!(text(&rest.stdout).contains("not generated: answers 501"));
}

#[test]
fn inspect_shows_endpoints_types_and_gaps() {
    let folder = project("inspect");
    let shown = text(&run(&folder, &["inspect", "todo.yaml"]).stdout);
    for expected in ["trait      Todo", "create_task(body: NewTask)", "-> 201 Task | 409 Conflict", "State enum of 2"] {
        assert!(shown.contains(expected), "{expected} is missing: {shown}");
    }
}

#[test]
fn inspect_shows_middleware_and_new_asks_for_its_features() {
    let folder = scratch("middleware");
    let document = workspace().join("specs/guarded.yaml");
    let document = document.to_str().expect("the path is text");
    let shown = text(&run(&folder, &["inspect", document]).stdout);
    let around_all = "middleware request_id, security_headers, trusted_host, cors, compression, session\n";
    assert!(shown.contains(around_all) && shown.contains("inside of rate_limit\n"), "{shown}");
    assert!(run(&folder, &["new", "app", document]).status.success());
    let manifest = std::fs::read_to_string(folder.join("app/Cargo.toml")).expect("there is a manifest");
    assert!(manifest.contains(r#"features = ["compression", "decompression", "rate-limit", "session"]"#), "{manifest}");
    let document = "openapi: 3.1.0\ninfo: { title: a, version: '1' }\nx-buildflow-service: { docs: { redoc: true } }\npaths:\n  /a:\n    \
                    get: { security: [{ tls: [] }], responses: { '204': { description: a } } }\ncomponents:\n  \
                    securitySchemes: { tls: { type: mutualTLS } }\n";
    std::fs::write(folder.join("b.yaml"), document).expect("it can be written");
    assert!(run(&folder, &["new", "b", "b.yaml"]).status.success());
    let manifest = std::fs::read_to_string(folder.join("b/Cargo.toml")).expect("there is a manifest");
    assert!(manifest.contains(r#"features = ["redoc", "tls"]"#), "{manifest}");
}

#[test]
fn a_document_of_another_machine_is_read_only_where_that_is_allowed() {
    let folder = scratch("remote-document");
    let refused = run(&folder, &["inspect", "https://example.com/openapi.json"]);
    let told = "error: https://example.com/openapi.json is on another machine; pass `--allow-remote` to read it\n";
    assert_eq!((refused.status.code(), text(&refused.stderr)), (Some(1), told.to_owned()));
}

#[test]
fn inspect_shows_who_may_call_and_the_headers_of_answers() {
    let shown = text(&run(&workspace().join("specs"), &["inspect", "tracker.yaml"]).stdout);
    for expected in [
        "get_me()\n      -> 200 User\n      for session\n",
        "      for session, or everybody\n",
        "      headers of 201: location: String\n",
    ] {
        assert!(shown.contains(expected), "{expected} is missing: {shown}");
    }
}

#[test]
fn inspect_shows_how_unions_are_told_apart_and_where_they_overlap() {
    let documents = workspace().join("tests/golden/documents");
    let shown = text(&run(&documents, &["inspect", "unions.yaml"]).stdout);
    for expected in [
        "numbers: Integer, as no other variant holds any",
        "objects: by the member `species`, whose values no two variants share\n      \"felis\": Cat",
        "objects: by trying A, B; exactly one must fit\n      A and B overlap: {\"a\":1,\"b\":1}",
        "strings: by trying Known, String; the first that fits",
    ] {
        assert!(shown.contains(expected), "{expected} is missing: {shown}");
    }
}

#[test]
fn what_has_no_type_of_its_own_is_listed_and_can_be_denied() {
    let folder = project("untyped");
    let document = fs::read_to_string(folder.join("todo.yaml")).expect("the document is there");
    let with_xml = document.replacen("application/json:", "application/xml: {}\n            application/json:", 1);
    fs::write(folder.join("xml.yaml"), with_xml).expect("it can be written");

    let shown = text(&run(&folder, &["inspect", "todo.yaml", "--support"]).stdout);
    assert!(shown.contains("typed   POST /tasks\n") && shown.ends_with(" 0 in part untyped, 0 refused\n"), "{shown}");
    let shown = text(&run(&folder, &["inspect", "xml.yaml", "--support"]).stdout);
    assert!(shown.contains("untyped GET /tasks\n") && shown.contains(": XML, as bytes\n"), "{shown}");

    assert!(run(&folder, &["generate", "todo.yaml", "--out", "a", "--deny", "untyped"]).status.success());
    let denied = run(&folder, &["generate", "xml.yaml", "--out", "b", "--deny", "untyped"]);
    assert_eq!(denied.status.code(), Some(1));
    assert!(text(&denied.stderr).contains("error[untyped]: XML, as bytes"), "{}", text(&denied.stderr));
    assert!(!folder.join("b").exists());
}

#[test]
fn a_flow_file_is_generated_checked_and_inspected_like_its_documents() {
    let folder = scratch("flow");
    for file in ["shop.yaml", "products.yaml", "orders.yaml"] {
        fs::copy(workspace().join("specs").join(file), folder.join(file)).expect("the document can be copied");
    }
    let made = run(&folder, &["generate", "shop.yaml", "--out", "shop-api"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert!(folder.join("shop-api/src/orders/service.rs").is_file());
    assert_eq!(run(&folder, &["check", "shop.yaml", "--out", "shop-api"]).status.code(), Some(0));
    let shown = text(&run(&folder, &["inspect", "shop.yaml"]).stdout);
    assert!(shown.contains("service    products\n") && shown.contains("base route /orders\n"), "{shown}");

    // Without the flow file, nobody says different base routes.
    let both = ["generate", "products.yaml", "orders.yaml", "--out", "both"];
    let refused = run(&folder, &both);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("error[clashing-services]"), "{}", text(&refused.stderr));
    let orders = fs::read_to_string(folder.join("orders.yaml")).expect("the document is there");
    let routed = orders.replace("service_id: orders", "service_id: orders\n  base_route: /orders");
    fs::write(folder.join("orders.yaml"), routed).expect("it can be written");
    assert!(run(&folder, &both).status.success());
    assert!(folder.join("both/src/products/mod.rs").is_file());
    assert!(run(&folder, &["new", "app", "shop.yaml", "--dockerfile"]).status.success());
    for file in ["Dockerfile", "src/handlers/mod.rs", "src/handlers/orders.rs", "specs/products.yaml", "tests/http.rs"]
    {
        assert!(folder.join("app").join(file).is_file(), "{file} is missing");
    }
}

#[test]
fn generate_says_what_a_workspace_lacks_and_finds_the_runtime() {
    let folder = project("foreign-workspace");
    fs::write(folder.join("Cargo.toml"), "[workspace]\nmembers = [\"app\"]\n").expect("it can be written");
    let made = run(&folder, &["generate", "todo.yaml", "--out", "crates/todo-api"]);
    let told = "does not name this crate: add \"crates/todo-api\" to `members` of its `[workspace]`, or to `exclude`";
    assert!(text(&made.stderr).contains(told), "{}", text(&made.stderr));
    let manifest = fs::read_to_string(folder.join("crates/todo-api/Cargo.toml")).expect("there is a manifest");
    let path =
        manifest.lines().find_map(|line| line.split_once("path = \"")).and_then(|(_, rest)| rest.split_once('"'));
    let (path, _) = path.expect("it names a path");
    assert!(!path.starts_with('/') && folder.join("crates/todo-api").join(path).join("src/lib.rs").is_file(), "{path}");
    fs::write(folder.join("Cargo.toml"), "[workspace]\nmembers = [\"crates/*\"]\n").expect("it can be written");
    fs::remove_dir_all(folder.join("crates")).expect("it can be removed");
    let again = run(&folder, &["generate", "todo.yaml", "--out", "crates/todo-api"]);
    assert!(!text(&again.stderr).contains("does not name"), "{}", text(&again.stderr));
}

#[test]
fn new_makes_an_application_whose_handlers_are_to_be_written() {
    let folder = project("new");
    let made = run(&folder, &["new", "my-app", "todo.yaml"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let handlers = fs::read_to_string(folder.join("my-app/src/handlers.rs")).expect("there are handlers");
    assert!(
        handlers.contains("async fn create_task(") && handlers.contains("HttpError::not_implemented()"),
        "{handlers}"
    );
    assert!(!folder.join("my-app/Dockerfile").exists(), "nobody has asked for one");
    assert_eq!(run(&folder, &["new", "my-app", "todo.yaml"]).status.code(), Some(1), "it never writes over one");
}

#[test]
fn new_takes_all_files_of_a_document_along() {
    let folder = scratch("several-files");
    let documents = workspace().join("tests/golden/documents");
    let output = run(&documents, &["new", &folder.join("pets").display().to_string(), "./files.yaml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for file in ["files.yaml", "files/common.yaml", "files/paths/pets.yaml", "files/schemas/base.yaml"] {
        assert!(folder.join("pets/specs").join(file).is_file(), "{file} is missing");
    }
    let outside =
        run(&documents.join("files"), &["new", &folder.join("paths").display().to_string(), "paths/pets.yaml"]);
    assert_eq!(outside.status.code(), Some(1), "a part of a document is none");
}

#[test]
fn a_folder_whose_name_is_no_crate_name_gets_one_that_is() {
    let folder = project("dotted");
    let made = run(&folder, &["generate", "todo.yaml", "--out", "my.api"]);
    assert!(made.status.success() && text(&made.stderr).contains("`my-api`; `--package`"), "{}", text(&made.stderr));
    let manifest = fs::read_to_string(folder.join("my.api/Cargo.toml")).expect("it is written");
    assert!(manifest.contains("name = \"my-api\""), "{manifest}");
    let made = run(&folder, &["generate", "todo.yaml", "--out", "todo-api"]);
    assert!(!text(&made.stderr).contains("--package"), "{}", text(&made.stderr));
}

#[test]
fn documents_that_are_too_large_are_refused_unless_more_is_allowed() {
    let folder = project("large");
    let inspect = |more: &[&str]| run(&folder, &[&["inspect", "todo.yaml"], more].concat());
    for (flag, value) in [("--max-bytes", "100"), ("--max-values", "50")] {
        let refused = inspect(&[flag, value]);
        let said = text(&refused.stderr);
        assert!(refused.status.code() == Some(1) && said.contains("too-large") && said.contains(flag), "{said}");
        assert!(inspect(&[flag, "100000"]).status.success());
    }
    // All files of a document count together.
    let schema = "{\"type\": \"string\", \"description\": \"long\"}";
    fs::write(folder.join("name.json"), schema).expect("it can be written");
    let document = "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths: {}\ncomponents: { schemas: { A: { $ref: name.json } } }\n";
    fs::write(folder.join("parts.yaml"), document).expect("it can be written");
    let most = (document.len() + schema.len()).to_string();
    assert!(run(&folder, &["inspect", "parts.yaml", "--max-bytes", &most]).status.success());
    let most = (document.len() + schema.len() - 1).to_string();
    let refused = run(&folder, &["inspect", "parts.yaml", "--max-bytes", &most]);
    assert!(refused.status.code() == Some(1) && text(&refused.stderr).contains("too-large"));
}

/// An operation that the to-do list does not have.
const SEARCH: &str = "  /tasks/search:
    get: { operationId: search_tasks, responses: { '204': { description: Found nothing. } } }
";

#[test]
fn handlers_adds_what_an_application_lacks_and_tells_what_it_need_not_have() {
    let folder = project("handlers");
    assert!(run(&folder, &["new", "app", "todo.yaml"]).status.success());
    let (handlers, spec) = (folder.join("app/src/handlers.rs"), folder.join("app/specs/todo.yaml"));
    let read = |path: &std::path::Path| fs::read_to_string(path).expect("it is there");
    let command =
        |more: &[&str]| run(&folder, &[&["handlers", "app/specs/todo.yaml", "--into", "app/src"], more].concat());
    let complete = command(&[]);
    assert_eq!(text(&complete.stdout), "app/src/handlers.rs handles every operation\n");
    assert_eq!(command(&["--check"]).status.code(), Some(0));

    let document = read(&spec);
    let (before, delete) = document.split_once("    delete:\n").expect("it has the operation");
    let (_, after) = delete.split_once("components:\n").expect("it has components");
    fs::write(&spec, format!("{before}{SEARCH}components:\n{after}")).expect("it can be written");
    let had = read(&handlers);
    for flag in ["--check", "--dry-run"] {
        let told = command(&[flag]);
        assert_eq!(told.status.code(), Some(i32::from(flag == "--check")));
        assert!(text(&told.stdout).contains("+    async fn search_tasks("), "{}", text(&told.stdout));
        assert_eq!(read(&handlers), had, "nothing is written");
    }
    let added = command(&[]);
    assert_eq!(text(&added.stdout), "added `search_tasks` to app/src/handlers.rs\n");
    assert!(
        text(&added.stderr)
            .contains("warning: `delete_task` handles no operation any more\n  --> app/src/handlers.rs:")
    );
    let has = read(&handlers);
    assert!(
        has.contains("detail(\"`search_tasks` is not written yet.\")") && has.contains("SearchTasksResponse"),
        "{has}"
    );
    assert!(has.contains("async fn delete_task("), "nothing is deleted");
    // Nothing else is touched: without the lines that are new, it is as it was.
    let lines: Vec<&str> = has.lines().collect();
    let kept = had.lines().filter(|line| lines.contains(line)).count();
    assert!(kept >= had.lines().count() - 1, "{has}");
    assert_eq!(command(&["--check"]).status.code(), Some(1), "what is gone is still there");
}

#[test]
fn handlers_says_what_to_begin_with_where_nothing_implements_the_service() {
    let folder = project("handlers-none");
    fs::create_dir(folder.join("src")).expect("the folder can be made");
    fs::write(folder.join("src/lib.rs"), "// impl Todo for App {}\n").expect("it can be written");
    let told = run(&folder, &["handlers", "todo.yaml"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(text(&told.stderr).contains("nothing in src implements `Todo`"), "{}", text(&told.stderr));
    fs::write(folder.join("src/lib.rs"), "impl Todo for {}\n").expect("it can be written");
    let told = run(&folder, &["handlers", "todo.yaml"]);
    assert!(text(&told.stderr).contains("warning: src/lib.rs is no Rust that can be read"), "{}", text(&told.stderr));
}

#[test]
fn another_version_of_the_generator_says_that_it_is_one() {
    let folder = project("upgrade");
    run(&folder, &GENERATE);
    let manifest = folder.join("todo-api/.buildflow-gen");
    let now = fs::read_to_string(&manifest).expect("there is one");
    let version = format!("# Version: {}\n", env!("CARGO_PKG_VERSION"));
    assert!(now.contains(&version), "{now}");
    fs::write(&manifest, now.replace(&version, "# Version: 0.0.1\n")).expect("it can be written");
    let told = run(&folder, &CHECK);
    assert_eq!(told.status.code(), Some(1));
    assert!(text(&told.stderr).contains("note: version 0.0.1 has written this"), "{}", text(&told.stderr));
    assert!(text(&run(&folder, &GENERATE).stderr).contains("note: version 0.0.1 has written this"));
    assert_eq!(run(&folder, &CHECK).status.code(), Some(0));
}

#[test]
fn the_shape_of_an_earlier_version_is_kept_or_refused() {
    let folder = project("compat");
    assert!(run(&folder, &GENERATE).status.success());
    // 0.1 is today's own.
    assert!(run(&folder, &[&CHECK[..], &["--compat", "0.1"]].concat()).status.success());
    let refused = run(&folder, &[&GENERATE[..], &["--compat", "0.0"]].concat());
    let told = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{told}");
    assert!(
        told.contains("invalid value '0.0' for '--compat <VERSION>'") && told.contains("possible values: 0.1"),
        "{told}"
    );
}

/// The page of the guide that lists the commands is their help. `BLESS=1` writes it.
#[test]
fn the_guide_has_the_help_of_each_command() {
    let help = |arguments: &[&str]| {
        let output = run(&workspace(), &[arguments, &["--help"]].concat());
        let text = text(&output.stdout);
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    };
    let all = help(&[]);
    let mut page = format!("# Command line\n\nWhat `--help` prints.\n\n```text\n{all}\n```\n");
    let listed = all.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for command in listed.filter_map(|line| line.split_whitespace().next()).filter(|command| *command != "help") {
        page.push_str(&format!("\n## `{command}`\n\n```text\n{}\n```\n", help(&[command])));
    }
    assert_written(&workspace().join("runtime/src/guide/command_line.md"), &page);
}
