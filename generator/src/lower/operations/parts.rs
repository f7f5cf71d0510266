//! What the parts of a form must be beside what their schemas say: media types, headers, lengths of files.

use std::collections::HashSet;

use super::body::Group;
use super::endpoint::Lowering;
use super::form::without_null;
use super::media;
use crate::ir::{ByteLength, PartHeader, PartRules, Presence, UploadContent};
use crate::lift::schemas::{SchemaId, Type as JsonType};
use crate::lift::{Version, is_media_type, is_token};
use crate::lower::DocumentOperation;
use crate::read::{Node, Pointer};
use crate::unsupported::{Feature, Loss};

impl<'d> Lowering<'d> {
    /// The rules for the parts of this name, if there are any.
    pub(crate) fn part_rules(
        &mut self,
        (found, group): (&DocumentOperation<'d>, &Group<'_>),
        (name, id): (&str, SchemaId),
        content: Option<&UploadContent>,
    ) -> Option<PartRules> {
        let encoding = self.encoding(group, name);
        let media_types = encoding.map(|encoding| self.part_media_types(encoding)).unwrap_or_default();
        let at = self.document.locate(&group.at.join("encoding").join(name)).join("headers");
        let names: Vec<String> = self
            .document
            .node(&at)
            .and_then(Node::as_map)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        let headers: Vec<PartHeader> =
            names.into_iter().filter_map(|header| self.part_header(found, name, (header, &at))).collect();
        let length = match content {
            Some(UploadContent::File) => self.byte_length(Some(id)),
            Some(UploadContent::Files) => self.byte_length(self.items_of(id)),
            Some(UploadContent::Value(_)) | None => ByteLength::default(),
        };
        let says_something = !media_types.is_empty() || !headers.is_empty() || length != ByteLength::default();
        says_something.then(|| PartRules { wire_name: name.to_owned(), media_types, headers, length })
    }

    /// The media types of a part; none where it is written like a parameter (OpenAPI 3.1.1 §4.8.15.1.2).
    fn part_media_types(&self, encoding: &Node) -> Vec<String> {
        let is_styled = ["style", "explode", "allowReserved"].iter().any(|field| encoding.get(field).is_some());
        if is_styled && self.document.version > Version::V3_0 {
            return Vec::new();
        }
        let listed = encoding.get("contentType").and_then(Node::as_str).unwrap_or_default();
        let listed = listed.split(',').map(str::trim).filter(|name| is_media_type(name));
        // Bytes of any kind are (RFC 2046 §4.5.1).
        match listed.clone().any(|name| media::essence(name) == "application/octet-stream") {
            true => Vec::new(),
            false => listed.map(str::to_owned).collect(),
        }
    }

    fn part_header(
        &mut self,
        found: &DocumentOperation<'d>,
        part: &str,
        (name, list): (String, &Pointer),
    ) -> Option<PartHeader> {
        // `contentType` says it (OpenAPI 3.1.1 §4.8.15).
        if name.eq_ignore_ascii_case("content-type") {
            return None;
        }
        if !is_token(&name) {
            let span = self.document.key_span(&list.join(&name));
            self.refuse_at(found, Feature::InvalidHeaderName(name), span, Loss::Part);
            return None;
        }
        let at = self.document.locate(&list.join(&name));
        let is_required = self.document.node(&at)?.get("required").and_then(Node::as_bool).unwrap_or(false);
        let presence = if is_required { Presence::Required } else { Presence::Optional };
        let id = self.document.schemas.at(&at.join("schema"));
        let keywords = id.and_then(|id| self.document.schemas.keywords(self.document.schemas.resolve(id)));
        let is = |kind| keywords.is_some_and(|keywords| keywords.types.contains(kind));
        if id.is_none() && self.document.node(&at.join("content")).is_some()
            || keywords.is_some() && is(JsonType::Object) && !is(JsonType::String)
        {
            let what = format!("the header `{name}` of the part `{part}`, which is no text and no list of texts,");
            self.refuse(found, Feature::ParameterStyle(what), &at, Loss::Part);
            return None;
        }
        let is_list = is(JsonType::Array) && !is(JsonType::String);
        self.requests.extend(id);
        let schema = id.map(|id| self.document.schemas.get(id).pointer.to_string()).unwrap_or_default();
        Some(PartHeader { wire_name: name, presence, is_list, schema })
    }

    /// How many bytes a schema allows, of what is no text.
    pub(crate) fn byte_length(&mut self, id: Option<SchemaId>) -> ByteLength {
        let schemas = &self.document.schemas;
        let (mut pending, mut seen) =
            (id.map(|id| without_null(self.document, id)).into_iter().collect::<Vec<_>>(), HashSet::new());
        let (mut length, mut pattern) = (ByteLength::default(), None);
        while let Some(id) = pending.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(keywords) = schemas.keywords(id) else { continue };
            length.min = length.min.max(keywords.string.min);
            length.max = [length.max, keywords.string.max].into_iter().flatten().min();
            pattern = pattern.or(keywords.string.pattern.as_ref().map(|_| id));
            pending.extend(keywords.reference.iter().chain(&keywords.all_of));
        }
        if let Some(id) = pattern {
            let at = schemas.get(id).pointer.clone();
            self.untyped(&at, "a pattern of what is no text: not checked");
        }
        length
    }
}
