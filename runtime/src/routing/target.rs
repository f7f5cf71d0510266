//! What is served at the end of a path.

use http::{HeaderMap, Request};

use super::Found;
use crate::request::{Captures, form_values};

/// A path template, and the endpoints that it has.
#[derive(Debug)]
pub struct Target {
    /// As the document has it.
    route: &'static str,
    /// What a request must have beside the path.
    conditions: &'static [Condition],
    methods: &'static [(&'static str, usize)],
}

/// Something beside the path that tells templates of the same path apart.
#[derive(Debug)]
pub enum Condition {
    /// A parameter of the query string, with this value if one is said: `/search?type=user`.
    Query(&'static str, Option<&'static str>),
    /// A header with this value.
    Header(&'static str, &'static str),
}

impl Target {
    /// A template, with its methods and the numbers of their endpoints.
    pub const fn new(route: &'static str, methods: &'static [(&'static str, usize)]) -> Self {
        Self { route, conditions: &[], methods }
    }

    /// Restricts the template to requests that satisfy all of these conditions.
    pub const fn when(self, conditions: &'static [Condition]) -> Self {
        Self { conditions, ..self }
    }

    pub(super) fn fits<B>(&self, request: &Request<B>) -> bool {
        if self.conditions.is_empty() {
            return true;
        }
        let query = request.uri().query().unwrap_or_default();
        self.conditions.iter().all(|condition| condition.holds(query, request.headers()))
    }

    /// The endpoint of a method, if this is the template.
    pub(super) fn named(&self, method: &str, route: &str) -> Option<usize> {
        if self.route == route { self.endpoint(method) } else { None }
    }

    fn endpoint(&self, method: &str) -> Option<usize> {
        self.methods.iter().find(|(name, _)| *name == method).map(|(_, endpoint)| *endpoint)
    }
}

impl Condition {
    fn holds(&self, query: &str, headers: &HeaderMap) -> bool {
        match self {
            Self::Query(name, None) => form_values(query, name).next().is_some(),
            Self::Query(name, Some(value)) => form_values(query, name).any(|sent| sent == *value),
            Self::Header(name, value) => headers.get_all(*name).iter().any(|sent| sent.as_bytes() == value.as_bytes()),
        }
    }
}

/// The endpoint of a method and a request that a path has led to `targets`: of the first that fits and has the
/// method.
pub(super) fn choose<B>(
    targets: &'static [Target],
    (method, request): (&str, &Request<B>),
    captures: Captures,
) -> Found {
    let fitting = || targets.iter().filter(|target| target.fits(request));
    let with = |method: &str| fitting().find_map(|target| Some((target.route, target.endpoint(method)?)));
    // HEAD is GET without a body (RFC 9110 §9.3.2).
    let found = with(method).or_else(|| if method == "HEAD" { with("GET") } else { None });
    match (found, fitting().next()) {
        (Some((route, endpoint)), _) => Found::Endpoint { endpoint, route, captures },
        (None, Some(first)) => {
            let methods = fitting().flat_map(|target| target.methods).map(|(method, _)| *method);
            Found::MethodNotAllowed { route: first.route, allow: allow(methods) }
        }
        (None, None) => Found::Nowhere,
    }
}

/// The `Allow` header (RFC 9110 §10.2.1): what the document has, and what is answered without it.
fn allow(methods: impl Iterator<Item = &'static str>) -> String {
    let mut listed: Vec<&str> = Vec::new();
    for method in methods {
        if !listed.contains(&method) {
            listed.push(method);
        }
    }
    let missing = |method: &str, listed: &[&str]| !listed.contains(&method);
    if !missing("GET", &listed) && missing("HEAD", &listed) {
        listed.push("HEAD");
    }
    if missing("OPTIONS", &listed) {
        listed.push("OPTIONS");
    }
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    static SEARCH: &[Target] = &[
        Target::new("/s?type=a%20b&x", &[("GET", 0)])
            .when(&[Condition::Query("type", Some("a b")), Condition::Query("x", None)]),
        Target::new("/s?type=user", &[("GET", 1), ("link", 2)]).when(&[Condition::Query("type", Some("user"))]),
        Target::new("/s", &[("POST", 3)]).when(&[Condition::Header("x-target", "T")]),
    ];

    fn found(method: &str, uri: &str, header: &str) -> String {
        let request = Request::builder().method(method).uri(uri).header("X-Target", header).body(()).unwrap();
        match choose(SEARCH, (method, &request), Captures::default()) {
            Found::Endpoint { endpoint, .. } => endpoint.to_string(),
            Found::MethodNotAllowed { allow, .. } => allow,
            Found::Nowhere => "none".to_owned(),
        }
    }

    #[test]
    fn fixed_values_of_the_query_and_of_headers_tell_paths_apart() {
        assert_eq!(found("GET", "/s?type=a+b&x=", ""), "0");
        assert_eq!(found("GET", "/s?type=a+b", ""), "none");
        assert_eq!(found("GET", "/s?y&type=user", ""), "1");
        assert_eq!(found("POST", "/s", "T"), "3");
        assert_eq!(found("POST", "/s", "U"), "none");
    }

    #[test]
    fn methods_have_their_case() {
        assert_eq!(found("link", "/s?type=user", ""), "2");
        assert_eq!(found("LINK", "/s?type=user", ""), "GET, link, HEAD, OPTIONS");
    }

    #[test]
    fn head_is_get_and_allow_lists_what_would_fit() {
        assert_eq!(found("HEAD", "/s?type=user", ""), "1");
        assert_eq!(found("PUT", "/s?type=user", "T"), "GET, link, POST, HEAD, OPTIONS");
        assert_eq!(found("PUT", "/s", "T"), "POST, OPTIONS");
    }
}
