//! Which words name the type of a schema: those of its place in the document.

pub(in crate::lower) mod identifiers;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::ir::TypeName;
use crate::lift::schemas::{Keywords, SchemaId, Type};
use crate::lift::{Document, texts};
use crate::read::{FileSet, Pointer, Value};
use identifiers::{Scope, type_text};

/// Gives the service's types their names.
///
/// A schema under `components: schemas:` has its own name; any other is named after its place, so
/// that no name depends on which endpoint was met first.
pub(in crate::lower) struct Namer<'d> {
    document: &'d Document,
    scope: Scope,
    components: HashMap<SchemaId, TypeName>,
    /// What clients send by a component that differs from what they get.
    inputs: HashMap<SchemaId, TypeName>,
    /// The words of each operation, by its pointer.
    operations: HashMap<String, String>,
    /// What the branches of choices have in common, by the places of the choices.
    branches: RefCell<HashMap<Pointer, Rc<Branches<'d>>>>,
}

/// The branches of a choice, but for null, and how many of them have what could be their name.
#[derive(Debug, Default)]
struct Branches<'d> {
    ids: HashSet<SchemaId>,
    kinds: HashMap<&'static str, usize>,
    required: HashMap<&'d str, usize>,
    properties: HashMap<&'d str, usize>,
}

