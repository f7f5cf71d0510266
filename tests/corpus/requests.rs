//! Requests that a document's own schemas make, and what must come back.

use buildflow_gen::example::{Examples, answer};
use buildflow_gen::ir::{
    Alternative, Condition, Content, Endpoint, Location, MissingEndpoint, ParameterPresence, PartRules, Piece, Route,
    SchemeKind, Service, Status,
};
use buildflow_tests::Running;
use serde_json::{Map, Value};
use ureq::http::Request;

use super::forms::{self, Part};
use super::project::Document;
use super::written::{Written, written};

/// Makes requests for the endpoints of one document.
pub struct Requests<'d> {
    service: &'d Service,
    name: &'d str,
    examples: Examples<'d>,
    /// Answers that were not as expected.
    pub wrong: Vec<String>,
    /// Operations whose parameters or body no example was found for.
    pub unmade: Vec<String>,
}

/// A request on the way.
#[derive(Clone)]
struct Call {
    method: String,
    path: String,
    /// Each `name=value`, encoded.
    query: Vec<String>,
    headers: Vec<(String, String)>,
    body: Option<(String, String)>,
}

impl<'d> Requests<'d> {
    pub fn new(document: &'d Document) -> Self {
        let service = document.service();
        let examples = Examples::new(document.lifted(), &service.endpoints);
        Self { service, name: &document.name, examples, wrong: Vec::new(), unmade: Vec::new() }
    }

    fn expect(&mut self, expected: u16, call: &Call, server: &Running) {
        let (status, body) = call.send(server, self.name);
        if status != expected {
            let Call { method, path, body: sent, .. } = call;
            let sent = sent.as_ref().map(|(_, sent)| sent.as_str()).unwrap_or_default();
            self.wrong.push(format!("{} {method} {path}: {status}, not {expected}: {body}\n{sent}", self.name));
        }
    }

    /// A valid request is answered as the document says.
    pub fn check_answer(&mut self, server: &Running, endpoint: &Endpoint) {
        let chosen = answer(endpoint).expect("an endpoint has an answer");
        let expected = match chosen.status {
            Status::Code(code) => code,
            Status::Range(first) => first * 100,
            Status::Default => 200,
        };
        let typed = chosen.body.as_ref().filter(|body| matches!(body.content, Content::Json(_)));
        let lacks_example = typed.is_some_and(|body| self.examples.for_body(body).is_none());
        // What is valid by two branches of `oneOf` is no example, and answered as the first of them all the same.
        if lacks_example {
            return;
        }
        let kinds = endpoint.body().map_or(1, |body| body.alternatives.len());
        for kind in 0..kinds {
            match self.call(endpoint, kind) {
                Some(call) => self.expect(expected, &call, server),
                None => {
                    let path = path(&endpoint.route, |_| "1".to_owned());
                    self.unmade.push(format!("{} {} {path}", self.name, endpoint.route.method));
                }
            }
        }
    }

    /// Requests that break the document are refused.
    pub fn check_refusals(&mut self, server: &Running, endpoint: &Endpoint) {
        let Some(valid) = self.call(endpoint, 0) else { return };
        if !endpoint.security.is_empty() && endpoint.security.iter().all(|one| !one.schemes.is_empty()) {
            let (mut query, mut headers) = (Vec::new(), Vec::new());
            conditions(&endpoint.route, &mut query, &mut headers);
            let without = Call { headers, query, body: None, ..valid.clone() };
            self.expect(401, &without, server);
        }
        let json = endpoint.body().into_iter().flat_map(|body| &body.alternatives);
        for Alternative { media_types, .. } in json.filter(|one| matches!(one.content, Content::Json(_))) {
            let broken = Call { body: Some((sendable(&media_types[0]), "{".to_owned())), ..valid.clone() };
            self.expect(400, &broken, server);
        }
        let kinds = endpoint.body().into_iter().flat_map(|body| &body.alternatives);
        let takes_all = kinds.flat_map(|one| &one.media_types).any(|name| name.contains("/*"));
        if endpoint.body().is_some() && !takes_all {
            let foreign =
                Call { body: Some(("application/x-unheard-of".to_owned(), "{}".to_owned())), ..valid.clone() };
            self.expect(415, &foreign, server);
        }
        let unheard = Call { method: "UNHEARD-OF".to_owned(), ..valid };
        self.expect(405, &unheard, server);
    }

