//! One server for many documents: each a crate, each a service under a base route of its own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use buildflow_gen::example::{Handlers, main_file};
use buildflow_gen::ir::Service;
use buildflow_gen::render::{Dependency, Layout};
use buildflow_gen::write::write_folder;
use buildflow_gen::{Compiled, compile};
use buildflow_tests::{Running, build, scratch, target, workspace};

/// A document that was compiled with what is not supported skipped.
pub struct Document {
    /// Its name among the others, a Rust identifier.
    pub name: String,
    pub compiled: Compiled,
}

impl Document {
    pub fn read(path: &Path) -> Self {
        let file = path.file_name().expect("a document has a name").to_string_lossy();
        let folder = path.parent().and_then(Path::file_name).expect("it is in a folder").to_string_lossy();
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let name: String = format!("{folder}_{file}").chars().map(plain).collect();
        let compiled = compile(path, Some(&name), true);
        assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
        Self { name, compiled }
    }

    pub fn lifted(&self) -> &buildflow_gen::lift::Document {
        &self.compiled.outcome().expect("the document is understood").0
    }

    pub fn service(&self) -> &Service {
        &self.compiled.outcome().expect("the document is understood").1.service
    }
}

/// Generates, compiles and starts a server of all documents.
pub fn serve(documents: &[Document]) -> Running {
    let folder = scratch("corpus");
    let runtime = workspace().join("runtime").display().to_string();
    let mut manifest = format!(
        "[package]\nname = \"corpus-server\"\nedition = \"2024\"\n\n[workspace]\nmembers = [\"apis/*\"]\n\n\
         [dependencies]\nbuildflow-runtime = {{ path = {runtime:?} }}\n"
    );
    let (mut modules, mut services) = (String::new(), String::new());
    fs::create_dir_all(folder.join("src")).expect("the folder can be made");
    for document in documents {
        let name = &document.name;
        let package = format!("{name}_api");
        let layout = Layout::Crate { package: package.clone(), runtime: Dependency::Path(runtime.clone()) };
        let files = document.compiled.render(&layout).expect("what is generated is Rust");
        write_folder(&folder.join("apis").join(name), &files).expect("the crate can be written");
        let handlers = main_file(document.lifted(), document.service(), &package, Handlers::Examples);
        let module = folder.join("src").join(format!("{name}.rs"));
        fs::write(module, handlers.expect("what is generated is Rust")).expect("it can be written");
        writeln!(manifest, "{package} = {{ path = \"apis/{name}\" }}").expect("text can be written");
        writeln!(modules, "#[allow(dead_code)]\nmod {name};").expect("text can be written");
        writeln!(services, "        .add_service({name}::service().base_route(\"/{name}\"))").expect("text");
    }
    let main = format!("{modules}\nfn main() {{\n    buildflow_runtime::Flow::new()\n{services}        .run();\n}}\n");
    fs::write(folder.join("Cargo.toml"), manifest).expect("it can be written");
    fs::write(folder.join("src/main.rs"), main).expect("it can be written");
    let built = build(&folder);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Running::start(&target().join("debug/corpus-server"))
}
