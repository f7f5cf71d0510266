//! Tells what is wrong with a discriminator that cannot do what it says.

use std::collections::HashSet;

use super::discriminator::{Heirs, schema_named};
use super::{Discriminator, Keywords, SchemaId, Schemas};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Node, Span};

/// Warns of a `propertyName` that no variant has, and of a mapping that leads to no variant.
pub(crate) fn warn(schemas: &Schemas, heirs: &Heirs, diagnostics: &mut Diagnostics) {
    for id in schemas.ids() {
        let Some(keywords) = schemas.keywords(id) else { continue };
        let Some(discriminator) = &keywords.notes.discriminator else { continue };
        let variants = variants(schemas, id, keywords, heirs);
        if variants.is_empty() {
            continue;
        }
        let property = &discriminator.property;
        let is_beside = keywords.object.properties.contains_key(property);
        if !is_beside && !have_property(schemas, &variants, property) {
            let span = discriminator.node.get("propertyName").map_or(discriminator.node.span, |node| node.span);
            let message = format!("no variant has the property `{property}`");
            let help = "name a property of the variants, or remove the discriminator";
            diagnostics.push(Diagnostic::warning("discriminator", span, message).help(help));
        }
        for (span, target) in targets(discriminator) {
            let message = match schema_named(schemas, target).map(|named| schemas.resolve(named)) {
                Some(named) if variants.contains(&named) => continue,
                Some(_) => format!("`{target}` is no variant of this schema"),
                None => format!("there is no schema `{target}`"),
            };
            let help = "name one of the variants; the entry is ignored";
            diagnostics.push(Diagnostic::warning("discriminator", span, message).help(help));
        }
    }
}

/// What the mapping and `defaultMapping` name.
fn targets(discriminator: &Discriminator) -> impl Iterator<Item = (Span, &str)> {
    let mapping = discriminator.node.get("mapping").and_then(Node::as_map);
    let mapped = mapping.into_iter().flatten().map(|(_, member)| &member.node);
    mapped.chain(discriminator.node.get("defaultMapping")).filter_map(|node| Some((node.span, node.as_str()?)))
}

/// The schemas that a choice offers, or a base with those that build upon it.
fn variants(schemas: &Schemas, id: SchemaId, keywords: &Keywords, heirs: &Heirs) -> Vec<SchemaId> {
    let offered = keywords.one_of.iter().chain(&keywords.any_of).map(|offered| schemas.resolve(*offered));
    let offered: Vec<SchemaId> = offered.filter(|offered| !schemas.is_null(*offered)).collect();
    match offered.is_empty() {
        true => [id].into_iter().chain(heirs.get(&id).into_iter().flatten().copied()).collect(),
        false => offered,
    }
}

/// Whether one of the schemas, or what they are made of, speaks of a property. One that speaks of none may have it.
fn have_property(schemas: &Schemas, variants: &[SchemaId], name: &str) -> bool {
    let (mut seen, mut pending) = (HashSet::new(), variants.to_vec());
    while let Some(id) = pending.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(keywords) = schemas.keywords(id) else { return true };
        let object = &keywords.object;
        let before = pending.len();
        pending.extend(keywords.reference);
        [&keywords.all_of, &keywords.one_of, &keywords.any_of].into_iter().for_each(|parts| pending.extend(parts));
        let is_open = pending.len() == before && object.properties.is_empty() && object.additional.is_none();
        if is_open || object.properties.contains_key(name) || object.required.contains(name) {
            return true;
        }
    }
    false
}
