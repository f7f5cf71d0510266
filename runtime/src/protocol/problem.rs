//! Problem details (RFC 9457), and what a request did wrong.

use std::borrow::Cow;

use http::StatusCode;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

/// Where in a request something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// The path.
    Path,
    /// A parameter of the query string.
    Query,
    /// The query string as a whole.
    Querystring,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// The body.
    Body,
}

/// One thing that a request did wrong.
///
/// Nothing of it repeats what was submitted, but for the names of members in a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub location: Location,
    /// In the body a JSON pointer (RFC 6901), elsewhere the parameter's name.
    pub at: String,
    /// In a parameter that is an object or a list, the JSON pointer of the part that is wrong; else empty.
    pub part: String,
    /// The keyword of JSON Schema that is not satisfied, or `malformed`, `repeated`, `encoding`.
    pub code: Cow<'static, str>,
    /// What is wrong, for people.
    pub message: String,
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("in", &self.location)?;
        let place = if self.location == Location::Body { "pointer" } else { "name" };
        map.serialize_entry(place, &self.at)?;
        if !self.part.is_empty() {
            map.serialize_entry("pointer", &self.part)?;
        }
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}

/// A problem document: `application/problem+json`.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// A URI that names the kind of problem; `about:blank` where the status says it all.
    pub type_uri: Cow<'static, str>,
    /// The kind of problem in a few words: by default the status's reason phrase.
    pub title: Cow<'static, str>,
    /// The status code.
    pub status: StatusCode,
    /// What happened this time.
    pub detail: Option<String>,
    /// A URI that names this time.
    pub instance: Option<String>,
    /// What the request did wrong.
    pub errors: Vec<Violation>,
    /// Further members.
    pub extensions: Map<String, Value>,
}

impl Problem {
    /// The problem that a status alone says.
    pub fn new(status: StatusCode) -> Self {
        Self {
            type_uri: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Unknown").into(),
            status,
            detail: None,
            instance: None,
            errors: Vec::new(),
            extensions: Map::new(),
        }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.type_uri)?;
        map.serialize_entry("title", &self.title)?;
        map.serialize_entry("status", &self.status.as_u16())?;
        if let Some(detail) = &self.detail {
            map.serialize_entry("detail", detail)?;
        }
        if let Some(instance) = &self.instance {
            map.serialize_entry("instance", instance)?;
        }
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        const OWN: [&str; 6] = ["type", "title", "status", "detail", "instance", "errors"];
        for (name, value) in self.extensions.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
