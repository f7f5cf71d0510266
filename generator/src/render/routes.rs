//! The tree of the document's paths as text.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::text::{Code, Literal};
use crate::ir::{Condition, Piece, Route, Segment, Service};

/// The module that leads requests to endpoints.
#[derive(Template)]
#[template(path = "routes.rs.askama", escape = "none")]
pub(super) struct RoutesFile {
    tree: Code,
    imports: BTreeSet<&'static str>,
}

/// A node of the tree of segments.
#[derive(Default)]
struct RouteNode<'i> {
    targets: Vec<Target<'i>>,
    literals: BTreeMap<String, RouteNode<'i>>,
    mixed: BTreeMap<Mixed, RouteNode<'i>>,
    parameter: Option<Box<RouteNode<'i>>>,
    /// Behind a parameter of several segments, by whether there may be none.
    many: BTreeMap<bool, RouteNode<'i>>,
}

/// A path template at its end.
struct Target<'i> {
    path: &'i str,
    conditions: Vec<&'i Condition>,
    /// Whether the template has a fragment that the path is taken without.
    cut: bool,
    methods: Vec<(&'i str, usize)>,
}

/// The texts around the parameters of a segment; those with more text go first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mixed {
    text_length: Reverse<usize>,
    texts: Vec<String>,
    /// The numbers of the texts that belong to the parameters behind them.
    kept: Vec<usize>,
}

#[derive(Template)]
#[template(path = "route_node.rs.askama", escape = "none")]
struct NodeView {
    targets: Vec<TargetView>,
    literals: Vec<(Literal, Code)>,
    mixed: Vec<(Code, Code)>,
    parameter: Option<Code>,
    many: Vec<ManyView>,
}

/// What is behind a parameter of several segments.
struct ManyView {
    may_be_empty: bool,
    longest: usize,
    after: Code,
}

struct TargetView {
    path: Literal,
    conditions: Vec<Code>,
    methods: Vec<(Literal, usize)>,
}

impl NodeView {
    fn is_empty(&self) -> bool {
        self.targets.is_empty()
            && self.literals.is_empty()
            && self.mixed.is_empty()
            && self.parameter.is_none()
            && self.many.is_empty()
    }

    /// Whether a field is left out that the empty node has.
    fn is_partial(&self) -> bool {
        self.targets.is_empty()
            || self.literals.is_empty()
            || self.mixed.is_empty()
            || self.parameter.is_none()
            || self.many.is_empty()
    }
}

impl RoutesFile {
    pub(super) fn new(service: &Service) -> askama::Result<Self> {
        let endpoints = service.endpoints.iter().map(|endpoint| &endpoint.route);
        let routes = endpoints.chain(service.missing.iter().map(|missing| &missing.route));
        let mut root = RouteNode::default();
        for (endpoint, route) in routes.enumerate() {
            root.add(route, endpoint);
        }
        let tree = root.code()?;
        let imports = root.imports();
        Ok(Self { tree, imports })
    }
}

impl<'i> RouteNode<'i> {
    fn add(&mut self, route: &'i Route, endpoint: usize) {
        let Some(fragment) = &route.fragment else {
            return self.at(&route.segments).target(route, &route.conditions, false, endpoint);
        };
        // A client that takes the template for a path sends the fragment as a part of it; a parameter of several segments
        // takes that anyway.
        let mut literal = route.segments.clone();
        if let Some(last) = literal.last_mut()
            && !matches!(last.pieces.as_slice(), [Piece::Segments { .. }])
        {
            last.append(&format!("#{}", fragment.text));
            self.at(&literal).target(route, &route.conditions, false, endpoint);
        }
        let conditions = route.conditions.iter().chain(&fragment.conditions);
        self.at(&route.segments).target(route, conditions, true, endpoint);
    }

    /// The node that a path of these segments ends at.
    fn at(&mut self, segments: &[Segment]) -> &mut Self {
        segments.iter().fold(self, |node, segment| match segment.pieces.as_slice() {
            [] => node.literals.entry(String::new()).or_default(),
            [Piece::Text(text)] => node.literals.entry(text.clone()).or_default(),
            [Piece::Parameter(_)] => &mut **node.parameter.get_or_insert_default(),
            [Piece::Segments { may_be_empty, .. }] => node.many.entry(*may_be_empty).or_default(),
            pieces => node.mixed.entry(Mixed::new(pieces)).or_default(),
        })
    }

