//! Forms: how their fields are written, and which of them are files.

use indexmap::{IndexMap, IndexSet};

use super::body::Group;
use super::endpoint::{Lowering, words};
use super::media::{self, Kind};
use crate::diagnostic::{Diagnostic, nearest};
use crate::ir::{Content, Docs, FieldPresence, FieldStyle, FormField, Upload, UploadContent, UploadField, Validation};
use crate::lift::schemas::{Keywords, Schema, SchemaId, Type as JsonType};
use crate::lift::{Document, Version};
use crate::lower::DocumentOperation;
use crate::lower::names::identifiers::Scope;
use crate::read::Node;

/// How deep schemas are looked into for members.
const DEPTH: usize = 16;

/// The members of an object, from all the schemas that it is made of.
#[derive(Default)]
struct Members {
    properties: IndexMap<String, SchemaId>,
    required: IndexSet<String>,
    /// Whether the members are all that the schemas say.
    is_plain: bool,
    /// Whether a schema says something of members that it does not name.
    has_more: bool,
}

impl<'d> Lowering<'d> {
    /// A `multipart/form-data` body: with files a struct of its own, else the type of its schema.
    pub(crate) fn multipart(
        &mut self,
        found: &DocumentOperation<'d>,
        group: &Group<'_>,
        id: SchemaId,
    ) -> (Content, Validation, Option<SchemaId>) {
        let members = members(self.document, id);
        let styles = self.form_styles(group, id);
        let holds: Vec<Option<UploadContent>> =
            members.properties.iter().map(|(name, id)| self.file(group, name, *id)).collect();
        let rules = members
            .properties
            .iter()
            .zip(&holds)
            .filter_map(|((name, id), content)| self.part_rules((found, group), (name, *id), content.as_ref()));
        let rules = rules.collect();
        if holds.iter().all(Option::is_none) {
            let (slot, validation) = self.validated(id);
            return (Content::Multipart(slot, styles, rules), validation, Some(id));
        }
        self.requests.push(id);
        if members.has_more {
            self.untyped(&group.at, "members of a form with files beyond its properties: checked, and dropped");
        }
        let name = self.types.claim(&words(found), &["upload", "form"]);
        let mut validation = if members.is_plain { Validation::Static } else { Validation::Schema };
        let mut scope = Scope::default();
        let mut fields = Vec::new();
        for ((wire_name, id), content) in members.properties.iter().zip(holds) {
            let notes = self.document.schemas.keywords(*id).map(|keywords| &keywords.notes);
            if notes.is_some_and(|notes| notes.read_only) {
                continue;
            }
            let description = notes.and_then(|notes| notes.description.clone());
            let docs = Docs { description, deprecated: notes.is_some_and(|notes| notes.deprecated), ..Docs::default() };
            if matches!(content, Some(UploadContent::Files)) && self.is_counted(*id) {
                validation = Validation::Schema;
            }
            let content = content.unwrap_or_else(|| {
                let slot = self.types.request(*id);
                if !self.types.is_carried(*id) {
                    validation = Validation::Schema;
                }
                UploadContent::Value(slot)
            });
            let presence = match &content {
                _ if members.required.contains(wire_name) => FieldPresence::Required,
                UploadContent::Value(slot) => self.types.field_presence(wire_name, &[*id], slot),
                UploadContent::File | UploadContent::Files => FieldPresence::Optional,
            };
            fields.push(UploadField {
                name: scope.field(wire_name),
                wire_name: wire_name.clone(),
                content,
                presence,
                docs,
            });
        }
        (Content::Upload(Upload { name, fields, styles, rules }), validation, Some(id))
    }

    /// What a field holds where it is a file, or a list of files.
    fn file(&self, group: &Group<'_>, name: &str, id: SchemaId) -> Option<UploadContent> {
        let content_type = self.encoding(group, name).and_then(|encoding| encoding.get("contentType")?.as_str());
        if is_file(self.document, id, content_type) {
            return Some(UploadContent::File);
        }
        let items = self.items_of(id)?;
        is_file(self.document, items, content_type).then_some(UploadContent::Files)
    }

