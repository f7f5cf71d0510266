//! `$dynamicRef`: what it names depends on the resources on the way to it (JSON Schema Core 2020-12 §8.2.3.2).
//!
//! Each way that makes a difference gets a copy of the schema that it leads to, in which the reference is a
//! plain one. So a generic schema becomes a type for each use, as a person would have written it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::link::{add_beside_files, reference_to};
use super::resources::Resources;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{FileSet, Map, Member, Node, Pointer, Value};

/// How many copies one document may need.
const MAX_COPIES: usize = 1_000;

/// A reference of a schema object to another.
#[derive(Debug)]
pub(super) struct Edge {
    /// The schema object that has it.
    pub holder: Pointer,
    /// `$ref` or `$dynamicRef`.
    pub keyword: &'static str,
    /// The anchor that it searches for on the way to it, if it does.
    pub search: Option<String>,
    /// What it names, if a search finds nothing.
    pub target: Pointer,
}

/// The places that searches end at, by anchor: those of the outermost resources on a way.
type Scope = BTreeMap<String, Pointer>;

/// A schema as it is on some way.
struct Copy {
    of: Pointer,
    at: Pointer,
    scope: Scope,
}

struct Ways<'w> {
    resources: &'w Resources,
    /// In the order of their holders.
    edges: &'w [Edge],
    searches: BTreeSet<&'w str>,
    /// The targets that mean something else on other ways.
    dependent: HashSet<Pointer>,
    known: HashMap<(Pointer, Scope), Pointer>,
    pending: Vec<Copy>,
}

/// Makes every `$dynamicRef` among the `edges` a `$ref`; copies go where other files go.
pub(super) fn resolve(root: &mut Node, resources: &Resources, mut edges: Vec<Edge>, diagnostics: &mut Diagnostics) {
    if edges.iter().all(|edge| edge.keyword == "$ref") {
        return;
    }
    edges.sort_by(|left, right| left.holder.cmp(&right.holder));
    // A name that but one schema has is found there on every way.
    let is_shared = |name: &&str| resources.dynamic_anchors(name).count() > 1;
    let searches = edges.iter().filter_map(|edge| edge.search.as_deref()).filter(is_shared).collect();
    let dependent = dependent(&edges, resources, &searches);
    let (known, pending) = (HashMap::new(), Vec::new());
    let mut ways = Ways { resources, edges: &edges, searches, dependent, known, pending };
    let mut targets = Vec::with_capacity(edges.len());
    for edge in &edges {
        let scope = ways.scope_of(&edge.holder);
        targets.push(ways.target(edge, &scope));
    }
    let mut copies = Vec::new();
    while let Some(copy) = ways.pending.pop() {
        if ways.known.len() > MAX_COPIES {
            let message = format!("`$dynamicRef`s make more than {MAX_COPIES} different schemas");
            diagnostics.push(Diagnostic::error("too-many-schemas", root.span, message));
            return;
        }
        let name = copy.at.last().unwrap_or_default().into_owned();
        copies.extend(ways.copied(root, &copy).map(|node| (name, node)));
    }
    for (edge, target) in edges.iter().zip(targets) {
        set(root, &edge.holder, edge, &target);
    }
    for (name, node) in copies {
        add_beside_files(root, name, node);
    }
}

/// The targets from which a search is reached.
fn dependent(edges: &[Edge], resources: &Resources, searches: &BTreeSet<&str>) -> HashSet<Pointer> {
    let anchors = searches.iter().flat_map(|name| resources.dynamic_anchors(name));
    let mut holders: HashMap<&Pointer, Vec<&Pointer>> = anchors.map(|place| (place, Vec::new())).collect();
    for edge in edges {
        holders.entry(&edge.target).or_default().push(&edge.holder);
    }
    let mut dependent = HashSet::new();
    let searching = edges.iter().filter(|edge| edge.search.as_deref().is_some_and(|name| searches.contains(name)));
    let mut pending: Vec<&Pointer> = searching.map(|edge| &edge.holder).collect();
    while let Some(holder) = pending.pop() {
        for around in holder.ancestors() {
            if let Some(from) = holders.get(&around)
                && dependent.insert(around)
            {
                pending.extend(from);
            }
        }
    }
    dependent
}

impl<'w> Ways<'w> {
    /// The scope of a schema where it stands: the resources around it were come through.
    fn scope_of(&self, place: &Pointer) -> Scope {
        let (file, _) = self.resources.file(place);
        let mut scope = Scope::new();
        self.enter(&mut scope, &file);
        self.enter_below(&mut scope, &file, place);
        scope
    }

