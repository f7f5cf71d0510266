//! The service block: `x-buildflow-service` at the root of a document.

use super::conform::nearest;
use super::docs::{self, DocsOptions};
use super::middleware;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::Middleware;
use crate::read::{Node, Number, Span, Value};
use crate::unsupported::{Feature, Loss, Unsupported};

/// The extension's name.
const BLOCK: &str = "x-buildflow-service";

/// What a document says of the service that it describes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceOptions {
    /// Names the service in logs and in its environment variables; a random UUID where none is said.
    pub service_id: Option<String>,
    /// The path that the service's routes stand under; `/` where none is said.
    pub base_route: Option<String>,
    /// Where it shows its document.
    pub docs: DocsOptions,
    /// What stands around its endpoints, outermost first.
    pub middleware: Vec<Middleware>,
}

/// The options whose only supported value is, for now, their default.
const DEFAULTS: [(&str, &str); 7] = [
    ("num_cpus", "1"),
    ("log_level", "INFO"),
    ("num_replicas", "1"),
    ("min_replicas", "1"),
    ("max_replicas", "1"),
    ("max_concurrent_queries", "100"),
    ("target_num_ongoing_requests_per_replica", "1"),
];

/// Reads the block, if the document has one.
pub(super) fn read(root: &Node, unsupported: &mut Vec<Unsupported>, diagnostics: &mut Diagnostics) -> ServiceOptions {
    let mut options = ServiceOptions::default();
    if let Some(list) = root.get(middleware::EXTENSION) {
        diagnostics.push(middleware::misplaced(list));
    }
    let Some(block) = root.get(BLOCK) else { return options };
    let Some(map) = block.as_map() else {
        let message = format!("`{BLOCK}` should be an object, found {}", block.kind());
        diagnostics.push(Diagnostic::error("wrong-type", block.span, message));
        return options;
    };
    for (key, member) in map {
        let node = &member.node;
        match key.as_str() {
            "service_id" => options.service_id = service_id(node, diagnostics),
            "base_route" => options.base_route = base_route(node, diagnostics),
            "docs" => options.docs = docs::read(node, diagnostics),
            "middleware" => options.middleware = middleware::read(node, diagnostics),
            name => match DEFAULTS.iter().find(|(known, _)| *known == name) {
                Some((name, default)) => scaling(name, default, node, unsupported, diagnostics),
                None => diagnostics.push(unknown_option(name, member.key)),
            },
        }
    }
    options
}

fn service_id(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = string("service_id", node, diagnostics)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !text.is_empty() && text.len() <= 63 && text.bytes().all(plain) {
        return Some(text.to_owned());
    }
    diagnostics.push(
        Diagnostic::error("invalid-option", node.span, "`service_id` should be 1 to 63 letters, digits, `-` or `_`")
            .help("it also names the environment variables `BUILDFLOW_<SERVICE_ID>_…`"),
    );
    None
}

fn base_route(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = string("base_route", node, diagnostics)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let well_formed = text == "/"
        || (text.starts_with('/') && !text.ends_with('/') && !text.contains("//") && text.bytes().all(plain));
    if well_formed {
        return Some(text.to_owned());
    }
    diagnostics.push(
        Diagnostic::error("invalid-option", node.span, "`base_route` should be `/` or a path such as `/pets`")
            .help("start it with `/`, do not end it with one, and use letters, digits, `-`, `.`, `_` and `~`"),
    );
    None
}

fn string<'n>(name: &str, node: &'n Node, diagnostics: &mut Diagnostics) -> Option<&'n str> {
    let text = node.as_str();
    if text.is_none() {
        let message = format!("`{name}` should be a string, found {}", node.kind());
        diagnostics.push(Diagnostic::error("wrong-type", node.span, message));
    }
    text
}

/// An option of replicas: checked, and accepted where it asks for nothing but the default.
fn scaling(
    name: &'static str,
    default: &str,
    node: &Node,
    unsupported: &mut Vec<Unsupported>,
    diagnostics: &mut Diagnostics,
) {
    let wanted = match name {
        "log_level" => match node.as_str() {
            Some(text) if is_level(text) => {
                return unless_default(name, text.eq_ignore_ascii_case(default), node, unsupported);
            }
            _ => "one of DEBUG, INFO, WARNING, ERROR, or tracing's own TRACE, WARN, OFF",
        },
        "num_cpus" => match number(node) {
            Some(cpus) if cpus > 0.0 => return unless_default(name, cpus == 1.0, node, unsupported),
            _ => "a number greater than 0",
        },
        "target_num_ongoing_requests_per_replica" => match number(node) {
            Some(target) if target > 0.0 => return unless_default(name, target == 1.0, node, unsupported),
            _ => "a number greater than 0",
        },
        _ => match node.as_number().and_then(Number::as_integer) {
            Some(count) if count >= 1 => return unless_default(name, count.to_string() == default, node, unsupported),
            _ => "a whole number of 1 or more",
        },
    };
    let message = format!("`{name}` should be {wanted}");
    diagnostics.push(Diagnostic::error("invalid-option", node.span, message).help(format!("the default is {default}")));
}

fn unless_default(name: &'static str, is_default: bool, node: &Node, unsupported: &mut Vec<Unsupported>) {
    if !is_default {
        unsupported.push(not_yet(name, node.span));
    }
}

fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Number(number) => Some(number.as_f64()),
        _ => None,
    }
}

fn is_level(text: &str) -> bool {
    let levels = ["TRACE", "DEBUG", "INFO", "WARN", "WARNING", "ERROR", "OFF"];
    levels.iter().any(|level| level.eq_ignore_ascii_case(text))
}

fn not_yet(name: &'static str, span: Span) -> Unsupported {
    Unsupported { feature: Feature::ServiceOption(name), span, operation: None, loss: Loss::Part }
}

fn unknown_option(name: &str, span: Span) -> Diagnostic {
    let names = DEFAULTS.iter().map(|(name, _)| *name).chain(["service_id", "base_route", "docs", "middleware"]);
    let help = match nearest(name, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "remove it".to_owned(),
    };
    Diagnostic::error("unknown-option", span, format!("`{BLOCK}` has no option `{name}`")).help(help)
}
