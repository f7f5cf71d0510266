//! Routing: which endpoint a request leads to.
//!
//! Uses the rooms up to `security`. Knows no services: what endpoints share is in `service`.
//!
//! Generated code is a tree of the document's path templates; what walks it is here. A request visits
//! each node of the tree at most once, and a node finds its literals by bisection.

mod dispatch;
mod mixed;
mod segments;
mod target;

use http::Request;

use crate::request::Captures;
use segments::{Segment, Segments};

pub(crate) use dispatch::{Dispatch, HandlerResult};
pub use mixed::Mixed;
pub use target::{Condition, Target};

/// What a request leads to.
#[derive(Debug)]
pub(crate) enum Found {
    /// An endpoint.
    Endpoint {
        /// Its number among the service's endpoints.
        endpoint: usize,
        /// Its path template.
        route: &'static str,
        /// The parts of the path that parameters take.
        captures: Captures,
    },
    /// The path exists, but not with this method.
    MethodNotAllowed {
        /// The path's template.
        route: &'static str,
        /// The methods that it has, as the `Allow` header lists them.
        allow: String,
    },
    /// There is no such path.
    Nowhere,
}

/// What stands at one place of the paths: a node of the tree of their segments.
#[derive(Debug)]
pub struct RouteNode {
    /// What is served where a path ends here; what asks for more of a request goes first.
    pub targets: &'static [Target],
    /// Next segments that are text, percent-decoded, in the order of their bytes.
    pub literals: &'static [(&'static str, RouteNode)],
    /// Next segments that are text and parameters; those with more text go first.
    pub mixed: &'static [(Mixed, RouteNode)],
    /// A next segment that is one parameter.
    pub parameter: Option<&'static RouteNode>,
    /// Next segments that are one parameter together.
    pub many: &'static [ManySegments],
}

/// A parameter that takes several segments, and what is behind it.
#[derive(Debug)]
pub struct ManySegments {
    /// Where paths go on behind it.
    pub after: RouteNode,
    /// How many segments the longest of these paths has.
    pub longest: usize,
    /// Whether it may take no segment.
    pub may_be_empty: bool,
}

/// How many literals are looked at one by one.
const FEW: usize = 8;

impl RouteNode {
    /// A place where no path ends and none goes on.
    pub const EMPTY: Self = Self { targets: &[], literals: &[], mixed: &[], parameter: None, many: &[] };

    /// What a request leads to: the most specific path that fits, a literal going before text with
    /// parameters, that before a parameter (OpenAPI 3.1.1 §4.8.8.2), and that before one of several segments.
    pub(crate) fn find<B>(&'static self, request: &Request<B>) -> Found {
        self.find_as(request.method().as_str(), request)
    }

    /// What a request would lead to if it had this method.
    pub(crate) fn find_as<B>(&'static self, method: &str, request: &Request<B>) -> Found {
        let mut captures = Captures::default();
        match self.walk(Segments::new(request.uri().path()), request, &mut captures) {
            Some(node) => target::choose(node.targets, (method, request), captures),
            None => Found::Nowhere,
        }
    }

    /// The endpoint of a method and a path template, as the document has them.
    pub(crate) fn endpoint(&self, method: &str, route: &str) -> Option<usize> {
        let here = || self.targets.iter().find_map(|target| target.named(method, route));
        let below = || {
            let literals = self.literals.iter().map(|(_, node)| node);
            let mixed = self.mixed.iter().map(|(_, node)| node);
            let many = self.many.iter().map(|many| &many.after);
            let nodes = literals.chain(mixed).chain(self.parameter).chain(many);
            nodes.into_iter().find_map(|node| node.endpoint(method, route))
        };
        here().or_else(below)
    }

