//! What is left of a document without the parts that are wrong: for those who would rather serve the rest
//! (`--skip-unsupported`).
//!
//! A mistake costs the smallest part that can be left out: a key of `content` that is no media type, an operation, all
//! operations of a path, or a component, and then whatever refers to that. What stands elsewhere concerns the whole
//! document, and stays an error.

use std::collections::HashSet;

use super::{METHODS, takes_segments};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::lift::references::{Resolved, reference_of, resolve};
use crate::read::{Map, Member, Node, Pointer, Span, Value};

/// A document without what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Salvage {
    /// Where operations stand that were left out.
    pub operations: HashSet<Pointer>,
    /// What was told of the parts that were left out.
    pub told: Vec<Diagnostic>,
    members: Vec<Pointer>,
}

/// A part of a document that can be left out.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// A member, with nothing in its place.
    Member(Pointer),
    /// An operation: its path is still there, and answers 501.
    Operation(Pointer),
    /// All operations of a path, with all that they share.
    Path(Pointer),
}

impl Salvage {
    /// Leaves out what the errors are about. Whether that was possible: if not, the document stays as it is.
    pub(crate) fn leave_out(&mut self, root: &mut Node, diagnostics: &Diagnostics) -> bool {
        let errors = || diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let parts: Option<Vec<Part>> = errors().map(|error| part_of(root, error)).collect();
        let Some(parts) = parts else { return false };
        for (error, part) in errors().zip(&parts) {
            let warning = Diagnostic { severity: Severity::Warning, message: self.message(error), ..error.clone() };
            self.told.push(warning.help(part.loss()));
        }
        for part in parts {
            match part {
                Part::Member(at) => {
                    remove(root, &at);
                    self.members.push(at);
                }
                Part::Operation(at) => self.stub(root, &at),
                Part::Path(at) => {
                    let names = |node: Option<&Node>| -> Vec<String> {
                        node.and_then(Node::as_map).into_iter().flatten().map(|(name, _)| name.clone()).collect()
                    };
                    let own = names(root.at(&at));
                    let target = root.at(&at).and_then(reference_of).map(|target| resolve(root, &target));
                    let others = match target {
                        Some(Resolved::Node(_, node)) => names(Some(node)),
                        Some(Resolved::Missing | Resolved::Cycle) | None => Vec::new(),
                    };
                    own.iter().filter(|name| !is_method(name)).for_each(|name| remove(root, &at.join(name)));
                    for method in own.iter().chain(&others).filter(|name| is_method(name)) {
                        self.stub(root, &at.join(method));
                    }
                }
            }
        }
        true
    }

    /// What is wrong; of a reference to what was left out before, that it was.
    fn message(&self, error: &Diagnostic) -> String {
        let mut references = self.members.iter().map(|at| format!("`#{}`", at.to_fragment()));
        let left_out = references.find(|reference| error.message.starts_with(reference.as_str()));
        match left_out.filter(|_| error.code == "unresolved-reference") {
            Some(reference) => format!("{reference} was left out"),
            None => error.message.clone(),
        }
    }

    /// Puts an operation without a say in the place of one.
    fn stub(&mut self, root: &mut Node, at: &Pointer) {
        let path = at.segments().nth(1).unwrap_or_default().into_owned();
        let holder = at.parent().unwrap_or_default();
        let wide: Vec<String> =
            [at, &holder].into_iter().flat_map(|place| wide_parameters(root, &place.join("parameters"))).collect();
        let Some(item) = root.at_mut(&holder) else { return };
        let span = item.span;
        let members = |members: Vec<(&str, Value)>| {
            let member = |value| Member { key: span, node: Node { value, span } };
            Value::Map(members.into_iter().map(|(name, value)| (name.to_owned(), member(value))).collect::<Map>())
        };
        let names = path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        let parameters = names.map(|name| {
            let mut fields = vec![
                ("name", Value::String(name.to_owned())),
                ("in", Value::String("path".to_owned())),
                ("required", Value::Bool(true)),
                ("schema", members(vec![("type", Value::String("string".to_owned()))])),
            ];
            // The path is still there as it was.
            let takes_segments = wide.iter().any(|wide| wide == name);
            fields.extend(takes_segments.then(|| ("x-buildflow-path", Value::String("segments".to_owned()))));
            Node { value: members(fields), span }
        });
        let parameters = Value::List(parameters.collect());
        let value = members(vec![("parameters", parameters), ("responses", members(Vec::new()))]);
        if let (Value::Map(item), Some(method)) = (&mut item.value, at.last()) {
            item.insert(method.into_owned(), Member { key: span, node: Node { value, span } });
            self.operations.insert(at.clone());
        }
    }
}

