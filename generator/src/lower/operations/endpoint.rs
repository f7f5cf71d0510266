//! One operation becomes an endpoint.

use std::collections::HashMap;

use super::answers;
use super::body;
use super::parameters;
use super::security;
use crate::ir::{AnswerHeaders, Docs, Endpoint, FieldName, Middleware, Payload, Presence, Route, SchemeKind, TypeName};
use crate::lift::Document;
use crate::lift::schemas::SchemaId;
use crate::lift::service::middleware;
use crate::lower::support_report::Untyped;
use crate::lower::types::Types;
use crate::lower::{DocumentOperation, is_fatal};
use crate::read::{Pointer, Span};
use crate::unsupported::{Feature, Loss, Unsupported};

/// The names of an endpoint.
#[derive(Debug)]
pub(in crate::lower) struct Names {
    pub method: FieldName,
    pub request: TypeName,
    pub response: TypeName,
}

/// What is gathered over all operations.
pub(in crate::lower) struct Lowering<'d> {
    pub document: &'d Document,
    pub types: Types<'d>,
    pub unsupported: Vec<Unsupported>,
    /// The schemas of requests.
    pub requests: Vec<SchemaId>,
    /// The headers of responses by their places, and by whether they have the `Location` of a redirect.
    pub headers: HashMap<(String, Option<Presence>), LoweredHeaders>,
    /// The schemes that can be enforced, by name, with their index.
    pub schemes: &'d [(String, SchemeKind)],
}

/// The headers of a response, and what has no type among them.
type LoweredHeaders = (Option<AnswerHeaders>, Vec<Untyped>);

impl<'d> Lowering<'d> {
    pub(crate) fn new(document: &'d Document, types: Types<'d>, schemes: &'d [(String, SchemeKind)]) -> Self {
        let (requests, headers) = (Vec::new(), HashMap::new());
        Self { document, types, unsupported: Vec::new(), requests, headers, schemes }
    }

    /// The endpoint; `None` where the operation cannot be generated.
    pub(crate) fn endpoint(&mut self, found: &DocumentOperation<'d>, names: Names) -> Option<Endpoint> {
        let before = self.unsupported.len();
        self.types.ledger.open(&found.route);
        let middleware = self.middleware(found);
        let security = security::requirements(self, found, self.schemes);
        let parameters = parameters::lower(self, found);
        let payload = self.payload(found);
        let answers = answers::lower(self, found);
        if found.unreachable.is_some()
            || self.document.is_left_out(&found.pointer)
            || self.unsupported[before..].iter().any(is_fatal)
        {
            return None;
        }
        let Names { method, request, response } = names;
        let route = found.route.clone();
        let docs = docs(found);
        Some(Endpoint {
            method_name: method,
            request,
            response,
            route,
            operation_id: found.operation.operation_id.clone(),
            tags: found.operation.tags.clone(),
            docs,
            parameters,
            payload,
            answers,
            security,
            middleware,
        })
    }

    /// What stands around this operation alone.
    fn middleware(&mut self, found: &DocumentOperation<'_>) -> Vec<Middleware> {
        if let Some(list) = self.document.node(&found.item_pointer.join(middleware::EXTENSION)) {
            self.types.diagnostics.push(middleware::misplaced(list));
        }
        let list = self.document.node(&found.pointer.join(middleware::EXTENSION));
        list.map(|list| middleware::read(list, self.types.diagnostics)).unwrap_or_default()
    }

    fn payload(&mut self, found: &DocumentOperation<'d>) -> Payload {
        if found.is_raw() {
            return Payload::Raw;
        }
        if found.is_websocket() {
            return Payload::Handshake;
        }
        body::lower(self, found).map_or(Payload::Nothing, Payload::Body)
    }

    pub(crate) fn refuse(&mut self, found: &DocumentOperation<'_>, feature: Feature, at: &Pointer, loss: Loss) {
        self.refuse_at(found, feature, self.document.span(at), loss);
    }

    pub(crate) fn refuse_at(&mut self, found: &DocumentOperation<'_>, feature: Feature, span: Span, loss: Loss) {
        self.unsupported.push(Unsupported { feature, span, operation: Some(spoken(&found.route)), loss });
    }
}

/// `GET /pets/{id}`.
pub(in crate::lower) fn spoken(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// What an operation is called: `x-rust-name`, its id, or method and path.
pub(in crate::lower) fn words(found: &DocumentOperation<'_>) -> String {
    let named = found.operation.extensions.get("x-rust-name").and_then(|value| value.as_str());
    match named.or(found.operation.operation_id.as_deref()).filter(|name| !name.trim().is_empty()) {
        Some(name) => name.to_owned(),
        None => {
            let path: String = found.route.path.chars().map(|c| if c == '{' || c == '}' { ' ' } else { c }).collect();
            let root = if found.route.path == "/" { " root" } else { "" };
            format!("{} {path}{root}", found.route.method.to_lowercase())
        }
    }
}

fn docs(found: &DocumentOperation<'_>) -> Docs {
    let operation = found.operation;
    Docs {
        summary: operation.summary.clone().or_else(|| found.item.summary.clone()),
        description: operation.description.clone().or_else(|| found.item.description.clone()),
        deprecated: operation.deprecated,
    }
}
