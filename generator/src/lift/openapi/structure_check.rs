//! Walks a document along the table of [`super::structure`]: tells each mistake at its place, and notes
//! where the schemas stand.

use std::collections::HashMap;

use super::structure::{Effect, Need, PATH_ITEM, RESPONSE, Shape, Table, Version};
use crate::diagnostic::{Diagnostic, Diagnostics, list_of, nearest};
use crate::lift::extensions;
use crate::read::{Map, Member, Node, Pointer, Value};

/// What the walk found.
#[derive(Debug, Default)]
pub(crate) struct StructureCheck {
    /// Where schemas stand, in the order of the document.
    pub schemas: Vec<Pointer>,
    /// Where Reference Objects stand, each with the object that it stands for.
    pub references: Vec<(Pointer, &'static Table)>,
    /// What the objects are that references may name.
    pub objects: HashMap<Pointer, &'static str>,
}

/// Checks the value at a place, and all below it, against a shape of that version.
pub(crate) fn conform(
    node: &Node,
    (at, shape): (&Pointer, Shape),
    version: Version,
    (found, diagnostics): (&mut StructureCheck, &mut Diagnostics),
) {
    Walk { version, diagnostics, found }.value(node, shape, at);
}

struct Walk<'w> {
    version: Version,
    diagnostics: &'w mut Diagnostics,
    found: &'w mut StructureCheck,
}

impl Walk<'_> {
    fn value(&mut self, node: &Node, shape: Shape, at: &Pointer) {
        match shape {
            Shape::Any => {}
            Shape::Schema => self.found.schemas.push(at.clone()),
            Shape::Text => self.text(node, at),
            Shape::Word(words) => self.word(node, words, at),
            Shape::Flag => {
                if node.as_bool().is_none() {
                    self.mismatch(node, "`true` or `false`", at);
                }
            }
            Shape::List(item) => match &node.value {
                Value::List(items) => {
                    for (index, node) in items.iter().enumerate() {
                        self.value(node, *item, &at.item(index));
                    }
                }
                _ => self.mismatch(node, "a list", at),
            },
            Shape::Scopes => match &node.value {
                Value::Null => self.empty(node, at),
                _ => self.value(node, Shape::List(&Shape::Text), at),
            },
            Shape::Map(value) => self.members(node, at, |walk, _, member, at| walk.value(&member.node, *value, at)),
            Shape::Object(table) => self.object(node, table, at),
            Shape::OrReference(table) => self.or_reference(node, table, at),
            Shape::Paths => self.members(node, at, Self::path),
            Shape::Responses => self.members(node, at, Self::response),
        }
    }

    /// What stands under names of the document's own, which may begin with `x-` as well: a scheme or a header
    /// called `x-api-key` is no extension.
    fn members(&mut self, node: &Node, at: &Pointer, mut each: impl FnMut(&mut Self, &str, &Member, &Pointer)) {
        match &node.value {
            Value::Map(map) => {
                for (key, member) in map {
                    each(self, key, member, &at.join(key));
                }
            }
            _ => self.mismatch(node, "an object", at),
        }
    }

    fn path(&mut self, path: &str, member: &Member, at: &Pointer) {
        if is_extension(path) {
            return;
        }
        if !path.starts_with('/') {
            self.diagnostics.push(
                Diagnostic::error("invalid-path", member.key, format!("`/{path}` is there as well"))
                    .help("start each path with `/`, once"),
            );
        }
        self.or_reference(&member.node, &PATH_ITEM, at);
    }

    fn response(&mut self, status: &str, member: &Member, at: &Pointer) {
        if is_extension(status) {
            return;
        }
        if !is_status(status) {
            self.diagnostics.push(
                Diagnostic::error("invalid-status", member.key, format!("`{status}` is not a status code"))
                    .help("use a code from 100 to 599, a range such as `4XX`, or `default`"),
            );
        }
        self.or_reference(&member.node, &RESPONSE, at);
    }

    fn or_reference(&mut self, node: &Node, table: &'static Table, at: &Pointer) {
        // A reference may have led here before.
        if self.found.objects.contains_key(at) {
            return;
        }
        self.found.objects.insert(at.clone(), table.name);
        let Some(reference) = node.get("$ref") else { return self.object(node, table, at) };
        match reference.as_str() {
            None => self.mismatch(reference, "a string", &at.join("$ref")),
            Some(_) => {
                self.found.references.push((at.clone(), table));
                self.beside_reference(node, table, at);
            }
        }
    }

    /// A path item has fields of its own beside `$ref`; elsewhere all but words for readers are ignored
    /// (OpenAPI 3.1.1 §4.8.23).
    fn beside_reference(&mut self, node: &Node, table: &'static Table, at: &Pointer) {
        if table.name == PATH_ITEM.name {
            return self.object(node, table, at);
        }
        for (key, member) in node.as_map().into_iter().flatten() {
            let is_field = table.fields.iter().any(|field| field.name == key);
            if is_field && !["summary", "description"].contains(&key.as_str()) {
                let message = format!("`{key}` beside `$ref` is ignored");
                let help = "put it into what `$ref` names, or remove it";
                self.diagnostics.push(Diagnostic::warning("ignored-beside-reference", member.key, message).help(help));
            }
        }
    }

    fn object(&mut self, node: &Node, table: &'static Table, at: &Pointer) {
        let Value::Map(map) = &node.value else {
            return self.mismatch(node, &format!("an object ({})", table.name), at);
        };
        for (key, member) in map {
            match table.fields.iter().find(|field| field.name == key) {
                Some(field) if is_empty(&member.node, field.shape) => self.empty(&member.node, &at.join(key)),
                Some(field) => {
                    // What holds a server is told; there is no more to say of what is in it.
                    if field.effect == Effect::Ignored && table.name != "Server Object" {
                        self.ignored(key, member.key, table);
                    }
                    self.value(&member.node, field.shape, &at.join(key));
                }
                None if is_extension(key) => self.diagnostics.extend(extensions::check(key, member.key, table.name)),
                None => self.diagnostics.push(unknown_field(key, member.key, table, map)),
            }
        }
        self.required_fields(node, map, table);
    }

    fn ignored(&mut self, key: &str, span: crate::read::Span, table: &Table) {
        let message = format!("`{key}` of the {} has no effect", table.name);
        let note = Diagnostic::note("ignored-field", span, message);
        self.diagnostics.push(match key {
            "servers" => note.help("the service is at its `base_route`, and its docs say so"),
            _ => note,
        });
    }

    fn required_fields(&mut self, node: &Node, map: &Map, table: &Table) {
        for field in table.fields {
            if field.need == Need::Optional || map.contains_key(field.name) {
                continue;
            }
            let message = format!("the {} lacks `{}`", table.name, field.name);
            let help = format!("add `{}`", field.name);
            match field.need {
                Need::Formally(version) if self.version <= version => {
                    self.diagnostics.push(Diagnostic::warning("missing-field", node.span, message).help(help));
                }
                Need::Always => {
                    self.diagnostics.push(Diagnostic::error("missing-field", node.span, message).help(help));
                }
                Need::Optional | Need::Formally(_) => {}
            }
        }
    }

    fn empty(&mut self, node: &Node, at: &Pointer) {
        let message = format!("`{}` is empty; it is ignored", name_of(at));
        self.diagnostics
            .push(Diagnostic::warning("empty-value", node.span, message).help("remove it, or say what it is"));
    }

    fn text(&mut self, node: &Node, at: &Pointer) {
        match node.value {
            Value::String(_) => {}
            // `version: 1.0` is common in YAML, and what is meant is plain.
            Value::Number(_) | Value::Bool(_) => self.diagnostics.push(
                Diagnostic::warning(
                    "unquoted-text",
                    node.span,
                    format!("`{}` should be a string, found {}", name_of(at), node.kind()),
                )
                .help("put it in quotes; it is taken as text"),
            ),
            _ => self.mismatch(node, "a string", at),
        }
    }

    fn word(&mut self, node: &Node, words: &[&str], at: &Pointer) {
        match node.as_str() {
            Some(text) if words.contains(&text) => {}
            Some(text) => self.diagnostics.push(
                Diagnostic::error("invalid-value", node.span, format!("`{}` cannot be `{text}`", name_of(at)))
                    .help(format!("use one of {}", list_of(words))),
            ),
            None => self.mismatch(node, "a string", at),
        }
    }

    fn mismatch(&mut self, node: &Node, wanted: &str, at: &Pointer) {
        self.diagnostics.push(Diagnostic::error(
            "wrong-type",
            node.span,
            format!("`{}` should be {wanted}, found {}", name_of(at), node.kind()),
        ));
    }
}