impl<'d> Namer<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let mut scope = Scope::of_types();
        let mut components = HashMap::new();
        let place = Pointer::root().join("components").join("schemas");
        let names = document.node(&place).and_then(|node| node.as_map()).into_iter().flat_map(|map| map.keys());
        for name in names {
            if let Some(id) = document.schemas.at(&place.join(name)) {
                let given = document.schemas.keywords(id).and_then(|keywords| keywords.notes.rust_name.as_deref());
                components.insert(id, scope.type_name(given.unwrap_or(name)));
            }
        }
        let (inputs, operations, branches) = (HashMap::new(), HashMap::new(), RefCell::default());
        let mut namer = Self { document, scope, components, inputs, operations, branches };
        namer.hand_over_names();
        namer.name_files();
        namer
    }

    /// A component that only refers to a schema of another file gives that its name.
    fn hand_over_names(&mut self) {
        let schemas = &self.document.schemas;
        let mut components: Vec<SchemaId> = self.components.keys().copied().collect();
        components.sort();
        for id in components {
            let target = schemas.plain_reference(id).map(|target| schemas.resolve(target));
            if let Some(target) = target.filter(|target| self.is_in_file(*target) && !self.is_component(*target))
                && let Some(name) = self.components.remove(&id)
            {
                self.components.insert(target, name);
            }
        }
    }

    /// Schemas that other files are, or hold for others to refer to, are components as well.
    fn name_files(&mut self) {
        let schemas = &self.document.schemas;
        let referenced = schemas.referenced().into_iter().filter(|id| self.is_in_file(*id) && !self.is_component(*id));
        let mut places: Vec<(&Pointer, SchemaId)> = referenced.map(|id| (&schemas.get(id).pointer, id)).collect();
        // What is at the top goes first: it has the shortest name.
        places.sort_by_key(|(pointer, _)| (pointer.segments().count(), *pointer));
        for (pointer, id) in places {
            let name = self.scope.type_name(&self.words(pointer));
            self.components.insert(id, name);
        }
    }

    fn is_in_file(&self, id: SchemaId) -> bool {
        self.document.schemas.get(id).pointer.segments().next().is_some_and(|first| first == FileSet::MEMBER)
    }

    /// Whether the schema stands right under `components: schemas:`.
    pub(super) fn is_component(&self, id: SchemaId) -> bool {
        self.components.contains_key(&id)
    }

    /// Remembers what the operation at `pointer` is called.
    pub(super) fn operation(&mut self, pointer: &Pointer, words: &str) {
        self.operations.insert(pointer.to_string(), words.to_owned());
    }

    /// The trait's name; a type of the document keeps its own.
    pub(super) fn claim_handler(&mut self, words: &str) -> TypeName {
        if self.scope.is_free(words) {
            self.scope.type_name(words)
        } else {
            self.scope.type_name(&format!("{words} service"))
        }
    }

    /// A name made of `words`; the first of the endings that gives a free one.
    pub(super) fn claim(&mut self, words: &str, endings: &[&str]) -> TypeName {
        let candidates = endings.iter().map(|ending| format!("{words} {ending}"));
        let free = candidates.clone().find(|candidate| self.scope.is_free(candidate));
        let chosen = free.or_else(|| candidates.clone().next()).unwrap_or_else(|| words.to_owned());
        self.scope.type_name(&chosen)
    }

    /// Sets names aside for what clients send by components that differ between the directions.
    pub(super) fn claim_inputs(&mut self) {
        let mut named: Vec<(SchemaId, TypeName)> =
            self.components.iter().map(|(id, name)| (*id, name.clone())).collect();
        named.sort_by_key(|(id, _)| *id);
        for (id, name) in named.into_iter().filter(|(id, _)| self.document.is_directed(*id)) {
            self.inputs.insert(id, self.scope.type_name(&format!("{name} input")));
        }
    }

    /// The name of a schema's type; `is_input` where clients send something else than they get.
    pub(super) fn type_of(&mut self, id: SchemaId, is_input: bool) -> TypeName {
        let known = if is_input { &self.inputs } else { &self.components };
        if let Some(name) = known.get(&id) {
            return name.clone();
        }
        let words = self.words_of(id);
        self.scope.type_name(&if is_input { format!("{words} input") } else { words })
    }

    /// The words for a schema: those that the document gives it, or those of its place.
    pub(super) fn words_of(&self, id: SchemaId) -> String {
        let pointer = &self.document.schemas.get(id).pointer;
        match (self.components.get(&id), self.given(pointer)) {
            (Some(name), _) => name.to_string(),
            // The name of a property is its field's, and a part of its type's.
            (None, Some(given)) if !is_property(pointer) => given.to_owned(),
            (None, _) => self.words(pointer),
        }
    }

    /// The `x-rust-name` of the schema at a place.
    fn given(&self, pointer: &Pointer) -> Option<&'d str> {
        let schemas = &self.document.schemas;
        schemas.keywords(schemas.at(pointer)?)?.notes.rust_name.as_deref()
    }

    /// The word for a branch in the list at `list`; none for the only one beside null, which is what the choice is.
    fn word_of_branch(&self, list: &Pointer, index: &str) -> Option<String> {
        let schemas = &self.document.schemas;
        (self.branches(list).ids.len() > 1).then(|| {
            let branch = schemas.at(&list.join(index));
            let named = branch.and_then(|id| self.branch_words(id).or_else(|| self.kind_alone(id)));
            let number = index.parse::<usize>().unwrap_or(0) + 1;
            named.unwrap_or_else(|| format!("variant {number}"))
        })
    }

    /// What one schema of several is called: by its name, its title, the one value of a member, or a member that only it
    /// asks for, or has.
    pub(super) fn branch_words(&self, id: SchemaId) -> Option<String> {
        let schemas = &self.document.schemas;
        let target = schemas.resolve(id);
        if let Some(name) = self.components.get(&target) {
            return Some(name.to_string());
        }
        let keywords = schemas.keywords(target)?;
        let members = &keywords.object;
        let constant = |name: &String| {
            let member = schemas.keywords(schemas.resolve(*members.properties.get(name)?))?;
            match member.constant.as_ref().map(|node| &node.value) {
                // A number or a boolean alone says little.
                Some(Value::Bool(value)) => Some(format!("{name} {value}")),
                Some(Value::Number(number)) => number.as_integer().map(|value| format!("{name} {value}")),
                _ => <[String; 1]>::try_from(texts(member)?).ok().map(|[value]| value),
            }
        };
        let of_constants = || members.required.iter().chain(members.properties.keys()).find_map(constant);
        let notes = &keywords.notes;
        let said = notes.rust_name.as_ref().or(notes.title.as_ref()).filter(|title| !title.trim().is_empty());
        said.cloned().or_else(of_constants).or_else(|| self.peculiar(id, keywords))
    }

    /// Among several objects of a choice, the first member that this one asks for, and no other does; else the first that
    /// no other has.
    fn peculiar(&self, id: SchemaId, keywords: &Keywords) -> Option<String> {
        if self.kind_alone(id).is_some() {
            return None;
        }
        let branches = self.branches_beside(id);
        let own = usize::from(branches.ids.contains(&id));
        let asks = |name: &&String| branches.required.get(name.as_str()).is_none_or(|count| *count == own);
        let has = |name: &&String| branches.properties.get(name.as_str()).is_none_or(|count| *count == own);
        let object = &keywords.object;
        object.required.iter().find(asks).or_else(|| object.properties.keys().find(has)).cloned()
    }

    /// The choice that a schema is a branch of.
    fn branches_beside(&self, id: SchemaId) -> Rc<Branches<'d>> {
        let list = self.document.schemas.get(id).pointer.parent();
        list.map(|list| self.branches(&list)).unwrap_or_default()
    }

    /// The choice at a place.
    fn branches(&self, list: &Pointer) -> Rc<Branches<'d>> {
        if let Some(known) = self.branches.borrow().get(list) {
            return Rc::clone(known);
        }
        let schemas = &self.document.schemas;
        let ids = (0..).map_while(|index| schemas.at(&list.item(index))).filter(|id| !schemas.is_null(*id));
        let mut branches = Branches { ids: ids.collect(), ..Branches::default() };
        for keywords in branches.ids.iter().filter_map(|id| self.resolved(*id)) {
            if let Some(kind) = kind_words(keywords) {
                *branches.kinds.entry(kind).or_default() += 1;
            }
            let asked: HashSet<&str> = keywords.object.required.iter().map(String::as_str).collect();
            for name in asked {
                *branches.required.entry(name).or_default() += 1;
            }
            for name in keywords.object.properties.keys() {
                *branches.properties.entry(name).or_default() += 1;
            }
        }
        let branches = Rc::new(branches);
        self.branches.borrow_mut().insert(list.clone(), Rc::clone(&branches));
        branches
    }

    fn resolved(&self, id: SchemaId) -> Option<&'d Keywords> {
        let schemas = &self.document.schemas;
        schemas.keywords(schemas.resolve(id))
    }

    /// The kind of values that a schema of a choice has, where no other has the same.
    pub(super) fn kind_alone(&self, id: SchemaId) -> Option<String> {
        let kind = kind_words(self.resolved(id)?)?;
        let branches = self.branches_beside(id);
        let same = branches.kinds.get(kind).copied().unwrap_or_default();
        let others = same - usize::from(same > 0 && branches.ids.contains(&id));
        (others == 0).then(|| kind.to_owned())
    }

    /// The words for where a place begins, and how many of its segments they stand for.
    fn head(&self, segments: &[&str]) -> (Vec<String>, usize) {
        let mut at = Pointer::root();
        for (index, segment) in segments.iter().enumerate() {
            at = at.join(segment);
            if let Some(name) = self.operations.get(at.as_str()) {
                return (vec![name.clone()], index + 1);
            }
            let file = self.document.schemas.at(&at).filter(|_| segments[0] == FileSet::MEMBER);
            if let Some(name) = file.and_then(|id| self.components.get(&id)) {
                return (vec![name.to_string()], index + 1);
            }
        }
        match segments {
            ["paths", path, "parameters", ..] => (vec![(*path).to_owned()], 2),
            ["paths", path, rest @ ..] => {
                let method = if let ["additionalOperations", ..] = rest { 2 } else { 1 }.min(rest.len());
                (vec![rest[..method].concat(), (*path).to_owned()], 2 + method)
            }
            [FileSet::MEMBER, file, inner @ ..] => match component(inner) {
                Some(words) => (words, 5),
                None if inner.first().is_none_or(|first| is_structure(first)) => (vec![stem(file).to_owned()], 2),
                // A file of many things, which have names of their own.
                None => (Vec::new(), 2),
            },
            ["components", "schemas", name, ..] => {
                let place = Pointer::root().join("components").join("schemas").join(name);
                (vec![type_text(self.given(&place).unwrap_or(name))], 3)
            }
            segments => component(segments).map_or((Vec::new(), 0), |words| (words, 3)),
        }
    }

    fn words(&self, pointer: &Pointer) -> String {
        let segments: Vec<String> = pointer.segments().map(|segment| segment.into_owned()).collect();
        let (mut words, rest) = self.head(&segments.iter().map(String::as_str).collect::<Vec<_>>());
        let mut at = Pointer::root();
        for segment in &segments[..rest] {
            at = at.join(segment);
        }
        let is_request = segments.iter().any(|segment| segment == "requestBody" || segment == "requestBodies");
        let mut rest = segments[rest..].iter();
        while let Some(segment) = rest.next() {
            at = at.join(segment);
            match segment.as_str() {
                // The name that follows says it all.
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                    if let Some(name) = rest.next() {
                        at = at.join(name);
                        words.push(self.given(&at).unwrap_or(name).to_owned());
                    }
                }
                "parameters" | "headers" => {
                    if let Some(place) = rest.next() {
                        at = at.join(place);
                        let named = self.document.node(&at).and_then(|node| node.get("name")?.as_str());
                        words.push(named.unwrap_or(place).to_owned());
                    }
                }
                "content" => {
                    let is_one =
                        self.document.node(&at).and_then(|node| node.as_map()).is_none_or(|map| map.len() == 1);
                    if let Some(media_type) = rest.next() {
                        at = at.join(media_type);
                        // Of several, each says which one it is; JSON is what an answer is anyway.
                        let is_plain = is_one || (!is_request && media_type == "application/json");
                        words.extend((!is_plain).then(|| crate::lower::operations::media::words(media_type)));
                    }
                }
                "responses" => words.extend(rest.next().map(|status| {
                    at = at.join(status);
                    crate::lower::operations::statuses::variant_words(status)
                })),
                "requestBody" => words.push("body".to_owned()),
                "schema" | "allOf" | "contentSchema" => {}
                "itemSchema" | "x-buildflow-item" => words.push("item".to_owned()),
                "items" => words.push("item".to_owned()),
                "additionalProperties" => words.push("value".to_owned()),
                "oneOf" | "anyOf" => {
                    if let Some(index) = rest.next() {
                        words.extend(self.word_of_branch(&at, index));
                        at = at.join(index);
                    }
                }
                other if other.bytes().all(|byte| byte.is_ascii_digit()) => {}
                other => words.push(other.to_owned()),
            }
        }
        words.join(" ")
    }
}