    /// The node that the path ends at.
    fn walk<B>(
        &'static self,
        mut path: Segments<'_>,
        request: &Request<B>,
        captures: &mut Captures,
    ) -> Option<&'static Self> {
        let mut node = self;
        loop {
            let Some((segment, rest)) = path.split() else {
                return node.targets.iter().any(|target| target.fits(request)).then_some(node);
            };
            // Most places leave no choice, and then nothing is gone back to.
            node = match (node.literal(segment), node.mixed, node.parameter, node.many) {
                (Some(literal), [], None, []) => literal,
                (None, [], Some(parameter), []) if !segment.text().is_empty() => {
                    segment.capture(captures);
                    parameter
                }
                (None, [], _, []) => return None,
                (literal, ..) => return node.walk_any(literal, path, request, captures),
            };
            path = rest;
        }
    }

    /// Walks a path that can go on in several ways, and backtracks from those that lead nowhere.
    fn walk_any<B>(
        &'static self,
        literal: Option<&'static Self>,
        path: Segments<'_>,
        request: &Request<B>,
        captures: &mut Captures,
    ) -> Option<&'static Self> {
        let mark = captures.len();
        let (segment, rest) = path.split()?;
        if let Some(found) = literal.and_then(|node| node.walk(rest, request, captures)) {
            return Some(found);
        }
        captures.truncate(mark);
        for (mixed, node) in self.mixed {
            if mixed.capture(segment, captures)
                && let Some(found) = node.walk(rest, request, captures)
            {
                return Some(found);
            }
            captures.truncate(mark);
        }
        if let Some(node) = self.parameter.filter(|_| !segment.text().is_empty()) {
            segment.capture(captures);
            if let Some(found) = node.walk(rest, request, captures) {
                return Some(found);
            }
            captures.truncate(mark);
        }
        self.many.iter().find_map(|many| many.walk(path, request, captures))
    }

    fn literal(&self, segment: Segment<'_>) -> Option<&'static Self> {
        let at = |text: &[u8]| match self.literals.len() {
            // Most differ in their length already.
            ..=FEW => self.literals.iter().position(|(literal, _)| literal.as_bytes() == text),
            _ => self.literals.binary_search_by(|(literal, _)| literal.as_bytes().cmp(text)).ok(),
        };
        let at = at(segment.text().as_bytes()).or_else(|| at(&segment.decoded()?))?;
        self.literals.get(at).map(|(_, node)| node)
    }
}

