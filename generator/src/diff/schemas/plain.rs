//! A schema as a text that is the same for schemas that say the same: references written out, words for people left out.

use std::collections::BTreeMap;

use crate::lift::Document;
use crate::read::{Node, Pointer, Value, to_json};

/// How deep references are written out: what holds itself has no end.
const DEPTH: usize = 12;

/// What says nothing of values.
const WORDS: [&str; 8] =
    ["$comment", "default", "deprecated", "description", "example", "examples", "externalDocs", "title"];

/// The text of a value in which schemas are.
pub(super) fn plain(document: &Document, node: &Node) -> String {
    written(document, node, DEPTH)
}

fn written(document: &Document, node: &Node, depth: usize) -> String {
    match &node.value {
        Value::Map(map) => {
            let reference = map.get("$ref").and_then(|member| member.node.as_str()).and_then(Pointer::from_fragment);
            let target = reference.and_then(|pointer| document.node(&document.locate(&pointer)));
            let others = map.keys().filter(|name| *name != "$ref" && !WORDS.contains(&name.as_str())).count();
            if let (Some(target), 0, Some(left)) = (target, others, depth.checked_sub(1)) {
                return written(document, target, left);
            }
            let members = map.iter().filter(|(name, _)| !WORDS.contains(&name.as_str()));
            let members: BTreeMap<&str, String> =
                members.map(|(name, member)| (name.as_str(), written(document, &member.node, depth))).collect();
            format!("{members:?}")
        }
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| written(document, item, depth)).collect();
            format!("{items:?}")
        }
        _ => to_json(node),
    }
}
