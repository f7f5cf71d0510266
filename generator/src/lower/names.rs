//! Which words name the type of a schema: those of its place in the document.

use std::collections::HashMap;

use super::naming::{Scope, type_text};
use crate::ir::TypeName;
use crate::lift::Document;
use crate::lift::schema::SchemaId;
use crate::read::Pointer;

/// Gives the service's types their names.
///
/// A schema under `components: schemas:` has its own name; any other is named after its place, so
/// that no name depends on which endpoint was met first.
pub(super) struct Namer<'d> {
    document: &'d Document,
    scope: Scope,
    components: HashMap<SchemaId, TypeName>,
    /// The words of each operation, by its pointer.
    operations: HashMap<String, String>,
}

impl<'d> Namer<'d> {
    pub fn new(document: &'d Document) -> Self {
        let mut scope = Scope::of_types();
        let mut components = HashMap::new();
        let place = Pointer::root().join("components").join("schemas");
        let names = document.node(&place).and_then(|node| node.as_map()).into_iter().flat_map(|map| map.keys());
        for name in names {
            if let Some(id) = document.schemas.at(&place.join(name)) {
                components.insert(id, scope.type_name(name));
            }
        }
        Self { document, scope, components, operations: HashMap::new() }
    }

    /// Whether the schema stands right under `components: schemas:`.
    pub fn is_component(&self, id: SchemaId) -> bool {
        self.components.contains_key(&id)
    }

    /// Remembers what the operation at `pointer` is called.
    pub fn operation(&mut self, pointer: &Pointer, words: &str) {
        self.operations.insert(pointer.to_string(), words.to_owned());
    }

    /// The trait's name; a type of the document keeps its own.
    pub fn claim_handler(&mut self, words: &str) -> TypeName {
        if self.scope.is_free(words) {
            self.scope.type_name(words)
        } else {
            self.scope.type_name(&format!("{words} service"))
        }
    }

    /// A name made of `words`; the first of the endings that gives a free one.
    pub fn claim(&mut self, words: &str, endings: &[&str]) -> TypeName {
        let candidates = endings.iter().map(|ending| format!("{words} {ending}"));
        let free = candidates.clone().find(|candidate| self.scope.is_free(candidate));
        let chosen = free.or_else(|| candidates.clone().next()).unwrap_or_else(|| words.to_owned());
        self.scope.type_name(&chosen)
    }

    /// The name of a schema's type.
    pub fn type_of(&mut self, id: SchemaId) -> TypeName {
        if let Some(name) = self.components.get(&id) {
            return name.clone();
        }
        let words = self.words(&self.document.schemas.get(id).pointer);
        self.scope.type_name(&words)
    }

    fn words(&self, pointer: &Pointer) -> String {
        let segments: Vec<String> = pointer.segments().map(|segment| segment.into_owned()).collect();
        let mut words: Vec<String> = Vec::new();
        let rest = match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["components", "schemas", name, ..] => {
                words.push(type_text(name));
                3
            }
            ["components", kind, name, ..] => {
                words.push(type_text(name));
                words.push(singular(kind).to_owned());
                3
            }
            ["paths", path, "parameters", ..] => {
                words.push((*path).to_owned());
                2
            }
            ["paths", path, rest @ ..] => {
                let method = if let ["additionalOperations", ..] = rest { 2 } else { 1 };
                let operation =
                    rest.iter().take(method).fold(Pointer::root().join("paths").join(path), |at, name| at.join(name));
                match self.operations.get(operation.as_str()) {
                    Some(name) => words.push(name.clone()),
                    None => words.extend([rest[..method.min(rest.len())].concat(), (*path).to_owned()]),
                }
                segments.len().min(2 + method)
            }
            _ => 0,
        };
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
                        words.extend((!is_plain).then(|| super::media::words(media_type)));
                    }
                }
                "responses" => words.extend(rest.next().map(|status| {
                    at = at.join(status);
                    super::statuses::variant_words(status)
                })),
                "requestBody" => words.push("body".to_owned()),
                "schema" | "allOf" => {}
                "items" => words.push("item".to_owned()),
                "additionalProperties" => words.push("value".to_owned()),
                other if other.bytes().all(|byte| byte.is_ascii_digit()) => {}
                other => words.push(other.to_owned()),
            }
        }
        words.join(" ")
    }
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
