//! Files become trees with exact places, and what is wrong with them is told well.

#[path = "reading/json.rs"]
mod json;
#[path = "reading/places.rs"]
mod places;
mod random;
#[path = "reading/reports.rs"]
mod reports;
#[path = "reading/robustness.rs"]
mod robustness;
#[path = "reading/yaml.rs"]
mod yaml;

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::read::{Node, Sources, Value};

/// What reading a text gave.
struct Read {
    node: Option<Node>,
    sources: Sources,
    diagnostics: Diagnostics,
}

fn read(name: &str, text: &str) -> Read {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let node = sources.parse(name, text.to_owned(), &mut diagnostics);
    Read { node, sources, diagnostics }
}

impl Read {
    fn codes(&self) -> Vec<&'static str> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    }

    /// What stands in the file where a node is.
    fn written(&self, node: &Node) -> &str {
        &self.sources.text(node.span.file)[node.span.start as usize..node.span.end as usize]
    }

    /// The text at the first diagnostic.
    fn pointed_at(&self) -> &str {
        let span = self.diagnostics.iter().find_map(|diagnostic| diagnostic.span);
        span.map_or("", |span| &self.sources.text(span.file)[span.start as usize..span.end as usize])
    }

    /// The whole value, in JSON as Rust's debug output has it.
    fn plain(&self) -> String {
        self.node.as_ref().map_or_else(|| "nothing".to_owned(), plain)
    }
}

fn plain(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.as_str().to_owned(),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(","))
        }
        Value::Map(map) => {
            let members = map.iter().map(|(key, member)| format!("{key:?}:{}", plain(&member.node)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

/// Calls `visit` for a node and everything in it.
fn walk(node: &Node, visit: &mut impl FnMut(&Node)) {
    visit(node);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Map(map) => map.values().for_each(|member| walk(&member.node, visit)),
        _ => {}
    }
}

/// The files of the folder that `BUILDFLOW_CORPUS` names; says loudly where there is none.
fn corpus(test: &str) -> Vec<std::path::PathBuf> {
    let Some(root) = std::env::var_os("BUILDFLOW_CORPUS") else {
        eprintln!("SKIPPED {test}: set BUILDFLOW_CORPUS to a folder of OpenAPI documents to run it");
        return Vec::new();
    };
    let (mut folders, mut files) = (vec![std::path::PathBuf::from(root)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
        .retain(|file| file.extension().is_some_and(|name| ["json", "yaml", "yml"].iter().any(|known| name == *known)));
    files.sort();
    assert!(!files.is_empty(), "BUILDFLOW_CORPUS has no documents");
    files
}
