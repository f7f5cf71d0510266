//! Paths and parameters: a slash, a declaration or a schema that is missing.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Map, Member, Node, Pointer, Span, Value};

/// The keywords that a parameter had itself before OpenAPI 3.
const OWN_KEYWORDS: [&str; 16] = [
    "type",
    "format",
    "items",
    "enum",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
];

/// A path parameter that an operation does not declare.
#[derive(Debug)]
pub(crate) struct Undeclared {
    /// The operation.
    pub operation: Pointer,
    pub name: String,
    /// The path's key.
    pub path: Span,
}

/// Paths begin with a slash (OpenAPI 3.0.3 §4.7.8.1).
pub(crate) fn start_with_slashes(document: &mut Node, diagnostics: &mut Diagnostics) {
    let paths = Pointer::root().join("paths");
    let Some(Value::Map(paths)) = document.at_mut(&paths).map(|node| &mut node.value) else { return };
    let is_proper = |path: &String| path.starts_with('/') || path.starts_with("x-");
    if paths.keys().all(is_proper) {
        return;
    }
    let written = std::mem::take(paths);
    let is_taken = written.iter().map(|(path, _)| written.contains_key(&format!("/{path}"))).collect::<Vec<_>>();
    for ((path, member), is_taken) in written.into_iter().zip(is_taken) {
        if is_proper(&path) || is_taken {
            paths.insert(path, member);
            continue;
        }
        diagnostics.push(
            Diagnostic::warning("invalid-path", member.key, format!("the path `{path}` does not start with `/`"))
                .help(format!("write `/{path}`; it is taken as that")),
        );
        paths.insert(format!("/{path}"), member);
    }
}

/// Declares a parameter as a string; where its schema stands.
pub(crate) fn declare(document: &mut Node, undeclared: &Undeclared) -> Option<Pointer> {
    let span = undeclared.path;
    let operation = document.at_mut(&undeclared.operation)?;
    let Value::Map(operation) = &mut operation.value else { return None };
    let none = || Member { key: span, node: Node { value: Value::List(Vec::new()), span } };
    let Value::List(parameters) = &mut operation.entry("parameters".to_owned()).or_insert_with(none).node.value else {
        return None;
    };
    let members = [
        ("name", Value::String(undeclared.name.clone())),
        ("in", Value::String("path".to_owned())),
        ("required", Value::Bool(true)),
        ("schema", string_schema(span).value),
    ];
    let members = members.map(|(name, value)| (name.to_owned(), Member { key: span, node: Node { value, span } }));
    parameters.push(Node { value: Value::Map(members.into_iter().collect()), span });
    Some(undeclared.operation.join("parameters").item(parameters.len() - 1).join("schema"))
}

/// Gives a parameter or a header, whose name is `header`, a schema if it has neither `schema` nor `content`; whether it
/// did.
pub(crate) fn give_schema(object: &mut Node, header: Option<&str>, diagnostics: &mut Diagnostics) -> bool {
    let span = object.span;
    let Value::Map(map) = &mut object.value else { return false };
    let is_said = ["schema", "content", "$ref"].iter().any(|field| map.contains_key(*field));
    if is_said || header.is_none() && !map.contains_key("in") {
        return false;
    }
    let own = OWN_KEYWORDS.iter().filter_map(|keyword| Some(((*keyword).to_owned(), map.get(*keyword)?.clone())));
    let own: Map = own.collect();
    let message = match header {
        Some(name) => format!("the header `{name}` has no `schema`"),
        None => {
            let name = map.get("name").and_then(|member| member.node.as_str()).unwrap_or_default();
            format!("the parameter `{name}` has no `schema`")
        }
    };
    let (schema, help) = match own.is_empty() {
        true => (string_schema(span), "add `schema: {type: string}`, or what it really is; it is taken as a string"),
        false => (Node { value: Value::Map(own), span }, "put its keywords into a `schema`; they are taken as one"),
    };
    let code = if header.is_some() { "invalid-header" } else { "invalid-parameter" };
    diagnostics.push(Diagnostic::warning(code, span, message).help(help));
    map.insert("schema".to_owned(), Member { key: span, node: schema });
    true
}

fn string_schema(span: Span) -> Node {
    let string = Node { value: Value::String("string".to_owned()), span };
    Node { value: Value::Map(Map::from_iter([("type".to_owned(), Member { key: span, node: string })])), span }
}
