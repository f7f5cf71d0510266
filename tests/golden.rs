//! The text that is generated, as reviewed: one folder a document under `golden/`.
//!
//! `BLESS=1 cargo test -p buildflow-tests --test golden` writes what is generated now; review the difference.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use buildflow_gen::compile;
use buildflow_gen::render::{Dependency, Files, Layout};
use buildflow_tests::{program, scratch, workspace};
use similar::TextDiff;

fn generated(document: &Path) -> Files {
    let compiled = compile(document, None, false);
    assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
    let layout = Layout::Crate { package: "golden-api".to_owned(), runtime: Dependency::Version };
    compiled.render(&layout).expect("what is generated is Rust")
}

fn reviewed(folder: &Path) -> Files {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        files.insert(name, fs::read_to_string(entry.path()).expect("a golden file can be read"));
    }
    files
}

fn check(name: &str) {
    let document = workspace().join("tests/golden/documents").join(format!("{name}.yaml"));
    // What the document is as it is served is tested where that is made.
    compare(name, generated(&document).into_iter().filter(|(path, _)| path != "src/openapi.json"));
}

/// Compares files with those that were reviewed.
fn compare(name: &str, files: impl Iterator<Item = (String, String)>) {
    let folder = workspace().join("tests/golden").join(name);
    // One flat folder is easier to review; `Cargo.toml` is not Rust that somebody may format.
    let files: Files = files
        .map(|(path, text)| (format!("{}.txt", path.replace("src/", "").replace("tests/http", "test")), text))
        .collect();
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder can be made");
        for (path, text) in &files {
            fs::write(folder.join(path), text).expect("a golden file can be written");
        }
        return;
    }
    let reviewed = reviewed(&folder);
    for (path, text) in &files {
        assert_same(&format!("{name}/{path}"), reviewed.get(path).map_or("", String::as_str), text);
    }
    assert_eq!(files.len(), reviewed.len(), "{name} has files that are no longer generated");
}

/// Fails with the difference between what was reviewed and what is generated now.
fn assert_same(path: &str, reviewed: &str, generated: &str) {
    if reviewed != generated {
        let difference = TextDiff::from_lines(reviewed, generated);
        let difference = difference.unified_diff().context_radius(3).header("reviewed", "generated").to_string();
        panic!("{path} is not as reviewed; `BLESS=1` writes what is generated now\n{difference}");
    }
}

#[test]
fn structs_enums_lists_and_maps() {
    check("types");
}

#[test]
fn parameters_of_every_place() {
    check("parameters");
}

#[test]
fn checks_of_every_keyword() {
    check("checks");
}

#[test]
fn structs_without_members() {
    check("memberless");
}

#[test]
fn whole_requests() {
    check("requests");
}

#[test]
fn a_trait_a_tag() {
    check("tags");
}

#[test]
fn hostile_names() {
    check("names");
}

#[test]
fn choices_between_schemas() {
    check("unions");
}

#[test]
fn defaults_of_members() {
    check("defaults");
}

#[test]
fn members_of_one_direction() {
    check("directions");
}

#[test]
fn names_of_generated_code_itself() {
    check("own-names");
}

#[test]
fn types_that_the_document_names() {
    check("named-types");
}

#[test]
fn numbers_of_any_size() {
    check("numbers");
}

#[test]
fn enums_closed_and_open() {
    check("enums");
}

#[test]
fn what_several_schemas_say_together() {
    check("intersections");
}

#[test]
fn paths_that_overlap() {
    check("paths");
}

#[test]
fn parameters_of_every_style() {
    check("parameters-styles");
}

#[test]
fn parameters_of_any_content_type_and_presence() {
    check("parameters-values");
}

#[test]
fn path_segments_that_mix_text_and_parameters() {
    check("paths-mixed");
}

#[test]
fn parameters_of_several_segments() {
    check("paths-segments");
}

#[test]
fn queries_and_fragments_in_paths_and_other_methods() {
    check("paths-queries");
}

#[test]
fn security_requirements() {
    check("security");
}

#[test]
fn bodies_of_several_media_types() {
    check("bodies-choice");
}

#[test]
fn forms() {
    check("bodies-forms");
}

#[test]
fn forms_with_files() {
    check("bodies-uploads");
}

#[test]
fn answers_of_several_media_types() {
    check("answers-kinds");
}

#[test]
fn answers_that_are_streams_of_items() {
    check("answers-streams");
}

#[test]
fn headers_of_answers() {
    check("answers-headers");
}

#[test]
fn middleware_of_a_service_and_of_operations() {
    check("middleware");
}

#[test]
fn a_document_of_several_files() {
    check("files");
}

#[test]
fn the_crate_that_an_application_commits() {
    let folder = workspace().join("tests/apps/library-api");
    let compiled = compile(&workspace().join("specs/library.yaml"), None, false);
    let runtime = Dependency::Path("../../../runtime".to_owned());
    let layout = Layout::Crate { package: "library-api".to_owned(), runtime };
    for (path, text) in compiled.render(&layout).expect("what is generated is Rust") {
        if std::env::var_os("BLESS").is_some() {
            fs::write(folder.join(&path), text).expect("a file of the crate can be written");
        } else {
            let reviewed = fs::read_to_string(folder.join(&path)).unwrap_or_default();
            assert_same(&path, &reviewed, &text);
        }
    }
}

/// What `new` makes of an example document. `.ci/run` compiles it as its user does.
fn check_started(document: &str, name: &str) {
    let folder = scratch("started").join(name);
    let document = workspace().join("specs").join(document).with_extension("yaml");
    let mut new = Command::new(program());
    new.arg("new").arg(&folder).arg(document).args(["--name", name]);
    let made = new.output().expect("it can be run");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let files =
        ["Cargo.toml", "build.rs", "src/lib.rs", "src/main.rs", "src/handlers.rs", "tests/http.rs"].map(|path| {
            let text = fs::read_to_string(folder.join(path)).expect("it was made");
            (path.to_owned(), text.replace(&workspace().display().to_string(), "/buildflow"))
        });
    compare(&format!("started/{name}"), files.into_iter());
}

#[test]
fn applications_that_new_starts() {
    check_started("todo", "todo");
    // A trait a tag.
    check_started("clinic", "clinic");
    // Streams and WebSockets, in an application whose name is that of an item of its own.
    check_started("talk", "app");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = workspace().join("tests/golden/documents/types.yaml");
    assert_eq!(generated(&document), generated(&document));
}
