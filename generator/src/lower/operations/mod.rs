//! The operations of a document become endpoints: routes, parameters, bodies, answers and security.

pub(in crate::lower) mod answers;
pub(in crate::lower) mod body;
pub(crate) mod declared;
pub(in crate::lower) mod defaults;
pub(in crate::lower) mod docs;
pub(in crate::lower) mod endpoint;
pub(in crate::lower) mod form;
pub(in crate::lower) mod headers;
pub(in crate::lower) mod items;
pub(in crate::lower) mod media;
pub(in crate::lower) mod overlaps;
pub(in crate::lower) mod parameters;
pub(in crate::lower) mod parts;
pub(in crate::lower) mod response_schemas;
pub(in crate::lower) mod security;
pub(crate) mod selection;
pub(in crate::lower) mod statuses;
pub(in crate::lower) mod styles;
pub(in crate::lower) mod tags;
pub(crate) mod template;

use std::collections::HashMap;

use openapiv3::{Operation, PathItem};

use crate::ir::{Condition, Fragment, Route};
use crate::lift::schemas::Keywords;
use crate::lift::{Document, METHODS, texts};
use crate::read::Pointer;
use crate::unsupported::{Feature, Loss, Unsupported};
use endpoint::spoken;
use template::{Emptiness, Known, Template};

/// An operation of the document.
pub(crate) struct DocumentOperation<'d> {
    /// Where it stands.
    pub pointer: Pointer,
    /// Where its path stands.
    pub item_pointer: Pointer,
    pub route: Route,
    pub template: Template,
    /// Why no request can lead here.
    pub unreachable: Option<Feature>,
    pub item: &'d PathItem,
    pub operation: &'d Operation,
}

impl DocumentOperation<'_> {
    /// Whether its handler gets the whole request.
    pub(super) fn is_raw(&self) -> bool {
        self.operation.extensions.get("x-buildflow-request").is_some_and(|value| value == "raw")
    }

    /// Whether its requests open a WebSocket.
    pub(super) fn is_websocket(&self) -> bool {
        self.operation.extensions.get("x-buildflow-websocket").is_some_and(|value| value == true)
    }
}

/// All operations, in the order of the document; tells those of the service that no request can lead to.
pub(crate) fn find<'d>(document: &'d Document, unsupported: &mut Vec<Unsupported>) -> Vec<DocumentOperation<'d>> {
    let (mut found, mut seen) = (Vec::new(), HashMap::new());
    let paths = Pointer::root().join("paths");
    for (path, item) in &document.openapi.paths.paths {
        let Some(item) = item.as_item() else { continue };
        let item_pointer = document.locate(&paths.join(path));
        let fixed = METHODS.iter().filter_map(|method| Some((method.to_uppercase(), of_method(item, method)?)));
        let others = document.other_operations.iter().filter(|other| other.path == *path);
        let others = others.map(|other| (other.method.clone(), &other.operation));
        for (method, operation) in fixed.chain(others) {
            let pointer = place(&item_pointer, &method);
            let template = Template::parse(path, |name| known(document, &[&pointer, &item_pointer], name));
            let route = route(document, &template, (method.clone(), path), [&item_pointer, &pointer]);
            let many = template.segments.iter().position(template::takes_segments);
            let same = *seen.entry((method, nameless(path), many)).or_insert(path);
            let unreachable = match &template.unmatchable {
                Some(part) => Some(Feature::PathTemplate(part.clone())),
                None => (same != path).then(|| Feature::SamePath(same.clone())),
            };
            if let Some(feature) = unreachable.clone().filter(|_| selection::is_selected(document, operation)) {
                let (span, operation) = (document.key_span(&paths.join(path)), Some(spoken(&route)));
                unsupported.push(Unsupported { feature, span, operation, loss: Loss::Operation });
            }
            let item_pointer = item_pointer.clone();
            found.push(DocumentOperation { pointer, item_pointer, route, template, unreachable, item, operation });
        }
    }
    found
}

/// A path template without the names of its parameters.
pub(crate) fn nameless(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |bare, part| bare + "{" + part.split_once('}').map_or(part, |(_, rest)| rest))
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

/// Where the operation of a method stands.
fn place(item: &Pointer, method: &str) -> Pointer {
    let field = METHODS.iter().chain(&["query"]).find(|field| field.to_uppercase() == method);
    field.map_or_else(|| item.join("additionalOperations").join(method), |field| item.join(field))
}

fn route(document: &Document, template: &Template, (method, path): (String, &str), places: [&Pointer; 2]) -> Route {
    let fragment = template.fragment.as_ref().map(|text| {
        let declared = places.into_iter().flat_map(|place| declared::at(document, place));
        Fragment {
            text: text.clone(),
            conditions: declared.filter_map(|parameter| only_value(document, &parameter)).collect(),
        }
    });
    let (segments, conditions) = (template.segments.clone(), template.conditions());
    Route { method, path: path.to_owned(), segments, conditions, fragment }
}

/// What is known of the path parameter of this name.
fn known(document: &Document, places: &[&Pointer], name: &str) -> Known {
    let mut declared = places.iter().flat_map(|place| declared::at(document, place));
    let parameter = declared.find(|parameter| parameter.location() == "path" && parameter.name() == name);
    let Some(parameter) = parameter else { return Known::default() };
    let schema = document.schemas.at(&parameter.at.join("schema"));
    let keywords = schema.and_then(|id| document.schemas.keywords(document.schemas.resolve(id)));
    // What says nothing of emptiness means at least one segment.
    let says_zero = keywords.is_some_and(|keywords| keywords.string.min == Some(0) || keywords.array.min == Some(0));
    let emptiness = if says_zero { Emptiness::MayBeEmpty } else { Emptiness::NeverEmpty };
    Known { start: keywords.and_then(start), segments: parameter.takes_segments().then_some(emptiness) }
}

/// What every value of a schema begins with.
fn start(keywords: &Keywords) -> Option<String> {
    let values = texts(keywords)?;
    let (first, others) = values.split_first()?;
    let is_shared = |start: &&str| others.iter().all(|value| value.starts_with(start));
    let starts = first.char_indices().map(|(at, character)| &first[..at + character.len_utf8()]);
    starts.take_while(is_shared).last().map(str::to_owned)
}

/// The condition that a required parameter has its only value: `Action` in
/// `/#Action=CreateUser` is that.
fn only_value(document: &Document, parameter: &declared::Declared<'_>) -> Option<Condition> {
    if !parameter.is_required() {
        return None;
    }
    let id = document.schemas.resolve(document.schemas.at(&parameter.at.join("schema"))?);
    let keywords = document.schemas.keywords(id)?;
    let value = match (keywords.enumeration.as_deref(), &keywords.constant) {
        (Some([only]), _) | (None, Some(only)) => only.as_str()?.to_owned(),
        _ => return None,
    };
    let name = parameter.name().to_owned();
    match parameter.location() {
        "query" => Some(Condition::Query(name, Some(value))),
        "header" => Some(Condition::Header(name, value)),
        _ => None,
    }
}
