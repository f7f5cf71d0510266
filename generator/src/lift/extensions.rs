//! Our own extensions: which there are, and where each of them may stand.

use crate::diagnostic::{Diagnostic, list_of, nearest};
use crate::read::{FileSet, Span};

/// What the object is called that a schema is.
pub(crate) const SCHEMA: &str = "Schema Object";

/// Each extension, and the objects that it may stand in.
const PLACES: &[(&str, &[&str])] = &[
    ("x-buildflow-service", &["OpenAPI Object"]),
    ("x-buildflow-types", &["OpenAPI Object"]),
    ("x-buildflow-middleware", &["Operation Object"]),
    ("x-buildflow-request", &["Operation Object"]),
    ("x-buildflow-response", &["Operation Object"]),
    ("x-buildflow-websocket", &["Operation Object"]),
    ("x-buildflow-path", &["Parameter Object"]),
    ("x-buildflow-item", &["Media Type Object"]),
    ("x-buildflow-stream", &["Media Type Object"]),
    ("x-buildflow-unknown", &[SCHEMA]),
    ("x-rust-name", &["Operation Object", "Parameter Object", SCHEMA]),
    ("x-rust-type", &[SCHEMA]),
];

/// What is wrong with a field of an object, if it is an extension of ours: what it was to say would be lost.
pub(crate) fn check(key: &str, span: Span, object: &str) -> Option<Diagnostic> {
    // The member of other files is refused as what it is.
    if !is_own(key) || key == FileSet::MEMBER {
        return None;
    }
    let Some((_, places)) = PLACES.iter().find(|(name, _)| *name == key) else {
        return Some(unknown(key, span, object));
    };
    // Middleware is read wherever it stands, and refused there.
    if places.contains(&object) || key == "x-buildflow-middleware" {
        return None;
    }
    let places = places.iter().map(|place| format!("a {place}")).collect::<Vec<_>>().join(" or ");
    let message = format!("`{key}` has no effect in a {object}");
    Some(Diagnostic::warning("misplaced-extension", span, message).help(format!("it belongs in {places}")))
}

/// Nobody else's names begin with `x-buildflow-`; other tools may have some that begin with `x-rust-`.
fn unknown(key: &str, span: Span, object: &str) -> Diagnostic {
    let here = PLACES.iter().filter(|(_, places)| places.contains(&object)).map(|(name, _)| *name);
    let names: Vec<&str> = here.collect();
    let all: Vec<&str> = PLACES.iter().map(|(name, _)| *name).collect();
    let help = match meant(key, &names).or_else(|| meant(key, &all)) {
        Some(name) => format!("did you mean `{name}`?"),
        None if names.is_empty() => "remove it".to_owned(),
        None => format!("use one of {}", list_of(&names)),
    };
    let message = format!("there is no extension `{key}`");
    match key.starts_with("x-rust-") {
        true => Diagnostic::warning("unknown-extension", span, message + "; it is ignored").help(help),
        false => Diagnostic::error("unknown-extension", span, message).help(help),
    }
}

/// The name that an unknown one most likely stands for, by what follows their common beginning.
fn meant<'n>(key: &str, names: &[&'n str]) -> Option<&'n str> {
    let prefix = PREFIXES.into_iter().find(|prefix| key.starts_with(prefix))?;
    let rests = names.iter().filter_map(|name| name.strip_prefix(prefix));
    let near = nearest(&key[prefix.len()..], rests)?;
    names.iter().find(|name| name.strip_prefix(prefix) == Some(near)).copied()
}

/// What our names begin with.
const PREFIXES: [&str; 2] = ["x-buildflow-", "x-rust-"];

/// Whether an extension speaks to this generator.
pub(crate) fn is_own(key: &str) -> bool {
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}
