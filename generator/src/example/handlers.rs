//! The source of an application: a handler for every endpoint, to be written or answering with examples.

use askama::Template;

use super::Examples;
use crate::ir::{Answer, Content, Service, Status};
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
#[template(path = "app/main.rs.askama", escape = "none")]
struct MainFile<'i> {
    service: &'i Service,
    /// How the generated code gets in: `mod pets { … }`, or a crate's name.
    api: Api<'i>,
    handlers: Vec<HandlerView<'i>>,
    checks: &'static str,
    uses_examples: bool,
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
    method: &'i crate::ir::FieldName,
    request: &'i crate::ir::TypeName,
    response: &'i crate::ir::TypeName,
    answer: String,
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
    let mut examples = Examples::new(document, &service.endpoints);
    let views = service.endpoints.iter().map(|endpoint| {
        let answer = match (handlers, super::answer(endpoint)) {
            (Handlers::Examples, Some(answer)) => example_answer(&endpoint.response, answer, &mut examples),
            _ => "Err(HttpError::not_implemented())".to_owned(),
        };
        HandlerView { method: &endpoint.method_name, request: &endpoint.request, response: &endpoint.response, answer }
    });
    let views: Vec<HandlerView<'_>> = views.collect();
    let checks = match handlers {
        Handlers::Unwritten => "Err(HttpError::unauthorized())",
        Handlers::Examples => "Ok(())",
    };
    let uses_examples = views.iter().any(|view| view.answer.contains("example("));
    let file = MainFile { service, api, handlers: views, checks, uses_examples };
    crate::render::source("src/main.rs", &file)
}

/// An expression that answers with an example.
fn example_answer(response: &crate::ir::TypeName, answer: &Answer, examples: &mut Examples<'_>) -> String {
    let mut parts = Vec::new();
    match answer.status {
        Status::Code(_) => {}
        Status::Range(first) => parts.push(format!("buildflow_runtime::generated::respond::status({}00)", first)),
        Status::Default => parts.push("buildflow_runtime::http::StatusCode::OK".to_owned()),
    }
    match &answer.body {
        None => {}
        Some((_, Content::Json(_))) => match examples.of(answer) {
            Some(json) => parts.push(format!("example({json:?})?")),
            None => {
                return "Err(HttpError::not_implemented().detail(\"No example can be made of this answer.\"))"
                    .to_owned();
            }
        },
        Some((_, content)) => {
            let text = answer.examples.first().and_then(|text| serde_json::from_str::<String>(text).ok());
            let text = text.unwrap_or_else(|| "example".to_owned());
            parts.push(match content {
                Content::Bytes => format!("buildflow_runtime::Bytes::from_static({text:?}.as_bytes())"),
                _ => format!("{text:?}.to_owned()"),
            });
        }
    }
    let variant = &answer.variant;
    if parts.is_empty() {
        format!("Ok({response}::{variant})")
    } else {
        format!("Ok({response}::{variant}({}))", parts.join(", "))
    }
}