/// Whether a field has nothing in it: YAML's `key:` is null, and some programs write `[]` for an empty object.
pub(crate) fn is_empty(node: &Node, shape: Shape) -> bool {
    match (&node.value, shape) {
        (_, Shape::Any) | (Value::Null, Shape::Schema) => false,
        (Value::Null, _) => true,
        (Value::List(items), shape) => items.is_empty() && !matches!(shape, Shape::List(_)),
        _ => false,
    }
}

/// A field that does not exist. Where it is nearly one that must be there, and is not, nobody meant to leave that out; nor
/// the protection of an operation.
fn unknown_field(key: &str, span: crate::read::Span, table: &Table, map: &Map) -> Diagnostic {
    let meant = nearest(key, table.fields.iter().map(|field| field.name));
    let help = match meant {
        Some(name) => format!("did you mean `{name}`?"),
        None => "remove it, or start its name with `x-`".to_owned(),
    };
    let is_needed = |name: &str| {
        table.fields.iter().any(|field| field.name == name && (field.need != Need::Optional || name == "security"))
    };
    match meant.filter(|name| is_needed(name) && !map.contains_key(*name)) {
        Some(name) => {
            let message = format!("the {} has no field `{key}`, and lacks `{name}`", table.name);
            Diagnostic::error("unknown-field", span, message).help(help)
        }
        None => {
            let message = format!("the {} has no field `{key}`; it is ignored", table.name);
            Diagnostic::warning("unknown-field", span, message).help(help)
        }
    }
}

pub(crate) fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

fn is_status(text: &str) -> bool {
    let class = |byte: u8| (b'1'..=b'5').contains(&byte);
    match text.as_bytes() {
        b"default" => true,
        [first, b'X' | b'x', b'X' | b'x'] => class(*first),
        [first, second, third] => class(*first) && second.is_ascii_digit() && third.is_ascii_digit(),
        _ => false,
    }
}

fn name_of(at: &Pointer) -> String {
    at.last().map_or_else(|| "the document".to_owned(), |name| name.into_owned())
}
