//! Which components a part of a document uses, so that the others need not be shown.

use std::collections::{HashMap, HashSet};

use crate::read::{Node, Pointer, Value};

/// The sections that are kept whole: nothing refers to a security scheme by a pointer.
const KEPT: &str = "securitySchemes";

/// The members that refer to something else.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "operationRef"];

/// Removes the components that nothing in the rest of the document leads to.
pub(super) fn keep_used(root: &mut Node) {
    let used = used(root);
    let Value::Map(members) = &mut root.value else { return };
    let Some(Value::Map(sections)) = members.get_mut("components").map(|member| &mut member.node.value) else { return };
    for (section, member) in sections.iter_mut().filter(|(section, _)| *section != KEPT) {
        if let Value::Map(map) = &mut member.node.value {
            map.retain(|name, _| used.contains(&(section.clone(), name.clone())));
        }
    }
    sections.retain(|_, member| member.node.as_map().is_none_or(|map| !map.is_empty()));
}

/// The section and the name of each component that something leads to.
fn used(root: &Node) -> HashSet<(String, String)> {
    let Some(components) = root.get("components") else { return HashSet::new() };
    let mut used = Used { components, heirs: heirs(components), seen: HashSet::new(), pending: Vec::new() };
    for (name, member) in root.as_map().into_iter().flatten().filter(|(name, _)| *name != "components") {
        used.look(name, &member.node);
    }
    while let Some(component) = used.pending.pop() {
        used.look("", component);
    }
    used.seen
}

/// The schemas that are made of another one, by its name: where that has a discriminator, they are values of it, and so
/// are those that are made of them.
fn heirs(components: &Node) -> HashMap<String, Vec<&str>> {
    let mut heirs: HashMap<String, Vec<&str>> = HashMap::new();
    for (name, member) in components.get("schemas").and_then(Node::as_map).into_iter().flatten() {
        let parts = member.node.get("allOf").and_then(Node::as_list).into_iter().flatten();
        let references = parts.filter_map(|part| part.get("$ref").and_then(Node::as_str).and_then(component));
        references
            .filter(|(section, _)| section == "schemas")
            .for_each(|(_, base)| heirs.entry(base).or_default().push(name));
    }
    heirs
}

/// The section and the name of the component that a reference leads into.
fn component(reference: &str) -> Option<(String, String)> {
    let pointer = Pointer::from_fragment(reference)?;
    let mut segments = pointer.segments();
    let is_component = segments.next()? == "components";
    is_component.then_some(())?;
    Some((segments.next()?.into_owned(), segments.next()?.into_owned()))
}

struct Used<'c> {
    components: &'c Node,
    heirs: HashMap<String, Vec<&'c str>>,
    /// Section and name.
    seen: HashSet<(String, String)>,
    /// Those that were not looked at yet.
    pending: Vec<&'c Node>,
}

impl Used<'_> {
    /// Follows what a part of the document refers to; `name` is the member that it is.
    fn look(&mut self, name: &str, node: &Node) {
        match &node.value {
            Value::Map(map) if name == "discriminator" => map.iter().for_each(|(_, member)| self.mapped(&member.node)),
            Value::Map(map) => map.iter().for_each(|(name, member)| self.look(name, &member.node)),
            Value::List(items) => items.iter().for_each(|item| self.look("", item)),
            Value::String(text) if REFERENCES.contains(&name) => self.follow(text),
            _ => {}
        }
    }

    /// What stands in a discriminator: its `mapping` and its `defaultMapping` are references, or names of schemas.
    fn mapped(&mut self, node: &Node) {
        match &node.value {
            Value::Map(map) => map.iter().for_each(|(_, member)| self.mapped(&member.node)),
            Value::String(text) => {
                self.follow(text);
                self.reach("schemas", text);
            }
            _ => {}
        }
    }

    fn follow(&mut self, reference: &str) {
        if let Some((section, name)) = component(reference) {
            self.reach(&section, &name);
        }
    }

    fn reach(&mut self, section: &str, name: &str) {
        let components = self.components;
        if let Some(component) = components.get(section).and_then(|section| section.get(name))
            && self.seen.insert((section.to_owned(), name.to_owned()))
        {
            self.pending.push(component);
            if section == "schemas" {
                let heirs = self.heirs.get(name).cloned().unwrap_or_default();
                heirs.into_iter().for_each(|heir| self.reach("schemas", heir));
            }
        }
    }
}
