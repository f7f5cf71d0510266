//! Matching of paths and methods as text: code made for the document's own paths.

use std::collections::BTreeMap;

use askama::Template;

use super::text::{Code, Literal};
use crate::ir::{Route, Segment, Service};

/// The module that finds the endpoint of a request.
#[derive(Template)]
#[template(path = "routes.rs.askama", escape = "none")]
pub(super) struct RoutesFile {
    paths: Vec<PathView>,
    tree: Code,
    has_captures: bool,
    is_empty: bool,
}

struct PathView {
    template: Literal,
    methods: Vec<MethodView>,
    allow: Literal,
}

struct MethodView {
    pattern: Code,
    endpoint: usize,
}

/// A node of the tree of segments.
#[derive(Default)]
struct Node {
    path: Option<usize>,
    literals: BTreeMap<String, Node>,
    parameter: Option<Box<Node>>,
}

#[derive(Template)]
#[template(path = "route_node.rs.askama", escape = "none")]
struct NodeView {
    path: Option<usize>,
    literals: Vec<ChildView>,
    parameter: Option<Code>,
}

struct ChildView {
    literal: Literal,
    node: Code,
}

impl NodeView {
    fn has_children(&self) -> bool {
        !self.literals.is_empty() || self.parameter.is_some()
    }
}

impl RoutesFile {
    pub fn of(service: &Service) -> askama::Result<Self> {
        let endpoints = service.endpoints.iter().map(|endpoint| &endpoint.route);
        let routes: Vec<&Route> = endpoints.chain(service.missing.iter().map(|missing| &missing.route)).collect();
        let mut grouped: Vec<(&Route, Vec<(&str, usize)>)> = Vec::new();
        let mut by_path: BTreeMap<&str, usize> = BTreeMap::new();
        for (endpoint, route) in routes.iter().enumerate() {
            let place = *by_path.entry(&route.path).or_insert_with(|| {
                grouped.push((route, Vec::new()));
                grouped.len() - 1
            });
            grouped[place].1.push((&route.method, endpoint));
        }
        let mut root = Node::default();
        for (path, (route, _)) in grouped.iter().enumerate() {
            root.insert(&route.segments, path);
        }
        let has_captures = routes.iter().flat_map(|route| &route.segments).any(|s| matches!(s, Segment::Parameter(_)));
        let paths = grouped.iter().map(|(route, methods)| path_view(route, methods)).collect();
        Ok(Self { paths, tree: Code::new(root.view()?.render()?), has_captures, is_empty: routes.is_empty() })
    }
}

fn path_view(route: &Route, methods: &[(&str, usize)]) -> PathView {
    let has = |wanted: &str| methods.iter().any(|(method, _)| *method == wanted);
    let (has_get, has_head) = (has("GET"), has("HEAD"));
    let mut allow = Vec::new();
    let mut views = Vec::new();
    for (method, endpoint) in methods {
        allow.push(*method);
        // HEAD is GET without a body (RFC 9110 §9.3.2).
        let pattern = if *method == "GET" && has_get && !has_head {
            allow.push("HEAD");
            Code::new("\"GET\" | \"HEAD\"")
        } else {
            Code::new(Literal::of(method).to_string())
        };
        views.push(MethodView { pattern, endpoint: *endpoint });
    }
    PathView { template: Literal::of(&route.path), methods: views, allow: Literal::of(&allow.join(", ")) }
}

impl Node {
    fn insert(&mut self, segments: &[Segment], path: usize) {
        match segments {
            [] => {
                self.path.get_or_insert(path);
            }
            [Segment::Literal(text), rest @ ..] => self.literals.entry(text.clone()).or_default().insert(rest, path),
            [Segment::Parameter(_), rest @ ..] => self.parameter.get_or_insert_default().insert(rest, path),
        }
    }

    fn view(&self) -> askama::Result<NodeView> {
        let literals = self.literals.iter().map(|(literal, node)| {
            Ok(ChildView { literal: Literal::of(literal), node: Code::new(node.view()?.render()?) })
        });
        let parameter = match &self.parameter {
            Some(node) => Some(Code::new(node.view()?.render()?)),
            None => None,
        };
        Ok(NodeView { path: self.path, literals: literals.collect::<askama::Result<_>>()?, parameter })
    }
}
