//! Follows references from the root on, and puts what they lead to into one tree.

use std::collections::VecDeque;

use super::dynamic::{self, Edge};
use super::path_items;
use super::resources::Resources;
use super::scan::{Identity, Meaning, Reference, Scanned};
use super::target::{Miss, Reach};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lift::openapi::repair::{give_schema, mend_schema, quote_texts, start_with_slashes};
use crate::lift::openapi::structure::{DOCUMENT, Shape, Table, Version};
use crate::lift::openapi::structure_check::{StructureCheck, conform};
use crate::lift::schemas::dialect::Dialect;
use crate::lift::schemas::vocabularies::Dialects;
use crate::read::{FileSet, Location, Map, Member, Node, Pointer, Value};

/// A document in one tree, checked against its version's shape.
pub(in crate::lift) struct Linked {
    /// The document; under [`FileSet::MEMBER`], the other files.
    pub root: Node,
    /// Where schemas stand that are to be lifted out; what holds others comes before them.
    pub schemas: Vec<Pointer>,
    /// Where Reference Objects stand, each with the place that it names.
    pub references: Vec<(Pointer, Pointer)>,
}

/// Follows every reference of a document, and checks all that it reaches.
pub(in crate::lift) fn link(
    root: Node,
    version: Version,
    files: &mut FileSet<'_>,
    diagnostics: &mut Diagnostics,
) -> Linked {
    let mut linker = Linker::new(root, version, files, diagnostics);
    linker.start();
    loop {
        // What is near goes first: it may hold a schema with the `$id` that otherwise would be sought far away.
        if let Some(reference) = linker.pending.pop_front() {
            linker.follow(reference, Reach::Here);
        } else if let Some(reference) = linker.unread.pop_front() {
            linker.follow(reference, Reach::Files);
        } else if let Some(reference) = linker.remote.pop_front() {
            linker.follow(reference, Reach::Anywhere);
        } else if !linker.scan_resources() {
            break;
        }
    }
    linker.finish()
}

pub(super) struct Linker<'f, 's, 'd> {
    pub root: Node,
    pub version: Version,
    pub files: &'f mut FileSet<'s>,
    pub diagnostics: &'d mut Diagnostics,
    pub resources: Resources,
    conformed: StructureCheck,
    scanned: Scanned,
    /// References that were not looked at yet.
    pending: VecDeque<Reference>,
    /// Those that need a file that was not read yet.
    unread: VecDeque<Reference>,
    /// Those that need something else.
    remote: VecDeque<Reference>,
    /// Schemas that were reached by a reference.
    reached: Vec<Pointer>,
    references: Vec<(Pointer, Pointer)>,
    /// What becomes of the text of references: it names a place, or nothing, which was told.
    edits: Vec<(Pointer, Option<Pointer>)>,
    /// References between schemas.
    edges: Vec<Edge>,
}

impl<'f, 's, 'd> Linker<'f, 's, 'd> {
    fn new(root: Node, version: Version, files: &'f mut FileSet<'s>, diagnostics: &'d mut Diagnostics) -> Self {
        let resources = Resources::new(files.root().clone());
        Self {
            root,
            version,
            files,
            diagnostics,
            resources,
            conformed: StructureCheck::default(),
            scanned: Scanned::default(),
            pending: VecDeque::new(),
            unread: VecDeque::new(),
            remote: VecDeque::new(),
            reached: Vec::new(),
            references: Vec::new(),
            edits: Vec::new(),
            edges: Vec::new(),
        }
    }

    fn start(&mut self) {
        let clash = self.root.as_map().and_then(|map| map.get(FileSet::MEMBER)).map(|member| member.key);
        if let Some(key) = clash {
            let message = format!("`{}` is where other files are put", FileSet::MEMBER);
            self.diagnostics.push(Diagnostic::error("reserved-member", key, message).help("give it another name"));
        }
        if let Some(name) = self.root.get("$self").and_then(Node::as_str) {
            // OpenAPI 3.2 §4.1.1: the document's own URI, which its references count from. Nothing else has it yet.
            let _ = self.resources.identify(&Pointer::root(), name);
        }
        start_with_slashes(&mut self.root, self.diagnostics);
        self.visit(&Pointer::root(), Shape::Object(&DOCUMENT));
    }

