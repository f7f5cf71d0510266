//! The service block: `x-buildflow-service` at the root of a document.

use super::docs;
use super::middleware;
use super::replicas;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::ir::{Memory, ServiceOptions, Traits};
use crate::read::{Node, Number, Sources, Span};

/// The extension's name.
pub(crate) const BLOCK: &str = "x-buildflow-service";

/// The options' names.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    replicas::names().chain(["service_id", "base_route", "docs", "middleware", "traits", "tags", "memory"])
}

/// Reads the block, if the document has one.
pub(crate) fn read(root: &Node, sources: &Sources, diagnostics: &mut Diagnostics) -> ServiceOptions {
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
            "traits" => options.traits = traits(node, diagnostics),
            "tags" => options.tags = tags(node, diagnostics),
            "memory" => options.memory = memory(node, diagnostics),
            name => match replicas::read(name, node, sources) {
                Some(Ok(option)) => options.replicas.push(option),
                Some(Err(wrong)) => diagnostics.push(wrong),
                None => diagnostics.push(unknown_option(name, member.key)),
            },
        }
    }
    replicas::check(&options.replicas, diagnostics);
    options
}

fn service_id(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    // A number is taken as it is written.
    let text = match node.as_number() {
        Some(number) => number.written(),
        None => string("`service_id`", node, diagnostics)?,
    };
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
    let text = string("`base_route`", node, diagnostics)?;
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

fn traits(node: &Node, diagnostics: &mut Diagnostics) -> Traits {
    match string("`traits`", node, diagnostics) {
        Some("per_tag") => Traits::PerTag,
        Some("per_service") | None => Traits::PerService,
        Some(_) => {
            let message = "`traits` should be `per_service`, which is the default, or `per_tag`";
            diagnostics.push(Diagnostic::error("invalid-option", node.span, message));
            Traits::PerService
        }
    }
}

fn tags(node: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let Some(items) = node.as_list().filter(|items| !items.is_empty()) else {
        let message = "`tags` should be a list of tags, such as `[pets]`";
        diagnostics.push(Diagnostic::error("invalid-option", node.span, message));
        return None;
    };
    Some(items.iter().filter_map(|item| string("each of `tags`", item, diagnostics)).map(str::to_owned).collect())
}

fn memory(node: &Node, diagnostics: &mut Diagnostics) -> Option<Memory> {
    let number = node.as_number().and_then(Number::as_integer).map(|number| number.to_string());
    let memory = node.as_str().map(str::to_owned).or(number).unwrap_or_default().parse();
    let wrong = |wanted| Diagnostic::error("invalid-option", node.span, format!("`memory` should be {wanted}"));
    memory.map_err(|wanted| diagnostics.push(wrong(wanted))).ok()
}

fn string<'n>(what: &str, node: &'n Node, diagnostics: &mut Diagnostics) -> Option<&'n str> {
    let text = node.as_str();
    if text.is_none() {
        let message = format!("{what} should be a string, found {}", node.kind());
        diagnostics.push(Diagnostic::error("wrong-type", node.span, message));
    }
    text
}

fn unknown_option(name: &str, span: Span) -> Diagnostic {
    let help = match nearest(name, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "remove it".to_owned(),
    };
    Diagnostic::error("unknown-option", span, format!("`{BLOCK}` has no option `{name}`")).help(help)
}
