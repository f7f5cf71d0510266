//! Generates a module for each document of the folder.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

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
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo says where to")?);
    let document = folder.join("every_word.yaml");
    std::fs::write(&document, every_word()?)?;
    writeln!(modules, "pub mod every_word {{ buildflow_runtime::include_api!(\"every_word\"); }}")?;
    generator = generator.spec_as("every_word", &document);
    std::fs::write(folder.join("modules.rs"), modules)?;
    Ok(generator.build_script()?)
}

/// A document whose schemas, members, operations, parameters and tags are called after every word of the macros and
/// templates: none of theirs may meet one of a document.
fn every_word() -> Result<String, Box<dyn std::error::Error>> {
    let mut words = BTreeSet::new();
    for folder in ["../../templates", "../../runtime/src"] {
        collect(Path::new(folder), &mut words)?;
    }
    println!("cargo::rerun-if-changed=../../templates");
    let mut document = String::from("openapi: 3.1.0\ninfo: { title: Every word, version: '1' }\n");
    document.push_str("x-buildflow-service: { traits: per_tag }\npaths:\n");
    for word in &words {
        write!(
            document,
            "  /{word}:\n    post:\n      operationId: '{word}'\n      tags: ['{word}']\n      parameters:\n        \
             - {{ name: '{word}', in: query, schema: {{ type: string, minLength: 1 }} }}\n      requestBody: \
             {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/{word}' }} }} }} }}\n      \
             responses: {{ '204': {{ description: Done }} }}\n"
        )?;
    }
    document.push_str("components:\n  schemas:\n");
    for word in &words {
        let default = format!("'{word}': {{ type: string, default: a }}, zz-other: {{ enum: ['{word}', b] }}");
        writeln!(document, "    '{word}': {{ type: object, properties: {{ {default} }}, minProperties: 0 }}")?;
    }
    Ok(document)
}

/// The words of files that generated code consists of, without those in comments.
fn collect(folder: &Path, words: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            collect(&path, words)?;
        } else if name.ends_with(".rs.askama") || name == "macros.rs" {
            let text = std::fs::read_to_string(&path)?;
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
            let found = code.flat_map(|line| line.split(move |character| !is_part(character)));
            let is_word = |word: &&str| word.starts_with(|first: char| first.is_ascii_alphabetic());
            words.extend(found.filter(is_word).map(str::to_owned));
        }
    }
    Ok(())
}
