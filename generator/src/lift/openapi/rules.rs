//! Rules of OpenAPI that span several objects: references, path parameters, operation ids, security.

use std::collections::HashMap;

use super::repair::Undeclared;
use super::structure::{MEDIA_TYPE, Shape};
use super::structure_check::is_empty;
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::lift::references::{Resolved, reference_of, resolve};
use crate::read::{Node, Pointer, Span, to_json};

/// The methods that a Path Item Object names (OpenAPI 3.0.3 §4.7.9.1).
pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Tells every break of these rules at its place; gives the path parameters that are not declared.
pub(crate) fn check(root: &Node, references: &[(Pointer, Pointer)], diagnostics: &mut Diagnostics) -> Vec<Undeclared> {
    check_references(root, references, diagnostics);
    let mut check = Check { root, diagnostics, operation_ids: HashMap::new(), undeclared: Vec::new() };
    check.says_something();
    check.security_schemes();
    for (path, member) in root.get("paths").and_then(Node::as_map).into_iter().flatten() {
        check.path(path, member.key);
    }
    for parameter in
        root.get("components").and_then(|node| node.get("parameters")).and_then(Node::as_map).into_iter().flatten()
    {
        check.parameter(&parameter.1.node);
    }
    check.undeclared
}

fn check_references(root: &Node, references: &[(Pointer, Pointer)], diagnostics: &mut Diagnostics) {
    for (at, target) in references {
        let Some(reference) = root.at(at).and_then(|node| node.get("$ref")) else { continue };
        if let Resolved::Cycle = resolve(root, target) {
            diagnostics.push(
                Diagnostic::error("reference-cycle", reference.span, "this `$ref` leads back to itself")
                    .help("let one object of the cycle say what it is"),
            );
        }
    }
}

struct Check<'c> {
    root: &'c Node,
    diagnostics: &'c mut Diagnostics,
    operation_ids: HashMap<&'c str, Span>,
    undeclared: Vec<Undeclared>,
}

