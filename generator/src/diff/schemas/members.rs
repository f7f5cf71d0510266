//! What differs between two schemas in what their values hold: members of objects, items of arrays.

use super::view::View;
use super::{Compared, Fact, subject};
use crate::diff::change::{Effect, Level};
use crate::lift::Direction;
use crate::lift::schemas::Type;
use crate::lift::schemas::effective_schema::Additional;

/// Members and items that both sides know become pairs of their own.
pub(super) fn compare(old: &View<'_>, new: &View<'_>, into: &mut Compared) {
    let shared = old.types().and(new.types());
    if shared.contains(Type::Object) {
        properties(old, new, into);
        additional(old, new, into);
    }
    if shared.contains(Type::Array) {
        items(old, new, into);
    }
}

fn properties(old: &View<'_>, new: &View<'_>, into: &mut Compared) {
    let (before, after) = (old.properties(), new.properties());
    let (needed, needs) = (old.required(), new.required());
    for (name, ids) in &after {
        match before.get(name) {
            Some(known) => into.children.push((known.clone(), ids.clone())),
            None => into.facts.push(added(name, needs.contains(name), (old, new))),
        }
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        into.facts.push(removed(name, needed.contains(name), (old, new)));
    }
    let is_new = |name: &str| after.contains_key(name) && !before.contains_key(name);
    for name in needs.difference(&needed).filter(|name| !is_new(name)) {
        let text = "must be there, and was optional";
        into.facts.push(property("property-became-required", Effect::Narrows, text, name, (old, new)));
    }
    let is_gone = |name: &str| before.contains_key(name) && !after.contains_key(name);
    for name in needed.difference(&needs).filter(|name| !is_gone(name)) {
        let text = "may be absent, and was always there";
        into.facts.push(property("property-became-optional", Effect::Widens, text, name, (old, new)));
    }
}

/// Whether clients send the values.
fn is_sent((_, new): (&View<'_>, &View<'_>)) -> bool {
    new.side.direction == Direction::Request
}

/// Clients that do not know a member do not send it, and do not look at it.
fn added(name: &str, is_required: bool, views: (&View<'_>, &View<'_>)) -> Fact {
    let (old, _) = views;
    if old.knows(name) {
        let (id, text) = match old.side.direction {
            Direction::Request => ("property-became-not-read-only", "may be sent, and was read-only"),
            Direction::Response => ("property-became-not-write-only", "is told, and was write-only"),
        };
        let request = if is_required { Level::Breaking } else { Level::Compatible };
        let fact = property(id, Effect::Unknown, text, name, views);
        return Fact { levels: Some([request, Level::Compatible]), ..fact };
    }
    let (id, text, level) = match is_required {
        true if is_sent(views) => ("required-property-added", "is new, and must be there", Level::Breaking),
        true => ("required-property-added", "is new, and always there", Level::Breaking),
        false => ("property-added", "is new", Level::Compatible),
    };
    let fact = property(id, Effect::Narrows, text, name, views);
    Fact { old: None, levels: Some([level, Level::Compatible]), ..fact }
}

/// A server that does not know a member refuses it or does without it; clients wait for what was always there.
fn removed(name: &str, was_required: bool, (old, new): (&View<'_>, &View<'_>)) -> Fact {
    if new.knows(name) {
        let (id, text) = match new.side.direction {
            Direction::Request => ("property-became-read-only", "is read-only, and could be sent"),
            Direction::Response => ("property-became-write-only", "is write-only, and was told"),
        };
        let fact = property(id, Effect::Unknown, text, name, (old, new));
        return Fact {
            levels: Some([Level::Unclear, if was_required { Level::Breaking } else { Level::Unclear }]),
            ..fact
        };
    }
    let (text, request) = match new.is_closed() {
        true => ("is gone, and is refused", Level::Breaking),
        false if is_sent((old, new)) => ("is gone; what clients send there is not looked at", Level::Unclear),
        false => ("is gone", Level::Unclear),
    };
    let answer = if was_required { Level::Breaking } else { Level::Unclear };
    let fact = property("property-removed", Effect::Widens, text, name, (old, new));
    Fact { new: Some(new.span(&["properties"])), levels: Some([request, answer]), ..fact }
}

fn property(id: &str, effect: Effect, text: &str, name: &str, (old, new): (&View<'_>, &View<'_>)) -> Fact {
    let subject = subject::member(new.side.document, new.pointer(), name);
    let (old, new) = (Some(old.property_span(name)), Some(new.property_span(name)));
    Fact { id: id.to_owned(), effect, levels: None, subject, text: text.to_owned(), old, new }
}

fn additional(old: &View<'_>, new: &View<'_>, into: &mut Compared) {
    const KEYWORDS: [&str; 1] = ["additionalProperties"];
    let mut push = |id: &str, effect, text: &str| into.facts.push(Fact::new(id, effect, text, (old, new), &KEYWORDS));
    match (old.is_closed(), new.is_closed()) {
        (true, true) => return,
        (false, true) => {
            return push("additional-properties-forbidden", Effect::Narrows, "may not have other members any more");
        }
        (true, false) => {
            return push("additional-properties-allowed", Effect::Widens, "may have other members as well");
        }
        (false, false) => {}
    }
    match (old.additional(), new.additional()) {
        (Additional::Unsaid, Additional::Unsaid) => {}
        (Additional::Said(before), Additional::Said(after)) => into.children.push((before, after)),
        (Additional::Unsaid, Additional::Said(_)) => {
            push("additional-properties-restricted", Effect::Narrows, "has a rule for other members, and had none");
        }
        (Additional::Said(_), Additional::Unsaid) => {
            push("additional-properties-unrestricted", Effect::Widens, "has no rule for other members any more");
        }
        (Additional::Partial, Additional::Partial) => {}
        (Additional::Partial, _) | (_, Additional::Partial) => {
            let text = "has other rules for other members: what they let through is not looked into";
            push("additional-properties-changed", Effect::Unknown, text);
        }
    }
}

fn items(old: &View<'_>, new: &View<'_>, into: &mut Compared) {
    let (before, after) = (old.prefix(), new.prefix());
    for (one, other) in before.iter().zip(after) {
        into.children.push((vec![*one], vec![*other]));
    }
    if before.len() != after.len() {
        let text = format!("has rules for its first {} items, and had some for {}", after.len(), before.len());
        let effect = if after.len() > before.len() { Effect::Narrows } else { Effect::Widens };
        into.facts.push(Fact::new("prefix-items-changed", effect, text, (old, new), &["prefixItems"]));
    }
    let (before, after) = (old.items(), new.items());
    let (id, effect, text) = match (before.is_empty(), after.is_empty()) {
        (false, false) => return into.children.push((before, after)),
        (true, true) => return,
        (true, false) => ("items-restricted", Effect::Narrows, "has a rule for its items, and had none"),
        (false, true) => ("items-unrestricted", Effect::Widens, "has no rule for its items any more"),
    };
    into.facts.push(Fact::new(id, effect, text, (old, new), &["items"]));
}
