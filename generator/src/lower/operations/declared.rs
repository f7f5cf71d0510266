//! Parameter Objects, as the document has them.

use std::collections::HashSet;

use super::DocumentOperation;
use crate::lift::{Document, description, takes_segments};
use crate::read::{Node, Pointer};

/// A parameter of the document. Its rules were checked when the document was.
#[derive(Debug, Clone)]
pub(crate) struct Declared<'d> {
    pub node: &'d Node,
    /// Where it stands, references followed.
    pub at: Pointer,
}

/// The parameters that a path or an operation at `place` declares.
pub(crate) fn at<'d>(document: &'d Document, place: &Pointer) -> Vec<Declared<'d>> {
    let place = document.locate(&place.join("parameters"));
    let count = document.node(&place).and_then(Node::as_list).map_or(0, <[_]>::len);
    let places = (0..count).map(|index| document.locate(&place.item(index)));
    places.filter_map(|at| document.node(&at).map(|node| Declared { node, at })).collect()
}

/// The parameters of an operation: those of its path that it does not override, and its own.
pub(crate) fn of_operation<'d>(document: &'d Document, found: &DocumentOperation<'d>) -> Vec<Declared<'d>> {
    let own = at(document, &found.pointer);
    let mut parameters = at(document, &found.item_pointer);
    let mut known: HashSet<(&str, &str)> = own.iter().map(Declared::identity).collect();
    parameters.retain(|shared| !known.contains(&shared.identity()));
    known = parameters.iter().map(Declared::identity).collect();
    // What is declared twice is the same, or was refused.
    parameters.extend(own.into_iter().filter(|parameter| known.insert(parameter.identity())));
    parameters
}

impl<'d> Declared<'d> {
    fn text(&self, field: &str) -> Option<&'d str> {
        self.node.get(field).and_then(Node::as_str)
    }

    fn flag(&self, field: &str) -> Option<bool> {
        self.node.get(field).and_then(Node::as_bool)
    }

    fn identity(&self) -> (&'d str, &'d str) {
        (self.location(), self.name())
    }

    pub(crate) fn name(&self) -> &'d str {
        self.text("name").unwrap_or_default()
    }

    /// `path`, `query`, `header`, `cookie` or `querystring`.
    pub(crate) fn location(&self) -> &'d str {
        self.text("in").unwrap_or_default()
    }

    /// `style`; by default `form` in the query string and in cookies, elsewhere `simple`.
    pub(crate) fn style(&self) -> &'d str {
        let default = if matches!(self.location(), "query" | "cookie") { "form" } else { "simple" };
        self.text("style").unwrap_or(default)
    }

    /// `explode`; by default only the styles `form` and `cookie` are.
    pub(crate) fn explodes(&self) -> bool {
        self.flag("explode").unwrap_or(matches!(self.style(), "form" | "cookie"))
    }

    /// Whether every request must have it.
    pub(crate) fn is_required(&self) -> bool {
        self.location() == "path" || self.flag("required").unwrap_or(false)
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.flag("deprecated").unwrap_or(false)
    }

    pub(crate) fn description(&self) -> Option<String> {
        description(self.node)
    }

    /// What its field is named after.
    pub(crate) fn words(&self) -> &'d str {
        self.text("x-rust-name").unwrap_or_else(|| self.name())
    }

    /// Whether other parts of the document describe it (OpenAPI 3.1.1 §4.8.12.2.1).
    pub(crate) fn is_ignored(&self) -> bool {
        const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];
        self.location() == "header" && IGNORED.iter().any(|ignored| self.name().eq_ignore_ascii_case(ignored))
    }

    /// Whether it may be sent without a value.
    pub(crate) fn allows_empty(&self) -> bool {
        self.flag("allowEmptyValue").unwrap_or(false)
    }

    /// Whether its value may be several segments of the path.
    pub(crate) fn takes_segments(&self) -> bool {
        takes_segments(self.node)
    }

    /// The media type that it is written as, and where that stands.
    pub(crate) fn content(&self, document: &Document) -> Option<(&'d str, Pointer)> {
        let (media_type, _) = self.node.get("content")?.as_map()?.first()?;
        Some((media_type, document.locate(&self.at.join("content").join(media_type))))
    }
}
