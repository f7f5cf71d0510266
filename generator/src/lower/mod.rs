//! lower: a [`Document`] becomes the [IR](crate::ir). All naming happens here, once.
//!
//! Uses `source` to `unsupported`. Knows no Rust syntax: how a type is written is for `render`.

mod names;
pub(crate) mod operations;
mod support_report;
mod types;

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Endpoint, MissingEndpoint, Service};
use crate::lift::{Direction, Document};
use crate::read::{Pointer, json_depth};
use crate::unsupported::{Feature, Loss, Unsupported};
use names::Namer;
use names::identifiers::{Scope, module_text, type_text};
use operations::endpoint::{self, Lowering};
use operations::selection::{self, Selection};
use operations::{DocumentOperation, docs, overlaps, response_schemas, security, tags};
use types::Types;

pub(crate) use operations::statuses::status_constant;
pub use support_report::{Support, Untyped};
pub(crate) use types::checks::needs;

/// What lowering gives.
#[derive(Debug)]
pub struct Lowered {
    /// The IR.
    pub service: Service,
    /// What is not generated.
    pub unsupported: Vec<Unsupported>,
    /// What of each operation has no type of its own.
    pub support: Vec<Support>,
}

/// How deep JSON may be nested for `serde_json` to read it, which servers read their schemas with.
const DEPTH: usize = 127;

/// Lowers a document; `name` is what the service is called where the document does not say.
pub fn lower(document: &Document, name: &str, diagnostics: &mut Diagnostics) -> Lowered {
    let info = &document.openapi.info;
    let service_name = document.options.service_id.as_deref().unwrap_or_else(|| names::of_service(name, &info.title));
    let mut namer = Namer::new(document);
    let handler = namer.claim_handler(&type_text(service_name));
    let mut unsupported = Vec::new();
    let found = operations::find(document, &mut unsupported);
    for operation in &found {
        namer.operation(&operation.pointer, &endpoint::words(operation));
    }
    let mut methods = Scope::without(&["service"]);
    let names = name_operations(&found, &mut methods, &mut namer);
    let (schemes, usable) = security::schemes(document, &mut methods, &mut unsupported);

    let combine = methods.field("combine_principals");
    let tags = tags::name(document, service_name, &found, &mut namer);

    // What has names of its own keeps them, whichever part of the document is served.
    let Selection { found, names, left_out } = selection::select(document, found, names, diagnostics);
    docs::tell_hidden(document, &found, diagnostics);
    overlaps::tell(document, &found, diagnostics);

    let mut lowering = Lowering::new(document, Types::new(document, namer, diagnostics), &usable);
    let (mut endpoints, missing, mut skipped) = lower_operations(&mut lowering, &found, names);
    skipped.extend(left_out);
    let Lowering { types, unsupported: more, requests, .. } = lowering;
    unsupported.extend(more);
    let used = security::used(&endpoints);
    let finished = types.finish();
    let validated = requests.into_iter().chain(finished.validated);
    let validator_document = document.validator_document(validated, Direction::Request);
    let has_idn_formats = validator_document.has_idn_formats;
    let schemas = validator_document.into_text();
    let answers = response_schemas::response_schemas(document, &endpoints);
    for bundle in [&schemas, &answers] {
        refuse_too_deep(bundle, document, diagnostics);
    }
    let service = Service {
        module: module_text(name),
        handler,
        title: info.title.clone(),
        version: info.version.clone(),
        description: info.description.clone(),
        options: document.options.clone(),
        schemes: security::keep_used(schemes, &used, &mut endpoints),
        tags: tags.and_then(|tags| tags::hand_over(tags, &endpoints, !used.is_empty())),
        combine: security::are_combined(&endpoints).then_some(combine),
        endpoints,
        missing,
        types: finished.types,
        external: finished.external,
        patterns: finished.patterns,
        schemas,
        has_idn_formats,
        answers,
        document: document.options.docs.openapi.is_some().then(|| document.published(skipped)),
    };
    Lowered { service, unsupported, support: finished.support }
}

/// The endpoints, those that are missing, and the places of the operations that were skipped.
fn lower_operations<'d>(
    lowering: &mut Lowering<'d>,
    found: &[DocumentOperation<'d>],
    names: Vec<endpoint::Names>,
) -> (Vec<Endpoint>, Vec<MissingEndpoint>, HashSet<Pointer>) {
    let (mut endpoints, mut missing, mut skipped) = (Vec::new(), Vec::new(), HashSet::new());
    for (operation, names) in found.iter().zip(names) {
        match lowering.endpoint(operation, names) {
            Some(endpoint) => endpoints.push(endpoint),
            None => {
                if !matches!(operation.unreachable, Some(Feature::SamePath(_))) {
                    missing.push(MissingEndpoint { route: operation.route.clone() });
                }
                skipped.insert(operation.pointer.clone());
            }
        }
    }
    (endpoints, missing, skipped)
}

fn refuse_too_deep(bundle: &str, document: &Document, diagnostics: &mut Diagnostics) {
    if json_depth(bundle) > DEPTH {
        let message =
            format!("schemas nest more than {DEPTH} deep in the document, deeper than a server can read them");
        let help = "name inner schemas under `components`, and refer to them";
        diagnostics.push(Diagnostic::error("too-deep", document.span(&Pointer::root()), message).help(help));
    }
}

fn name_operations(
    found: &[DocumentOperation<'_>],
    methods: &mut Scope,
    namer: &mut Namer<'_>,
) -> Vec<endpoint::Names> {
    let named = found.iter().map(|operation| {
        let words = endpoint::words(operation);
        let method = methods.field(&words);
        let request = namer.claim(&words, &["request", "input"]);
        let response = namer.claim(&words, &["response", "output"]);
        endpoint::Names { method, request, response }
    });
    named.collect()
}

impl Lowered {
    /// All that has no type of its own, each place once.
    pub fn untyped(&self) -> Vec<&Untyped> {
        let mut seen = HashSet::new();
        self.support.iter().flat_map(|operation| &operation.untyped).filter(|part| seen.insert(&part.pointer)).collect()
    }

    /// Whether every operation of the document is generated in full.
    pub fn is_complete(&self) -> bool {
        self.unsupported.is_empty()
    }

    /// The endpoint of an operation.
    pub fn endpoint(&self, method: &str, path: &str) -> Option<&Endpoint> {
        self.service.endpoints.iter().find(|endpoint| endpoint.route.method == method && endpoint.route.path == path)
    }
}

/// Whether the loss is the whole operation.
fn is_fatal(unsupported: &Unsupported) -> bool {
    unsupported.loss == Loss::Operation
}
