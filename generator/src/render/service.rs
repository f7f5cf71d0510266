//! The trait, its object-safe twin and the dispatcher as text.

use askama::Template;

use super::operations::operation_docs;
use super::text::{DocText, Literal};
use crate::ir::{FieldName, SchemeKind, Service, TypeName};
use crate::lift::DocsOptions;

/// The module of the trait.
#[derive(Template)]
#[template(path = "service.rs.askama", escape = "none")]
pub(super) struct ServiceFile<'i> {
    docs: DocText,
    handler: &'i TypeName,
    name: Literal,
    title: Literal,
    version: Literal,
    service_id: Literal,
    base_route: Literal,
    document: Option<DocumentView>,
    endpoints: Vec<EndpointView<'i>>,
    schemes: Vec<SchemeView<'i>>,
}

/// The file that the document is in, and where it is shown.
struct DocumentView {
    file: Literal,
    path: Literal,
    redoc: Literal,
    openapi: Literal,
}

struct EndpointView<'i> {
    docs: DocText,
    method: &'i FieldName,
    request: &'i TypeName,
    response: &'i TypeName,
}

struct SchemeView<'i> {
    docs: DocText,
    method: &'i FieldName,
    credentials: &'static str,
    kind: &'static str,
}

impl<'i> ServiceFile<'i> {
    pub fn of(service: &'i Service, document_file: &str) -> Self {
        let endpoints = service.endpoints.iter().map(|endpoint| EndpointView {
            docs: operation_docs(endpoint),
            method: &endpoint.method_name,
            request: &endpoint.request,
            response: &endpoint.response,
        });
        let schemes = service.schemes.iter().map(|scheme| {
            let kind = match scheme.kind {
                SchemeKind::HeaderKey(_) | SchemeKind::QueryKey(_) | SchemeKind::CookieKey(_) => "ApiKey",
                SchemeKind::Basic => "Basic",
                SchemeKind::Bearer => "Bearer",
            };
            let first = format!("Checks the credentials of {}.", super::types::inline_code(&scheme.wire_name));
            let docs = DocText::line(first)
                .paragraph(scheme.description.as_deref())
                .paragraph(Some("Answer 401 where they are wrong, and 403 where they lack one of `scopes`."));
            SchemeView { docs, method: &scheme.method_name, credentials: scheme.credentials(), kind }
        });
        Self {
            docs: title(service),
            handler: &service.handler,
            name: Literal::of(&service.module),
            title: Literal::of(&service.title),
            version: Literal::of(&service.version),
            service_id: Literal::option(service.options.service_id.as_deref()),
            base_route: Literal::of(service.options.base_route.as_deref().unwrap_or("/")),
            document: service.document.as_ref().map(|_| DocumentView::of(&service.options.docs, document_file)),
            endpoints: endpoints.collect(),
            schemes: schemes.collect(),
        }
    }
}

impl DocumentView {
    fn of(options: &DocsOptions, document_file: &str) -> Self {
        let [path, redoc, openapi] =
            [&options.path, &options.redoc, &options.openapi].map(|path| Literal::option(path.as_deref()));
        Self { file: Literal::of(document_file), path, redoc, openapi }
    }
}

/// The document's title, version and description.
pub(super) fn title(service: &Service) -> DocText {
    let heading = format!("{} {}", service.title.trim(), service.version.trim());
    DocText::default().paragraph(Some(&heading)).paragraph(service.description.as_deref())
}
