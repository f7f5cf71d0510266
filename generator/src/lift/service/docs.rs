//! `docs` in the service block: where a service shows its document.

use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::ir::DocsOptions;
use crate::read::{Node, Value};

/// Reads `docs`: a boolean, or an object with the paths.
pub(crate) fn read(node: &Node, diagnostics: &mut Diagnostics) -> DocsOptions {
    let map = match &node.value {
        Value::Bool(true) => return DocsOptions::default(),
        Value::Bool(false) => return DocsOptions::OFF,
        Value::Map(map) => map,
        _ => {
            let message = format!("`docs` should be a boolean or an object, found {}", node.kind());
            diagnostics.push(Diagnostic::error("wrong-type", node.span, message));
            return DocsOptions::default();
        }
    };
    let mut options = DocsOptions::default();
    for (key, member) in map {
        let place = match key.as_str() {
            "path" => &mut options.path,
            "redoc" => &mut options.redoc,
            "openapi" => &mut options.openapi,
            _ => {
                let help = match nearest(key, DocsOptions::KEYS.into_iter()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "remove it".to_owned(),
                };
                let message = format!("`docs` has no option `{key}`");
                diagnostics.push(Diagnostic::error("unknown-option", member.key, message).help(help));
                continue;
            }
        };
        match &member.node.value {
            Value::Bool(true) => *place = DocsOptions::usual_path(key),
            Value::Bool(false) => *place = None,
            Value::String(text) if is_path(text) => *place = Some(text.clone()),
            _ => diagnostics.push(
                Diagnostic::error(
                    "invalid-option",
                    member.node.span,
                    format!("`{key}` should be a path such as `/docs`, or `false`"),
                )
                .help("start it with `/`, do not end it with one, and use letters, digits, `-`, `.`, `_` and `~`"),
            ),
        }
    }
    if options.openapi.is_none() {
        return DocsOptions::OFF;
    }
    let paths = options.paths();
    if let Some(twice) =
        paths.iter().enumerate().find_map(|(index, path)| paths[..index].contains(path).then_some(path))
    {
        let message = format!("`{twice}` cannot be two things at once");
        diagnostics.push(Diagnostic::error("invalid-option", node.span, message).help("give each a path of its own"));
    }
    options
}

fn is_path(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.len() > 1
        && text.starts_with('/')
        && !text.ends_with('/')
        && !text.contains("//")
        && text.bytes().all(is_plain)
}
