//! A trait a tag as text.

use askama::Template;

use super::docs::DocText;
use super::docs::inline_code;
use super::service::{EndpointView, SchemeView};
use crate::ir::{FieldName, Part, Service, TagTrait, TagTraits, TypeName};

/// The module of the traits of tags.
#[derive(Template)]
#[template(path = "tags.rs.askama", escape = "none")]
pub(super) struct TagsFile<'i> {
    docs: DocText,
    /// The trait of the whole service.
    service: &'i TypeName,
    handlers: &'i TypeName,
    security: Option<SecurityView<'i>>,
    parts: Vec<PartView<'i>>,
    schemes: Vec<SchemeView<'i>>,
    combine: Option<&'i FieldName>,
}

/// The trait that checks credentials.
struct SecurityView<'i> {
    docs: DocText,
    name: &'i TypeName,
    handler: &'i TypeName,
    field: &'i FieldName,
}

struct PartView<'i> {
    docs: DocText,
    field_docs: DocText,
    name: &'i TypeName,
    handler: &'i TypeName,
    field: &'i FieldName,
    endpoints: Vec<EndpointView<'i>>,
}

impl<'i> TagsFile<'i> {
    pub(super) fn new(service: &'i Service, traits: &'i TagTraits) -> Self {
        let docs = format!("A handler for each part of [`{}`], which they implement together.", service.handler);
        Self {
            docs: DocText::line(docs),
            service: &service.handler,
            handlers: &traits.handlers,
            security: traits.security.as_ref().map(|part| SecurityView::new(part, &service.handler)),
            parts: traits.tags.iter().map(|tag| PartView::new(tag, service)).collect(),
            schemes: service.schemes.iter().map(SchemeView::new).collect(),
            combine: service.combine.as_ref(),
        }
    }

    /// The types of the handlers.
    fn parameters(&self) -> Vec<&TypeName> {
        let security = self.security.iter().map(|security| security.handler);
        security.chain(self.parts.iter().map(|part| part.handler)).collect()
    }
}

impl<'i> SecurityView<'i> {
    fn new(part: &'i Part, service: &TypeName) -> Self {
        let docs = DocText::line(format!("Who may call what of [`{service}`]."));
        Self { docs, name: &part.name, handler: &part.handler, field: &part.field }
    }
}

impl<'i> PartView<'i> {
    fn new(tag: &'i TagTrait, service: &'i Service) -> Self {
        let docs = match &tag.tag {
            Some(name) => format!("The endpoints tagged {}.", inline_code(name)),
            None => "The endpoints without a tag.".to_owned(),
        };
        let Part { name, handler, field } = &tag.part;
        Self {
            docs: DocText::line(docs.clone()).paragraph(tag.description.as_deref()),
            field_docs: DocText::line(docs),
            name,
            handler,
            field,
            endpoints: tag.endpoints.iter().map(|index| EndpointView::new(&service.endpoints[*index])).collect(),
        }
    }

    /// Whether some endpoint gets to know who calls.
    fn asks_who_calls(&self) -> bool {
        self.endpoints.iter().any(|endpoint| !endpoint.principal.is_empty())
    }
}
