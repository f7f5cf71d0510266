//! Which words name the type of a schema: those of its place in the document.

pub(in crate::lower) mod identifiers;

use std::collections::HashMap;

use crate::ir::TypeName;
use crate::lift::schemas::{Keywords, SchemaId};
use crate::lift::{Document, texts};
use crate::read::{FileSet, Pointer};
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
}

impl<'d> Namer<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let mut scope = Scope::of_types();
        let mut components = HashMap::new();
        let place = Pointer::root().join("components").join("schemas");
        let names = document.node(&place).and_then(|node| node.as_map()).into_iter().flat_map(|map| map.keys());
        for name in names {
            if let Some(id) = document.schemas.at(&place.join(name)) {
                components.insert(id, scope.type_name(name));
            }
        }
        let mut namer = Self { document, scope, components, inputs: HashMap::new(), operations: HashMap::new() };
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

    /// The words for a schema: those of its place.
    pub(super) fn words_of(&self, id: SchemaId) -> String {
        match self.components.get(&id) {
            Some(name) => name.to_string(),
            None => self.words(&self.document.schemas.get(id).pointer),
        }
    }

    /// The word for a branch in the list at `list`; none for the only one beside null, which is what the choice is.
    fn word_of_branch(&self, list: &Pointer, index: &str) -> Option<String> {
        let schemas = &self.document.schemas;
        let branches = (0..).map_while(|index| schemas.at(&list.item(index)));
        let choices = branches.filter(|id| !schemas.is_null(*id)).count();
        (choices > 1).then(|| {
            let named = schemas.at(&list.join(index)).and_then(|id| self.branch_words(id));
            let number = index.parse::<usize>().unwrap_or(0) + 1;
            named.unwrap_or_else(|| format!("variant {number}"))
        })
    }

    /// What one schema of several is called: by its name, its title, the one value of a member, or a member that only it asks for.
    pub(super) fn branch_words(&self, id: SchemaId) -> Option<String> {
        let schemas = &self.document.schemas;
        let target = schemas.resolve(id);
        if let Some(name) = self.components.get(&target) {
            return Some(name.to_string());
        }
        let keywords = schemas.keywords(target)?;
        let constant = |name: &String| {
            let member = keywords.object.properties.get(name)?;
            let values = texts(schemas.keywords(schemas.resolve(*member))?)?;
            <[String; 1]>::try_from(values).ok().map(|[value]| value)
        };
        let title = keywords.notes.title.clone().filter(|title| !title.trim().is_empty());
        title.or_else(|| keywords.object.required.iter().find_map(constant)).or_else(|| self.peculiar(id, keywords))
    }

    /// The one member that this schema of a choice asks for, and no other does.
    fn peculiar(&self, id: SchemaId, keywords: &Keywords) -> Option<String> {
        let mut peculiar = keywords.object.required.iter().filter(|name| self.is_peculiar(id, name));
        peculiar.next().filter(|_| peculiar.next().is_none()).cloned()
    }

    /// Whether no other schema of a choice asks for this member.
    fn is_peculiar(&self, id: SchemaId, name: &str) -> bool {
        let schemas = &self.document.schemas;
        let Some(list) = schemas.get(id).pointer.parent() else { return false };
        let siblings = (0..).map_while(|index| schemas.at(&list.item(index)));
        let asks = |id: SchemaId| {
            schemas.keywords(schemas.resolve(id)).is_some_and(|keywords| keywords.object.required.contains(name))
        };
        siblings.filter(|sibling| asks(*sibling)).count() == 1
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
                        words.push(name.clone());
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
        ["components", kind, name, ..] => Some(vec![type_text(name), singular(kind).to_owned()]),
        _ => None,
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
