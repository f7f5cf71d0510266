//! One server for several documents, each a module and a service under a base route of its own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use buildflow_gen::Compiled;
use buildflow_gen::example::{Handlers, main_file};
use buildflow_gen::render::Layout;

use crate::{Running, build, target, workspace};

/// Generates, compiles and starts a server of example answers, a package in `folder`; each document with the
/// name that it was compiled with.
pub fn serve(package: &str, folder: &Path, documents: &[(&str, &Compiled)]) -> Running {
    let source = folder.join("src");
    fs::create_dir_all(&source).expect("the folder can be made");
    let write = |name: &str, text: String| fs::write(source.join(name), text).expect("a file can be written");
    let (mut modules, mut services) = (String::new(), String::new());
    for (name, compiled) in documents {
        let outcome = compiled.outcome();
        let (document, lowered) = outcome.unwrap_or_else(|| panic!("{name}: {}", compiled.report(false)));
        if lowered.service.endpoints.is_empty() {
            continue;
        }
        let files = compiled.render(&Layout::Include).expect("what is generated is Rust");
        files.into_iter().for_each(|(path, text)| write(&path, text));
        let api = format!("crate::{name}");
        let handlers = main_file(document, &lowered.service, &api, Handlers::Examples);
        write(&format!("{name}_handlers.rs"), handlers.expect("what is generated is Rust"));
        writeln!(modules, "mod {name};\n#[allow(dead_code)]\nmod {name}_handlers;").expect("text can be written");
        writeln!(services, "        .add_service({name}_handlers::service().base_route(\"/{name}\"))").expect("text");
    }
    let main = format!("{modules}\nfn main() {{\n    buildflow_runtime::Flow::new()\n{services}        .run();\n}}\n");
    write("main.rs", main);
    let runtime = workspace().join("runtime").display().to_string();
    let manifest = format!(
        "[package]\nname = {package:?}\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nbuildflow-runtime = {{ path = {runtime:?} }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("it can be written");
    let built = build(folder);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Running::start(&target().join("debug").join(package))
}
