//! The document as clients get to see it: in one file, in the version of OpenAPI that it is written in.
//!
//! What stands in other files has a place among the components; mistakes are put right as they were understood;
//! and what says nothing to clients is left out: our own extensions, `servers`, operations that are skipped, and, where
//! only some tags are served, the components of the others.

use std::collections::{HashMap, HashSet, VecDeque};

use super::path_segments::{description, takes_segments};
use super::structure::{COMPONENTS, DOCUMENT, Need, PATH_ITEM, RESPONSE, Shape, Table};
use super::structure_check::{is_empty, is_extension};
use super::to_openapiv3::text;
use super::used_components;
use crate::lift::extensions::is_own;
use crate::lift::references::{reference_of, reference_to};
use crate::lift::schemas::keywords::{Holds, holds, is_identity};
use crate::lift::{Document, METHODS};
use crate::read::{FileSet, Map, Member, Node, Pointer, Value, to_json};

/// Fields whose references are not followed, as clients send nothing that they speak of.
const UNFOLLOWED: [&str; 2] = ["callbacks", "links"];

impl Document {
    /// The document as JSON in one line, without `servers` and without the operations at `skipped`. The runtime adds
    /// the address of the service.
    pub fn published(&self, skipped: HashSet<Pointer>) -> String {
        let (homes, taken, pending) = (HashMap::new(), HashSet::new(), VecDeque::new());
        let mut bundling = Bundling { document: self, skipped, homes, taken, pending };
        let mut root = bundling.object(&self.root, &DOCUMENT, &Pointer::root());
        while let Some((target, home)) = bundling.pending.pop_front() {
            let part = bundling.component(&target, &home);
            let components = member_of(&mut root, "components");
            if let Some(section) = components.and_then(|components| member_of(components, home.section)) {
                insert(section, &home.name, part);
            }
        }
        if let Some(tags) = &self.options.tags {
            used_components::keep_used(&mut root);
            if let Some(Value::List(declared)) = member_of_any(&mut root, "tags") {
                let is_served = |tag: &Node| {
                    tag.get("name").and_then(Node::as_str).is_some_and(|name| tags.iter().any(|tag| tag == name))
                };
                declared.retain(is_served);
            }
        }
        if let Value::Map(map) = &mut root.value
            && let Some(at) = map.get_index_of("openapi")
        {
            map.move_index(at, 0);
        }
        to_json(&root)
    }
}

/// Where something of another file is put.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Home {
    /// The member of `components`.
    section: &'static str,
    name: String,
}

impl Home {
    fn pointer(&self) -> Pointer {
        Pointer::root().join("components").join(self.section).join(&self.name)
    }
}

struct Bundling<'d> {
    document: &'d Document,
    skipped: HashSet<Pointer>,
    /// What found a home, by the section and the place that it comes from.
    homes: HashMap<(&'static str, Pointer), Home>,
    taken: HashSet<Home>,
    /// What was not put there yet.
    pending: VecDeque<(Pointer, Home)>,
}

