//! The official test suite of JSON Schema, as it is in its files.

use std::fs;
use std::path::{Path, PathBuf};

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::read::to_json;
use buildflow_gen::read::{Node, Sources};

/// A file of the suite.
pub struct File {
    /// Its path in the suite, without `.json`.
    pub name: String,
    pub groups: Vec<Group>,
}

/// A schema, and what is valid by it.
pub struct Group {
    pub description: String,
    /// The schema, as JSON in which no digit is lost.
    pub schema: String,
    /// Whether the schema has an `$id`.
    pub has_id: bool,
    pub cases: Vec<Case>,
}

/// A value that is valid or not.
pub struct Case {
    pub description: String,
    /// The value, likewise.
    pub data: String,
    pub valid: bool,
}

/// All files for draft 2020-12.
pub fn read(suite: &Path) -> Vec<File> {
    let folder = suite.join("tests/draft2020-12");
    let mut paths = Vec::new();
    walk(&folder, &mut paths);
    paths.sort();
    paths.iter().map(|path| file(&folder, path)).collect()
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, into) } else { into.push(path) }
    }
}

fn file(folder: &Path, path: &Path) -> File {
    let mut diagnostics = Diagnostics::default();
    let root = Sources::default().read(path, &mut diagnostics).expect("the file is JSON");
    let name = path.strip_prefix(folder).expect("it is in the folder").with_extension("");
    File { name: name.to_string_lossy().replace('\\', "/"), groups: list(&root).iter().map(group).collect() }
}

fn group(node: &Node) -> Group {
    Group {
        description: text(node, "description"),
        schema: to_json(member(node, "schema")),
        has_id: member(node, "schema").get("$id").is_some(),
        cases: list(member(node, "tests")).iter().map(case).collect(),
    }
}

fn case(node: &Node) -> Case {
    Case {
        description: text(node, "description"),
        data: to_json(member(node, "data")),
        valid: member(node, "valid").as_bool().expect("it is a boolean"),
    }
}

fn list(node: &Node) -> &[Node] {
    node.as_list().expect("it is a list")
}

fn member<'n>(node: &'n Node, name: &str) -> &'n Node {
    node.get(name).expect("the member is there")
}

fn text(node: &Node, name: &str) -> String {
    member(node, name).as_str().expect("it is a text").to_owned()
}
