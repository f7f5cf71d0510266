//! The page of options in the guide: what the code says of them.
//!
//! `BLESS=1 cargo test -p buildflow-runtime --lib reference` writes it.

use std::fs;
use std::path::Path;

use super::arguments::{OTHER_VARIABLES, SETTINGS};
use crate::service::options::{described, variable};

#[test]
fn the_page_of_options_says_what_the_code_does() {
    let page = page();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide/options.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &page).expect("the guide can be written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "write it anew: BLESS=1 cargo test -p buildflow-runtime --lib reference");
}

fn page() -> String {
    let mut page = "\
# Options

Made from the code that reads them. [Configuration][configuration] says where to set options, and which
value wins.

## Of a service

| option | value | default | environment of the service `todo` |
| --- | --- | --- | --- |
"
    .to_owned();
    let options = described();
    for (name, wanted, doc) in &options {
        let (_, default) = split(doc);
        page += &format!("| `{name}` | {wanted} | {default} | `{}` |\n", variable("todo", name));
    }
    page += "\n| option | meaning |\n| --- | --- |\n";
    for (name, _, doc) in &options {
        page += &format!("| `{name}` | {} |\n", split(doc).0);
    }
    page += "
In a document, write `x-buildflow-service: { max_replicas: 4 }`. In code, write `todo::service(tasks).max_replicas(4)`; times are
a `Duration` there. `service_id`, `base_route`, `docs` and `middleware` can be set in the document and in code. `memory`,
`traits` and `tags` belong to the document alone. A flow file may say the same as the service block, and the environment also
`BUILDFLOW_TODO_BASE_ROUTE`.

## Of the process

| flag | environment | value | what it does |
| --- | --- | --- | --- |
";
    for setting in SETTINGS {
        let (flag, variable, wanted, help) = (setting.flag, setting.variable, setting.wanted, setting.help);
        page += &format!("| `--{flag}` | `{variable}` | {wanted} | {help} |\n");
    }
    let others = OTHER_VARIABLES.map(|variable| format!("`{variable}`")).join(", ");
    page += &format!("\nWithout a flag: {others}, `PORT`, `RUST_LOG`.\n");
    page += "\n## Of a flow, in code\n\n| method of `Flow` | what it does | default |\n| --- | --- | --- |\n";
    for (name, doc) in limits(include_str!("mod.rs")) {
        let (meaning, default) = doc.split_once(" By default").expect("the docs of a limit say its default");
        let first = meaning.split_inclusive(". ").next().unwrap_or_default().trim_end();
        page += &format!("| `{name}` | {first} | {} |\n", default.trim_start_matches([',', ' ']).trim_end_matches('.'));
    }
    page + "\n[configuration]: configuration.md\n"
}

/// The meaning, and the default, that the docs of an option say; `doc = " …"` is what a macro sees of a line.
fn split(doc: &str) -> (String, String) {
    let lines = doc.split("doc =").skip(1).map(|line| line.trim().trim_start_matches('r').trim_matches('"').trim());
    let text = lines.collect::<Vec<_>>().join(" ");
    let (meaning, default) = text.split_once(" By default ").unwrap_or_else(|| panic!("{doc} says no default"));
    (meaning.to_owned(), default.trim_end_matches('.').to_owned())
}

/// The methods that take a number or a time, each with its docs.
fn limits(source: &str) -> Vec<(&str, String)> {
    let mut docs = Vec::new();
    let mut found = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("/// ") {
            docs.push(doc);
        } else if let Some(rest) = line.strip_prefix("pub fn ") {
            let name = rest.split('(').next().unwrap_or_default();
            if ["usize)", "u32)", "Duration)"].iter().any(|ty| rest.contains(ty)) {
                found.push((name, docs.join(" ")));
            }
            docs.clear();
        } else if !line.starts_with('#') && !line.starts_with("///") {
            docs.clear();
        }
    }
    found
}
