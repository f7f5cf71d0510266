//! Examples whose texts have no quotes: `code: 007` of a string is `"007"`.

use std::collections::HashSet;

use super::super::to_openapiv3::text;
use super::values::unquoted_example;
use crate::diagnostic::Diagnostics;
use crate::lift::references::{Resolved, resolve};
use crate::read::{Node, Pointer, Value};

/// How deep examples are looked into.
const DEPTH: usize = 32;

/// Puts quotes around what should be text in the examples of the media types, parameters and headers at `places`, and of
/// the schemas themselves.
pub(crate) fn quote_texts(root: &mut Node, places: &[Pointer], schemas: &[Pointer], diagnostics: &mut Diagnostics) {
    let of_objects = places.iter().map(|place| (place, place.join("schema")));
    let of_schemas = schemas.iter().map(|place| (place, place.clone()));
    for (place, schema) in of_objects.chain(of_schemas) {
        for at in examples(root, place) {
            let Some(example) = root.at(&at) else { continue };
            let mut search = Search { root, seen: HashSet::new(), unquoted: Vec::new() };
            search.find(example, &at, &schema, DEPTH);
            for at in search.unquoted {
                let Some(node) = root.at_mut(&at) else { continue };
                diagnostics.push(unquoted_example(node));
                node.value = Value::String(text(node));
            }
        }
    }
}

/// Where the examples of an object stand: `example`, the `value`s of named `examples`, and a list of them.
fn examples(root: &Node, place: &Pointer) -> Vec<Pointer> {
    let Some(object) = root.at(place) else { return Vec::new() };
    let (all, several) = (place.join("examples"), object.get("examples"));
    let named = several.and_then(Node::as_map).into_iter().flatten();
    let named = named.filter_map(|(name, _)| match resolve(root, &all.join(name)) {
        Resolved::Node(at, _) => Some(at.join("value")),
        Resolved::Missing | Resolved::Cycle => None,
    });
    let listed = several.and_then(Node::as_list).map_or(0, <[_]>::len);
    let listed = (0..listed).map(|index| all.item(index));
    object.get("example").map(|_| place.join("example")).into_iter().chain(named).chain(listed).collect()
}

/// Looks for the numbers and booleans in a value that should be strings.
struct Search<'r> {
    root: &'r Node,
    /// Values and schemas that were looked at.
    seen: HashSet<(Pointer, Pointer)>,
    unquoted: Vec<Pointer>,
}

impl Search<'_> {
    fn find(&mut self, value: &Node, at: &Pointer, schema: &Pointer, depth: usize) {
        let Resolved::Node(place, schema) = resolve(self.root, schema) else { return };
        if depth == 0 || !self.seen.insert((at.clone(), place.clone())) {
            return;
        }
        let parts = schema.get("allOf").and_then(Node::as_list).map_or(0, <[_]>::len);
        for index in 0..parts {
            self.find(value, at, &place.join("allOf").item(index), depth - 1);
        }
        match &value.value {
            Value::Number(_) | Value::Bool(_) if is_string(schema) && !self.unquoted.contains(at) => {
                self.unquoted.push(at.clone());
            }
            Value::Map(members) => {
                for (name, member) in members {
                    self.find(&member.node, &at.join(name), &place.join("properties").join(name), depth - 1);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.find(item, &at.item(index), &place.join("items"), depth - 1);
                }
            }
            _ => {}
        }
    }
}

/// Whether a schema allows strings, and nothing else but null.
fn is_string(schema: &Node) -> bool {
    let named = schema.get("type").map(|node| node.as_list().unwrap_or(std::slice::from_ref(node)));
    let is = |name: &str| named.is_some_and(|named| named.iter().any(|node| node.as_str() == Some(name)));
    is("string") && named.is_some_and(|named| named.len() == 1 + usize::from(is("null")))
}
