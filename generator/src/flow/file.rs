//! Reads a flow file.

use std::path::Path;

use super::Entry;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::lift::service;
use crate::read::{Map, Member, Node, Span};

/// The keys of a service that are no options.
const OWN: [&str; 2] = ["document", "name"];

/// Whether this is a flow file, and no document.
pub(crate) fn is_flow(root: &Node) -> bool {
    root.get("services").is_some() && root.get("openapi").is_none() && root.get("swagger").is_none()
}

/// The services of the flow file at `path`; what is wrong with it is told.
pub(crate) fn read(path: &Path, root: &Node, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let folder = path.parent().unwrap_or(Path::new(""));
    for (key, member) in root.as_map().into_iter().flatten().filter(|(key, _)| *key != "services") {
        let message = format!("a flow file has no member `{key}`");
        let help = "options stand at the service that they are for, below `services`";
        diagnostics.push(Diagnostic::error("unknown-option", member.key, message).help(help));
    }
    let Some(services) = root.get("services") else { return Vec::new() };
    let list = services.as_list().unwrap_or_default();
    if list.is_empty() {
        let message = "`services` should be a list of at least one service";
        let help = "name a document: `services: [{ document: pets.yaml }]`";
        diagnostics.push(Diagnostic::error("wrong-type", services.span, message).help(help));
    }
    list.iter().filter_map(|service| entry(folder, service, diagnostics)).collect()
}

fn entry(folder: &Path, node: &Node, diagnostics: &mut Diagnostics) -> Option<Entry> {
    let Some(map) = node.as_map() else {
        let message = format!("a service should be an object, found {}", node.kind());
        let help = "name its document: `- document: pets.yaml`";
        diagnostics.push(Diagnostic::error("wrong-type", node.span, message).help(help));
        return None;
    };
    let mut options = Map::new();
    for (key, member) in map.iter().filter(|(key, _)| !OWN.contains(&key.as_str())) {
        if service::names().any(|name| name == key) {
            options.insert(key.clone(), member.clone());
        } else {
            diagnostics.push(unknown(key, member));
        }
    }
    let document = document(node, map, diagnostics)?;
    let name = name(map, diagnostics);
    Some(Entry { document: folder.join(document), name, options, place: Some(place(node, map)) })
}

/// The document's path as the flow file has it.
fn document<'n>(node: &Node, map: &'n Map, diagnostics: &mut Diagnostics) -> Option<&'n str> {
    let help = "name the document relative to this file, such as `document: pets.yaml`";
    let Some(member) = map.get("document") else {
        diagnostics.push(Diagnostic::error("missing-field", node.span, "the service has no `document`").help(help));
        return None;
    };
    let path = member.node.as_str().filter(|path| !path.is_empty() && !Path::new(path).is_absolute());
    if path.is_none() {
        let message = "`document` should be a relative path";
        diagnostics.push(Diagnostic::error("invalid-value", member.node.span, message).help(help));
    }
    path
}

fn name(map: &Map, diagnostics: &mut Diagnostics) -> Option<String> {
    let member = map.get("name")?;
    let name = member.node.as_str().filter(|name| name.chars().any(char::is_alphanumeric));
    if name.is_none() {
        let message = "`name` should be a string with letters or digits";
        diagnostics.push(Diagnostic::error("invalid-value", member.node.span, message));
    }
    name.map(str::to_owned)
}

/// Where people look for the service: at its document.
fn place(node: &Node, map: &Map) -> Span {
    map.get("document").map_or(node.span, |member| member.node.span)
}

fn unknown(key: &str, member: &Member) -> Diagnostic {
    let help = match nearest(key, service::names().chain(OWN)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "a service has a `document`, a `name`, and the options of `x-buildflow-service`".to_owned(),
    };
    Diagnostic::error("unknown-option", member.key, format!("a service has no option `{key}`")).help(help)
}
