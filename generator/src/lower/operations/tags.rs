//! A trait a tag, where the document asks for that.

use crate::ir::{Endpoint, Part, TagTrait, TagTraits, Traits};
use crate::lift::Document;
use crate::lower::DocumentOperation;
use crate::lower::names::Namer;
use crate::lower::names::identifiers::Scope;

/// The traits' names, for a service of this name: an operation belongs to its first tag.
pub(in crate::lower) fn name(
    document: &Document,
    service: &str,
    found: &[DocumentOperation<'_>],
    namer: &mut Namer<'_>,
) -> Option<TagTraits> {
    if document.options.traits == Traits::PerService {
        return None;
    }
    let mut fields = Scope::default();
    let handlers = namer.claim(service, &["handlers"]);
    let security = Part {
        name: namer.claim(service, &["security"]),
        handler: namer.claim("security", &["handler"]),
        field: fields.field("security"),
    };
    let mut tags: Vec<TagTrait> = Vec::new();
    for tag in found.iter().map(|operation| operation.operation.tags.first()) {
        if tags.iter().any(|known| known.tag.as_ref() == tag) {
            continue;
        }
        let words = tag.map_or("untagged", String::as_str);
        let part = Part {
            name: namer.claim(words, &["endpoints"]),
            handler: namer.claim(words, &["handler"]),
            field: fields.field(words),
        };
        let declared = document.openapi.tags.iter().find(|declared| Some(&declared.name) == tag);
        let description = declared.and_then(|declared| declared.description.clone());
        tags.push(TagTrait { part, tag: tag.cloned(), description, endpoints: Vec::new() });
    }
    Some(TagTraits { handlers, security: Some(security), tags })
}

/// Hands each endpoint to its trait, and leaves out what none has.
pub(in crate::lower) fn hand_over(
    mut traits: TagTraits,
    endpoints: &[Endpoint],
    asks_who_calls: bool,
) -> Option<TagTraits> {
    for (index, endpoint) in endpoints.iter().enumerate() {
        let tag = endpoint.tags.first();
        if let Some(known) = traits.tags.iter_mut().find(|known| known.tag.as_ref() == tag) {
            known.endpoints.push(index);
        }
    }
    traits.tags.retain(|tag| !tag.endpoints.is_empty());
    traits.security = traits.security.filter(|_| asks_who_calls);
    (!traits.tags.is_empty()).then_some(traits)
}