impl ManySegments {
    /// The node that the path ends at. What can be a path of its own behind the parameter is; the rest is the parameter's.
    fn walk<B>(
        &'static self,
        path: Segments<'_>,
        request: &Request<B>,
        captures: &mut Captures,
    ) -> Option<&'static RouteNode> {
        let mark = captures.len();
        for (many, rest) in path.split_many(self.longest) {
            if !many.text().is_empty() || self.may_be_empty {
                many.capture(captures);
                if let Some(found) = self.after.walk(rest, request, captures) {
                    return Some(found);
                }
                captures.truncate(mark);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn end(targets: &'static [Target]) -> RouteNode {
        RouteNode { targets, ..RouteNode::EMPTY }
    }

    /// `/`, `/a`, `/a/`, `/a/{id}`, `/a/{name}.json`, `/{x}/b`, `/é/{x}/z`.
    static ROOT: RouteNode = RouteNode {
        literals: &[
            ("", end(&[Target::new("/", &[("GET", 0)])])),
            (
                "a",
                RouteNode {
                    targets: &[Target::new("/a", &[("GET", 1)])],
                    literals: &[("", end(&[Target::new("/a/", &[("GET", 2)])]))],
                    mixed: &[(Mixed::new(&["", ".json"]), end(&[Target::new("/a/{name}.json", &[("GET", 3)])]))],
                    parameter: Some(&end(&[Target::new("/a/{id}", &[("GET", 4)])])),
                    ..RouteNode::EMPTY
                },
            ),
            (
                "é",
                RouteNode {
                    parameter: Some(&RouteNode {
                        literals: &[("z", end(&[Target::new("/é/{x}/z", &[("GET", 5)])]))],
                        ..RouteNode::EMPTY
                    }),
                    ..RouteNode::EMPTY
                },
            ),
        ],
        parameter: Some(&RouteNode {
            literals: &[("b", end(&[Target::new("/{x}/b", &[("GET", 5)])]))],
            ..RouteNode::EMPTY
        }),
        ..RouteNode::EMPTY
    };

    /// The template that a path leads to, and what its parameters take.
    fn found(path: &str) -> (&'static str, Vec<&str>) {
        match ROOT.find(&Request::get(path).body(()).unwrap()) {
            Found::Endpoint { route, captures, .. } => {
                (route, (0..).map_while(|index| captures.get(path, index)).collect())
            }
            Found::MethodNotAllowed { .. } | Found::Nowhere => ("", Vec::new()),
        }
    }

    #[test]
    fn slashes_count() {
        assert_eq!(
            [found("/").0, found("/a").0, found("/a/").0, found("//").0, found("/a//").0],
            ["/", "/a", "/a/", "", ""]
        );
    }

    #[test]
    fn endpoints_have_names() {
        assert_eq!(ROOT.endpoint("GET", "/a/{name}.json"), Some(3));
        assert_eq!(ROOT.endpoint("GET", "/é/{x}/z"), Some(5));
        assert_eq!((ROOT.endpoint("POST", "/a"), ROOT.endpoint("GET", "/b")), (None, None));
    }

    #[test]
    fn the_most_specific_template_goes_first() {
        assert_eq!(found("/a/x.json"), ("/a/{name}.json", vec!["x"]));
        assert_eq!(found("/a/x.yaml"), ("/a/{id}", vec!["x.yaml"]));
        assert_eq!(found("/a/.json"), ("/a/{id}", vec![".json"]));
    }

    #[test]
    fn what_leads_nowhere_is_gone_back_from() {
        assert_eq!(found("/é/b"), ("/{x}/b", vec!["é"]));
        assert_eq!(found("/%C3%A9/1/z"), ("/é/{x}/z", vec!["1"]));
        assert_eq!(found("/é/1/y"), ("", vec![]));
    }

    #[test]
    fn literals_match_percent_encoded_too() {
        assert_eq!(found("/%61").0, "/a");
        assert_eq!(found("/%61%"), ("", vec![]));
        assert_eq!(found("/%2561/b"), ("/{x}/b", vec!["%2561"]));
    }

    #[test]
    fn a_parameter_of_several_segments_leaves_to_other_paths_what_fits_them() {
        static FILES: RouteNode = RouteNode {
            literals: &[("new", end(&[Target::new("/new", &[("GET", 0)])]))],
            many: &[ManySegments {
                after: RouteNode {
                    targets: &[Target::new("/{path}", &[("GET", 1)])],
                    literals: &[("meta", end(&[Target::new("/{path}/meta", &[("GET", 2)])]))],
                    ..RouteNode::EMPTY
                },
                longest: 1,
                may_be_empty: false,
            }],
            ..RouteNode::EMPTY
        };
        let found = |path: &str| match FILES.find(&Request::get(path).body(()).unwrap()) {
            Found::Endpoint { endpoint, captures, .. } => (endpoint, captures.get(path, 0).map(str::to_owned)),
            Found::MethodNotAllowed { .. } | Found::Nowhere => (9, None),
        };
        let some = |endpoint: usize, path: &str| (endpoint, Some(path.to_owned()));
        assert_eq!((found("/new"), found("/new/b")), ((0, None), some(1, "new/b")));
        assert_eq!((found("/a/b/meta"), found("/meta")), (some(2, "a/b"), some(1, "meta")));
        assert_eq!((found("/"), found("/a/")), ((9, None), some(1, "a/")));
        let long = format!("/{}", "a/".repeat(30_000));
        let started = std::time::Instant::now();
        assert_eq!(found(&long).0, 1);
        assert!(started.elapsed() < std::time::Duration::from_secs(1));
    }

    #[test]
    fn a_parameter_never_crosses_a_slash() {
        assert_eq!(found("/a/1/2").0, "");
        assert_eq!(found("/a/1%2F2"), ("/a/{id}", vec!["1%2F2"]));
    }
}
