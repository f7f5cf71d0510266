//! Objects that no value can be: one part of a schema asks for a member that another part forbids.

use super::{Keywords, Schema, SchemaId, Schemas};
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};

/// Warns of every schema that forbids a member which it requires, or which it declares in another part of `allOf`.
pub(crate) fn warn(schemas: &Schemas, diagnostics: &mut Diagnostics) {
    for id in schemas.ids() {
        let Some(keywords) = schemas.keywords(id) else { continue };
        let mut parts = Vec::new();
        collect(schemas, id, &mut parts);
        let inner = keywords.all_of.is_empty() && keywords.reference.is_some();
        let Some(forbidden) = forbidden(schemas, id, &parts).filter(|_| !inner) else { continue };
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
fn collect<'s>(schemas: &'s Schemas, id: SchemaId, parts: &mut Vec<(SchemaId, &'s Keywords)>) {
    let Some(keywords) = schemas.keywords(id) else { return };
    if parts.iter().any(|(known, _)| *known == id) {
        return;
    }
    parts.push((id, keywords));
    keywords.reference.iter().chain(&keywords.all_of).for_each(|part| collect(schemas, *part, parts));
}

fn forbidden<'s>(schemas: &Schemas, id: SchemaId, parts: &[(SchemaId, &'s Keywords)]) -> Option<Forbidden<'s>> {
    let closed = parts.iter().filter(|(_, keywords)| is_closed(schemas, keywords));
    closed.into_iter().find_map(|(closed, allowed)| {
        let is_forbidden = |name: &&String| !allowed.object.properties.contains_key(*name);
        // What a part says of itself is told there.
        let others = parts.iter().filter(|(part, _)| part != closed || *part == id);
        others.into_iter().find_map(|(part, keywords)| {
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
