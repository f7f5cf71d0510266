//! Request bodies.

use indexmap::IndexMap;
use openapiv3::{MediaType, ReferenceOr};

use super::endpoint::{Lowering, words};
use super::items::Items;
use super::media::{self, Kind, kind};
use crate::ir::{Alternative, Body, ByteLength, ConstrainedType, Content, Docs, Type, Validation};
use crate::lift::schemas::{SchemaId, Type as JsonType};
use crate::lower::DocumentOperation;
use crate::lower::names::identifiers::Scope;
use crate::read::{Pointer, to_json};

/// Says that text, bytes or JSON goes piece by piece; a member of a Media Type Object.
const STREAMED: &str = "x-buildflow-stream";

/// Media types that hold the same, and are read the same way.
pub(in crate::lower) struct Group<'d> {
    pub kind: Kind,
    pub names: Vec<&'d String>,
    /// Where the first one stands.
    pub at: Pointer,
    pub schema: Option<SchemaId>,
    pub items: Option<Items>,
}

/// What a group of media types is lowered to, with the schema to validate by.
type Lowered = (Content, Validation, Option<SchemaId>);

/// The body of an operation, if it has one.
pub(in crate::lower) fn lower<'d>(lowering: &mut Lowering<'d>, found: &DocumentOperation<'d>) -> Option<Body> {
    let declared = found.operation.request_body.as_ref()?.as_item()?;
    let at = lowering.document.locate(&found.pointer.join("requestBody")).join("content");
    let groups = lowering.groups(&declared.content, &at);
    if groups.is_empty() {
        return None;
    }
    let choice = (groups.len() > 1).then(|| lowering.types.claim(&words(found), &["body", "request body"]));
    let mut variants = Scope::default();
    let alternatives = groups.into_iter().map(|group| {
        let (content, validation, schema) = lowering.content(found, &group);
        let length = match content {
            Content::Bytes | Content::Media | Content::Stream => lowering.byte_length(group.schema),
            _ => ByteLength::default(),
        };
        let variant = media::variant(group.names[0], &mut variants);
        let media_types = group.names.iter().flat_map(|name| name.split(',')).map(|name| name.trim().to_owned());
        let schema = schema.map(|id| lowering.document.schemas.get(id).pointer.to_string()).unwrap_or_default();
        Alternative { variant, media_types: media_types.collect(), content, validation, schema, length }
    });
    let alternatives: Vec<Alternative> = alternatives.collect();
    let choice = choice.filter(|_| !are_alike(&alternatives));
    let docs = Docs { description: declared.description.clone(), ..Docs::default() };
    Some(Body { alternatives, choice, required: declared.required, docs })
}

/// Whether all of these are read into one type, such as a form that is sent in either way.
fn are_alike(alternatives: &[Alternative]) -> bool {
    let typed = |alternative: &Alternative| match &alternative.content {
        Content::Json(slot) | Content::Form(slot, _) | Content::Multipart(slot, ..) => Some(slot.clone()),
        _ => None,
    };
    let first = alternatives.first().and_then(typed);
    first.is_some() && alternatives.iter().all(|alternative| typed(alternative) == first)
}

impl Group<'_> {
    /// Whether it is text that goes out, or comes in, piece by piece.
    pub(crate) fn is_text_in_pieces(&self) -> bool {
        self.kind == Kind::Stream && kind(self.names[0]) == Kind::Text
    }

    /// What its types do not say.
    pub(crate) fn untyped(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Stream if kind(self.names[0]) == Kind::Json => Some("JSON, as a stream of bytes"),
            _ => media::untyped(self.names[0]),
        }
    }
}

impl<'d> Lowering<'d> {
    /// Media types by what they hold: JSON first, else in the order of the document.
    pub(crate) fn groups(&self, content: &'d IndexMap<String, MediaType>, at: &Pointer) -> Vec<Group<'d>> {
        let mut groups: Vec<Group<'d>> = Vec::new();
        for (name, media_type) in content {
            let schema = self.schema_of(media_type);
            let kind = self.kind(name, media_type, schema);
            let is_alike = |group: &&mut Group<'_>| {
                group.kind == kind && matches!(kind, Kind::Json | Kind::Text) && self.is_same(group.schema, schema)
            };
            match groups.iter_mut().find(is_alike) {
                Some(group) => group.names.push(name),
                None => {
                    let at = self.document.locate(&at.join(name));
                    let items = Items::find(self.document, &at);
                    groups.push(Group { kind, names: vec![name], at, schema, items });
                }
            }
        }
        groups.sort_by_key(|group| group.kind != Kind::Json);
        groups
    }