    /// Enters the resources that stand between a place and one below it.
    fn enter_below(&self, scope: &mut Scope, above: &Pointer, place: &Pointer) {
        let mut between: Vec<Pointer> = place.ancestors().take_while(|at| at != above).collect();
        while let Some(at) = between.pop() {
            self.enter(scope, &at);
        }
    }

    /// Enters a resource: its anchors are found, unless an outer one was before.
    fn enter(&self, scope: &mut Scope, resource: &Pointer) {
        for name in &self.searches {
            if let Some(anchor) = self.resources.find(resource, name).filter(|anchor| anchor.is_dynamic) {
                scope.entry((*name).to_owned()).or_insert_with(|| anchor.place.clone());
            }
        }
    }

    /// What a reference names in a scope: its target, or a copy of that.
    fn target(&mut self, edge: &Edge, scope: &Scope) -> Pointer {
        let found = edge.search.as_ref().and_then(|name| scope.get(name));
        let of = found.unwrap_or(&edge.target).clone();
        if !self.dependent.contains(&of) {
            return of;
        }
        let mut scope = scope.clone();
        self.enter(&mut scope, &self.resources.base(&of).0);
        if scope == self.scope_of(&of) {
            return of;
        }
        if let Some(known) = self.known.get(&(of.clone(), scope.clone())) {
            return known.clone();
        }
        let name = format!("{}#{}", of.last().unwrap_or_default(), self.known.len() + 2);
        let at = Pointer::root().join(FileSet::MEMBER).join(&name);
        self.known.insert((of.clone(), scope.clone()), at.clone());
        self.pending.push(Copy { of, at: at.clone(), scope });
        at
    }

    /// The copy of a schema, with its references as they are in the copy's scope.
    fn copied(&mut self, root: &Node, copy: &Copy) -> Option<Node> {
        let mut node = root.at(&copy.of)?.clone();
        for edge in self.edges_below(&copy.of) {
            let mut scope = copy.scope.clone();
            self.enter_below(&mut scope, &copy.of, &edge.holder);
            let target = self.target(edge, &scope);
            let inner = Pointer::parse(&edge.holder.as_str()[copy.of.as_str().len()..])?;
            set(&mut node, &inner, edge, &target);
        }
        keep_dialect(root, copy, &mut node);
        Some(node)
    }

    /// The references of a schema and of those that it holds.
    fn edges_below(&self, place: &Pointer) -> Vec<&'w Edge> {
        let (own, below) = (place.as_str(), format!("{place}/"));
        let from = |text: &str| self.edges.partition_point(|edge| edge.holder.as_str() < text);
        let own = self.edges[from(own)..].iter().take_while(|edge| edge.holder == *place);
        let below = self.edges[from(&below)..].iter().take_while(|edge| edge.holder.as_str().starts_with(&below));
        own.chain(below).collect()
    }
}

/// A copy stands elsewhere, and is still of the dialect that a schema around it names.
fn keep_dialect(root: &Node, copy: &Copy, node: &mut Node) {
    const DIALECT: &str = "$schema";
    let around = copy.of.ancestors().find_map(|at| root.at(&at)?.as_map()?.get(DIALECT).cloned());
    if let (Some(member), Value::Map(map)) = (around, &mut node.value) {
        map.entry(DIALECT.to_owned()).or_insert(member);
    }
}

/// Makes a reference of the schema at `holder` a `$ref` to `target`.
fn set(node: &mut Node, holder: &Pointer, edge: &Edge, target: &Pointer) {
    let Some(Value::Map(map)) = node.at_mut(holder).map(|node| &mut node.value) else { return };
    let Some(mut member) = map.shift_remove(edge.keyword) else { return };
    member.node.value = reference_to(target);
    if !map.contains_key("$ref") {
        map.insert("$ref".to_owned(), member);
        return;
    }
    // Beside another reference, it is one more part that must hold.
    let (key, span) = (member.key, member.node.span);
    let part = Node { value: Value::Map(Map::from_iter([("$ref".to_owned(), member)])), span };
    let none = || Member { key, node: Node { value: Value::List(Vec::new()), span } };
    if let Value::List(parts) = &mut map.entry("allOf".to_owned()).or_insert_with(none).node.value {
        parts.push(part);
    }
}
