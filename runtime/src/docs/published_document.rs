//! The document as clients get it: with the address of its service.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::json;
use serde_json::value::RawValue;

/// A document with its server, relative to the document (OpenAPI 3.1.1 §4.8.5): a prefix that a proxy takes away does not
/// matter then. The service stands under `base_route`, and the document at `place` below that.
///
/// Clients get it without the line breaks that it has in a committed crate.
pub(super) fn with_server(document: &str, base_route: &str, place: &str) -> String {
    let document = &compact(document);
    let servers = json!([{ "url": relative(base_route, place) }]);
    let added =
        serde_json::from_str(document).and_then(|members| serde_json::to_string(&Published { members, servers }));
    added.unwrap_or_else(|error| {
        tracing::error!(%error, "the document cannot be read");
        document.to_owned()
    })
}

/// JSON without spaces and line breaks between its tokens.
fn compact(text: &str) -> String {
    let (mut in_string, mut is_escaped) = (false, false);
    let is_kept = |character: &char| {
        let is_end = *character == '"' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped && in_string;
        in_string ^= is_end;
        in_string || !matches!(character, ' ' | '\n' | '\r' | '\t')
    };
    text.chars().filter(is_kept).collect()
}

/// The reference that leads from the document to the service (RFC 3986 §4.2).
fn relative(base_route: &str, place: &str) -> String {
    let folders = place.matches('/').count().saturating_sub(1);
    match base_route.rsplit_once('/') {
        // Without a last segment to name, it is a folder.
        None | Some((_, "")) if folders == 0 => ".".to_owned(),
        None | Some((_, "")) => vec![".."; folders].join("/"),
        Some((_, last)) => format!("{}{last}", "../".repeat(folders + 1)),
    }
}

/// The members of the document, in its order, as they are written there.
struct Members<'t>(Vec<(String, &'t RawValue)>);

struct Published<'t> {
    members: Members<'t>,
    servers: serde_json::Value,
}

/// The first member is `openapi`; then come the servers, and the rest. They take the place of any servers there.
impl Serialize for Published<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let members = self.members.0.iter().filter(|(name, _)| name != "servers");
        for (at, (name, value)) in members.enumerate() {
            map.serialize_entry(name, value)?;
            if at == 0 {
                map.serialize_entry("servers", &self.servers)?;
            }
        }
        map.end()
    }
}

impl<'de: 't, 't> Deserialize<'de> for Members<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_laid_out_is_sent_without_that() {
        let laid_out = "{\n \"a b\": [1, \"\\\" \\\\\", {\"c\": true}],\r\n\t\"d\": null\n}\n";
        assert_eq!(compact(laid_out), r#"{"a b":[1,"\" \\",{"c":true}],"d":null}"#);
    }

    #[test]
    fn the_server_follows_the_version_and_all_else_stays_as_it_is() {
        let document = r#"{"openapi":"3.1.0","info":{"title":"a","x":1.50},"paths":{}}"#;
        let expected = r#"{"openapi":"3.1.0","servers":[{"url":"../a\"b"}],"info":{"title":"a","x":1.50},"paths":{}}"#;
        assert_eq!(with_server(document, "/a\"b", "/openapi"), expected);
    }

    #[test]
    fn the_server_is_relative_to_the_document() {
        assert_eq!((relative("/shop", "/openapi"), relative("/", "/openapi")), ("../shop".into(), ".".into()));
        assert_eq!(relative("/a/b", "/docs/openapi"), "../../b");
        assert_eq!(relative("/", "/docs/v1/openapi"), "../..");
    }
}
