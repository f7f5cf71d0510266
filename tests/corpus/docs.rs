//! What a service shows of its document.

use std::fs;

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::read::Sources;
use buildflow_gen::read::to_json;
use buildflow_tests::{Running, scratch};

use super::project::Document;

/// The document is served whole, as JSON and as YAML, with the service's base route as its address; and the page is
/// there. A document that has such paths itself keeps them.
pub fn check(server: &Running, document: &Document) {
    if document.compiled.diagnostics.iter().any(|diagnostic| diagnostic.code == "hidden-docs") {
        return;
    }
    let name = &document.name;
    let made = document.service().document.as_ref().expect("it is shown");
    let expected = with_server(made, name);
    let (status, json) = server.get(&format!("/{name}/openapi.json"));
    assert!(status == 200 && json == expected, "{name}: {status}, or another document is served");
    let (status, yaml) = server.get(&format!("/{name}/openapi.yaml"));
    assert_eq!(status, 200, "{name}");
    let file = scratch("corpus-docs").join("openapi.yaml");
    fs::write(&file, yaml).expect("the file can be written");
    let mut diagnostics = Diagnostics::default();
    let node = Sources::default().read(&file, &mut diagnostics).expect("it is YAML");
    assert!(diagnostics.is_empty() && to_json(&node) == expected, "{name}: the YAML says something else");
    assert_eq!(server.get(&format!("/{name}/docs")).0, 200, "{name}");
}

/// The document with the address of the service after its first member, which is `openapi`.
fn with_server(document: &str, base_route: &str) -> String {
    let (version, rest) = document.split_once(',').expect("there is more than the version");
    format!("{version},\"servers\":[{{\"url\":\"../{base_route}\"}}],{rest}")
}
