//! Puts a conforming document into the shape of `openapiv3`, schemas replaced by references to the
//! places they were lifted from.

use serde_json::{Map as JsonMap, Value as Json, json};

use super::structure::{DOCUMENT, Shape, Table};
use super::structure_check::{is_empty, is_extension};
use crate::lift::references::{Resolved, reference_of, resolve};
use crate::read::{FileSet, Node, Pointer, Value};

/// Fields that are not read from the converted document: calls that the server makes, links, words about
/// people; and parameters, for which `openapiv3` knows too few places and styles.
const UNREAD: [&str; 9] =
    ["callbacks", "links", "contact", "license", "externalDocs", "webhooks", "encoding", "flows", "parameters"];

/// What mutual TLS is called where it stands as an HTTP authentication scheme, none of which can have this name.
pub(crate) const MUTUAL_TLS: &str = "mutual TLS";

/// The document for `openapiv3::OpenAPI`, without what that has no field for.
pub(crate) fn convert(root: &Node) -> Json {
    let mut document = Converter { root }.object(root, &DOCUMENT, &Pointer::root());
    if let Json::Object(map) = &mut document {
        map.entry("paths").or_insert_with(|| json!({}));
    }
    document
}

/// Takes out the operations that `openapiv3` has no field for: OpenAPI 3.2's `query` and
/// `additionalOperations`. Each comes with its path and its method, as it is sent.
pub(crate) fn take_other_operations(document: &mut Json) -> Vec<(String, String, Json)> {
    let mut taken = Vec::new();
    let paths = document.get_mut("paths").and_then(Json::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else { continue };
        let query = item.shift_remove("query").map(|operation| ("QUERY".to_owned(), operation));
        let additional = item.shift_remove("additionalOperations");
        let additional = additional.as_ref().and_then(Json::as_object).into_iter().flatten();
        let additional = additional.map(|(method, operation)| (method.clone(), operation.clone()));
        taken.extend(query.into_iter().chain(additional).map(|(method, operation)| (path.clone(), method, operation)));
    }
    taken
}

struct Converter<'r> {
    root: &'r Node,
}

impl Converter<'_> {
    fn value(&self, node: &Node, shape: Shape, at: &Pointer) -> Json {
        match shape {
            Shape::Schema => json!({ "$ref": at.as_str() }),
            Shape::Text => Json::String(text(node)),
            Shape::Any | Shape::Flag | Shape::Word(_) => plain(node),
            Shape::Scopes => self.value(node, Shape::List(&Shape::Text), at),
            Shape::List(item) => {
                let items = node.as_list().unwrap_or_default().iter().enumerate();
                Json::Array(items.map(|(index, node)| self.value(node, *item, &at.item(index))).collect())
            }
            Shape::Map(value) => self.members(node, at, |_, node, at| Some(self.value(node, *value, at))),
            Shape::Object(table) => self.object(node, table, at),
            Shape::OrReference(table) => self.or_reference(node, table, at),
            Shape::Paths => self.members(node, at, |path, node, at| {
                path.starts_with('/')
                    .then(|| self.value(node, Shape::OrReference(&crate::lift::openapi::structure::PATH_ITEM), at))
            }),
            Shape::Responses => {
                let mut responses = self.members(node, at, |status, node, at| {
                    let response =
                        || self.value(node, Shape::OrReference(&crate::lift::openapi::structure::RESPONSE), at);
                    (!is_extension(status)).then(response)
                });
                if let Json::Object(map) = &mut responses {
                    *map =
                        std::mem::take(map).into_iter().map(|(key, value)| (range_in_capitals(key), value)).collect();
                }
                responses
            }
        }
    }

    fn members(&self, node: &Node, at: &Pointer, each: impl Fn(&str, &Node, &Pointer) -> Option<Json>) -> Json {
        let Some(map) = node.as_map() else { return json!({}) };
        let converted =
            map.iter().filter_map(|(key, member)| Some((key.clone(), each(key, &member.node, &at.join(key))?)));
        Json::Object(converted.collect())
    }

    fn or_reference(&self, node: &Node, table: &'static Table, at: &Pointer) -> Json {
        match reference_of(node).map(|target| resolve(self.root, &target)) {
            // The target is put in its place: no later stage meets a reference but those of schemas.
            Some(Resolved::Node(target, node)) => self.object(node, table, &target),
            // Both are errors, which were reported.
            Some(Resolved::Missing | Resolved::Cycle) => json!({}),
            None => self.object(node, table, at),
        }
    }

    fn object(&self, node: &Node, table: &'static Table, at: &Pointer) -> Json {
        let mut map = JsonMap::new();
        for (key, member) in node.as_map().into_iter().flatten() {
            let field = table.fields.iter().find(|field| field.name == key);
            let value = match field {
                _ if key == FileSet::MEMBER => continue,
                None if is_extension(key) => plain(&member.node),
                Some(_) if UNREAD.contains(&key.as_str()) => continue,
                Some(field) if is_empty(&member.node, field.shape) => continue,
                Some(field) => self.value(&member.node, field.shape, &at.join(key)),
                None => continue,
            };
            map.insert(key.clone(), value);
        }
        if table.name == "Security Scheme Object" && map.get("type") == Some(&json!("mutualTLS")) {
            // `openapiv3` does not know it.
            map.insert("type".to_owned(), json!("http"));
            map.insert("scheme".to_owned(), json!(MUTUAL_TLS));
        }
        for (field, value) in demanded(table.name) {
            map.entry(field).or_insert(value);
        }
        Json::Object(map)
    }
}

/// What `openapiv3` demands, and documents may lack.
fn demanded(table: &str) -> Vec<(&'static str, Json)> {
    match table {
        "OpenAPI Object" => vec![("info", json!({ "title": "", "version": "" }))],
        "Info Object" => vec![("title", json!("")), ("version", json!(""))],
        "Server Object" => vec![("url", json!("/"))],
        "Tag Object" => vec![("name", json!(""))],
        "Request Body Object" => vec![("content", json!({}))],
        "Operation Object" => vec![("responses", json!({}))],
        "Response Object" => vec![("description", json!(""))],
        "Security Scheme Object" => vec![("flows", json!({})), ("openIdConnectUrl", json!(""))],
        _ => Vec::new(),
    }
}

fn range_in_capitals(status: String) -> String {
    if status == "default" { status } else { status.to_ascii_uppercase() }
}

/// Text, also where a number or a boolean stands for it.
pub(crate) fn text(node: &Node) -> String {
    match &node.value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.written().to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Null | Value::List(_) | Value::Map(_) => String::new(),
    }
}

/// Any value as `serde_json` holds it; digits past a double's are lost.
pub(crate) fn plain(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => serde_json::from_str(number.as_str()).unwrap_or(Json::Null),
        Value::String(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(plain).collect()),
        Value::Map(map) => map.iter().map(|(key, member)| (key.clone(), plain(&member.node))).collect(),
    }
}
