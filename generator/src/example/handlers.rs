//! The source of an application: a handler for every endpoint, to be written or answering with examples.

use askama::Template;

use super::Examples;
use super::answers::expression;
use crate::ir::{Admission, Endpoint, FieldName, Part, SecurityScheme, Service, TagTraits, TypeDef, TypeName};
use crate::lift::Document;
use crate::render::RenderError;

/// What the handlers of a new application do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handlers {
    /// Answer 501, and refuse all credentials: to be written.
    Unwritten,
    /// Answer with examples, and take any credentials.
    Examples,
}

#[derive(Template)]
#[template(path = "app/handlers.rs.askama", escape = "none")]
struct HandlersFile<'i> {
    /// The path of the generated code: a crate's name, or `crate::pets`.
    api: &'i str,
    parts: Vec<PartView<'i>>,
    /// What refuses or takes credentials.
    checks: &'static str,
    /// An expression of what serves the service.
    handler: String,
    /// The struct of the parts' handlers, where there are several.
    together: Option<&'i TypeName>,
}

/// A trait, and the type that implements it.
struct PartView<'i> {
    docs: &'static str,
    name: &'i TypeName,
    ty: String,
    handlers: Vec<HandlerView<'i>>,
    schemes: &'i [SecurityScheme],
    combine: Option<&'i FieldName>,
}

#[derive(Template)]
#[template(path = "app/main.rs.askama", escape = "none")]
struct MainFile<'i> {
    /// The services' handlers, where they stand in modules of their own.
    modules: &'i [&'i str],
    /// The handlers of the only service.
    handlers: Option<HandlersFile<'i>>,
}

struct HandlerView<'i> {
    method: &'i FieldName,
    /// What the handler calls its request.
    binding: &'static str,
    request: &'i TypeName,
    response: &'i TypeName,
    principal: &'static str,
    answer: String,
    /// Whether the answer is read from the JSON of an example.
    reads_example: bool,
}

/// The text of `src/main.rs`: handlers, a function that makes the service, and `main`.
///
/// # Errors
///
/// A mistake of the generator.
pub fn main_file(document: &Document, service: &Service, api: &str, handlers: Handlers) -> Result<String, RenderError> {
    let handlers = Some(HandlersFile::new(document, service, api, handlers));
    crate::render::source("src/main.rs", &MainFile { modules: &[], handlers })
}

/// The text of a module with handlers and a function that makes the service, for [`flow_main_file`].
///
/// # Errors
///
/// A mistake of the generator.
pub fn handlers_file(
    document: &Document,
    service: &Service,
    api: &str,
    handlers: Handlers,
) -> Result<String, RenderError> {
    crate::render::source(&format!("src/{}.rs", service.module), &HandlersFile::new(document, service, api, handlers))
}

/// The text of a `src/main.rs` that serves the services of these modules.
///
/// # Errors
///
/// A mistake of the generator.
pub fn flow_main_file(modules: &[&str]) -> Result<String, RenderError> {
    crate::render::source("src/main.rs", &MainFile { modules, handlers: None })
}

impl<'i> HandlersFile<'i> {
    fn checks_credentials(&self) -> bool {
        self.parts.iter().any(|part| !part.schemes.is_empty())
    }

    fn new(document: &Document, service: &'i Service, api: &'i str, handlers: Handlers) -> Self {
        let mut examples = Examples::new(document, &service.endpoints);
        let mut view =
            |endpoint: &'i Endpoint| HandlerView::new(endpoint, (api, handlers), &service.types, &mut examples);
        let (parts, handler) = match &service.tags {
            None => (vec![PartView::whole(service, &mut view)], app(service).to_owned()),
            Some(traits) => (PartView::of_tags(service, traits, &mut view), together(traits)),
        };
        let checks = match handlers {
            Handlers::Unwritten => "Err(HttpError::unauthorized())",
            Handlers::Examples => "Ok(())",
        };
        let together = service.tags.as_ref().map(|traits| &traits.handlers);
        Self { api, parts, checks, handler, together }
    }

    fn handlers(&self) -> impl Iterator<Item = &HandlerView<'i>> {
        self.parts.iter().flat_map(|part| &part.handlers)
    }

    fn imports(&self) -> Vec<&TypeName> {
        let messages = self.handlers().flat_map(|handler| [handler.request, handler.response]);
        messages.chain(self.parts.iter().map(|part| part.name)).chain(self.together).collect()
    }

    fn uses_examples(&self) -> bool {
        self.handlers().any(|handler| handler.reads_example)
    }
}

/// The type that implements the trait of a whole service.
fn app(service: &Service) -> &'static str {
    if service.handler.as_str() == "App" { "Application" } else { "App" }
}

/// An expression of the handlers of all parts.
fn together(traits: &TagTraits) -> String {
    let parts = traits.security.iter().chain(traits.tags.iter().map(|tag| &tag.part));
    let fields = parts.map(|part| format!("{}: {}, ", part.field, part.handler));
    format!("{} {{ {} }}", traits.handlers, fields.collect::<String>())
}

impl<'i> PartView<'i> {
    /// One type serves all of it.
    fn whole(service: &'i Service, view: impl FnMut(&'i Endpoint) -> HandlerView<'i>) -> Self {
        Self {
            docs: "What the handlers share: connections, clients, settings.",
            name: &service.handler,
            ty: app(service).to_owned(),
            handlers: service.endpoints.iter().map(view).collect(),
            schemes: &service.schemes,
            combine: service.combine.as_ref(),
        }
    }

    /// A type serves each tag.
    fn of_tags(
        service: &'i Service,
        traits: &'i TagTraits,
        mut view: impl FnMut(&'i Endpoint) -> HandlerView<'i>,
    ) -> Vec<Self> {
        let part = |part: &'i Part, docs, handlers| Self {
            docs,
            name: &part.name,
            ty: part.handler.to_string(),
            handlers,
            schemes: &[],
            combine: None,
        };
        let security = traits.security.as_ref().map(|security| Self {
            schemes: &service.schemes,
            combine: service.combine.as_ref(),
            ..part(security, "What checks credentials.", Vec::new())
        });
        let tags = traits.tags.iter().map(|tag| {
            let handlers = tag.endpoints.iter().map(|index| view(&service.endpoints[*index])).collect();
            part(&tag.part, "What these handlers share: connections, clients, settings.", handlers)
        });
        security.into_iter().chain(tags).collect()
    }

    fn asks_who_calls(&self) -> bool {
        !self.schemes.is_empty() || self.handlers.iter().any(|handler| !handler.principal.is_empty())
    }
}

impl<'i> HandlerView<'i> {
    fn new(
        endpoint: &'i Endpoint,
        (api, handlers): (&str, Handlers),
        types: &[TypeDef],
        examples: &mut Examples<'_>,
    ) -> Self {
        let before = examples.read;
        let answer = match handlers {
            Handlers::Examples => expression(api, endpoint, types, examples),
            Handlers::Unwritten => {
                let detail = format!("`{}` is not written yet.", endpoint.method_name);
                format!("Err(HttpError::not_implemented().detail({detail:?}))")
            }
        };
        let reads_example = examples.read > before;
        let principal = match endpoint.admission() {
            Admission::Everybody => "",
            Admission::Identified => ", _principal: Option<Self::Principal>",
            Admission::Authorized => ", _principal: Self::Principal",
        };
        let (method, request, response) = (&endpoint.method_name, &endpoint.request, &endpoint.response);
        let binding = if answer.contains("request.") { "request" } else { "_request" };
        Self { method, binding, request, response, principal, answer, reads_example }
    }
}
