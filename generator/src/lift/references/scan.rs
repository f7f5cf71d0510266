//! Finds what schemas refer to, and what they are called.

use std::collections::HashSet;

use crate::lift::openapi::structure::{Table, Version};
use crate::lift::schemas::keywords::{Holds, holds};
use crate::read::{Map, Node, Pointer, Value};

/// A reference, by the place of its text.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub at: Pointer,
    pub meaning: Meaning,
}

/// What a reference stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    /// A schema: `$ref`.
    Schema,
    /// A schema that may depend on the way to it: `$dynamicRef`.
    DynamicSchema,
    /// A schema, or its name among the components: a discriminator's mapping.
    Mapping,
    /// An object of OpenAPI.
    Object(&'static Table),
}

/// What a schema is called.
#[derive(Debug)]
pub(super) enum Identity {
    Id(String),
    Anchor(String),
    DynamicAnchor(String),
}

/// What schemas hold.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    /// The schemas that were looked at.
    pub seen: HashSet<Pointer>,
    /// References, in the order of the document.
    pub references: Vec<Reference>,
    /// Identities, outer schemas first.
    pub identities: Vec<(Pointer, Identity)>,
}

impl Scanned {
    /// Looks at a schema, and at all that it holds.
    pub(super) fn schema(&mut self, schema: &Node, at: Pointer, version: Version) {
        let Value::Map(map) = &schema.value else { return };
        if self.seen.contains(&at) {
            return;
        }
        self.identify(map, &at);
        // A Reference Object of 3.0 is nothing else (OpenAPI 3.0.3 §4.7.23).
        let is_reference = version == Version::V3_0 && map.contains_key("$ref");
        for (keyword, member) in map.iter().filter(|(keyword, _)| !is_reference || *keyword == "$ref") {
            self.keyword(keyword, &member.node, &at, version);
        }
        self.seen.insert(at);
    }

    fn identify(&mut self, map: &Map, at: &Pointer) {
        let text = |keyword: &str| map.get(keyword).and_then(|member| member.node.as_str());
        if let Some(id) = text("$id") {
            // Before 2019-09, `$id` was also how an anchor was set.
            let identity = match id.strip_prefix('#') {
                Some(anchor) => Identity::Anchor(anchor.to_owned()),
                None => Identity::Id(id.to_owned()),
            };
            self.identities.push((at.clone(), identity));
        }
        let anchors = [
            text("$anchor").map(|name| Identity::Anchor(name.to_owned())),
            text("$dynamicAnchor").map(|name| Identity::DynamicAnchor(name.to_owned())),
        ];
        self.identities.extend(anchors.into_iter().flatten().map(|anchor| (at.clone(), anchor)));
    }

    fn keyword(&mut self, keyword: &str, node: &Node, at: &Pointer, version: Version) {
        match (keyword, &node.value) {
            ("$ref", Value::String(_)) => self.reference(at.join(keyword), Meaning::Schema),
            ("$dynamicRef", Value::String(_)) => self.reference(at.join(keyword), Meaning::DynamicSchema),
            ("discriminator", _) => {
                let mapping = at.join(keyword).join("mapping");
                if node.get("defaultMapping").is_some() {
                    self.reference(at.join(keyword).join("defaultMapping"), Meaning::Mapping);
                }
                for name in node.get("mapping").and_then(Node::as_map).into_iter().flat_map(Map::keys) {
                    self.reference(mapping.join(name), Meaning::Mapping);
                }
            }
            // Lists of `items` and `dependencies` are of older drafts.
            (_, Value::List(items)) if holds(keyword).is_some() => {
                for (index, item) in items.iter().enumerate() {
                    self.schema(item, at.join(keyword).item(index), version);
                }
            }
            (_, Value::Map(members)) if holds(keyword) == Some(Holds::Map) || keyword == "dependencies" => {
                for (name, member) in members {
                    self.schema(&member.node, at.join(keyword).join(name), version);
                }
            }
            (_, Value::Map(_)) if holds(keyword).is_some() => {
                self.schema(node, at.join(keyword), version);
            }
            _ => {}
        }
    }

    fn reference(&mut self, at: Pointer, meaning: Meaning) {
        self.references.push(Reference { at, meaning });
    }
}
