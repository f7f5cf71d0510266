//! A path item may have fields of its own beside its `$ref` (OpenAPI 3.1.1 §4.8.9.1): they are merged with those of the
//! path item that it names, so that no later stage meets two path items for one path.

use super::resolve::{Resolved, reference_of, resolve};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Map, Node, Pointer, Span, Value};

/// Merges each path that has a `$ref` and other fields; adds the places of the schemas that are copied.
pub(super) fn merge(root: &mut Node, schemas: &mut Vec<Pointer>, diagnostics: &mut Diagnostics) {
    let paths = root.get("paths").and_then(Node::as_map);
    let places: Vec<Pointer> =
        paths.into_iter().flatten().map(|(path, _)| Pointer::root().join("paths").join(path)).collect();
    for at in places {
        let Some((item, copies)) = merged(root, &at, diagnostics) else { continue };
        let copied: Vec<Pointer> =
            schemas.iter().flat_map(|schema| copies.iter().filter_map(move |copy| copy.place_of(schema))).collect();
        schemas.extend(copied);
        if let Some(node) = root.at_mut(&at) {
            *node = item;
        }
    }
}

/// A value that was copied.
struct Copy {
    from: Pointer,
    to: Pointer,
}

impl Copy {
    /// Where the copy of `place` is, if that is in what was copied.
    fn place_of(&self, place: &Pointer) -> Option<Pointer> {
        let inner = Pointer::parse(place.as_str().strip_prefix(self.from.as_str())?)?;
        Some(self.to.append(&inner))
    }
}

/// The path item at `at` with all that its references bring. None where references are all that it has: then its
/// schemas stay where they are, and all paths that refer to it share their types.
fn merged(root: &Node, at: &Pointer, diagnostics: &mut Diagnostics) -> Option<(Node, Vec<Copy>)> {
    let Resolved::Node(end, _) = resolve(root, at) else { return None };
    let mut item = root.at(at)?.clone();
    let Value::Map(fields) = &mut item.value else { return None };
    let mut merge = Merge { root, diagnostics, copies: Vec::new() };
    let (mut place, mut only_refers) = (at.clone(), true);
    while place != end {
        let referring = root.at(&place)?;
        only_refers &= referring.as_map()?.len() == 1;
        place = reference_of(referring)?;
        fields.shift_remove("$ref");
        merge.fields(fields, (&place, at));
    }
    let copies = merge.copies;
    (!only_refers).then_some((item, copies))
}

struct Merge<'m> {
    root: &'m Node,
    diagnostics: &'m mut Diagnostics,
    copies: Vec<Copy>,
}

impl Merge<'_> {
    /// Adds the fields of the object at `from` to those of the object at `to`, which count where both have one.
    fn fields(&mut self, fields: &mut Map, (from, to): (&Pointer, &Pointer)) {
        let others = self.root.at(from).and_then(Node::as_map).into_iter().flatten();
        for (name, other) in others.filter(|(name, _)| *name != "$ref") {
            let (from, to) = (from.join(name), to.join(name));
            let own = fields.get_mut(name).filter(|own| own.node.value != Value::Null);
            match own.map(|own| (own.key, &mut own.node.value)) {
                // A field without a value is ignored, which was told.
                None => {
                    fields.insert(name.clone(), other.clone());
                    self.copies.push(Copy { from, to });
                }
                Some((_, Value::List(own))) if name == "parameters" => self.parameters(own, (&from, &to)),
                Some((_, Value::Map(own))) if name == "additionalOperations" => self.fields(own, (&from, &to)),
                Some(_) if ["summary", "description", "servers"].contains(&name.as_str()) => {}
                Some((key, _)) => self.clash(name, key, other.key),
            }
        }
    }

    fn parameters(&mut self, own: &mut Vec<Node>, (from, to): (&Pointer, &Pointer)) {
        let root = self.root;
        let others = root.at(from).and_then(Node::as_list).unwrap_or_default();
        for (index, other) in others.iter().enumerate() {
            let (location, name) = identity(root, other);
            match own.iter().find(|own| identity(root, own) == (location, name)) {
                Some(own) => self.clash(name.unwrap_or_default(), own.span, other.span),
                None => {
                    self.copies.push(Copy { from: from.item(index), to: to.item(own.len()) });
                    own.push(other.clone());
                }
            }
        }
    }

    fn clash(&mut self, name: &str, own: Span, other: Span) {
        let message = format!("`{name}` is in the path item that `$ref` names as well");
        let diagnostic = Diagnostic::warning("path-item-clash", own, message).related(other, "this one is ignored");
        self.diagnostics.push(diagnostic.help("remove one of the two"));
    }
}

/// A parameter's location and name.
fn identity<'n>(root: &'n Node, parameter: &'n Node) -> (Option<&'n str>, Option<&'n str>) {
    let target = match reference_of(parameter).map(|target| resolve(root, &target)) {
        Some(Resolved::Node(_, target)) => target,
        Some(Resolved::Missing | Resolved::Cycle) | None => parameter,
    };
    let text = |field| target.get(field).and_then(Node::as_str);
    (text("in"), text("name"))
}
