//! Rust types of other crates, or of the application, that a document names for a schema (`x-rust-type`) or
//! for a format (`x-buildflow-types`).

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Diagnostics, list_of, nearest};
use crate::ir::{Origin, Package, RustType};
use crate::read::{Map, Node, Span};

/// The extension at the root of a document.
const BLOCK: &str = "x-buildflow-types";

/// The members of a type that is written as an object.
const KEYS: [&str; 4] = ["path", "crate", "version", "features"];

/// What is said of a format that is not to be enforced.
const ANNOTATION: &str = "annotation";

/// Reads `x-rust-type`. Other generators have an extension of that name as well: what is plainly theirs is ignored.
pub(crate) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<RustType> {
    let foreign = |key: &str| !KEYS.contains(&key) && nearest(key, KEYS.into_iter()).is_none();
    if let Some((key, member)) = node.as_map().and_then(|map| map.iter().find(|(key, _)| foreign(key))) {
        let message = format!("this `x-rust-type` is of another generator: it has `{key}`; it is ignored");
        let help = "write `x-rust-type: crate::Money` to name a type of your own";
        diagnostics.push(Diagnostic::warning("foreign-rust-type", member.key, message).help(help));
        return None;
    }
    read_own(node, diagnostics)
}

/// Reads a type as this generator writes it.
fn read_own(node: &Node, diagnostics: &mut Diagnostics) -> Option<RustType> {
    let ty = match (node.as_str(), node.as_map()) {
        (Some(text), _) => text.parse().map_err(|message| invalid(node.span, message)),
        (None, Some(map)) => of_map(map, node.span),
        (None, None) => Err(invalid(node.span, format!("a Rust type is a path or an object, found {}", node.kind()))),
    };
    ty.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()
}

fn of_map(map: &Map, span: Span) -> Result<RustType, Diagnostic> {
    if let Some((key, member)) = map.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
        return Err(unknown(key, member.key, "a Rust type", &KEYS));
    }
    let text = |key: &str| match map.get(key) {
        None => Ok(None),
        Some(member) => match member.node.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(invalid(member.node.span, format!("`{key}` should be a string"))),
        },
    };
    let features = match map.get("features") {
        None => Vec::new(),
        Some(member) => {
            let items = member.node.as_list().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)));
            let features: Option<Vec<String>> = items.and_then(Iterator::collect);
            features.ok_or_else(|| invalid(member.node.span, "`features` should be a list of strings".to_owned()))?
        }
    };
    let (path, name, version) = (text("path")?, text("crate")?, text("version")?);
    let path = path.ok_or_else(|| invalid(span, "a Rust type needs a `path`".to_owned()))?;
    let ty = RustType::of_path(&path).map_err(|message| invalid(span, message))?;
    let name = match (ty.origin(), name) {
        (_, Some(name)) => name,
        (Origin::Package(package), None) => package.name.clone(),
        (_, None) if version.is_none() && features.is_empty() => return Ok(ty),
        (_, None) => return Err(invalid(span, format!("`{path}` is of no crate that has a version or features"))),
    };
    ty.of_package(Package { name, version, features }).map_err(|message| invalid(span, message))
}

/// What a document says of formats in its block.
#[derive(Debug, Default)]
pub(crate) struct Formats {
    /// Those that have a type, in the place of that of [`crate::lift::formats`].
    pub types: IndexMap<String, RustType>,
    /// Those that only annotate.
    pub annotations: HashSet<String>,
}

/// Reads the block, if the document has one.
pub(crate) fn formats(root: &Node, diagnostics: &mut Diagnostics) -> Formats {
    let mut formats = Formats::default();
    let Some(block) = root.get(BLOCK) else { return formats };
    let Some(map) = block.as_map() else {
        diagnostics.push(invalid(block.span, format!("`{BLOCK}` should be an object, found {}", block.kind())));
        return formats;
    };
    for (key, member) in map {
        match (key.as_str(), member.node.as_map()) {
            ("formats", Some(entries)) => {
                for (format, member) in entries {
                    if member.node.as_str() == Some(ANNOTATION) {
                        formats.annotations.insert(format.clone());
                    } else if let Some(ty) = read_own(&member.node, diagnostics) {
                        formats.types.insert(format.clone(), ty);
                    }
                }
            }
            ("formats", None) => {
                let message = format!("`formats` should be an object, found {}", member.node.kind());
                diagnostics.push(invalid(member.node.span, message));
            }
            (key, _) => diagnostics.push(unknown(key, member.key, &format!("`{BLOCK}`"), &["formats"])),
        }
    }
    formats
}

fn invalid(span: Span, message: String) -> Diagnostic {
    Diagnostic::error("invalid-rust-type", span, message)
        .help("write `crate::Money`, or `{crate: rust_decimal, version: \"1\", path: \"rust_decimal::Decimal\"}`")
}

fn unknown(key: &str, span: Span, what: &str, keys: &[&'static str]) -> Diagnostic {
    let help = match nearest(key, keys.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("it has {}", list_of(keys)),
    };
    Diagnostic::error("invalid-rust-type", span, format!("{what} has no key `{key}`")).help(help)
}
