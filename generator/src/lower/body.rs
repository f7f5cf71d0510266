//! Request bodies.

use openapiv3::{MediaType, ReferenceOr};

use super::Found;
use super::endpoint::Lowering;
use crate::ir::{Body, Content, Docs, Slot, Type, Validation};
use crate::lift::schema::SchemaId;
use crate::read::Pointer;
use crate::unsupported::{Feature, Loss};

/// What a media type is to this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Text,
    Bytes,
    /// Forms, multipart, streams of items: known, and not supported yet.
    Other,
}

/// Reads a media type's name.
pub(super) fn kind(media_type: &str) -> Kind {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Kind::Json,
        "application/x-www-form-urlencoded"
        | "text/event-stream"
        | "application/jsonl"
        | "application/json-seq"
        | "application/x-ndjson" => Kind::Other,
        other if other.ends_with("+json") => Kind::Json,
        other if other.starts_with("multipart/") => Kind::Other,
        other if other == "application/xml" || other.ends_with("+xml") || other == "text/xml" => Kind::Other,
        other if other.starts_with("text/") => Kind::Text,
        _ => Kind::Bytes,
    }
}

/// The body of an operation, if it has one.
pub(super) fn lower<'d>(lowering: &mut Lowering<'d>, found: &Found<'d>) -> Option<Body> {
    let declared = found.operation.request_body.as_ref()?.as_item()?;
    let at = lowering.document.locate(&found.pointer.join("requestBody")).join("content");
    let supported: Vec<(&String, &MediaType)> =
        declared.content.iter().filter(|(name, _)| kind(name) != Kind::Other).collect();
    // All that is read the same way may be sent; the rest is another choice.
    let Some((first, media_type)) = supported.iter().find(|(name, _)| kind(name) == Kind::Json).or(supported.first())
    else {
        for name in declared.content.keys() {
            lowering.refuse(found, Feature::RequestMediaType(name.clone()), &at.join(name), Loss::Operation);
        }
        return None;
    };
    let same = |(name, other): &(&String, &MediaType)| kind(name) == kind(first) && other.schema == media_type.schema;
    let accepted: Vec<String> = supported.iter().filter(|entry| same(entry)).map(|(name, _)| (*name).clone()).collect();
    for name in declared.content.keys().filter(|name| !accepted.contains(name)) {
        lowering.refuse(found, Feature::RequestMediaType(name.clone()), &at.join(name), Loss::Part);
    }
    let id = schema(lowering, media_type);
    let (content, schema, validation) = match kind(first) {
        Kind::Json => lowering.json_body(id),
        Kind::Text => (Content::Text, String::new(), Validation::Static),
        Kind::Bytes | Kind::Other => (Content::Bytes, String::new(), Validation::Static),
    };
    let docs = Docs { description: declared.description.clone(), ..Docs::default() };
    Some(Body { media_types: accepted, content, required: declared.required, validation, schema, docs })
}

/// The schema of a media type.
pub(super) fn schema(lowering: &Lowering<'_>, media_type: &MediaType) -> Option<SchemaId> {
    match media_type.schema.as_ref()? {
        ReferenceOr::Reference { reference } => lowering.document.schemas.at(&Pointer::parse(reference)?),
        ReferenceOr::Item(_) => None,
    }
}

impl Lowering<'_> {
    fn json_body(&mut self, id: Option<SchemaId>) -> (Content, String, Validation) {
        let Some(id) = id else { return (Content::Json(Slot::plain(Type::Json)), String::new(), Validation::Static) };
        let slot = self.types.slot(id);
        let validation = if self.types.is_carried(id) { Validation::Static } else { Validation::Schema };
        self.requests.push(id);
        (Content::Json(slot), self.document.schemas.get(id).pointer.to_string(), validation)
    }
}