    fn follow(&mut self, reference: Reference, reach: Reach) {
        match self.target(&reference, reach) {
            Ok(target) => {
                match reference.meaning {
                    Meaning::Object(table) => {
                        self.references.push((reference.at.parent().unwrap_or_default(), target.clone()));
                        self.refuse_other_kinds(&reference.at, &target, table);
                        self.visit(&target, Shape::OrReference(table));
                    }
                    Meaning::Schema | Meaning::DynamicSchema | Meaning::Mapping => self.reach(&target),
                }
                match reference.meaning {
                    Meaning::DynamicSchema => self.add_edge(&reference.at, "$dynamicRef", target),
                    Meaning::Schema => {
                        self.add_edge(&reference.at, "$ref", target.clone());
                        self.edits.push((reference.at, Some(target)));
                    }
                    Meaning::Mapping | Meaning::Object(_) => self.edits.push((reference.at, Some(target))),
                }
            }
            Err(Miss::OutOf(Reach::Here)) => self.unread.push_back(reference),
            Err(Miss::OutOf(_)) => self.remote.push_back(reference),
            Err(Miss::Name) => {}
            Err(Miss::Told) => self.edits.push((reference.at, None)),
        }
    }

    fn add_edge(&mut self, at: &Pointer, keyword: &'static str, target: Pointer) {
        let text = self.root.at(at).and_then(Node::as_str);
        let name = text.and_then(|text| text.rsplit_once('#')).map(|(_, name)| name.to_owned());
        let search = name.filter(|name| keyword == "$dynamicRef" && self.resources.is_dynamic(&target, name));
        self.edges.push(Edge { holder: at.parent().unwrap_or_default(), keyword, search, target });
    }

    /// Where references search for anchors, all of a schema's resource matters, and not only what is referred to;
    /// whether that has more references.
    fn scan_resources(&mut self) -> bool {
        if self.edges.iter().all(|edge| edge.search.is_none()) {
            return false;
        }
        let mut resources: Vec<Pointer> = self.reached.iter().map(|place| self.resources.base(place).0).collect();
        resources.retain(|place| self.root.at(place).is_some_and(|node| node.get("openapi").is_none()));
        resources.iter().for_each(|place| self.scan(place));
        !self.pending.is_empty()
    }

    /// Checks an object of OpenAPI, and notes what it refers to.
    fn visit(&mut self, at: &Pointer, shape: Shape) {
        let Some(node) = self.root.at(at) else { return };
        let (schemas, references) = (self.conformed.schemas.len(), self.conformed.references.len());
        conform(node, (at, shape), self.version, (&mut self.conformed, self.diagnostics));
        let found = self.conformed.references[references..].iter();
        self.pending
            .extend(found.map(|(at, table)| Reference { at: at.join("$ref"), meaning: Meaning::Object(table) }));
        let places = self.conformed.schemas[schemas..].to_vec();
        places.iter().for_each(|place| self.scan(place));
    }

    /// A response is no parameter.
    fn refuse_other_kinds(&mut self, at: &Pointer, target: &Pointer, wanted: &Table) {
        let span = |at: &Pointer| self.root.at(at).map(|node| node.span);
        if let Some(kind) = self.conformed.objects.get(target).filter(|kind| **kind != wanted.name) {
            let message = format!("this should name a {}, and names a {kind}", wanted.name);
            let diagnostic = Diagnostic::error("wrong-reference", span(at), message);
            self.diagnostics.push(diagnostic.related(span(target).unwrap_or(self.root.span), "this is what it names"));
        }
    }

    /// Notes a schema that a reference leads to, wherever it stands.
    fn reach(&mut self, place: &Pointer) {
        if self.scanned.seen.contains(place) {
            return;
        }
        self.reached.push(place.clone());
        let (file, _) = self.resources.file(place);
        // The schemas around it say what its references count from.
        let mut around: Vec<Pointer> =
            place.ancestors().skip(1).take_while(|at| at.as_str().len() >= file.as_str().len()).collect();
        while let Some(at) = around.pop() {
            let id = self.root.at(&at).and_then(|node| node.get("$id")).and_then(Node::as_str);
            if let Some(id) = id.filter(|id| !id.starts_with('#') && !self.resources.is_identified(&at)) {
                let id = id.to_owned();
                self.identify(&at, Identity::Id(id));
            }
        }
        self.scan(place);
    }

    /// Notes what a schema refers to, and what it is called.
    pub(super) fn scan(&mut self, place: &Pointer) {
        let Some(node) = self.root.at(place) else { return };
        self.scanned.schema(node, place.clone(), self.version);
        for (at, identity) in std::mem::take(&mut self.scanned.identities) {
            self.identify(&at, identity);
        }
        self.pending.extend(self.scanned.references.drain(..));
    }

