//! The source of an application: a handler for every endpoint, to be written or answering with examples.

use askama::Template;

use super::Examples;
use crate::ir::{
    Admission, Answer, AnswerBody, AnswerHeaders, Content, Endpoint, FieldName, Part, Presence, Scalar, SecurityScheme,
    Service, Status, TagTraits, Type, TypeName,
};
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
    /// How the generated code gets in: `mod pets { … }`, or a crate's name.
    api: Api<'i>,
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

/// Where the application finds the generated code.
#[derive(Debug, Clone, Copy)]
pub enum Api<'i> {
    /// A module that the build script has generated.
    Module(&'i str),
    /// A crate.
    Crate(&'i str),
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

impl Api<'_> {
    fn module(&self) -> Option<&str> {
        match self {
            Self::Module(name) => Some(name),
            Self::Crate(_) => None,
        }
    }

    fn path(&self) -> &str {
        match self {
            Self::Module(name) | Self::Crate(name) => name,
        }
    }
}

/// The text of `src/main.rs`: handlers, a function that makes the service, and `main`.
///
/// # Errors
///
/// A mistake of the generator.
pub fn main_file(
    document: &Document,
    service: &Service,
    api: Api<'_>,
    handlers: Handlers,
) -> Result<String, RenderError> {
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
    api: Api<'_>,
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
    fn new(document: &Document, service: &'i Service, api: Api<'i>, handlers: Handlers) -> Self {
        let mut examples = Examples::new(document, &service.endpoints);
        let mut view = |endpoint: &'i Endpoint| HandlerView::new(endpoint, api, handlers, &mut examples);
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
    fn new(endpoint: &'i Endpoint, api: Api<'_>, handlers: Handlers, examples: &mut Examples<'_>) -> Self {
        let answer = super::answer(endpoint).filter(|_| handlers == Handlers::Examples);
        let is_echo =
            answer.and_then(|answer| answer.body.as_ref()).is_some_and(|body| matches!(body.content, Content::Upgrade));
        let before = examples.read;
        let answer = match answer {
            Some(answer) => example_answer(api, &endpoint.response, answer, examples),
            None => "Err(HttpError::not_implemented())".to_owned(),
        };
        let reads_example = examples.read > before;
        let principal = match endpoint.admission() {
            Admission::Everybody => "",
            Admission::Identified => ", _principal: Option<Self::Principal>",
            Admission::Authorized => ", _principal: Self::Principal",
        };
        let (method, request, response) = (&endpoint.method_name, &endpoint.request, &endpoint.response);
        let binding = if is_echo { "request" } else { "_request" };
        Self { method, binding, request, response, principal, answer, reads_example }
    }
}

/// An expression that answers with an example.
fn example_answer(api: Api<'_>, response: &TypeName, answer: &Answer, examples: &mut Examples<'_>) -> String {
    let mut parts = Vec::new();
    match answer.status {
        Status::Code(_) => {}
        Status::Range(first) => parts.push(format!("buildflow_runtime::generated::respond::status({}00)", first)),
        Status::Default => parts.push("buildflow_runtime::http::StatusCode::OK".to_owned()),
    }
    if let Some(body) = &answer.body {
        match example_body(body, examples) {
            Some(body) => parts.push(body),
            None => {
                return "Err(HttpError::not_implemented().detail(\"No example can be made of this answer.\"))"
                    .to_owned();
            }
        }
    }
    if let Some(headers) = &answer.headers {
        parts.push(example_headers(api, headers, examples));
    }
    let variant = &answer.variant;
    if parts.is_empty() {
        format!("Ok({response}::{variant})")
    } else {
        format!("Ok({response}::{variant}({}))", parts.join(", "))
    }
}

/// What an example does with a WebSocket: it sends back what it gets.
const ECHO: &str = "request.socket.accept(async |mut socket| {
    while let Some(message) = socket.receive().await? {
        socket.send(message).await?;
    }
    Ok(())
})";

/// An expression of an answer's body; `None` where no example can be made.
fn example_body(body: &AnswerBody, examples: &mut Examples<'_>) -> Option<String> {
    match body.content {
        Content::Json(_) => return examples.for_body(body).map(|json| examples.reading(&json)),
        Content::Upgrade => return Some(ECHO.to_owned()),
        _ => {}
    }
    if let Content::Items(..) = body.content {
        return examples.for_body(body).map(|json| format!("[{}].into_iter().collect()", examples.reading(&json)));
    }
    let text = body.examples.first().and_then(|text| serde_json::from_str::<String>(text).ok());
    let text = format!("{:?}", text.unwrap_or_else(|| "example".to_owned()));
    Some(match body.content {
        Content::Text => format!("{text}.to_owned()"),
        Content::Media => {
            let content_type = body.media_types[0].replace("*/*", "text/plain").replace('*', "plain");
            format!(
                "buildflow_runtime::types::Media {{ content_type: {content_type:?}.to_owned(), bytes: {text}.into() }}"
            )
        }
        _ => format!("{text}.into()"),
    })
}

/// An expression of an answer's headers: those that must be there.
fn example_headers(api: Api<'_>, headers: &AnswerHeaders, examples: &mut Examples<'_>) -> String {
    let is_default = headers.fields.iter().all(|field| field.presence == Presence::Optional);
    if is_default {
        return "Default::default()".to_owned();
    }
    let fields = headers.fields.iter().map(|field| {
        let name = &field.name;
        if field.presence == Presence::Optional {
            return format!("{name}: Default::default(), ");
        }
        if field.wire_name == "location" && field.slot.ty == Type::Scalar(Scalar::String) {
            return format!("{name}: \"/\".to_owned(), ");
        }
        let value = field.schema.as_deref().and_then(|schema| examples.value(schema));
        let json = value.unwrap_or_else(|| serde_json::Value::from("example")).to_string();
        format!("{name}: {}, ", examples.reading(&json))
    });
    format!("{}::{} {{ {} }}", api.path(), headers.name, fields.collect::<String>())
}
