//! Streams of items: sequences of JSON values, and server-sent events (OpenAPI 3.2 §4.14.4).

use super::body::Group;
use super::endpoint::Lowering;
use super::media::{Sequence, sequence};
use crate::ir::{Content, EventData, Framing};
use crate::lift::Document;
use crate::lift::schemas::SchemaId;
use crate::read::Pointer;

/// What a media type says of its items.
#[derive(Debug, Clone, Copy)]
pub(in crate::lower) enum Items {
    /// `itemSchema`: an item is what the media type says, of an event stream a whole event.
    Schema(SchemaId),
    /// `x-buildflow-item`: an item is a JSON value, of an event stream an event's data.
    Values(SchemaId),
}

impl Items {
    /// What the Media Type Object at a place says.
    pub(crate) fn find(document: &Document, at: &Pointer) -> Option<Self> {
        let schema = |field: &str| document.schemas.at(&at.join(field));
        schema("x-buildflow-item").map(Self::Values).or_else(|| schema("itemSchema").map(Self::Schema))
    }
}

impl Lowering<'_> {
    /// The items of an answer, where they have a type, and the schema that they are valid by.
    pub(crate) fn items(&mut self, group: &Group<'_>) -> Option<(Content, SchemaId)> {
        let items = group.items?;
        let Some(sequence) = sequence(group.names[0]) else {
            self.untyped(&group.at, "items of a media type that is no sequence of them");
            return None;
        };
        let (framing, id) = match (sequence, items) {
            (Sequence::Values, Items::Schema(id) | Items::Values(id)) => (Framing::Lines, id),
            (Sequence::Events, Items::Values(id)) => (Framing::Events(EventData::Json), id),
            (Sequence::Events, Items::Schema(id)) => {
                let (data, id) = self.event(id);
                (Framing::Events(data), id)
            }
        };
        Some((Content::Items(self.types.response(id), framing), id))
    }

    /// What of an event has a type of its own: its data, where that is the same in every event, and by preference what is
    /// in that (`contentSchema`). What else an event has, the handler says anyway.
    fn event(&self, id: SchemaId) -> (EventData, SchemaId) {
        let schemas = &self.document.schemas;
        let event = schemas.keywords(schemas.resolve(id));
        let alike = event.filter(|event| event.one_of.is_empty() && event.any_of.is_empty() && event.all_of.is_empty());
        let Some(data) = alike.and_then(|event| event.object.properties.get("data")) else {
            return (EventData::Event, id);
        };
        let inner = schemas.get(schemas.resolve(*data)).pointer.join("contentSchema");
        schemas.at(&inner).map_or((EventData::Text, *data), |inner| (EventData::Json, inner))
    }
}
