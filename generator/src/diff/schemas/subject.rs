//! What values are called in a sentence: by the schema that the document names, and the way from there.

use crate::diff::change::parameter_named;
use crate::lift::Document;
use crate::read::Pointer;

/// `Task.title`, `the request body`, or `the answer's due`, in the words of the place where the schema stands.
pub(super) fn spoken(document: &Document, pointer: &Pointer) -> String {
    let segments: Vec<String> = pointer.segments().map(|segment| segment.into_owned()).collect();
    let texts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match texts.as_slice() {
        ["components", "schemas", name, rest @ ..] => format!("`{name}{}`", way(rest)),
        [.., "$defs", name] => format!("`{name}`"),
        all => {
            let at = all.iter().rposition(|segment| matches!(*segment, "schema" | "itemSchema")).unwrap_or(all.len());
            let (place, rest) = (&all[..at], all.get(at + 1..).unwrap_or_default());
            let holder = holder(document, place);
            match way(rest).trim_start_matches('.') {
                "" => holder,
                way => format!("`{way}` of {holder}"),
            }
        }
    }
}

/// What a member of these values is called.
pub(super) fn member(document: &Document, pointer: &Pointer, name: &str) -> String {
    spoken(document, &pointer.join("properties").join(name))
}

/// What holds the schema.
fn holder(document: &Document, place: &[&str]) -> String {
    let at = |place: &[&str]| place.iter().fold(Pointer::root(), |at, segment| at.join(segment));
    let text = |field: &str| document.node(&at(place)).and_then(|node| node.get(field)?.as_str());
    match place {
        [.., "headers", name] => format!("the header `{name}`"),
        [.., "parameters", _] | [.., "parameters", _, "content", _] => match (text("in"), text("name")) {
            (Some(location), Some(name)) => parameter_named(location, name),
            _ => "the parameter".to_owned(),
        },
        all if all.iter().any(|segment| ["requestBody", "requestBodies"].contains(segment)) => {
            "the request body".to_owned()
        }
        [.., "responses", status, "content", _] => format!("the response {status}"),
        _ => "the value".to_owned(),
    }
}

/// The way from a schema to one that it holds: `.owner.name`, `.labels[]`.
fn way(segments: &[&str]) -> String {
    let mut text = String::new();
    let mut rest = segments;
    loop {
        rest = match rest {
            [] => return text,
            ["properties", name, rest @ ..] => {
                text.push('.');
                text.push_str(name);
                rest
            }
            ["items", rest @ ..] => {
                text.push_str("[]");
                rest
            }
            ["additionalProperties", rest @ ..] => {
                text.push_str(".*");
                rest
            }
            // A part or a choice of the same value.
            ["allOf" | "anyOf" | "oneOf" | "prefixItems", _, rest @ ..] => rest,
            [_, rest @ ..] => rest,
        };
    }
}
