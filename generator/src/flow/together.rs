//! What the services of a flow must not have in common, and what they must.

use std::collections::BTreeMap;

use super::Entry;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Origin, Package, Piece, Route};
use crate::lift::Document;
use crate::lift::service::BLOCK;
use crate::lower::Lowered;
use crate::read::{Pointer, Span};

/// Tells which services cannot be in one flow, with both places; `entries` are those of the `services`.
pub(crate) fn check(entries: &[Entry], services: &[(Document, Lowered)], diagnostics: &mut Diagnostics) {
    let (mut names, mut ids, mut routes, mut packages) = (Claims::new(), Claims::new(), Claims::new(), Packages::new());
    let mut bases = Vec::new();
    for (entry, (document, lowered)) in entries.iter().zip(services) {
        let said = |option: &str| {
            let place = Pointer::root().join(BLOCK).join(option);
            document.node(&place).map_or_else(|| whole(entry, document), |node| node.span)
        };
        let options = &lowered.service.options;
        let name = (lowered.service.module.as_str(), whole(entry, document));
        let help = "give one of them another `name` in a flow file";
        diagnostics.extend(claim(&mut names, name, "two modules are called", help));
        if let Some(id) = &options.service_id {
            let help = "give one of them another `service_id`";
            diagnostics.extend(claim(&mut ids, (id, said("service_id")), "two services have the `service_id`", help));
        }
        let route = (options.base_route.as_deref().unwrap_or("/"), said("base_route"));
        let help = "set another `base_route` in the document's `x-buildflow-service`, or in a flow file";
        diagnostics.extend(claim(&mut routes, route, "two services have the `base_route`", help));
        bases.push((base(route.0), route.1));
        for (ty, span) in &lowered.service.external {
            if let Origin::Package(Package { name, version: Some(version), .. }) = ty.origin() {
                diagnostics.extend(agree(&mut packages, name, version, *span));
            }
        }
    }
    hidden(services, &bases, diagnostics);
}

/// The segments of a base route; none of `/`.
fn base(route: &str) -> Vec<&str> {
    route.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// Tells which operations nobody can reach, for their paths are below the longer base route of another service.
fn hidden(services: &[(Document, Lowered)], bases: &[(Vec<&str>, Span)], diagnostics: &mut Diagnostics) {
    for ((_, lowered), (outer, _)) in services.iter().zip(bases) {
        let inner = bases.iter().filter_map(|(inner, span)| Some((inner.strip_prefix(&**outer)?, inner, span)));
        for (rest, inner, span) in inner.filter(|(rest, ..)| !rest.is_empty()) {
            for endpoint in lowered.service.endpoints.iter().filter(|endpoint| begins_with(&endpoint.route, rest)) {
                let Route { method, path, .. } = &endpoint.route;
                let message = format!(
                    "the base route `/{}` hides `{method} {path}` of `{}`",
                    inner.join("/"),
                    lowered.service.module.as_str()
                );
                let help = "requests go to the service with the longer base route; give one of them another";
                diagnostics.push(Diagnostic::warning("hidden-operation", *span, message).help(help));
            }
        }
    }
}

/// Whether all requests of a route begin with these segments.
fn begins_with(route: &Route, segments: &[&str]) -> bool {
    let texts = route.segments.iter().map(|segment| match &*segment.pieces {
        [Piece::Text(text)] => Some(text.as_str()),
        _ => None,
    });
    route.segments.len() >= segments.len() && texts.zip(segments).all(|(text, segment)| text == Some(*segment))
}

/// What is taken, and where it was said.
type Claims<'s> = BTreeMap<&'s str, Span>;

/// The crates that documents name, each with its version.
type Packages<'s> = BTreeMap<&'s str, (&'s str, Span)>;

/// Where a service as a whole is spoken of.
fn whole(entry: &Entry, document: &Document) -> Span {
    let first = Pointer::root().join("openapi");
    entry.place.unwrap_or_else(|| document.span(&first))
}

fn claim<'s>(taken: &mut Claims<'s>, (text, span): (&'s str, Span), what: &str, help: &str) -> Option<Diagnostic> {
    let Some(first) = taken.get(text) else {
        taken.insert(text, span);
        return None;
    };
    let message = format!("{what} `{text}`");
    Some(Diagnostic::error("clashing-services", span, message).related(*first, "the other one is here").help(help))
}

fn agree<'s>(packages: &mut Packages<'s>, name: &'s str, version: &'s str, span: Span) -> Option<Diagnostic> {
    let (first, place) = *packages.entry(name).or_insert((version, span));
    (first != version).then(|| {
        let message = format!("the crate `{name}` has the version {version} here, and {first} elsewhere");
        let help = "one crate is generated of all services: name one version";
        Diagnostic::error("clashing-services", span, message).related(place, "elsewhere").help(help)
    })
}
