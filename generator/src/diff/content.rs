//! Bodies: which media types they may have, and their schemas.

use super::Changes;
use super::change::{Change, Effect, Level};
use super::operations::{Both, Operation};
use super::schemas::Schemas;
use crate::lift::{Direction, Document};
use crate::read::{Node, Pointer, to_json};
use crate::source::Span;

/// The request body of an operation.
pub(super) fn bodies<'d>(both: &Both<'_, 'd>, uses: (usize, &mut Schemas<'d>), changes: &mut Changes) {
    const FIELD: &str = "requestBody";
    let (before, after) = (both.old.field(FIELD), both.new.field(FIELD));
    let places = (Some(both.old.span(FIELD)), Some(both.new.span(FIELD)));
    let is_required = |node: &Node| node.get("required").and_then(Node::as_bool).unwrap_or(false);
    let ((old_at, old), (new_at, new)) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (None, None) => return,
        (Some(_), None) => {
            let message = "there is no request body any more";
            return changes.push(both.changed("request-body-removed", Level::Breaking, message, places));
        }
        (None, Some((_, node))) => {
            let change = match is_required(node) {
                true => {
                    let message = "there must be a request body, and there was none";
                    both.changed("required-request-body-added", Level::Breaking, message, places)
                }
                false => {
                    let message = "there may be a request body, and there was none";
                    both.changed("request-body-added", Level::Compatible, message, places)
                }
            };
            return changes.push(change);
        }
    };
    match (is_required(old), is_required(new)) {
        (false, true) => {
            let message = "the request body must be there, and was optional";
            changes.push(both.changed("request-body-became-required", Level::Breaking, message, places));
        }
        (true, false) => {
            let message = "the request body is optional, and had to be there";
            changes.push(both.changed("request-body-became-optional", Level::Compatible, message, places));
        }
        _ => {}
    }
    if old.get("description").map(to_json) != new.get("description").map(to_json) {
        let message = "the request body is described in other words";
        changes.push(both.changed("request-body-description-changed", Level::Documentation, message, places));
    }
    let holder = Holder { id: "request-body", spoken: "the request body".to_owned(), direction: Direction::Request };
    compare((&holder, both), (&old_at, &new_at), uses, changes);
}

/// What has content.
pub(super) struct Holder {
    pub id: &'static str,
    pub spoken: String,
    pub direction: Direction,
}

impl Holder {
    /// What is sent as one media type, before and after.
    fn compare_media<'d>(
        &self,
        both: &Both<'_, 'd>,
        (old, new): (&MediaType<'d>, &MediaType<'d>),
        (number, schemas): (usize, &mut Schemas<'d>),
        changes: &mut Changes,
    ) {
        let Self { id, spoken, direction } = self;
        if old.encoding() != new.encoding() {
            let message = format!("{spoken} has its parts written in another way, as `{}`", new.name);
            let id = format!("{id}-encoding-changed");
            changes.push(both.changed(&id, Level::Unclear, message, (Some(old.span), Some(new.span))));
        }
        for (one, other) in old.schemas().into_iter().zip(new.schemas()) {
            match (one, other) {
                (Some(one), Some(other)) => schemas.uses(number, (vec![one], vec![other]), *direction),
                (None, None) => {}
                (one, _) => changes.push(self.schema_changed(both, one.is_none(), (old, new))),
            }
        }
    }

    /// A schema where there was none, or none where there was one.
    fn schema_changed(
        &self,
        both: &Both<'_, '_>,
        is_new: bool,
        (old, new): (&MediaType<'_>, &MediaType<'_>),
    ) -> Change {
        let effect = if is_new { Effect::Narrows } else { Effect::Widens };
        let level = effect.level(self.direction);
        let (id, how) = match is_new {
            true => ("schema-added", "has a schema, and had none"),
            false => ("schema-removed", "has no schema any more"),
        };
        let message = format!("{} as `{}` {how}", self.spoken, new.name);
        both.changed(&format!("{}-{id}", self.id), level, message, (Some(old.span), Some(new.span)))
    }
}

/// The media types and schemas of two places with `content`.
pub(super) fn compare<'d>(
    (holder, both): (&Holder, &Both<'_, 'd>),
    (old_at, new_at): (&Pointer, &Pointer),
    (number, schemas): (usize, &mut Schemas<'d>),
    changes: &mut Changes,
) {
    let (before, after) = (media_types(both.old, old_at), media_types(both.new, new_at));
    let Holder { id, spoken, direction } = holder;
    for old in &before {
        let same = after.iter().find(|media| media.name == old.name);
        match same.or_else(|| after.iter().find(|media| media.covers(old))) {
            Some(media) => holder.compare_media(both, (old, media), (number, schemas), changes),
            // Of answers, fewer kinds are what clients know already.
            None if *direction == Direction::Response && after.iter().any(|media| old.covers(media)) => {}
            None => {
                let message = format!("{spoken} may not be `{}` any more", old.name);
                let new = both.new.document.span(new_at);
                let id = format!("{id}-media-type-removed");
                changes.push(both.changed(&id, Level::Breaking, message, (Some(old.span), Some(new))));
            }
        }
    }
    for media in after.iter().filter(|media| before.iter().all(|old| old.name != media.name)) {
        let places = (None, Some(media.span));
        match before.iter().find(|range| range.covers(media)) {
            Some(range) => holder.compare_media(both, (range, media), (number, schemas), changes),
            None if *direction == Direction::Response && before.iter().any(|old| media.covers(old)) => {
                let message = format!("{spoken} may be anything of `{}`", media.name);
                changes.push(both.changed("response-media-type-generalized", Level::Breaking, message, places));
            }
            None => {
                let message = format!("{spoken} may be `{}` as well", media.name);
                changes.push(both.changed(&format!("{id}-media-type-added"), Level::Compatible, message, places));
            }
        }
    }
}

/// One of the media types of a body.
struct MediaType<'d> {
    /// In lower case, without spaces around parameters.
    name: String,
    at: Pointer,
    node: &'d Node,
    span: Span,
    document: &'d Document,
}

fn media_types<'d>(operation: &Operation<'d>, holder: &Pointer) -> Vec<MediaType<'d>> {
    let document = operation.document;
    let content = document.locate(&holder.join("content"));
    let names = document.node(&content).and_then(Node::as_map).into_iter().flat_map(|map| map.keys());
    let read = |name: &String| {
        let key = content.join(name);
        let at = document.locate(&key);
        // JSON is UTF-8, whether that is said or not (RFC 8259 §8.1).
        let parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
        let normal = parts.filter(|part| part != "charset=utf-8").collect::<Vec<_>>().join(";");
        Some(MediaType { name: normal, node: document.node(&at)?, at, span: document.key_span(&key), document })
    };
    names.filter_map(read).collect()
}

impl MediaType<'_> {
    /// Whether it is a range that the other one is in.
    fn covers(&self, other: &Self) -> bool {
        match self.name.strip_suffix("/*") {
            Some("*") => true,
            Some(family) => other.name.split('/').next() == Some(family),
            None => false,
        }
    }

    fn encoding(&self) -> Option<String> {
        self.node.get("encoding").map(to_json)
    }

    /// The schema of the whole, and the one of items that go one by one.
    fn schemas(&self) -> [Option<crate::lift::schemas::SchemaId>; 2] {
        ["schema", "itemSchema"].map(|field| self.document.schemas.at(&self.at.join(field)))
    }
}
