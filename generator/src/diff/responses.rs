//! Answers: their statuses, headers and bodies.

use super::Changes;
use super::change::Level;
use super::content::{self, Holder};
use super::operations::{Both, Operation};
use super::schemas::Schemas;
use crate::lift::{Direction, Document};
use crate::read::{Node, Pointer, to_json};

/// A documented answer.
struct Answer {
    /// `200`, `4XX` or `default`.
    status: String,
    /// Where its key stands.
    key: Pointer,
    at: Pointer,
}

fn answers(operation: &Operation<'_>) -> Vec<Answer> {
    let Some((responses, node)) = operation.field("responses") else { return Vec::new() };
    let names = node.as_map().into_iter().flat_map(|map| map.keys()).filter(|name| !name.starts_with("x-"));
    let read = |name: &String| {
        let key = responses.join(name);
        let status = if name == "default" { name.clone() } else { name.to_ascii_uppercase() };
        Answer { status, at: operation.document.locate(&key), key }
    };
    names.map(read).collect()
}

impl Answer {
    fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }

    /// Whether another status is one of this range.
    fn covers(&self, other: &Self) -> bool {
        self.status == "default" || self.status.ends_with("XX") && self.status[..1] == other.status[..1]
    }
}

pub(super) fn compare<'d>(both: &Both<'_, 'd>, (number, schemas): (usize, &mut Schemas<'d>), changes: &mut Changes) {
    let (before, after) = (answers(both.old), answers(both.new));
    let of = |all: &[Answer], status: &str| all.iter().position(|known| known.status == status);
    // What a status said, and what the range says that it is in now.
    for old in before.iter().filter(|old| of(&after, &old.status).is_none()) {
        if let Some(range) = after.iter().find(|known| known.covers(old)) {
            compare_answers(both, (old, range), (number, schemas), changes);
        }
    }
    for answer in &after {
        let same = of(&before, &answer.status).map(|place| &before[place]);
        if same.is_none() && before.iter().any(|old| answer.covers(old) && of(&after, &old.status).is_none()) {
            continue;
        }
        // What a range has stood for is compared with what is said of the status now.
        let Some(old) = same.or_else(|| before.iter().find(|known| known.covers(answer))) else {
            let (id, message) = ("response-status-added", format!("{} is a new answer", answer.status));
            let places = (None, Some(both.new.document.key_span(&answer.key)));
            changes.push(both.changed(id, Level::Compatible, message, places));
            continue;
        };
        compare_answers(both, (old, answer), (number, schemas), changes);
    }
    let is_kept = |answer: &Answer| after.iter().any(|known| known.status == answer.status || known.covers(answer));
    for answer in before.iter().filter(|answer| !is_kept(answer)) {
        // A failure that does not happen any more is no loss.
        let level = if answer.is_success() { Level::Breaking } else { Level::Compatible };
        let message = format!("{} is not a response any more", answer.status);
        let places = (Some(both.old.document.key_span(&answer.key)), Some(both.new.span("responses")));
        changes.push(both.changed("response-status-removed", level, message, places));
    }
}

fn compare_answers<'d>(
    both: &Both<'_, 'd>,
    (old, new): (&Answer, &Answer),
    (number, schemas): (usize, &mut Schemas<'d>),
    changes: &mut Changes,
) {
    let status = &new.status;
    let description =
        |document: &Document, at: &Pointer| document.node(at).and_then(|node| node.get("description")).map(to_json);
    let places = (Some(both.old.document.key_span(&old.key)), Some(both.new.document.key_span(&new.key)));
    if description(both.old.document, &old.at) != description(both.new.document, &new.at) {
        let message = format!("the response {status} is described in other words");
        changes.push(both.changed("response-description-changed", Level::Documentation, message, places));
    }
    headers(both, (old, new), (number, schemas), changes);
    let has_body = |document: &Document, at: &Pointer| {
        document.node(at).and_then(|node| node.get("content")?.as_map()).is_some_and(|content| !content.is_empty())
    };
    match (has_body(both.old.document, &old.at), has_body(both.new.document, &new.at)) {
        (false, true) => {
            let message = format!("the response {status} has a body, and had none");
            changes.push(both.changed("response-body-added", Level::Compatible, message, places));
        }
        (true, false) => {
            let message = format!("the response {status} has no body any more");
            changes.push(both.changed("response-body-removed", Level::Breaking, message, places));
        }
        (true, true) => {
            let spoken = format!("the response {status}");
            let holder = Holder { id: "response", spoken, direction: Direction::Response };
            content::compare((&holder, both), (&old.at, &new.at), (number, schemas), changes);
        }
        (false, false) => {}
    }
}

/// A documented header.
struct Header<'d> {
    /// In lower case.
    name: String,
    at: Pointer,
    node: &'d Node,
}

fn documented<'d>(operation: &Operation<'d>, answer: &Answer) -> Vec<Header<'d>> {
    let document = operation.document;
    let headers = document.locate(&answer.at.join("headers"));
    let names = document.node(&headers).and_then(Node::as_map).into_iter().flat_map(|map| map.keys());
    let read = |name: &String| {
        let at = document.locate(&headers.join(name));
        Some(Header { name: name.to_ascii_lowercase(), node: document.node(&at)?, at })
    };
    names.filter_map(read).filter(|header| header.name != "content-type").collect()
}

impl Header<'_> {
    fn is_required(&self) -> bool {
        self.node.get("required").and_then(Node::as_bool).unwrap_or(false)
    }
}

fn headers<'d>(
    both: &Both<'_, 'd>,
    (old, new): (&Answer, &Answer),
    (number, schemas): (usize, &mut Schemas<'d>),
    changes: &mut Changes,
) {
    let (before, after) = (documented(both.old, old), documented(both.new, new));
    let spoken = |name: &str| format!("the header `{name}` of the response {}", new.status);
    for header in &after {
        let name = &header.name;
        let place = both.new.document.span(&header.at);
        let Some(old) = before.iter().find(|known| known.name == *name) else {
            let message = format!("{} is new", spoken(name));
            changes.push(both.changed("response-header-added", Level::Compatible, message, (None, Some(place))));
            continue;
        };
        let places = (Some(both.old.document.span(&old.at)), Some(place));
        match (old.is_required(), header.is_required()) {
            (true, false) => {
                let message = format!("{} may be absent, and was always there", spoken(name));
                changes.push(both.changed("response-header-became-optional", Level::Breaking, message, places));
            }
            (false, true) => {
                let message = format!("{} is always there, and might be absent", spoken(name));
                changes.push(both.changed("response-header-became-required", Level::Compatible, message, places));
            }
            _ => {}
        }
        let schema = |document: &Document, at: &Pointer| document.schemas.at(&at.join("schema"));
        let pair = schema(both.old.document, &old.at).zip(schema(both.new.document, &header.at));
        if let Some((one, other)) = pair {
            schemas.uses(number, (vec![one], vec![other]), Direction::Response);
        }
    }
    for header in before.iter().filter(|header| !after.iter().any(|known| known.name == header.name)) {
        let level = if header.is_required() { Level::Breaking } else { Level::Unclear };
        let message = format!("{} is gone", spoken(&header.name));
        let places = (Some(both.old.document.span(&header.at)), Some(both.new.document.key_span(&new.key)));
        changes.push(both.changed("response-header-removed", level, message, places));
    }
}
