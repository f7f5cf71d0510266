//! Tells what is wrong with a discriminator that cannot do what it says.

use super::discriminator::{is_null, schema_named};
use super::{Discriminator, Keywords, SchemaId, Schemas};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Node, Span};

/// Warns of a `propertyName` that no variant has, and of a mapping that leads to no variant.
pub(crate) fn warn(schemas: &Schemas, diagnostics: &mut Diagnostics) {
    for id in schemas.ids() {
        let Some(keywords) = schemas.keywords(id) else { continue };
        let Some(discriminator) = &keywords.notes.discriminator else { continue };
        let variants = variants(schemas, id, keywords);
        if variants.is_empty() {
            continue;
        }
        let property = &discriminator.property;
        let is_beside = keywords.object.properties.contains_key(property);
        if !is_beside && !variants.iter().any(|variant| has_property(schemas, *variant, property, &mut Vec::new())) {
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
fn variants(schemas: &Schemas, id: SchemaId, keywords: &Keywords) -> Vec<SchemaId> {
    let offered = keywords.one_of.iter().chain(&keywords.any_of).map(|offered| schemas.resolve(*offered));
    let offered: Vec<SchemaId> = offered.filter(|offered| !is_null(schemas, *offered)).collect();
    if !offered.is_empty() {
        return offered;
    }
    let mut variants = vec![id];
    // Heirs of heirs are found as the list grows.
    let mut next = 0;
    while let Some(base) = variants.get(next).copied() {
        let builds_upon = |heir: &SchemaId| {
            let parts = schemas.keywords(*heir).into_iter().flat_map(|keywords| &keywords.all_of);
            parts.into_iter().any(|part| schemas.resolve(*part) == base)
        };
        let heirs: Vec<SchemaId> = schemas.ids().filter(builds_upon).filter(|heir| !variants.contains(heir)).collect();
        variants.extend(heirs);
        next += 1;
    }
    variants
}

/// Whether a schema, or what it is made of, speaks of a property. One that speaks of none may have it.
fn has_property(schemas: &Schemas, id: SchemaId, name: &str, path: &mut Vec<SchemaId>) -> bool {
    if path.contains(&id) {
        return false;
    }
    let Some(keywords) = schemas.keywords(id) else { return true };
    path.push(id);
    let parts = [&keywords.all_of, &keywords.one_of, &keywords.any_of].into_iter().flatten();
    let mut parts = keywords.reference.iter().chain(parts).peekable();
    let is_open =
        parts.peek().is_none() && keywords.object.properties.is_empty() && keywords.object.additional.is_none();
    is_open
        || keywords.object.properties.contains_key(name)
        || keywords.object.required.contains(name)
        || parts.any(|part| has_property(schemas, *part, name, path))
}
