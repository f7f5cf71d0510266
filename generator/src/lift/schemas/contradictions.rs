//! Objects that no value can be: one part of a schema asks for a member that another part forbids.

use std::collections::HashSet;

use super::{Keywords, Schema, SchemaId, Schemas};
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};

/// Warns of every schema that forbids a member which it requires, or which it declares in another part of `allOf`.
pub(crate) fn warn(schemas: &Schemas, diagnostics: &mut Diagnostics) {
    for id in schemas.ids() {
        let Some(keywords) = schemas.keywords(id) else { continue };
        // What a mere reference leads to is told there.
        if keywords.all_of.is_empty() && keywords.reference.is_some() {
            continue;
        }
        let Some(forbidden) = forbidden(schemas, id, &collect(schemas, id)) else { continue };
        let span = schemas.get(id).span;
        let diagnostic = match forbidden {
            Forbidden::Required(name, allowed) => {
                let message = "no object can satisfy this schema";
                let message = format!("{message}: `{name}` is required, and `additionalProperties: false` forbids it");
                let help = match nearest(name, allowed.object.properties.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("declare `{name}` among the `properties`"),
                };
                Diagnostic::warning("contradiction", span, message).help(help)
            }
            Forbidden::Declared(name) => {
                let reason = "`additionalProperties: false` in another part of `allOf` forbids it";
                let message = format!("no object can have the property `{name}`: {reason}");
                let help = "put `unevaluatedProperties: false` beside `allOf`, and leave the parts open";
                Diagnostic::warning("contradiction", span, message).help(help)
            }
        };
        diagnostics.push(diagnostic);
    }
}

/// A member that a part of a schema asks for, and that another part forbids.
enum Forbidden<'s> {
    /// It must be there. The part that forbids it declares others.
    Required(&'s str, &'s Keywords),
    /// It may be there.
    Declared(&'s str),
}

/// The schema and all that it is made of, by `$ref` and `allOf`.
fn collect(schemas: &Schemas, id: SchemaId) -> Vec<(SchemaId, &Keywords)> {
    let (mut parts, mut seen, mut pending) = (Vec::new(), HashSet::new(), vec![id]);
    while let Some(id) = pending.pop() {
        let Some(keywords) = schemas.keywords(id).filter(|_| seen.insert(id)) else { continue };
        parts.push((id, keywords));
        pending.extend(keywords.all_of.iter().rev());
        pending.extend(keywords.reference);
    }
    parts
}

fn forbidden<'s>(schemas: &Schemas, id: SchemaId, parts: &[(SchemaId, &'s Keywords)]) -> Option<Forbidden<'s>> {
    let names = |(_, keywords): &(SchemaId, &'s Keywords)| {
        keywords.object.required.iter().chain(keywords.object.properties.keys())
    };
    let named: HashSet<&String> = parts.iter().flat_map(names).collect();
    let is_closed = |(_, keywords): &&(SchemaId, &Keywords)| {
        let allowed = &keywords.object.properties;
        is_closed(schemas, keywords) && !named.iter().all(|name| allowed.contains_key(*name))
    };
    parts.iter().filter(is_closed).find_map(|(closed, allowed)| {
        let is_forbidden = |name: &&String| !allowed.object.properties.contains_key(*name);
        // What a part says of itself is told there.
        let mut others = parts.iter().filter(|(part, _)| part != closed || *part == id);
        others.find_map(|(part, keywords)| {
            let required = keywords.object.required.iter().find(is_forbidden);
            let declared = || keywords.object.properties.keys().find(is_forbidden).filter(|_| part != closed);
            match required {
                Some(name) => Some(Forbidden::Required(name, allowed)),
                None => declared().map(|name| Forbidden::Declared(name)),
            }
        })
    })
}

/// Whether only members that are declared may be there.
fn is_closed(schemas: &Schemas, keywords: &Keywords) -> bool {
    let object = &keywords.object;
    let is_never = |id: SchemaId| matches!(schemas.get(id).schema, Schema::Never);
    object.patterns.is_empty() && object.additional.is_some_and(is_never)
}
