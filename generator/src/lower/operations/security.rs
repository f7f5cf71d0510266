//! Security requirements: enforced as the document says, or not generated at all.

use std::collections::{BTreeSet, HashMap};

use openapiv3::{APIKeyLocation, SecurityScheme as Declared};

use super::endpoint::Lowering;
use crate::diagnostic::nearest;
use crate::ir::{Endpoint, Requirement, SchemeKind, SecurityScheme};
use crate::lift::{Document, MUTUAL_TLS, SCHEMES, is_token};
use crate::lower::DocumentOperation;
use crate::lower::names::identifiers::Scope;
use crate::read::Pointer;
use crate::unsupported::{Feature, Loss, Unsupported};

/// The schemes that can be enforced; the others are told.
///
/// The second list says the same by name, for those who look a scheme up.
pub(in crate::lower) fn schemes(
    document: &Document,
    methods: &mut Scope,
    unsupported: &mut Vec<Unsupported>,
) -> (Vec<SecurityScheme>, Vec<(String, SchemeKind)>) {
    let mut schemes = Vec::new();
    let place = Pointer::root().join("components").join("securitySchemes");
    let declared = document.openapi.components.iter().flat_map(|components| &components.security_schemes);
    for (name, scheme) in declared {
        let Some(scheme) = scheme.as_item() else { continue };
        match kind(scheme) {
            Some(kind) => {
                let words = name.to_ascii_lowercase();
                let words = if words.ends_with("auth") { name.clone() } else { format!("{name} auth") };
                let method_name = methods.field(&words);
                let description = description(scheme).clone();
                schemes.push(SecurityScheme { wire_name: name.clone(), method_name, kind, description });
            }
            None => unsupported.push(Unsupported {
                feature: Feature::SecurityScheme(format!("the security scheme `{name}`")),
                span: document.span(&place.join(name)),
                operation: None,
                loss: Loss::Part,
            }),
        }
    }
    let usable = schemes.iter().map(|scheme| (scheme.wire_name.clone(), scheme.kind.clone())).collect();
    (schemes, usable)
}

fn kind(scheme: &Declared) -> Option<SchemeKind> {
    match scheme {
        Declared::APIKey { location: APIKeyLocation::Query, name, .. } => Some(SchemeKind::QueryKey(name.clone())),
        // No request has a header or a cookie of another name.
        Declared::APIKey { name, .. } if !is_token(name) => None,
        Declared::APIKey { location: APIKeyLocation::Header, name, .. } => Some(SchemeKind::HeaderKey(name.clone())),
        Declared::APIKey { location: APIKeyLocation::Cookie, name, .. } => Some(SchemeKind::CookieKey(name.clone())),
        Declared::HTTP { scheme, .. } => match scheme.to_ascii_lowercase().as_str() {
            "basic" => Some(SchemeKind::Basic),
            "bearer" => Some(SchemeKind::Bearer),
            _ if scheme == MUTUAL_TLS => Some(SchemeKind::Certificate),
            // What no client can send.
            name if !is_token(name) => None,
            _ => Some(SchemeKind::Http(scheme.clone())),
        },
        // Both hand out bearer tokens (RFC 6750).
        Declared::OAuth2 { .. } | Declared::OpenIDConnect { .. } => Some(SchemeKind::OAuth),
    }
}

fn description(scheme: &Declared) -> &Option<String> {
    match scheme {
        Declared::APIKey { description, .. }
        | Declared::HTTP { description, .. }
        | Declared::OAuth2 { description, .. }
        | Declared::OpenIDConnect { description, .. } => description,
    }
}

/// What an operation asks for: any one of these; its own list replaces the document's.
pub(in crate::lower) fn requirements<'d>(
    lowering: &mut Lowering<'d>,
    found: &DocumentOperation<'d>,
    usable: &[(String, SchemeKind)],
) -> Vec<Requirement> {
    let asked = found.operation.security.as_ref().or(lowering.document.openapi.security.as_ref());
    let Some(asked) = asked.filter(|list| !list.is_empty()) else { return Vec::new() };
    let position = |name: &str| usable.iter().position(|(known, _)| known == name);
    let index = |name: &str| position(name).or_else(|| position(name.strip_prefix(SCHEMES)?));
    let mut requirements = Vec::new();
    let mut lost = None;
    for (number, alternative) in asked.iter().enumerate() {
        let schemes: Option<Vec<_>> =
            alternative.iter().map(|(name, scopes)| Some((index(name)?, scopes.clone()))).collect();
        match schemes {
            Some(schemes) => requirements.push(Requirement { schemes }),
            None => lost = alternative.keys().find(|name| index(name).is_none()).map(|name| (number, name)),
        }
    }
    if let Some((number, name)) = lost {
        // Without another way in, the operation must not be served at all.
        let loss = if requirements.is_empty() { Loss::Operation } else { Loss::Part };
        if is_defined(lowering.document, name) {
            let feature = Feature::SecurityScheme(format!("the security scheme `{name}`"));
            lowering.refuse(found, feature, &found.pointer, loss);
        } else {
            let own = found.operation.security.as_ref().map(|_| &found.pointer);
            let at = own.cloned().unwrap_or_default().join("security").item(number).join(name);
            let span = lowering.document.key_span(&at);
            let meant = nearest(name, usable.iter().map(|(known, _)| known.as_str())).map(str::to_owned);
            lowering.refuse_at(found, Feature::UndefinedSecurityScheme { name: name.clone(), meant }, span, loss);
        }
    }
    // A way in for everybody makes the others moot only if nothing is presented; keep them all.
    requirements
}

fn is_defined(document: &Document, name: &str) -> bool {
    let schemes = document.openapi.components.as_ref().map(|components| &components.security_schemes);
    let name = name.strip_prefix(SCHEMES).unwrap_or(name);
    schemes.is_some_and(|schemes| schemes.contains_key(name))
}

/// Whether some endpoint asks for several schemes together.
pub(in crate::lower) fn are_combined(endpoints: &[Endpoint]) -> bool {
    endpoints.iter().flat_map(|endpoint| &endpoint.security).any(|requirement| requirement.schemes.len() > 1)
}

/// The schemes that some endpoint asks for.
pub(in crate::lower) fn used(endpoints: &[Endpoint]) -> BTreeSet<usize> {
    let requirements = endpoints.iter().flat_map(|endpoint| &endpoint.security);
    requirements.flat_map(|requirement| &requirement.schemes).map(|(scheme, _)| *scheme).collect()
}

/// Drops the schemes that no endpoint asks for, so that no handler must implement them.
pub(in crate::lower) fn keep_used(
    schemes: Vec<SecurityScheme>,
    used: &BTreeSet<usize>,
    endpoints: &mut [Endpoint],
) -> Vec<SecurityScheme> {
    let places: HashMap<usize, usize> = used.iter().enumerate().map(|(place, old)| (*old, place)).collect();
    let place = |old: &usize| places.get(old).copied().unwrap_or_default();
    for requirement in endpoints.iter_mut().flat_map(|endpoint| &mut endpoint.security) {
        for (scheme, _) in &mut requirement.schemes {
            *scheme = place(scheme);
        }
    }
    schemes.into_iter().enumerate().filter(|(index, _)| used.contains(index)).map(|(_, scheme)| scheme).collect()
}