    /// An operation that is not generated says so.
    pub fn check_missing(&mut self, server: &Running, missing: &MissingEndpoint) {
        let path = path(&missing.route, |_| "1".to_owned());
        let method = missing.route.method.clone();
        let call = Call { method, path, query: Vec::new(), headers: Vec::new(), body: None };
        let (status, body) = call.send(server, self.name);
        // A template that cannot be matched yet is not even found.
        if ![404, 501].contains(&status) {
            self.wrong.push(format!("{} {}: {status} {body}", self.name, call.path));
        }
    }

    /// A valid request, with the body's alternative of this number; `None` where no example of something is known.
    fn call(&mut self, endpoint: &Endpoint, kind: usize) -> Option<Call> {
        let mut captures = Vec::new();
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        for parameter in &endpoint.parameters {
            if parameter.presence != ParameterPresence::Required {
                continue;
            }
            let value = self.examples.value(&parameter.schema)?;
            // No segment of a path is empty, whatever the document's examples say.
            if matches!(parameter.location, Location::Path(_)) && value == "" {
                return None;
            }
            match written(&value, parameter) {
                Written::Path(capture, text) => captures.push((capture, text)),
                Written::Query(pairs) => query.extend(pairs),
                // The length of no body, which another one would not be.
                Written::Header(_) if parameter.wire_name.eq_ignore_ascii_case("content-length") => {
                    headers.push(("content-length".to_owned(), "0".to_owned()));
                }
                Written::Header(text) => headers.push((parameter.wire_name.clone(), text)),
                Written::Cookie(pairs) => {
                    headers.extend(pairs.iter().map(|(name, value)| ("cookie".to_owned(), format!("{name}={value}"))));
                }
            }
        }
        conditions(&endpoint.route, &mut query, &mut headers);
        self.credentials(endpoint, &mut query, &mut headers);
        let path = path(&endpoint.route, |capture| {
            captures
                .iter()
                .find(|(number, _)| *number == capture)
                .map_or_else(|| "1".to_owned(), |(_, text)| text.clone())
        });
        let body = match endpoint.body() {
            Some(body) => Some(self.body(&body.alternatives[kind])?),
            None => None,
        };
        Some(Call { method: endpoint.route.method.clone(), path, query, headers, body })
    }

    fn body(&mut self, body: &Alternative) -> Option<(String, String)> {
        let mut value = || match body.schema.as_str() {
            "" => Some(Value::Object(Map::new())),
            schema => self.examples.value(schema),
        };
        let media_type = sendable(&body.media_types[0]);
        Some(match &body.content {
            Content::Json(_) => (media_type, value()?.to_string()),
            Content::Form(_, styles) => (media_type, forms::form(&value()?, styles)),
            Content::Multipart(_, styles, rules) => forms::multipart(&value()?, (&[], styles), &self.parts(rules)?),
            Content::Upload(upload) => {
                forms::multipart(&value()?, (&upload.fields, &upload.styles), &self.parts(&upload.rules)?)
            }
            Content::Text if !body.schema.is_empty() => (media_type, text(&value()?)),
            Content::Text
            | Content::Bytes
            | Content::Media
            | Content::Stream
            | Content::Items(..)
            | Content::Upgrade => (media_type, forms::bytes(body.length)),
        })
    }

