//! Generates a module for each document of the folder, and for those of the applications that `new` starts.

use std::fmt::Write as _;
use std::path::Path;

use buildflow_gen::Generator;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=documents");
    let mut generator = Generator::new();
    let mut modules = String::new();
    for entry in std::fs::read_dir("documents")? {
        let document = entry?.path();
        let Some(name) = document.file_stem().and_then(|name| name.to_str()).filter(|_| document.is_file()) else {
            continue;
        };
        let name = name.replace('-', "_");
        writeln!(modules, "pub mod {name} {{ buildflow_runtime::include_api!({name:?}); }}")?;
        generator = generator.spec_as(name, &document);
    }
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo says where to")?;
    std::fs::write(Path::new(&folder).join("modules.rs"), modules)?;
    // An application may be called what its own items are.
    for (document, name) in [("todo", "todo"), ("clinic", "clinic"), ("talk", "app")] {
        generator = generator.spec_as(name, format!("../../specs/{document}.yaml"));
    }
    Ok(generator.build_script()?)
}
