//! Generated crates, and applications over them, compile without a warning, of rustc's or of clippy's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use buildflow_gen::compile;
use buildflow_gen::render::{Dependency, Layout};
use buildflow_gen::write::write_folder;
use buildflow_tests::{cargo, program, scratch, workspace};

/// A workspace of all that is compiled here, so that what it depends on is compiled once.
struct Crates(PathBuf);

impl Crates {
    /// Nobody else changes or compiles them meanwhile.
    fn lock() -> MutexGuard<'static, Self> {
        static CRATES: LazyLock<Mutex<Crates>> = LazyLock::new(|| Mutex::new(Crates::make()));
        CRATES.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make() -> Self {
        let crates = Self(scratch("compile"));
        let golden = documents("tests/golden/documents");
        assert!(golden.len() >= 8, "{golden:?}");
        golden.iter().chain(&documents("specs")).for_each(|document| crates.generate(document));
        let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n";
        fs::write(crates.0.join("Cargo.toml"), manifest).expect("it can be written");
        // The last one's names are those that an application has of its own.
        for (document, name) in [("todo", "todo"), ("clinic", "clinic"), ("talk", "app")] {
            crates.make_application(document, name);
        }
        crates.copy_todo();
        crates
    }

    /// The crate of a document.
    fn generate(&self, document: &Path) {
        let compiled = compile(document, None, false);
        assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
        let name = document.file_stem().expect("a document has a name").to_string_lossy().into_owned();
        let runtime = Dependency::Path(workspace().join("runtime").display().to_string());
        let files = compiled.render(&Layout::Crate { package: format!("{name}-api"), runtime });
        let files = files.expect("what is generated is Rust");
        write_folder(&self.0.join(name), &files).expect("the crate can be written");
    }

    /// What `new` makes of a document, as a member of this workspace in place of one of its own.
    fn make_application(&self, document: &str, name: &str) {
        let folder = self.0.join(format!("new-{name}"));
        let document = workspace().join("specs").join(document).with_extension("yaml");
        let mut new = Command::new(program());
        new.arg("new").arg(&folder).arg(document).args(["--name", name]);
        let made = new.output().expect("it can be run");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("there is a manifest");
        assert!(manifest.contains("[workspace]\n"), "{manifest}");
        fs::write(folder.join("Cargo.toml"), manifest.replace("[workspace]\n", "")).expect("it can be written");
    }

    /// The example application, with a document of its own that may change.
    fn copy_todo(&self) {
        let folder = self.0.join("changing");
        fs::create_dir_all(folder.join("src")).expect("the folder can be made");
        for file in ["src/lib.rs", "src/main.rs", "src/store.rs"] {
            let from = workspace().join("tests/apps/todo").join(file);
            fs::copy(from, folder.join(file)).expect("the file can be copied");
        }
        let path = |name: &str| workspace().join(name).display().to_string().replace('\\', "/");
        let manifest = format!(
            "[package]\nname = \"todo\"\nedition = \"2024\"\n\n[dependencies]\n\
             buildflow-runtime = {{ path = \"{}\" }}\nrusqlite = \"0.41\"\n\n[build-dependencies]\n\
             buildflow-gen = {{ path = \"{}\", default-features = false }}\n",
            path("runtime"),
            path("generator"),
        );
        let build = "fn main() -> Result<(), buildflow_gen::GenerateError> {\n    \
                     buildflow_gen::Generator::new().spec(\"todo.yaml\").build_script()\n}\n";
        for (name, text) in [("Cargo.toml", manifest.as_str()), ("build.rs", build), ("todo.yaml", &todo())] {
            fs::write(folder.join(name), text).expect("it can be written");
        }
    }

    /// Checks all of it, with the example application's document as it is here; what is told.
    fn check(&self, document: &str) -> Result<(), String> {
        fs::write(self.0.join("changing/todo.yaml"), document).expect("it can be written");
        let output = cargo(&self.0, &["clippy", "--quiet", "--workspace", "--", "-D", "warnings"]);
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    }
}

/// The document of the example application.
fn todo() -> String {
    fs::read_to_string(workspace().join("specs/todo.yaml")).expect("the document is there")
}

fn documents(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace().join(folder)).expect("the folder is there");
    // Folders hold what the documents refer to.
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths
}

#[test]
fn crates_of_hostile_and_ordinary_documents_and_new_applications_compile_without_warnings() {
    assert_eq!(Crates::lock().check(&todo()), Ok(()));
}

#[test]
fn a_changed_document_stops_the_build_at_the_handler_it_concerns() {
    let crates = Crates::lock();
    let changed = |from: &str, to: &str| {
        let document = todo().replace(from, to);
        assert_ne!(document, todo());
        crates.check(&document).expect_err("it does not compile")
    };

    let report = changed("operationId: delete_task", "operationId: drop_task");
    assert!(report.contains("missing: `drop_task`") && report.contains("`delete_task` is not a member"), "{report}");

    let report = changed("type: integer, format: int64, minimum: 1", "type: string");
    assert!(report.contains("task_id") && report.contains("mismatched types"), "{report}");

    let report = changed("'#/components/schemas/NewTask'", "'#/components/schemas/NewTsk'");
    let told = ["error[unresolved-reference]", "todo.yaml:4", "did you mean `#/components/schemas/NewTask`?"];
    told.iter().for_each(|text| assert!(report.contains(text), "{text} is missing: {report}"));
}