impl Bundling<'_> {
    fn value(&mut self, node: &Node, shape: Shape, at: &Pointer) -> Node {
        match shape {
            Shape::Schema => self.schema(node, at),
            Shape::Text => Node { value: Value::String(text(node)), span: node.span },
            Shape::Any => self.unread(node),
            Shape::Flag | Shape::Word(_) => node.clone(),
            Shape::Scopes => self.value(node, Shape::List(&Shape::Text), at),
            Shape::List(item) => {
                let items = node.as_list().unwrap_or_default().iter().enumerate();
                let items = items.map(|(index, node)| self.value(node, *item, &at.item(index))).collect();
                Node { value: Value::List(items), span: node.span }
            }
            Shape::Map(value) => self.members(node, at, |bundling, _, node, at| Some(bundling.value(node, *value, at))),
            Shape::Object(table) => self.object(node, table, at),
            Shape::OrReference(table) => self.or_reference(node, table, at),
            Shape::Paths => self.members(node, at, |bundling, path, node, at| match path.starts_with('/') {
                true => bundling.path(node, at),
                false => (!is_own(path)).then(|| bundling.unread(node)),
            }),
            Shape::Responses => self.members(node, at, |bundling, status, node, at| match is_extension(status) {
                true => (!is_own(status)).then(|| bundling.unread(node)),
                false => Some(bundling.or_reference(node, &RESPONSE, at)),
            }),
        }
    }

    fn members(
        &mut self,
        node: &Node,
        at: &Pointer,
        mut each: impl FnMut(&mut Self, &str, &Node, &Pointer) -> Option<Node>,
    ) -> Node {
        let mut members = Map::new();
        for (key, member) in node.as_map().into_iter().flatten() {
            let at = at.join(key);
            if self.skipped.contains(&at) {
                continue;
            }
            if let Some(node) = each(self, key, &member.node, &at) {
                members.insert(key.clone(), Member { key: member.key, node });
            }
        }
        Node { value: Value::Map(members), span: node.span }
    }

    fn object(&mut self, node: &Node, table: &'static Table, at: &Pointer) -> Node {
        let mut object = self.members(node, at, |bundling, key, node, at| {
            if is_extension(key) {
                return (!is_own(key)).then(|| bundling.unread(node));
            }
            let field = table.fields.iter().find(|field| field.name == key)?;
            let is_skipped = matches!(key, "servers" | "$self") || is_empty(node, field.shape);
            let is_lost = UNFOLLOWED.contains(&key) && !bundling.stands_alone(node, at);
            (!is_skipped && !is_lost).then(|| bundling.value(node, field.shape, at))
        });
        if takes_segments(node)
            && let Some(text) = description(node)
        {
            insert(&mut object, "description", Node { value: Value::String(text), span: node.span });
        }
        // What is formally required, and was not missed.
        for field in table.fields {
            let is_demanded = matches!(field.need, Need::Formally(version) if self.document.version <= version);
            if is_demanded && object.get(field.name).is_none() {
                let nothing = Node { value: Value::Map(Map::new()), span: node.span };
                insert(&mut object, field.name, self.value(&nothing, field.shape, &at.join(field.name)));
            }
        }
        object
    }

    fn or_reference(&mut self, node: &Node, table: &'static Table, at: &Pointer) -> Node {
        let Some(target) = reference_of(node) else { return self.object(node, table, at) };
        if !self.is_elsewhere(&target) {
            return self.unread(node);
        }
        match section(table) {
            Some(section) => {
                let mut node = node.clone();
                let home = self.home(section, target);
                insert(&mut node, "$ref", home);
                node
            }
            None => self.target(&target, table),
        }
    }

    /// What a reference names, in the place of the reference.
    fn target(&mut self, target: &Pointer, table: &'static Table) -> Node {
        match self.document.node(target) {
            Some(node) => self.or_reference(node, table, target),
            None => Node { value: Value::Map(Map::new()), span: self.document.root.span },
        }
    }

    /// A path; none where all of its operations are skipped.
    fn path(&mut self, node: &Node, at: &Pointer) -> Option<Node> {
        let item = self.or_reference(node, &PATH_ITEM, at);
        let is_operation =
            |field: &str| METHODS.contains(&field) || ["query", "additionalOperations", "$ref"].contains(&field);
        let has_operations = |item: &Node| item.as_map().is_some_and(|map| map.keys().any(|field| is_operation(field)));
        (has_operations(&item) || !has_operations(node)).then_some(item)
    }

    /// A schema, in its own dialect. Its references are pointers, so the names that others knew it by are not needed.
    fn schema(&mut self, node: &Node, at: &Pointer) -> Node {
        if node.as_map().is_none() {
            return node.clone();
        }
        let mut schema = self.members(node, at, |bundling, keyword, node, at| {
            if is_own(keyword) || is_identity(keyword) {
                return None;
            }
            Some(match (holds(keyword), &node.value) {
                (Some(Holds::Map), Value::Map(_)) => {
                    bundling.members(node, at, |bundling, _, node, at| Some(bundling.schema(node, at)))
                }
                (Some(_), Value::List(_)) => bundling.value(node, Shape::List(&Shape::Schema), at),
                (Some(Holds::One), _) => bundling.schema(node, at),
                _ => bundling.unread(node),
            })
        });
        if let Some(target) = reference_of(node).filter(|target| self.is_elsewhere(target)) {
            let home = self.home("schemas", target);
            insert(&mut schema, "$ref", home);
        }
        let discriminator = Pointer::root().join("discriminator");
        if let Some(discriminator) = schema.at_mut(&discriminator) {
            self.take_home(discriminator, "defaultMapping");
        }
        if let Some(mapping) = schema.at_mut(&discriminator.join("mapping")) {
            let names: Vec<String> = mapping.as_map().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            names.iter().for_each(|name| self.take_home(mapping, name));
        }
        schema
    }

    /// Has a member that names a schema of another file name it where it is in the published document.
    fn take_home(&mut self, holder: &mut Node, member: &str) {
        let target = holder.get(member).and_then(Node::as_str).and_then(Pointer::from_fragment);
        if let Some(target) = target.filter(|target| self.is_elsewhere(target)) {
            let home = self.home("schemas", target);
            insert(holder, member, home);
        }
    }

    /// Something that has no meaning here; references in it may have been followed, to schemas, all the same.
    fn unread(&mut self, node: &Node) -> Node {
        match &node.value {
            Value::List(items) => {
                let items = items.iter().map(|node| self.unread(node)).collect();
                Node { value: Value::List(items), span: node.span }
            }
            Value::Map(_) => {
                let mut copy = self.members(node, &Pointer::root(), |bundling, _, node, _| Some(bundling.unread(node)));
                if let Some(target) = reference_of(node).filter(|target| self.is_elsewhere(target)) {
                    let home = self.home("schemas", target);
                    insert(&mut copy, "$ref", home);
                }
                copy
            }
            _ => node.clone(),
        }
    }

    fn component(&mut self, target: &Pointer, home: &Home) -> Node {
        let shape = COMPONENTS.fields.iter().find(|field| field.name == home.section).map(|field| field.shape);
        match (self.document.node(target), shape) {
            (Some(node), Some(Shape::Map(shape))) => self.value(node, *shape, target),
            _ => Node { value: Value::Map(Map::new()), span: self.document.root.span },
        }
    }

    /// The reference to something elsewhere, which gets a place among the components.
    fn home(&mut self, section: &'static str, target: Pointer) -> Node {
        let span = self.document.root.span;
        if let Some(home) = self.homes.get(&(section, target.clone())) {
            return Node { value: reference_to(&home.pointer()), span };
        }
        let mut home = Home { section, name: name(&target) };
        let (wanted, mut count) = (home.name.clone(), 1);
        while self.document.node(&home.pointer()).is_some() || self.taken.contains(&home) {
            count += 1;
            home.name = format!("{wanted}{count}");
        }
        self.taken.insert(home.clone());
        self.pending.push_back((target.clone(), home.clone()));
        let value = reference_to(&home.pointer());
        self.homes.insert((section, target), home);
        Node { value, span }
    }

    /// Whether a place is not shown: in another file, or in an operation that is skipped.
    fn is_elsewhere(&self, place: &Pointer) -> bool {
        place.segments().next().is_some_and(|first| first == FileSet::MEMBER)
            || (!self.skipped.is_empty() && place.ancestors().any(|at| self.skipped.contains(&at)))
    }

    /// Whether references that were not followed lead to what is shown.
    fn stands_alone(&self, node: &Node, at: &Pointer) -> bool {
        let is_shown = |node: &Node| reference_of(node).is_some_and(|target| !self.is_elsewhere(&target));
        match &node.value {
            Value::List(items) => items.iter().all(|item| self.stands_alone(item, at)),
            Value::Map(map) if map.contains_key("$ref") => is_shown(node) && !self.is_elsewhere(at),
            Value::Map(map) => map.values().all(|member| self.stands_alone(&member.node, at)),
            _ => true,
        }
    }
}