    fn target(
        &mut self,
        route: &'i Route,
        conditions: impl IntoIterator<Item = &'i Condition>,
        cut: bool,
        endpoint: usize,
    ) {
        let conditions: Vec<&Condition> = conditions.into_iter().collect();
        let method = (route.method.as_str(), endpoint);
        match self.targets.iter_mut().find(|target| target.path == route.path) {
            Some(target) if target.conditions == conditions => target.methods.push(method),
            _ => self.targets.push(Target { path: &route.path, conditions, cut, methods: vec![method] }),
        }
    }

    fn below(&self) -> impl Iterator<Item = &Self> {
        let texts = self.literals.values().chain(self.mixed.values());
        texts.chain(self.parameter.as_deref()).chain(self.many.values())
    }

    /// How many segments the longest path has from here on.
    fn longest(&self) -> usize {
        self.below().map(|node| node.longest() + 1).max().unwrap_or_default()
    }

    /// What of the runtime's names the tree is made with.
    fn imports(&self) -> BTreeSet<&'static str> {
        let mut imports: BTreeSet<&'static str> = self.below().flat_map(Self::imports).chain(["RouteNode"]).collect();
        let has_conditions = self.targets.iter().any(|target| !target.conditions.is_empty());
        let own = [
            (!self.targets.is_empty(), "Target"),
            (has_conditions, "Condition"),
            (!self.mixed.is_empty(), "Mixed"),
            (!self.many.is_empty(), "ManySegments"),
        ];
        imports.extend(own.into_iter().filter(|(used, _)| *used).map(|(_, name)| name));
        imports
    }

    fn code(&self) -> askama::Result<Code> {
        let mut targets: Vec<&Target<'_>> = self.targets.iter().collect();
        targets.sort_by_key(|target| (Reverse(target.conditions.len()), target.cut));
        let literals = self.literals.iter().map(|(text, node)| Ok((Literal::new(text), node.code()?)));
        let mixed = self.mixed.iter().map(|(mixed, node)| Ok((mixed.view(), node.code()?)));
        let many = self.many.iter().map(|(may_be_empty, node)| {
            Ok(ManyView { may_be_empty: *may_be_empty, longest: node.longest(), after: node.code()? })
        });
        let view = NodeView {
            targets: targets.into_iter().map(Target::view).collect(),
            literals: literals.collect::<askama::Result<_>>()?,
            mixed: mixed.collect::<askama::Result<_>>()?,
            parameter: self.parameter.as_deref().map(Self::code).transpose()?,
            many: many.collect::<askama::Result<_>>()?,
        };
        view.render().map(Code::new)
    }
}

impl Target<'_> {
    fn view(&self) -> TargetView {
        let conditions = self.conditions.iter().map(|condition| match condition {
            Condition::Query(name, value) => {
                format!("Condition::Query({}, {})", Literal::new(name), Literal::option(value.as_deref()))
            }
            Condition::Header(name, value) => {
                format!("Condition::Header({}, {})", Literal::new(name), Literal::new(value))
            }
        });
        TargetView {
            path: Literal::new(self.path),
            conditions: conditions.map(Code::new).collect(),
            methods: self.methods.iter().map(|(method, endpoint)| (Literal::new(method), *endpoint)).collect(),
        }
    }
}

impl Mixed {
    fn new(pieces: &[Piece]) -> Self {
        let (mut texts, mut kept) = (vec![String::new()], Vec::new());
        for piece in pieces {
            if let Piece::Start(_) = piece {
                kept.push(texts.len() - 1);
            }
            match (piece, texts.last_mut()) {
                (Piece::Text(text) | Piece::Start(text), Some(last)) => last.push_str(text),
                // Lowering refuses a parameter of several segments that is not alone.
                _ => texts.push(String::new()),
            }
        }
        Self { text_length: Reverse(texts.iter().map(String::len).sum()), texts, kept }
    }

    fn view(&self) -> Code {
        let texts: Vec<String> = self.texts.iter().map(|text| Literal::new(text).to_string()).collect();
        let kept = if self.kept.is_empty() { String::new() } else { format!(".keeping(&{:?})", self.kept) };
        Code::new(format!("Mixed::new(&[{}]){kept}", texts.join(", ")))
    }
}