    /// What a media type is; text and bytes are streams where the document says so, by an extension or by `format: binary`.
    fn kind(&self, name: &str, media_type: &MediaType, schema: Option<SchemaId>) -> Kind {
        let is_streamed = media_type.extensions.get(STREAMED).is_some_and(|value| value == true);
        let schemas = &self.document.schemas;
        let format = schema.and_then(|id| schemas.keywords(schemas.resolve(id))?.format.as_deref());
        match kind(name) {
            Kind::Text if is_streamed || format == Some("binary") => Kind::Stream,
            Kind::Json | Kind::Bytes if is_streamed => Kind::Stream,
            kind => kind,
        }
    }

    fn schema_of(&self, media_type: &MediaType) -> Option<SchemaId> {
        match media_type.schema.as_ref()? {
            ReferenceOr::Reference { reference } => self.document.schemas.at(&Pointer::parse(reference)?),
            ReferenceOr::Item(_) => None,
        }
    }

    /// Whether two schemas are one, or say the same.
    fn is_same(&self, left: Option<SchemaId>, right: Option<SchemaId>) -> bool {
        let (Some(left), Some(right)) = (left, right) else { return left == right };
        let schemas = &self.document.schemas;
        let text = |id| self.document.node(&schemas.get(id).pointer).map(to_json);
        schemas.resolve(left) == schemas.resolve(right) || text(left) == text(right)
    }

    fn content(&mut self, found: &DocumentOperation<'d>, group: &Group<'_>) -> Lowered {
        if let Some(why) = group.untyped() {
            self.untyped(&group.at, why);
        }
        if let (Kind::Form | Kind::Multipart, Some(id)) = (group.kind, group.schema) {
            self.tell_unknown_encodings(group, id);
        }
        match (group.kind, group.schema) {
            (Kind::Json, None) => (Content::Json(ConstrainedType::plain(Type::Json)), Validation::Static, None),
            (Kind::Json, Some(id)) => {
                let (slot, validation) = self.validated(id);
                (Content::Json(slot), validation, Some(id))
            }
            (Kind::Form, Some(id)) if !self.is_of_strings(id) => {
                let (slot, validation) = self.validated(id);
                (Content::Form(slot, self.form_styles(group, id)), validation, Some(id))
            }
            (Kind::Multipart, Some(id)) if self.is_of_strings(id) => {
                self.untyped(&group.at, "a form that is said to be a string, as bytes");
                (Content::Stream, Validation::Static, None)
            }
            (Kind::Multipart, Some(id)) => self.multipart(found, group, id),
            (Kind::Form | Kind::Multipart, None) => {
                self.untyped(&group.at, "a form without a schema");
                let any = ConstrainedType::plain(Type::JsonObject);
                let is_form = group.kind == Kind::Form;
                let content = if is_form {
                    Content::Form(any, Vec::new())
                } else {
                    Content::Multipart(any, Vec::new(), Vec::new())
                };
                (content, Validation::Static, None)
            }
            (Kind::Text | Kind::Form, id) => self.text(group, id),
            (Kind::Stream, _) => (Content::Stream, Validation::Static, None),
            (Kind::Open, _) => (Content::Media, Validation::Static, None),
            (Kind::Bytes, _) => (Content::Bytes, Validation::Static, None),
        }
    }

    /// The type of a request's schema, and who validates it.
    pub(crate) fn validated(&mut self, id: SchemaId) -> (ConstrainedType, Validation) {
        let slot = self.types.request(id);
        self.requests.push(id);
        (slot, if self.types.is_carried(id) { Validation::Static } else { Validation::Schema })
    }

    /// Text, validated where its schema says more than that it is a string.
    fn text(&mut self, group: &Group<'_>, id: Option<SchemaId>) -> Lowered {
        let plain = (Content::Text, Validation::Static, None);
        let Some(id) = id else { return plain };
        if !self.is_of_strings(id) {
            self.untyped(&group.at, "text whose schema is no string");
            return plain;
        }
        let (slot, validation) = self.validated(id);
        if slot == ConstrainedType::plain(Type::Scalar(crate::ir::Scalar::String)) && validation == Validation::Static {
            return plain;
        }
        (Content::Text, Validation::Schema, Some(id))
    }

    /// Whether a schema is one of strings.
    fn is_of_strings(&self, id: SchemaId) -> bool {
        let schemas = &self.document.schemas;
        schemas.keywords(schemas.resolve(id)).is_some_and(|keywords| keywords.types.single() == Some(JsonType::String))
    }

    pub(crate) fn untyped(&mut self, at: &Pointer, why: &'static str) {
        self.types.ledger.untyped(at, why);
    }
}