impl Part {
    fn loss(&self) -> &'static str {
        match self {
            Self::Member(at) if is_component(at) => "skipped, and so is what refers to it",
            Self::Member(_) => "skipped: the rest is generated",
            Self::Operation(_) => "skipped: this operation answers 501 Not Implemented",
            Self::Path(_) => "skipped: the operations of this path answer 501 Not Implemented",
        }
    }
}

/// The smallest part that can be left out for an error; `None` where that would be the document.
fn part_of(root: &Node, error: &Diagnostic) -> Option<Part> {
    let span = error.span?;
    let at = place_of(root, span)?;
    let segments: Vec<String> = at.segments().map(|segment| segment.into_owned()).collect();
    let first = |count: usize| {
        let first = segments.iter().take(count);
        first.fold(Pointer::root(), |pointer, segment| pointer.join(segment))
    };
    match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        // A body without any media type would not be checked.
        _ if error.code == "invalid-media-type" && has_siblings(root, &at) => Some(Part::Member(at)),
        ["components", _, _, ..] => Some(Part::Member(first(3))),
        ["paths", _, "additionalOperations", _, ..] => Some(Part::Operation(first(4))),
        ["paths", _, method, ..] if is_method(method) => Some(Part::Operation(first(3))),
        ["paths", _, ..] => Some(Part::Path(first(2))),
        ["webhooks", _, ..] => Some(Part::Member(first(2))),
        _ => None,
    }
}

/// The innermost place whose key or value holds a span.
fn place_of(root: &Node, span: Span) -> Option<Pointer> {
    let mut at = Pointer::root();
    let mut node = root;
    loop {
        let next = match &node.value {
            Value::Map(map) => map.iter().find_map(|(name, member)| {
                let is_here = holds(member.key, span) || reaches(&member.node, span);
                is_here.then(|| (at.join(name), &member.node))
            }),
            Value::List(items) => {
                let mut items = items.iter().enumerate();
                items.find(|(_, item)| reaches(item, span)).map(|(index, item)| (at.item(index), item))
            }
            _ => None,
        };
        match next {
            Some((place, inner)) => (at, node) = (place, inner),
            None => return (at != Pointer::root()).then_some(at),
        }
    }
}

/// Whether a value, or what it holds, stands around a span: what a file has in lines need not be in one place.
fn reaches(node: &Node, span: Span) -> bool {
    holds(node.span, span)
        || match &node.value {
            Value::Map(map) => map.values().any(|member| holds(member.key, span) || reaches(&member.node, span)),
            Value::List(items) => items.iter().any(|item| reaches(item, span)),
            _ => false,
        }
}

fn holds(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn has_siblings(root: &Node, at: &Pointer) -> bool {
    let holder = at.parent().and_then(|holder| root.at(&holder)).and_then(Node::as_map);
    holder.is_some_and(|members| members.len() > 1)
}

/// The names of the parameters in a list that take several segments of the path.
fn wide_parameters(root: &Node, list: &Pointer) -> Vec<String> {
    let count = root.at(list).and_then(Node::as_list).map_or(0, <[_]>::len);
    let parameters = (0..count).filter_map(|index| match resolve(root, &list.item(index)) {
        Resolved::Node(_, parameter) => Some(parameter).filter(|parameter| takes_segments(parameter)),
        Resolved::Missing | Resolved::Cycle => None,
    });
    parameters.filter_map(|parameter| parameter.get("name")?.as_str().map(str::to_owned)).collect()
}

fn is_component(at: &Pointer) -> bool {
    at.segments().next().is_some_and(|first| first == "components")
}

fn is_method(name: &str) -> bool {
    METHODS.contains(&name) || name == "query"
}

fn remove(root: &mut Node, at: &Pointer) {
    let Some((parent, name)) = at.parent().zip(at.last().map(|name| name.into_owned())) else { return };
    if let Some(Value::Map(map)) = root.at_mut(&parent).map(|node| &mut node.value) {
        map.shift_remove(&name);
    }
}
