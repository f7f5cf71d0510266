//! The trait, the service and the table of its endpoints as text.

use askama::Template;

use super::docs::DocText;
use super::docs::inline_code;
use super::middleware;
use super::operations::operation_docs;
use super::table::Table;
use super::text::{Code, Literal};
use crate::ir::{
    Admission, DocsOptions, Endpoint, FieldName, OptionValue, ReplicaOption, ReplicaOptions, SchemeKind,
    SecurityScheme, Service, TypeName,
};
use crate::source::Span;

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
    options: Code,
    document: Option<DocumentView>,
    has_middleware: bool,
    has_certificates: bool,
    endpoints: Vec<EndpointView<'i>>,
    table: Table,
    schemes: Vec<SchemeView<'i>>,
    combine: Option<&'i FieldName>,
}

/// The file that the document is in, and where it is shown.
struct DocumentView {
    file: Literal,
    path: Literal,
    redoc: Literal,
    openapi: Literal,
}

/// A method of a trait that answers the requests of an endpoint.
pub(super) struct EndpointView<'i> {
    pub docs: DocText,
    /// Callers are warned; implementing it is no call.
    pub is_deprecated: bool,
    /// What the document says of the operation, as arguments of a constructor.
    operation: Code,
    /// The handler's parameter for who calls.
    pub principal: &'static str,
    pub method: &'i FieldName,
    pub request: &'i TypeName,
    pub response: &'i TypeName,
}

/// A method of a trait that checks credentials.
pub(super) struct SchemeView<'i> {
    pub docs: DocText,
    pub method: &'i FieldName,
    pub credentials: &'static str,
    kind: &'static str,
}

impl<'i> ServiceFile<'i> {
    pub(super) fn new(service: &'i Service, document_file: &str) -> Self {
        Self {
            docs: title(service),
            handler: &service.handler,
            name: Literal::new(&service.module),
            title: Literal::new(&service.title),
            version: Literal::new(&service.version),
            service_id: Literal::option(service.options.service_id.as_deref()),
            base_route: Literal::new(service.options.base_route.as_deref().unwrap_or("/")),
            options: options(&service.options.replicas),
            document: service.document.as_ref().map(|_| DocumentView::new(&service.options.docs, document_file)),
            has_middleware: middleware::is_used(service),
            has_certificates: service.has_client_certificates(),
            endpoints: service.endpoints.iter().map(EndpointView::new).collect(),
            table: Table::new(service),
            schemes: service.schemes.iter().map(SchemeView::new).collect(),
            combine: service.combine.as_ref(),
        }
    }
}

impl<'i> EndpointView<'i> {
    pub(super) fn new(endpoint: &'i Endpoint) -> Self {
        Self {
            docs: operation_docs(endpoint),
            is_deprecated: endpoint.docs.deprecated,
            operation: operation(endpoint),
            principal: match endpoint.admission() {
                Admission::Everybody => "",
                Admission::Identified => ", principal: Option<Self::Principal>",
                Admission::Authorized => ", principal: Self::Principal",
            },
            method: &endpoint.method_name,
            request: &endpoint.request,
            response: &endpoint.response,
        }
    }
}

impl<'i> SchemeView<'i> {
    pub(super) fn new(scheme: &'i SecurityScheme) -> Self {
        let kind = match scheme.kind {
            SchemeKind::HeaderKey(_) | SchemeKind::QueryKey(_) | SchemeKind::CookieKey(_) => "ApiKey",
            SchemeKind::Basic => "Basic",
            SchemeKind::Bearer | SchemeKind::OAuth => "Bearer",
            SchemeKind::Certificate => "Certificate",
            SchemeKind::Http(_) => "Http",
        };
        let first = format!("Checks the credentials of {}.", inline_code(&scheme.wire_name));
        let docs = DocText::line(first)
            .paragraph(scheme.description.as_deref())
            .paragraph(Some("Answer 401 where they are wrong, and 403 where they lack one of `scopes`."));
        Self { docs, method: &scheme.method_name, credentials: scheme.credentials(), kind }
    }
}

impl DocumentView {
    fn new(options: &DocsOptions, document_file: &str) -> Self {
        let [path, redoc, openapi] =
            [&options.path, &options.redoc, &options.openapi].map(|path| Literal::option(path.as_deref()));
        Self { file: Literal::new(document_file), path, redoc, openapi }
    }
}

/// What the document and the flow file say of how the service runs, each by its name.
fn options(options: &ReplicaOptions) -> Code {
    let mut files: Vec<(Span, &str, String)> = Vec::new();
    for option in options.iter() {
        match files.iter_mut().find(|(span, ..)| span.file == option.span.file) {
            Some((.., setters)) => setters.push_str(&setter(option)),
            None => files.push((option.span, &option.file, setter(option))),
        }
    }
    // A document is read after the flow file that names it.
    files.sort_by_key(|(span, ..)| std::cmp::Reverse(span.file));
    let each = files.iter().map(|(_, name, setters)| format!("({name:?}, generated::ServiceOptions::new(){setters})"));
    Code::new(format!("&[{}]", each.collect::<Vec<_>>().join(", ")))
}

fn setter(ReplicaOption { name, value, .. }: &ReplicaOption) -> String {
    match value {
        OptionValue::Count(count) => format!(".{name}({count})"),
        OptionValue::Bytes(bytes) => format!(".{name}({bytes})"),
        OptionValue::Number(number) => format!(".{name}({number:?})"),
        OptionValue::Seconds(seconds) if seconds.fract() == 0.0 => {
            format!(".{name}(std::time::Duration::from_secs({seconds}))")
        }
        OptionValue::Seconds(seconds) => {
            format!(".{name}(std::time::Duration::from_micros({}))", (seconds * 1e6).round())
        }
        OptionValue::Level(level) => format!(".{name}(generated::LogLevel::{level})"),
    }
}

/// The document's title, version and description.
pub(super) fn title(service: &Service) -> DocText {
    let heading = format!("{} {}", service.title.trim(), service.version.trim());
    DocText::default().paragraph(Some(&heading)).paragraph(service.description.as_deref())
}

/// The method, path, id and tags of an operation.
fn operation(endpoint: &Endpoint) -> Code {
    let (method, path) = (Literal::new(&endpoint.route.method), Literal::new(&endpoint.route.path));
    let id = Literal::option(endpoint.operation_id.as_deref());
    let tags: Vec<String> = endpoint.tags.iter().map(|tag| Literal::new(tag).to_string()).collect();
    Code::new(format!("{method}, {path}, {id}, &[{}]", tags.join(", ")))
}
