//! Who may call an operation.

use std::collections::{BTreeMap, BTreeSet};

use super::Changes;
use super::change::Level;
use super::operations::{Both, Operation};
use crate::lift::Document;
use crate::read::{Node, Pointer, to_json};

/// Schemes that must all be satisfied, with their scopes.
type Alternative = BTreeMap<String, BTreeSet<String>>;

/// What an operation asks for, any one of these; its own list replaces the document's.
fn asked(operation: &Operation<'_>) -> Vec<Alternative> {
    let shared = || operation.document.node(&Pointer::root().join("security"));
    let Some(list) = operation.field("security").map(|(_, node)| node).or_else(shared) else { return Vec::new() };
    let scopes = |node: &Node| {
        let list = node.as_list().unwrap_or_default().iter();
        list.filter_map(Node::as_str).map(str::to_owned).collect()
    };
    let read = |node: &Node| {
        let schemes = node.as_map().into_iter().flatten();
        schemes.map(|(name, member)| (name.clone(), scopes(&member.node))).collect()
    };
    list.as_list().unwrap_or_default().iter().map(read).collect()
}

/// The security schemes of a document.
fn declared(document: &Document) -> impl Iterator<Item = (&String, &Node)> {
    let at = document.locate(&Pointer::root().join("components").join("securitySchemes"));
    let all = document.node(&at).and_then(Node::as_map).into_iter().flatten();
    all.map(|(name, member)| (name, &member.node))
}

/// The alternatives of the new document, in which a scheme has the name that an equal one has in the old document.
fn renamed(alternatives: Vec<Alternative>, both: &Both<'_, '_>) -> Vec<Alternative> {
    let name = |name: String| {
        let definition = |document| declared(document).find(|(own, _)| **own == name).map(|(_, node)| node);
        let (None, Some(new)) = (definition(both.old.document), definition(both.new.document)) else { return name };
        let new = to_json(new);
        let same = declared(both.old.document).find(|(_, old)| to_json(old) == new);
        same.map_or(name, |(name, _)| name.clone())
    };
    let renamed =
        alternatives.into_iter().map(|one| one.into_iter().map(|(own, scopes)| (name(own), scopes)).collect());
    renamed.collect()
}

/// Whether who satisfies the first also satisfies the second.
fn satisfies(held: &Alternative, wanted: &Alternative) -> bool {
    wanted.iter().all(|(name, scopes)| held.get(name).is_some_and(|held| scopes.is_subset(held)))
}

fn spoken(alternative: &Alternative) -> String {
    let each = alternative.iter().map(|(name, scopes)| match scopes.is_empty() {
        true => format!("`{name}`"),
        false => format!("`{name}` ({})", scopes.iter().cloned().collect::<Vec<_>>().join(", ")),
    });
    each.collect::<Vec<_>>().join(" with ")
}

pub(super) fn compare(both: &Both<'_, '_>, changes: &mut Changes) {
    let (before, after) = (asked(both.old), renamed(asked(both.new), both));
    let places = (Some(both.old.span("security")), Some(both.new.span("security")));
    let is_open = |all: &[Alternative]| all.is_empty() || all.iter().any(BTreeMap::is_empty);
    match (is_open(&before), is_open(&after)) {
        (true, false) => {
            let message = "clients must authenticate, and did not have to";
            return changes.push(both.changed("security-added", Level::Breaking, message, places));
        }
        (false, true) => {
            let message = "clients need not authenticate any more";
            return changes.push(both.changed("security-removed", Level::Compatible, message, places));
        }
        _ => {}
    }
    let named = |all: &[Alternative], one: &Alternative| all.iter().any(|other| other.keys().eq(one.keys()));
    for alternative in before.iter().filter(|held| !held.is_empty()) {
        if after.iter().any(|wanted| satisfies(alternative, wanted)) {
            continue;
        }
        let (id, message) = match named(&after, alternative) {
            true => (
                "security-scope-added",
                format!("{} is not enough any more: there are more scopes", spoken(alternative)),
            ),
            false => ("security-alternative-removed", format!("{} is not enough any more", spoken(alternative))),
        };
        changes.push(both.changed(id, Level::Breaking, message, places));
    }
    for alternative in after.iter().filter(|wanted| !wanted.is_empty()) {
        let is_new = !before.iter().any(|held| held == alternative);
        if is_new && !before.iter().any(|held| satisfies(alternative, held)) {
            let (id, message) = match named(&before, alternative) {
                true => ("security-scope-removed", format!("{} is enough", spoken(alternative))),
                false => ("security-alternative-added", format!("{} is enough as well", spoken(alternative))),
            };
            changes.push(both.changed(id, Level::Compatible, message, places));
        }
    }
    schemes(both, (&before, &after), changes);
}

/// The schemes that both ask for, where they are others by the same name.
fn schemes(both: &Both<'_, '_>, (before, after): (&[Alternative], &[Alternative]), changes: &mut Changes) {
    let names = |all: &[Alternative]| all.iter().flat_map(|one| one.keys().cloned()).collect::<BTreeSet<_>>();
    let place = |document: &Document, name: &str| {
        document.locate(&Pointer::root().join("components").join("securitySchemes").join(name))
    };
    for name in names(before).intersection(&names(after)) {
        let (old, new) = (place(both.old.document, name), place(both.new.document, name));
        // One that has another name now is the same by its definition.
        if both.new.document.node(&new).is_none() {
            continue;
        }
        let fields = |document: &Document, at: &Pointer| {
            let node = document.node(at);
            // Names of headers and schemes of HTTP are the same in any letters.
            ["type", "in", "name", "scheme"].map(|field| {
                let text = node.and_then(|node| node.get(field)).map(to_json);
                let is_cookie = node.and_then(|node| node.get("in")?.as_str()) != Some("header");
                if field == "name" && is_cookie { text } else { text.map(|text| text.to_ascii_lowercase()) }
            })
        };
        let flows = |document: &Document, at: &Pointer| {
            let node = document.node(at);
            let urls = |node: &Node| {
                let flows = node.get("flows").and_then(Node::as_map).into_iter().flatten();
                let urls = flows.flat_map(|(_, flow)| {
                    ["authorizationUrl", "tokenUrl", "refreshUrl"].map(|url| flow.node.get(url).map(to_json))
                });
                urls.collect::<Vec<_>>()
            };
            (node.and_then(|node| node.get("openIdConnectUrl")).map(to_json), node.map(urls))
        };
        if fields(both.old.document, &old) != fields(both.new.document, &new) {
            let message = format!("the security scheme `{name}` has changed");
            let places = (Some(both.old.document.span(&old)), Some(both.new.document.span(&new)));
            changes.push(both.changed("security-scheme-changed", Level::Breaking, message, places));
        } else if flows(both.old.document, &old) != flows(both.new.document, &new) {
            let message = format!("tokens of the security scheme `{name}` come from elsewhere");
            let places = (Some(both.old.document.span(&old)), Some(both.new.document.span(&new)));
            changes.push(both.changed("security-scheme-details-changed", Level::Unclear, message, places));
        }
    }
}
