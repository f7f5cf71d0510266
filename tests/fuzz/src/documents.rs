//! Documents to the generator: whatever it makes of one, it does not panic, and what it generates is Rust.

use std::cell::OnceCell;
use std::fs;
use std::path::{Path, PathBuf};

use buildflow_gen::render::{Dependency, Layout};
use buildflow_gen::{CompileOptions, compile_with};
use tempfile::TempDir;

pub(crate) const WORDS: &[&str] = &[
    "$ref: '#/components/schemas/",
    "allOf:",
    "oneOf:",
    "anyOf:",
    "not:",
    "type: object",
    "type: [string, 'null']",
    "properties:",
    "required: [a]",
    "items:",
    "additionalProperties: false",
    "enum: [a, 1, null]",
    "const: 1",
    "default:",
    "discriminator: { propertyName: a }",
    "nullable: true",
    "format: date-time",
    "pattern: '^(a+)+$'",
    "in: query",
    "style: deepObject",
    "content:",
    "multipart/form-data:",
    "x-rust-name: fn",
    "x-buildflow-service:",
    "parameters:",
    "prefixItems:",
    "$dynamicRef: '#a'",
    "$id: b",
    "if:",
    "then:",
    "readOnly: true",
    "minimum: 1e400",
    "&a",
    "*a",
    "<<: *a",
    "!!str",
    "|\n  a",
    "security:",
    "callbacks:",
    "webhooks:",
    "openapi: 3.0.3",
    "openapi: 3.2.0",
    "{a}",
    "deprecated: true",
];

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// A folder of this thread's own.
fn document() -> PathBuf {
    FOLDER.with(|folder| folder.get_or_init(|| tempfile::tempdir().expect("a folder")).path().join("document.yaml"))
}

pub(crate) fn run(input: &[u8]) {
    let path = document();
    fs::write(&path, input).expect("a document can be written");
    for skip_unsupported in [false, true] {
        let compiled = compile_with(&path, &CompileOptions { skip_unsupported, ..CompileOptions::default() });
        assert!(compiled.report(false).len() < 50_000_000);
        if compiled.diagnostics.has_errors() {
            continue;
        }
        let layout = Layout::Crate { package: "fuzzed".to_owned(), runtime: Dependency::Version };
        let files = compiled.render(&layout).expect("what is generated is Rust");
        assert!(!files.is_empty());
        return;
    }
}

/// The documents of the other tests.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["../../specs", "../golden/documents", "."].map(|folder| here.join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder")).flatten();
    let documents =
        files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    let mut documents: Vec<PathBuf> = documents.collect();
    documents.sort();
    documents.iter().map(|path| fs::read(path).expect("a document")).collect()
}