    /// What the parts of a form must be, each with the values of its headers.
    fn parts<'r>(&mut self, rules: &'r [PartRules]) -> Option<Vec<Part<'r>>> {
        let parts = rules.iter().map(|rules| {
            let headers = rules.headers.iter().map(|header| {
                let value = if header.schema.is_empty() { "1".into() } else { self.examples.value(&header.schema)? };
                Some((header.wire_name.as_str(), text(&value)))
            });
            Some(Part { rules, headers: headers.collect::<Option<_>>()? })
        });
        parts.collect()
    }

    fn credentials(&self, endpoint: &Endpoint, query: &mut Vec<String>, headers: &mut Vec<(String, String)>) {
        let Some(requirement) = endpoint.security.first() else { return };
        // Two schemes may have one token; it is sent once.
        let mut authorization = None;
        for (scheme, _) in &requirement.schemes {
            let secret = "secret".to_owned();
            match &self.service.schemes[*scheme].kind {
                SchemeKind::HeaderKey(name) => headers.push((name.clone(), secret)),
                // A parameter may be the key as well.
                SchemeKind::QueryKey(name) => {
                    let start = format!("{}=", encoded(name));
                    if !query.iter().any(|pair| pair.starts_with(&start)) {
                        query.push(start + &secret);
                    }
                }
                SchemeKind::CookieKey(name) => headers.push(("cookie".to_owned(), format!("{name}=secret"))),
                SchemeKind::Basic => authorization = Some("Basic YTpi".to_owned()),
                SchemeKind::Bearer | SchemeKind::OAuth => authorization = Some("Bearer secret".to_owned()),
                SchemeKind::Http(name) => authorization = Some(format!("{name} secret")),
                SchemeKind::Certificate => {
                    unreachable!("documents with mutual TLS are not among those that are served")
                }
            }
        }
        headers.extend(authorization.map(|value| ("authorization".to_owned(), value)));
    }
}

impl Call {
    fn send(&self, server: &Running, name: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .build()
            .into();
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query.join("&")) };
        let mut request =
            Request::builder().method(self.method.as_str()).uri(format!("{}/{name}{}{query}", server.url, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = match &self.body {
            Some((media_type, body)) => {
                let request = request.header("content-type", media_type).body(body.clone());
                agent.run(request.expect("the request is well-formed"))
            }
            None => agent.run(request.body(()).expect("the request is well-formed")),
        };
        let mut response = response.unwrap_or_else(|error| panic!("{name} {} {}: {error}", self.method, self.path));
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap_or_default())
    }
}

/// The path of a request; `text` gives the text of each parameter, encoded.
fn path(route: &Route, text: impl Fn(usize) -> String) -> String {
    let mut capture = 0;
    let mut path = String::new();
    for segment in &route.segments {
        path.push('/');
        for piece in &segment.pieces {
            match piece {
                Piece::Text(text) => path.push_str(&encoded(text)),
                // It is part of the parameter's text.
                Piece::Start(_) => {}
                Piece::Parameter(_) | Piece::Segments { .. } => {
                    capture += 1;
                    path.push_str(&text(capture - 1));
                }
            }
        }
    }
    // Several operations may share a path but for what clients do not send.
    route.fragment.iter().for_each(|fragment| path.push_str(&encoded(&format!("#{}", fragment.text))));
    path
}

/// What the path template asks of the query string and of headers.
fn conditions(route: &Route, query: &mut Vec<String>, headers: &mut Vec<(String, String)>) {
    for condition in &route.conditions {
        match condition {
            Condition::Query(name, Some(value)) => query.push(format!("{}={}", encoded(name), encoded(value))),
            // The parameter of that name, which is required, carries the value.
            Condition::Query(name, None)
                if query.iter().any(|pair| pair.starts_with(&format!("{}=", encoded(name)))) => {}
            Condition::Query(name, None) => query.push(encoded(name)),
            Condition::Header(name, value) => headers.push((name.clone(), value.clone())),
        }
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// A media type that can be sent: a wildcard stands for any.
fn sendable(media_type: &str) -> String {
    media_type.replace("*/*", "application/octet-stream").replace('*', "plain")
}
