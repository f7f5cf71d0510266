//! Generated crates compile without a warning, of rustc's or of clippy's.

use std::fs;
use std::path::{Path, PathBuf};

use buildflow_gen::compile;
use buildflow_gen::render::{Dependency, Layout};
use buildflow_gen::write::write_folder;
use buildflow_tests::{cargo, scratch, workspace};

/// Writes a crate for a document into a workspace.
fn write(folder: &Path, document: &Path) {
    let compiled = compile(document, None, false);
    assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
    let name = document.file_stem().expect("a document has a name").to_string_lossy().into_owned();
    let runtime = Dependency::Path(workspace().join("runtime").display().to_string());
    let files = compiled.render(&Layout::Crate { package: format!("{name}-api"), runtime });
    write_folder(&folder.join(name), &files.expect("what is generated is Rust")).expect("the crate can be written");
}

fn documents(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace().join(folder)).expect("the folder is there");
    // Folders hold what the documents refer to.
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

#[test]
fn crates_of_hostile_and_ordinary_documents_compile_without_warnings() {
    let folder = scratch("compile");
    let documents: Vec<PathBuf> = documents("tests/golden/documents").into_iter().chain(documents("specs")).collect();
    assert!(documents.len() >= 8, "{documents:?}");
    documents.iter().for_each(|document| write(&folder, document));
    fs::write(folder.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n")
        .expect("it can be written");
    let output = cargo(&folder, &["clippy", "--quiet", "--workspace", "--", "-D", "warnings"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_changed_document_stops_the_build_at_the_handler_it_concerns() {
    let folder = scratch("changed");
    let app = workspace().join("tests/apps/todo");
    for file in ["src/lib.rs", "src/main.rs", "src/store.rs"] {
        let place = folder.join(file);
        fs::create_dir_all(place.parent().expect("a file has a folder")).expect("the folder can be made");
        fs::copy(app.join(file), place).expect("the file can be copied");
    }
    let path = |name: &str| workspace().join(name).display().to_string().replace('\\', "/");
    let manifest = format!(
        "[package]\nname = \"todo\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         buildflow-runtime = {{ path = \"{}\" }}\nrusqlite = \"0.41\"\n\n[build-dependencies]\n\
         buildflow-gen = {{ path = \"{}\", default-features = false }}\n",
        path("runtime"),
        path("generator"),
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("it can be written");
    let build = "fn main() -> Result<(), buildflow_gen::GenerateError> {\n    \
                 buildflow_gen::Generator::new().spec(\"todo.yaml\").build_script()\n}\n";
    fs::write(folder.join("build.rs"), build).expect("it can be written");
    let document = fs::read_to_string(workspace().join("specs/todo.yaml")).expect("the document is there");
    let check = |document: &str| {
        fs::write(folder.join("todo.yaml"), document).expect("it can be written");
        let output = cargo(&folder, &["check", "--quiet"]);
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };

    let (compiles, report) = check(&document);
    assert!(compiles, "{report}");

    let (compiles, report) = check(&document.replace("operationId: delete_task", "operationId: drop_task"));
    assert!(!compiles);
    assert!(report.contains("missing: `drop_task`") && report.contains("`delete_task` is not a member"), "{report}");

    let (compiles, report) = check(&document.replace("type: integer, format: int64, minimum: 1", "type: string"));
    assert!(!compiles && report.contains("task_id") && report.contains("mismatched types"), "{report}");

    let (compiles, report) =
        check(&document.replace("'#/components/schemas/NewTask'", "'#/components/schemas/NewTsk'"));
    assert!(!compiles);
    let told = ["error[unresolved-reference]", "todo.yaml:4", "did you mean `#/components/schemas/NewTask`?"];
    told.iter().for_each(|text| assert!(report.contains(text), "{text} is missing: {report}"));
}
