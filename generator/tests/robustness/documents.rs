//! The documents that mutants are made of.

use std::path::{Path, PathBuf};

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::read::{Node, Sources, Value};
use serde_json::Value as Json;

/// Larger ones take a debug build too long.
const MAX_BYTES: u64 = 24 * 1024;

pub(crate) struct Document {
    pub name: String,
    pub text: String,
    pub root: Json,
}

/// The repository's own documents, and the smaller ones of the corpus where there is one.
pub(crate) fn read() -> Vec<Document> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    collect(&workspace.join("specs"), &mut paths);
    collect(&workspace.join("tests/golden/documents"), &mut paths);
    assert!(paths.len() >= 8, "the repository's documents have moved: {paths:?}");
    match std::env::var_os("BUILDFLOW_CORPUS") {
        Some(corpus) => collect(Path::new(&corpus), &mut paths),
        None => eprintln!("SKIPPED: BUILDFLOW_CORPUS is not set to a folder of documents"),
    }
    paths.iter().filter_map(|path| document(path)).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            collect(&path, into);
        } else if ["yaml", "yml", "json"].contains(&ending) && path.metadata().is_ok_and(|file| file.len() < MAX_BYTES)
        {
            into.push(path);
        }
    }
}

/// `None` where the file is no YAML or JSON: some of the corpus is not.
fn document(path: &Path) -> Option<Document> {
    let text = std::fs::read_to_string(path).ok()?;
    let node = Sources::default().parse("document.yaml", text.clone(), &mut Diagnostics::default())?;
    let name = path.file_stem()?.to_string_lossy().into_owned();
    Some(Document { name, text, root: plain(&node) })
}

fn plain(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => serde_json::from_str(number.as_str()).unwrap_or_else(|_| 0.into()),
        Value::String(text) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(plain).collect(),
        Value::Map(map) => map.iter().map(|(key, member)| (key.clone(), plain(&member.node))).collect(),
    }
}
