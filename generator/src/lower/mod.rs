//! lower: a [`Document`] becomes the [IR](crate::ir). All naming happens here, once.

mod answers;
mod body;
mod checks;
mod direction;
mod endpoint;
mod form;
mod headers;
mod media;
mod names;
mod naming;
mod parameters;
mod recursion;
mod security;
mod statuses;
mod types;
mod view;

use openapiv3::{Operation, PathItem};

pub(crate) use checks::needs;
pub(crate) use statuses::status_constant;
pub use types::Untyped;

use crate::diagnostic::Diagnostics;
use crate::ir::{Endpoint, MissingEndpoint, Route, Service};
use crate::lift::schema::SchemaId;
use crate::lift::{Document, METHODS};
use crate::read::Pointer;
use crate::unsupported::{Loss, Unsupported};
use endpoint::Lowering;
use names::Namer;
use naming::{Scope, module_text, type_text};
use types::Types;

/// What lowering gives.
#[derive(Debug)]
pub struct Lowered {
    /// The IR.
    pub service: Service,
    /// What is not generated.
    pub unsupported: Vec<Unsupported>,
    /// What is plain JSON.
    pub untyped: Vec<Untyped>,
}

/// Lowers a document; `name` is what the service is called where the document does not say.
pub fn lower(document: &Document, name: &str, diagnostics: &mut Diagnostics) -> Lowered {
    let info = &document.openapi.info;
    let service_name = document.options.service_id.as_deref().unwrap_or(name);
    let mut namer = Namer::new(document);
    let handler = namer.claim_handler(&type_text(service_name));
    let mut unsupported = document.unsupported.clone();
    let found = operations(document, &mut namer, &mut unsupported);
    let mut methods = Scope::without(&["service"]);
    let mut names = name_operations(&found, &mut methods, &mut namer);
    let (schemes, usable) = security::schemes(document, &mut methods, &mut unsupported);

    let mut lowering = Lowering::new(document, Types::new(document, namer, diagnostics), &usable);
    let (mut endpoints, mut missing) = (Vec::new(), Vec::new());
    for operation in &found {
        match lowering.endpoint(operation, names.remove(0)) {
            Some(endpoint) => endpoints.push(endpoint),
            None => missing.push(MissingEndpoint { route: operation.route.clone() }),
        }
    }
    let Lowering { types, unsupported: more, requests, responses, .. } = lowering;
    unsupported.extend(more);
    direction::check(document, &requests, &responses, &mut unsupported);
    let schemas = document.schema_bundle(requests.iter().copied());
    let used = security::used(&endpoints);
    let finished = types.finish();
    let service = Service {
        module: module_text(name),
        handler,
        title: info.title.clone(),
        version: info.version.clone(),
        description: info.description.clone(),
        options: document.options.clone(),
        schemes: security::keep_used(schemes, &used, &mut endpoints),
        endpoints,
        missing,
        types: finished.types,
        patterns: finished.patterns,
        schemas,
    };
    Lowered { service, unsupported, untyped: finished.untyped }
}

/// An operation of the document, with its place.
struct Found<'d> {
    pointer: Pointer,
    route: Route,
    item: &'d PathItem,
    operation: &'d Operation,
    /// Whether its path can be matched.
    matchable: bool,
}

fn operations<'d>(document: &'d Document, namer: &mut Namer<'d>, unsupported: &mut Vec<Unsupported>) -> Vec<Found<'d>> {
    let mut found = Vec::new();
    let paths = Pointer::root().join("paths");
    for (path, item) in &document.openapi.paths.paths {
        let Some(item) = item.as_item() else { continue };
        let place = document.locate(&paths.join(path));
        let (segments, mixed) = endpoint::segments(path);
        for (method, operation) in METHODS.iter().filter_map(|method| Some((*method, of_method(item, method)?))) {
            let route = Route { method: method.to_uppercase(), path: path.clone(), segments: segments.clone() };
            if let Some(segment) = &mixed {
                let span = document.key_span(&paths.join(path));
                unsupported.push(endpoint::mixed_segment(&route, segment, span));
            }
            let pointer = place.join(method);
            found.push(Found { pointer, route, item, operation, matchable: mixed.is_none() });
        }
        endpoint::refuse_other_methods(document, path, &place, unsupported);
    }
    for operation in &found {
        namer.operation(&operation.pointer, &endpoint::words(operation));
    }
    found
}

fn of_method<'d>(item: &'d PathItem, method: &str) -> Option<&'d Operation> {
    match method {
        "get" => item.get.as_ref(),
        "put" => item.put.as_ref(),
        "post" => item.post.as_ref(),
        "delete" => item.delete.as_ref(),
        "options" => item.options.as_ref(),
        "head" => item.head.as_ref(),
        "patch" => item.patch.as_ref(),
        "trace" => item.trace.as_ref(),
        _ => None,
    }
}

fn name_operations(found: &[Found<'_>], methods: &mut Scope, namer: &mut Namer<'_>) -> Vec<endpoint::Names> {
    let named = found.iter().map(|operation| {
        let words = endpoint::words(operation);
        let method = methods.field(&words);
        let request = namer.claim(&words, &["request", "input"]);
        let response = namer.claim(&words, &["response", "output"]);
        endpoint::Names { method, request, response }
    });
    named.collect()
}

/// The schemas of requests or of responses.
type SchemaIds = Vec<SchemaId>;

impl Lowered {
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