impl<'c> Check<'c> {
    fn target(&self, node: &'c Node) -> &'c Node {
        match reference_of(node).map(|pointer| resolve(self.root, &pointer)) {
            Some(Resolved::Node(_, target)) => target,
            Some(Resolved::Missing | Resolved::Cycle) | None => node,
        }
    }

    /// A document describes something (OpenAPI 3.1.1 §4.8.1).
    fn says_something(&mut self) {
        if ["paths", "components", "webhooks"].iter().all(|field| self.root.get(field).is_none()) {
            let message = "the document has neither `paths` nor `components` nor `webhooks`";
            let help = "describe an endpoint under `paths`";
            self.push(Diagnostic::error("missing-field", self.root.span, message).help(help));
        }
    }

    fn path(&mut self, path: &'c str, key: Span) {
        let Resolved::Node(place, item) = resolve(self.root, &Pointer::root().join("paths").join(path)) else { return };
        let names = self.template(path, key);
        let shared = item.get("parameters");
        for (method, operation) in self.operations(item) {
            self.operation_id(operation);
            self.websocket(method, operation);
            let undeclared = self.path_parameters(&names, [shared, operation.get("parameters")], (method, path, key));
            let fixed = item.get(method).is_some();
            let operation_place = if fixed { place.clone() } else { place.join("additionalOperations") }.join(method);
            let named =
                |name: &str| Undeclared { operation: operation_place.clone(), name: name.to_owned(), path: key };
            self.undeclared.extend(undeclared.into_iter().map(named));
            self.whole_query([shared, operation.get("parameters")]);
            self.duplicates(operation.get("parameters"));
            if let Some(body) = operation.get("requestBody") {
                self.body(body);
            }
            for (_, response) in operation.get("responses").and_then(Node::as_map).into_iter().flatten() {
                self.response(&response.node);
            }
        }
        self.duplicates(shared);
    }

    /// The query string as a whole is one parameter's alone (OpenAPI 3.2 §4.12.1).
    fn whole_query(&mut self, lists: [Option<&'c Node>; 2]) {
        let declared = lists.into_iter().flatten().filter_map(Node::as_list).flatten();
        let declared: Vec<(&'c Node, Option<&str>)> =
            declared.map(|node| (node, text(self.target(node), "in"))).collect();
        let mut whole = declared.iter().filter(|(_, location)| *location == Some("querystring"));
        let Some((node, _)) = whole.next() else { return };
        if whole.next().is_some() || declared.iter().any(|(_, location)| *location == Some("query")) {
            let message = "a parameter in `querystring` cannot stand beside others in the query string";
            self.push(Diagnostic::error("invalid-parameter", node.span, message));
        }
    }

    /// The operations of a path, each with its method; tells methods that cannot be sent.
    fn operations(&mut self, item: &'c Node) -> Vec<(&'c str, &'c Node)> {
        let fixed = METHODS.iter().chain(&["query"]).filter_map(|method| Some((*method, item.get(method)?)));
        let mut operations: Vec<_> = fixed.collect();
        for (method, member) in item.get("additionalOperations").and_then(Node::as_map).into_iter().flatten() {
            let fixed = METHODS.iter().chain(&["query"]).find(|fixed| fixed.to_uppercase() == *method);
            if let Some(fixed) = fixed {
                let message = format!("the method {method} has a field of its own");
                let help = format!("put the operation under `{fixed}`");
                self.push(Diagnostic::error("invalid-method", member.key, message).help(help));
            } else if !is_token(method) {
                let message = format!("`{method}` is not the name of an HTTP method");
                self.push(
                    Diagnostic::error("invalid-method", member.key, message).help("use letters, digits and hyphens"),
                );
            }
            operations.push((method, &member.node));
        }
        operations.retain(|(_, operation)| operation.as_map().is_some());
        operations
    }

    /// The template's parameter names; tells braces that do not match.
    fn template(&mut self, path: &'c str, key: Span) -> Vec<&'c str> {
        let (mut names, mut rest) = (Vec::new(), path);
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else {
                self.push(Diagnostic::error("invalid-path", key, format!("`{path}` has a `{{` without its `}}`")));
                return names;
            };
            if names.contains(&name) {
                let message = format!("`{path}` names `{name}` twice");
                let help = "give the second one a name of its own; the first one is taken";
                self.push(Diagnostic::warning("repeated-path-parameter", key, message).help(help));
            } else {
                names.push(name);
            }
            rest = tail;
        }
        names
    }

    /// A WebSocket is opened by a GET without a body (RFC 6455 §4.1), which is no whole request as well.
    fn websocket(&mut self, method: &str, operation: &'c Node) {
        let Some(node) = operation.get("x-buildflow-websocket").filter(|node| node.as_bool() == Some(true)) else {
            return;
        };
        let other = ["requestBody", "x-buildflow-request", "x-buildflow-response"]
            .iter()
            .find(|field| operation.get(field).is_some());
        let diagnostic = match (method, other) {
            ("get", None) => return,
            ("get", Some(field)) => {
                let message = format!("an operation that opens a WebSocket cannot have `{field}`");
                Diagnostic::error("invalid-websocket", node.span, message).help(format!("remove `{field}`"))
            }
            (method, _) => {
                let message = format!("a WebSocket is opened by GET, not by {}", method.to_uppercase());
                Diagnostic::error("invalid-websocket", node.span, message).help("put the operation under `get`")
            }
        };
        self.push(diagnostic);
    }

    fn operation_id(&mut self, operation: &'c Node) {
        let Some(node) = operation.get("operationId") else { return };
        let Some(id) = node.as_str() else { return };
        match self.operation_ids.get(id) {
            Some(first) => {
                let first = *first;
                let message = format!("two operations are called `{id}`");
                self.push(
                    Diagnostic::warning("duplicate-operation-id", node.span, message)
                        .related(first, "the first one")
                        .help("give each operation a name of its own; this one gets a number"),
                );
            }
            None => {
                self.operation_ids.insert(id, node.span);
            }
        }
    }

    /// The names that are not declared.
    fn path_parameters(
        &mut self,
        names: &[&'c str],
        lists: [Option<&'c Node>; 2],
        (method, path, key): (&str, &str, Span),
    ) -> Vec<&'c str> {
        let mut declared = Vec::new();
        for node in lists.into_iter().flatten().filter_map(Node::as_list).flatten() {
            let parameter = self.target(node);
            self.parameter(parameter);
            let (location, name) = (text(parameter, "in"), text(parameter, "name"));
            let Some(name) = name else { continue };
            // `/search?x={x}` may mean the parameter of the query string that is declared as such.
            if location == Some("query") && path.split_once('?').is_some_and(|(path, _)| !path.contains(name)) {
                declared.push(name);
            }
            if location != Some("path") {
                continue;
            }
            if !names.contains(&name) {
                let message = format!("the path `{path}` has no `{{{name}}}`");
                // A slip of the pen is an error; what was left over from another path harms nobody.
                self.push(match nearest(name, names.iter().copied()) {
                    Some(meant) => Diagnostic::error("unknown-path-parameter", node.span, message)
                        .help(format!("did you mean `{meant}`?")),
                    None => Diagnostic::warning("unknown-path-parameter", node.span, message)
                        .help(format!("put `{{{name}}}` into the path, or remove the parameter; it is ignored")),
                });
            }
            declared.push(name);
        }
        let undeclared: Vec<&str> = names.iter().copied().filter(|name| !declared.contains(name)).collect();
        for name in &undeclared {
            let message = format!("`{} {path}` does not declare its path parameter `{name}`", method.to_uppercase());
            let help = format!(
                "add `{{name: {name}, in: path, required: true, schema: …}}` to its parameters; it is taken as a string"
            );
            self.push(Diagnostic::warning("undeclared-path-parameter", key, message).help(help));
        }
        undeclared
    }

    fn parameter(&mut self, node: &'c Node) {
        let has = |field: &str| node.get(field).is_some();
        if !has("name") || !has("in") || has("$ref") {
            return;
        }
        let name = text(node, "name").unwrap_or_default();
        if has("schema") && has("content") {
            let message = format!("the parameter `{name}` has both `schema` and `content`");
            self.push(Diagnostic::error("invalid-parameter", node.span, message));
        }
        let Some(location) = text(node, "in") else { return };
        self.content(node, name, location);
        if let Some(extension) = node.get("x-buildflow-path").filter(|_| location != "path") {
            let message = format!("`x-buildflow-path` is for path parameters, and `{name}` is not one");
            self.push(Diagnostic::error("invalid-parameter", extension.span, message).help("remove it"));
        }
        if let Some(style) = node.get("style").and_then(Node::as_str)
            && !styles_of(location).contains(&style)
        {
            let span = node.get("style").map_or(node.span, |style| style.span);
            let message = format!("a parameter in {location} cannot have the style `{style}`");
            let help = format!("use one of {}", styles_of(location).join(", "));
            self.push(Diagnostic::error("invalid-parameter", span, message).help(help));
        }
        if location == "path" && node.get("required").and_then(Node::as_bool) != Some(true) {
            self.push(
                Diagnostic::warning(
                    "optional-path-parameter",
                    node.span,
                    format!("the path parameter `{name}` is required"),
                )
                .help("add `required: true`; it is taken as required"),
            );
        }
    }

    /// A parameter's `content` has one media type (OpenAPI 3.1.1 §4.8.12.2.3).
    fn content(&mut self, node: &'c Node, name: &str, location: &str) {
        let content = node.get("content");
        if let Some(content) = content
            && content.as_map().is_some_and(|map| map.len() != 1)
        {
            let message = format!("the `content` of the parameter `{name}` should have one media type");
            self.push(Diagnostic::error("invalid-parameter", content.span, message));
        }
        if location == "querystring" && content.is_none() {
            let message = format!("the parameter `{name}` is the whole query string, and has no `content`");
            let help = "put its schema under `content: {application/x-www-form-urlencoded: …}`";
            self.push(Diagnostic::error("invalid-parameter", node.span, message).help(help));
        }
    }

    fn duplicates(&mut self, list: Option<&'c Node>) {
        let mut seen: HashMap<(&str, &str), &Node> = HashMap::new();
        for node in list.and_then(Node::as_list).unwrap_or_default() {
            let parameter = self.target(node);
            let (Some(location), Some(name)) = (text(parameter, "in"), text(parameter, "name")) else { continue };
            let Some(first) = seen.insert((location, name), parameter) else { continue };
            let message = format!("two parameters in {location} are called `{name}`");
            let differ = ["schema", "content", "style", "explode"].iter().any(|field| {
                let text = |parameter: &Node| parameter.get(field).map(to_json);
                text(first) != text(parameter)
            });
            let diagnostic = match differ {
                true => Diagnostic::error("duplicate-parameter", node.span, message),
                false => Diagnostic::warning("duplicate-parameter", node.span, message).help("remove one of the two"),
            };
            self.push(diagnostic.related(first.span, "the first one"));
        }
    }

    fn body(&mut self, node: &'c Node) {
        let body = self.target(node);
        for (name, member) in body.get("content").and_then(Node::as_map).into_iter().flatten() {
            if !name.contains('/') {
                let help = match MEDIA_TYPE.fields.iter().any(|field| field.name == name) {
                    true => format!("move `{name}` into one of the media types"),
                    false => "write a type and a subtype, as in `application/json`".to_owned(),
                };
                let help = format!("{help}, or pass `--skip-unsupported` to leave it out");
                let message = format!("`{name}` is not a media type");
                self.push(Diagnostic::error("invalid-media-type", member.key, message).help(help));
            }
        }
    }

    /// The media types of a response need not be right for it to be served.
    fn response(&mut self, node: &'c Node) {
        let response = self.target(node);
        for (name, member) in response.get("content").and_then(Node::as_map).into_iter().flatten() {
            // Litestar says nothing of what it does not know.
            if !name.is_empty() && !is_media_type(name) {
                let help = "write a type and a subtype, as in `application/json`; it is sent as it is, or as bytes";
                let message = format!("`{name}` is not a media type");
                self.push(Diagnostic::warning("invalid-media-type", member.key, message).help(help));
            }
        }
    }

    fn security_schemes(&mut self) {
        let schemes = self.root.get("components").and_then(|node| node.get("securitySchemes")).and_then(Node::as_map);
        for (name, member) in schemes.into_iter().flatten() {
            let node = self.target(&member.node);
            let needed: &[&str] = match text(node, "type") {
                Some("apiKey") => &["name", "in"],
                Some("http") => &["scheme"],
                _ => &[],
            };
            let is_missing = |field: &&&str| node.get(field).is_none_or(|value| is_empty(value, Shape::Text));
            for field in needed.iter().filter(is_missing) {
                let message = format!("the security scheme `{name}` lacks `{field}`");
                self.push(Diagnostic::error("missing-field", node.span, message).help(format!("add `{field}`")));
            }
        }
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// What a security requirement's name begins with where it is a URI, as OpenAPI 3.2 allows.
pub(crate) const SCHEMES: &str = "#/components/securitySchemes/";

fn text<'n>(node: &'n Node, field: &str) -> Option<&'n str> {
    node.get(field).and_then(Node::as_str)
}

/// Whether it is a media type, or a range of them, perhaps with parameters; some documents list several in one name.
pub(crate) fn is_media_type(text: &str) -> bool {
    text.split(',').all(|one| {
        let essence = one.split(';').next().unwrap_or_default().trim();
        essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
    })
}

/// Whether it is a token, as methods, headers, cookies and authentication schemes are called (RFC 9110 §5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

fn styles_of(location: &str) -> &'static [&'static str] {
    match location {
        "path" => &["simple", "label", "matrix"],
        "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        "cookie" => &["form", "cookie"],
        "querystring" => &[],
        _ => &["simple"],
    }
}