/// The words for a place in `components`.
fn component(segments: &[&str]) -> Option<Vec<String>> {
    match segments {
        ["components", "schemas", name, ..] => Some(vec![type_text(name)]),
        ["components", kind, name, ..] => {
            let (name, kind) = (type_text(name), singular(kind));
            let is_said = name.to_ascii_lowercase().ends_with(kind);
            let ending = match kind {
                // `GetPetResponse` is what the operation may answer.
                "response" if is_said => Some("body"),
                kind => Some(kind).filter(|_| !is_said),
            };
            Some([name].into_iter().chain(ending.map(str::to_owned)).collect())
        }
        _ => None,
    }
}

/// Whether a place is that of a property.
fn is_property(pointer: &Pointer) -> bool {
    pointer.parent().and_then(|parent| parent.last().map(|last| last == "properties")).unwrap_or(false)
}

/// What kind of values a schema has.
fn kind_words(keywords: &Keywords) -> Option<&'static str> {
    if keywords.enumeration.is_some() {
        return Some("known");
    }
    Some(match keywords.types.single()? {
        Type::Array => "list",
        kind => kind.name(),
    })
}

/// What a service is called, whose document has this name: by its title, where the file's name says nothing.
pub(super) fn of_service<'n>(name: &'n str, title: &'n str) -> &'n str {
    const GENERIC: [&str; 12] = [
        "api",
        "apidocs",
        "document",
        "index",
        "main",
        "openapi",
        "openapi3",
        "root",
        "schema",
        "spec",
        "specification",
        "swagger",
    ];
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match GENERIC.contains(&plain.as_str()) && !title.trim().is_empty() {
        true => title,
        false => name,
    }
}

/// Whether a file that begins with this member is one thing, and no collection of them.
fn is_structure(member: &str) -> bool {
    matches!(
        member,
        "properties"
            | "patternProperties"
            | "additionalProperties"
            | "items"
            | "prefixItems"
            | "allOf"
            | "anyOf"
            | "oneOf"
            | "schema"
            | "content"
            | "headers"
            | "parameters"
    )
}

/// A file's name without its folders and its ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

fn singular(kind: &str) -> &str {
    match kind {
        "parameters" => "parameter",
        "responses" => "response",
        "requestBodies" => "body",
        "headers" => "header",
        other => other,
    }
}