    fn identify(&mut self, at: &Pointer, identity: Identity) {
        match identity {
            Identity::Anchor(name) => self.resources.anchor(at, &name, false),
            Identity::DynamicAnchor(name) => self.resources.anchor(at, &name, true),
            Identity::Id(id) => {
                if let Err(other) = self.resources.identify(at, &id) {
                    let span = |at: &Pointer| self.root.at(&at.join("$id")).map(|node| node.span);
                    let diagnostic =
                        Diagnostic::warning("duplicate-id", span(at), format!("two schemas have the `$id` `{id}`"));
                    let diagnostic = match span(&other) {
                        Some(first) => diagnostic.related(first, "references to it mean this one"),
                        None => diagnostic,
                    };
                    self.diagnostics.push(diagnostic.help("give each an `$id` of its own"));
                }
            }
        }
    }

    /// Puts a file that was read into the tree.
    pub(super) fn add_file(&mut self, place: &Pointer, node: Node, location: Location) {
        self.resources.add_file(place.clone(), location);
        add_beside_files(&mut self.root, place.last().unwrap_or_default().into_owned(), node);
    }

    fn finish(mut self) -> Linked {
        for (at, target) in std::mem::take(&mut self.edits) {
            self.edit(&at, target);
        }
        dynamic::resolve(&mut self.root, &self.resources, std::mem::take(&mut self.edges), self.diagnostics);
        // A place sorts before those that it holds.
        self.reached.sort();
        let mut schemas = std::mem::take(&mut self.conformed.schemas);
        schemas.extend(std::mem::take(&mut self.reached));
        self.mend(&mut schemas);
        path_items::merge(&mut self.root, &mut schemas, self.diagnostics);
        Linked { root: self.root, schemas, references: self.references }
    }

    fn mend(&mut self, schemas: &mut Vec<Pointer>) {
        let objects = std::mem::take(&mut self.conformed.objects);
        let of_kinds = |kinds: &[&str]| {
            let mut places: Vec<Pointer> =
                objects.iter().filter(|(_, kind)| kinds.contains(kind)).map(|(at, _)| at.clone()).collect();
            places.sort();
            places
        };
        let unnamed = of_kinds(&["Parameter Object"]).into_iter().map(|at| (at, None));
        let headers =
            of_kinds(&["Header Object"]).into_iter().map(|at| (at.clone(), at.last().map(|name| name.into_owned())));
        for (at, header) in unnamed.chain(headers) {
            let object = self.root.at_mut(&at);
            if object.is_some_and(|object| give_schema(object, header.as_deref(), self.diagnostics)) {
                schemas.push(at.join("schema"));
            }
        }
        let is_openapi = |root: &Node| {
            Dialect::of_document(root, &Dialects::default(), &mut Diagnostics::default()) == Dialect::OpenApi
        };
        if is_openapi(&self.root) {
            for place in schemas.iter() {
                if let Some(schema) = self.root.at_mut(place) {
                    mend_schema(schema, self.version, self.diagnostics);
                }
            }
            let with_examples = of_kinds(&["Parameter Object", "Header Object", "Media Type Object"]);
            quote_texts(&mut self.root, &with_examples, schemas, self.diagnostics);
        }
    }

    fn edit(&mut self, at: &Pointer, target: Option<Pointer>) {
        let (Some(holder), Some(key)) = (at.parent().and_then(|at| self.root.at_mut(&at)), at.last()) else { return };
        let Value::Map(map) = &mut holder.value else { return };
        match target {
            None => drop(map.shift_remove(key.as_ref())),
            Some(target) => {
                if let Some(member) = map.get_mut(key.as_ref()) {
                    member.node.value = reference_to(&target);
                }
            }
        }
    }
}

/// The text of a `$ref` to a place.
pub(in crate::lift) fn reference_to(place: &Pointer) -> Value {
    Value::String(format!("#{}", place.to_fragment()))
}

/// Puts something into the tree, in the member that holds the other files.
pub(super) fn add_beside_files(root: &mut Node, name: String, node: Node) {
    let span = root.span;
    let Value::Map(root) = &mut root.value else { return };
    let none = || Member { key: span, node: Node { value: Value::Map(Map::new()), span } };
    let files = root.entry(FileSet::MEMBER.to_owned()).or_insert_with(none);
    if let Value::Map(files) = &mut files.node.value {
        files.insert(name, Member { key: node.span, node });
    }
}