/// The member of `components` for such objects, in every version; others stand in the place of a reference to them.
fn section(table: &Table) -> Option<&'static str> {
    Some(match table.name {
        "Response Object" => "responses",
        "Parameter Object" => "parameters",
        "Example Object" => "examples",
        "Request Body Object" => "requestBodies",
        "Header Object" => "headers",
        _ => return None,
    })
}

/// What something is called: as where it stands, or as the file that it is. Such names have letters, digits, `.`,
/// `-` and `_` (OpenAPI 3.0.3 §4.7.7).
fn name(target: &Pointer) -> String {
    let last = target.last().unwrap_or_default();
    let last = match target.segments().count() {
        2 => last.rsplit('/').next().and_then(|file| file.split('.').next()).unwrap_or_default(),
        _ => &last,
    };
    let is_plain = |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    let plain: String = last.chars().map(|character| if is_plain(character) { character } else { '-' }).collect();
    if plain.is_empty() { "part".to_owned() } else { plain }
}

fn insert(node: &mut Node, key: &str, value: Node) {
    if let Value::Map(map) = &mut node.value {
        map.insert(key.to_owned(), Member { key: value.span, node: value });
    }
}

/// The value that is a member of an object.
fn member_of_any<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Value> {
    let Value::Map(map) = &mut node.value else { return None };
    map.get_mut(key).map(|member| &mut member.node.value)
}

/// The object that is a member of an object; there is one afterwards.
fn member_of<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let span = node.span;
    let Value::Map(map) = &mut node.value else { return None };
    let none = || Member { key: span, node: Node { value: Value::Map(Map::new()), span } };
    Some(&mut map.entry(key.to_owned()).or_insert_with(none).node)
}
