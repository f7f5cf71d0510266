//! Which components a part of a document uses, so that the others need not be shown.

use std::collections::HashSet;

use crate::read::{Node, Pointer, Value};

/// The sections that are kept whole: nothing refers to a security scheme by a pointer.
const KEPT: &str = "securitySchemes";

/// The members that refer to something else.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "operationRef"];

/// Removes the components that nothing in the rest of the document leads to.
pub(super) fn keep_used(root: &mut Node) {
    let Value::Map(members) = &mut root.value else { return };
    let Some(mut components) = members.get("components").cloned() else { return };
    let mut used = Used { components: &components.node, seen: HashSet::new(), pending: Vec::new() };
    for (name, member) in members.iter().filter(|(name, _)| *name != "components") {
        used.look(name, &member.node);
    }
    while let Some(component) = used.pending.pop() {
        used.look("", component);
    }
    let seen = used.seen;
    if let Value::Map(sections) = &mut components.node.value {
        for (section, member) in sections.iter_mut().filter(|(section, _)| *section != KEPT) {
            if let Value::Map(map) = &mut member.node.value {
                map.retain(|name, _| seen.contains(&(section.clone(), name.clone())));
            }
        }
        sections.retain(|_, member| member.node.as_map().is_none_or(|map| !map.is_empty()));
    }
    members.insert("components".to_owned(), components);
}

struct Used<'c> {
    components: &'c Node,
    /// Section and name.
    seen: HashSet<(String, String)>,
    /// Those that were not looked at yet.
    pending: Vec<&'c Node>,
}

impl Used<'_> {
    /// Follows what a part of the document refers to; `name` is the member that it is.
    fn look(&mut self, name: &str, node: &Node) {
        match &node.value {
            Value::Map(map) if name == "mapping" => map.iter().for_each(|(_, member)| self.mapped(&member.node)),
            Value::Map(map) => map.iter().for_each(|(name, member)| self.look(name, &member.node)),
            Value::List(items) => items.iter().for_each(|item| self.look("", item)),
            Value::String(text) if REFERENCES.contains(&name) => self.follow(text),
            _ => {}
        }
    }

    /// A value of a discriminator's `mapping`: a reference, or the name of a schema.
    fn mapped(&mut self, node: &Node) {
        if let Some(text) = node.as_str() {
            self.follow(text);
            self.reach("schemas", text);
        }
    }

    fn follow(&mut self, reference: &str) {
        let Some(pointer) = Pointer::from_fragment(reference) else { return };
        let mut segments = pointer.segments();
        if let (Some(first), Some(section), Some(name)) = (segments.next(), segments.next(), segments.next())
            && first == "components"
        {
            self.reach(&section, &name);
        }
    }

    fn reach(&mut self, section: &str, name: &str) {
        let components = self.components;
        if let Some(component) = components.get(section).and_then(|section| section.get(name))
            && self.seen.insert((section.to_owned(), name.to_owned()))
        {
            self.pending.push(component);
        }
    }
}
