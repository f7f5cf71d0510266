//! Path parameters that take several segments, for which OpenAPI has no words.

use crate::read::Node;

/// What is said of such a parameter.
const DESCRIPTION: &str = "May be several segments of the path, with slashes between them.";

/// Whether a path parameter's value may be several segments: by our extension, and by those that others write.
pub(crate) fn takes_segments(parameter: &Node) -> bool {
    let text = |name: &str| parameter.get(name).and_then(Node::as_str);
    let is_said = text("x-buildflow-path") == Some("segments");
    let is_flagged = |name: &&str| parameter.get(name).and_then(Node::as_bool) == Some(true);
    text("in") == Some("path") && (is_said || ["x-multi-segment", "x-multiSegment"].iter().any(is_flagged))
}

/// The description of a parameter, which says so where it takes several segments.
pub(crate) fn description(parameter: &Node) -> Option<String> {
    let own = parameter.get("description").and_then(Node::as_str);
    match (own, takes_segments(parameter)) {
        (own, false) => own.map(str::to_owned),
        (None, true) => Some(DESCRIPTION.to_owned()),
        (Some(own), true) => Some(format!("{own}\n\n{DESCRIPTION}")),
    }
}