    /// The items of a list.
    pub(crate) fn items_of(&self, id: SchemaId) -> Option<SchemaId> {
        let keywords = self.document.schemas.keywords(without_null(self.document, id))?;
        keywords.array.items.filter(|_| keywords.types.contains(JsonType::Array))
    }

    /// Whether a list says how many items it has.
    fn is_counted(&self, id: SchemaId) -> bool {
        let keywords = self.document.schemas.keywords(self.document.schemas.resolve(id));
        keywords.is_some_and(|keywords| keywords.array.min.is_some() || keywords.array.max.is_some())
    }

    pub(crate) fn encoding(&self, group: &Group<'_>, name: &str) -> Option<&'d Node> {
        self.document.node(&self.document.locate(&group.at.join("encoding").join(name)))
    }

    /// Warns of an `encoding` of what is no property (OpenAPI 3.1.1 §4.8.14.1).
    pub(crate) fn tell_unknown_encodings(&mut self, group: &Group<'_>, id: SchemaId) {
        let members = members(self.document, id);
        let at = group.at.join("encoding");
        let encodings = self.document.node(&self.document.locate(&at)).and_then(Node::as_map);
        for name in encodings.into_iter().flat_map(|map| map.keys()) {
            if members.properties.contains_key(name) || members.has_more {
                continue;
            }
            let message = format!("`encoding` names `{name}`, which is not a property of the form's schema");
            let help = match nearest(name, members.properties.keys().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "remove it".to_owned(),
            };
            let span = self.document.key_span(&at.join(name));
            self.types.diagnostics.push(Diagnostic::warning("unknown-encoding", span, message).help(help));
        }
    }

    /// The fields of a form that are not written as usual (OpenAPI 3.1.1 §4.8.15).
    pub(crate) fn form_styles(&self, group: &Group<'_>, id: SchemaId) -> Vec<FormField> {
        let members = members(self.document, id);
        // In 3.0, a style says nothing of `multipart/form-data`.
        let has_styles = group.kind == Kind::Form || self.document.version > Version::V3_0;
        let fields = members.properties.iter().filter_map(|(wire_name, id)| {
            let encoding = self.encoding(group, wire_name);
            let style = self.style(encoding, *id, has_styles);
            let style = style.or_else(|| {
                (group.kind == Kind::Multipart && self.is_list_of_objects(*id)).then_some(FieldStyle::JsonItems)
            });
            let style = style.or_else(|| wire_name.contains('[').then_some(FieldStyle::Plain))?;
            Some(FormField { wire_name: wire_name.clone(), style })
        });
        fields.collect()
    }

    /// Whether each part of this name may be one item of a list, as JSON (OpenAPI 3.1.1 §4.8.15.1.1).
    fn is_list_of_objects(&self, id: SchemaId) -> bool {
        let schemas = &self.document.schemas;
        let items = self.items_of(id).and_then(|items| schemas.keywords(schemas.resolve(items)));
        let allows_objects = items.is_some_and(|keywords| keywords.types.contains(JsonType::Object));
        allows_objects
            && schemas.keywords(schemas.resolve(id)).is_some_and(|list| !list.types.contains(JsonType::Object))
    }

    fn style(&self, encoding: Option<&Node>, id: SchemaId, has_styles: bool) -> Option<FieldStyle> {
        let encoding = encoding?;
        let text = |name| encoding.get(name).and_then(Node::as_str);
        let explode = encoding.get("explode").and_then(Node::as_bool);
        let keywords = self.document.schemas.keywords(self.document.schemas.resolve(id))?;
        let is = |kind| keywords.types.contains(kind);
        let is_styled = has_styles && (text("style").is_some() || explode.is_some());
        if !is_styled {
            let is_json = text("contentType").is_some_and(|name| media::kind(name) == Kind::Json);
            let style = if is(JsonType::Array) { FieldStyle::JsonItems } else { FieldStyle::Json };
            return (is_json && !is(JsonType::String)).then_some(style);
        }
        if !is(JsonType::Array) && !is(JsonType::Object) {
            return None;
        }
        match (text("style").unwrap_or("form"), explode) {
            ("form", Some(false)) => Some(FieldStyle::Delimited(',')),
            ("form", _) if is(JsonType::Object) => {
                let members = members(self.document, id);
                Some(FieldStyle::Spread(members.properties.into_keys().collect()))
            }
            ("spaceDelimited", None | Some(false)) => Some(FieldStyle::Delimited(' ')),
            ("pipeDelimited", None | Some(false)) => Some(FieldStyle::Delimited('|')),
            // Repeated fields, and members in brackets, are what is read anyway.
            _ => None,
        }
    }
}

/// Whether a field of this schema is a file: bytes that are no text.
fn is_file(document: &Document, id: SchemaId, content_type: Option<&str>) -> bool {
    let id = without_null(document, id);
    let Some(keywords) = document.schemas.keywords(id) else { return true };
    let node = document.node(&document.schemas.get(id).pointer);
    let text = |name| node.and_then(|node| node.get(name)?.as_str());
    let is_bytes = |name: &str| !matches!(media::kind(name), Kind::Json | Kind::Text | Kind::Form);
    let is_unsaid = !keywords.constrains() && keywords.all_of.is_empty();
    let is_string = keywords.types.contains(JsonType::String) && keywords.enumeration.is_none();
    match (keywords.format.as_deref(), text("contentMediaType"), text("contentEncoding")) {
        (Some("binary"), _, _) => true,
        (_, _, Some(_)) => false,
        (_, Some(media_type), None) => is_bytes(media_type),
        (None, None, None) if is_string => content_type.is_some_and(is_bytes),
        _ => is_unsaid && content_type.is_none_or(is_bytes),
    }
}

/// The schema that one stands for, null aside: by a reference, by `allOf` of it alone, or by a choice with null.
pub(in crate::lower) fn without_null(document: &Document, id: SchemaId) -> SchemaId {
    let schemas = &document.schemas;
    let mut at = schemas.resolve(id);
    for _ in 0..DEPTH {
        let Some(keywords) = schemas.keywords(at) else { break };
        let branches = || keywords.any_of.iter().chain(&keywords.one_of).filter(|branch| !schemas.is_null(**branch));
        let is_bare = keywords.types.is_empty() && keywords.reference.is_none() && keywords.enumeration.is_none();
        let next = match (keywords.all_of.as_slice(), branches().count()) {
            ([only], 0) => Some(*only),
            ([], 1) => branches().next().copied(),
            _ => None,
        };
        match next.filter(|_| is_bare) {
            Some(next) => at = schemas.resolve(next),
            None => break,
        }
    }
    at
}

/// The names of an object's members, from all the schemas that it is made of.
pub(in crate::lower) fn properties(document: &Document, id: SchemaId) -> Vec<String> {
    members(document, id).properties.into_keys().collect()
}

fn members(document: &Document, id: SchemaId) -> Members {
    let mut members = Members { is_plain: true, ..Members::default() };
    gather(document, id, true, &mut members, DEPTH);
    members
}

/// Adds the members of a schema; what only one of several says must be there need not be.
fn gather(document: &Document, id: SchemaId, is_certain: bool, into: &mut Members, depth: usize) {
    let Some(keywords) = document.schemas.keywords(id).filter(|_| depth > 0) else {
        into.is_plain = false;
        return;
    };
    for (name, id) in &keywords.object.properties {
        into.is_plain &= !into.properties.contains_key(name);
        into.properties.entry(name.clone()).or_insert(*id);
    }
    if is_certain {
        into.required.extend(keywords.object.required.iter().cloned());
    }
    into.is_plain &= says_members_only(keywords);
    let rest = keywords.object.additional.map(|id| &document.schemas.get(id).schema);
    into.has_more |= rest.is_some_and(|schema| !matches!(schema, Schema::Never));
    for part in keywords.reference.iter().chain(&keywords.all_of) {
        gather(document, *part, is_certain, into, depth - 1);
    }
    for part in keywords.any_of.iter().chain(&keywords.one_of) {
        gather(document, *part, false, into, depth - 1);
    }
}

fn says_members_only(keywords: &Keywords) -> bool {
    let object = &keywords.object;
    object.additional.is_none()
        && object.min.is_none()
        && object.max.is_none()
        && keywords.any_of.is_empty()
        && keywords.one_of.is_empty()
        && keywords.validator_only.is_empty()
        && object.required.iter().all(|name| object.properties.contains_key(name))
}
