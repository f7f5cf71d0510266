//! `docs` in the service block: where a service shows its document.

use super::conform::nearest;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Node, Value};

/// Where the document and its pages are, below the service's base route; what has no path is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocsOptions {
    /// The page of Swagger UI; by default `/docs`.
    pub path: Option<String>,
    /// The page of Redoc; by default `/redoc`.
    pub redoc: Option<String>,
    /// The document, without `.json` and `.yaml`; by default `/openapi`. Without it there are no pages.
    pub openapi: Option<String>,
}

/// The keys and their defaults.
const DEFAULTS: [(&str, &str); 3] = [("path", "/docs"), ("redoc", "/redoc"), ("openapi", "/openapi")];

impl Default for DocsOptions {
    fn default() -> Self {
        let [path, redoc, openapi] = DEFAULTS.map(|(_, path)| Some(path.to_owned()));
        Self { path, redoc, openapi }
    }
}

impl DocsOptions {
    /// No document, and no pages.
    pub const OFF: Self = Self { path: None, redoc: None, openapi: None };

    /// All paths that are served.
    pub fn paths(&self) -> Vec<String> {
        let documents = self.openapi.iter().flat_map(|path| [format!("{path}.json"), format!("{path}.yaml")]);
        [&self.path, &self.redoc].into_iter().flatten().cloned().chain(documents).collect()
    }
}

/// Reads `docs`: a boolean, or an object with the paths.
pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> DocsOptions {
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
                let help = match nearest(key, DEFAULTS.iter().map(|(key, _)| *key)) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "remove it".to_owned(),
                };
                let message = format!("`docs` has no option `{key}`");
                diagnostics.push(Diagnostic::error("unknown-option", member.key, message).help(help));
                continue;
            }
        };
        match &member.node.value {
            Value::Bool(true) => {}
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
