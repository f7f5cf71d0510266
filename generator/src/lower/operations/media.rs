//! Media types: which kind of content each is, and what an alternative of it is called.

use crate::ir::VariantName;
use crate::lower::names::identifiers::Scope;

/// What a media type is to the generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lower) enum Kind {
    Json,
    Form,
    Multipart,
    Text,
    /// Bytes that may be many, or come over a long time.
    Stream,
    /// A wildcard: what it is, only the message says.
    Open,
    Bytes,
}

/// A sequence of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lower) enum Sequence {
    /// JSON values.
    Values,
    /// Server-sent events.
    Events,
}

/// Which sequence a media type is, if it is one (OpenAPI 3.2 §4.14.3).
pub(in crate::lower) fn sequence(media_type: &str) -> Option<Sequence> {
    let essence = essence(media_type);
    match essence.split_once('/')? {
        ("text", "event-stream") => Some(Sequence::Events),
        (_, "json-seq" | "jsonl" | "ndjson" | "x-ndjson" | "jsonlines" | "x-jsonlines") => Some(Sequence::Values),
        (_, subtype) => subtype.ends_with("+json-seq").then_some(Sequence::Values),
    }
}

/// Type and subtype, in lower case.
///
/// Some documents list several in one name; the first stands for them, as no message has such a type.
pub(in crate::lower) fn essence(media_type: &str) -> String {
    media_type.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Reads a media type's name.
pub(in crate::lower) fn kind(media_type: &str) -> Kind {
    let essence = essence(media_type);
    let (main, subtype) = essence.split_once('/').unwrap_or((&essence, ""));
    match (main, subtype) {
        _ if sequence(&essence).is_some() => Kind::Stream,
        ("application", "octet-stream") => Kind::Stream,
        // `json+…` has its parts in the wrong order, and is JSON all the same.
        (_, "json" | "x-json") => Kind::Json,
        (_, subtype) if subtype.ends_with("+json") || subtype.starts_with("json+") => Kind::Json,
        ("application", "x-www-form-urlencoded") => Kind::Form,
        ("multipart", "form-data") => Kind::Multipart,
        ("text", "*") => Kind::Open,
        // XML says in itself which encoding it is in.
        ("text", "xml") => Kind::Bytes,
        ("text", subtype) if !subtype.ends_with("+xml") => Kind::Text,
        (_, subtype) if subtype.contains('*') => Kind::Open,
        _ => Kind::Bytes,
    }
}

/// What XML, and bodies of several parts, are left as; `None` for what has no types to lose.
pub(in crate::lower) fn untyped(media_type: &str) -> Option<&'static str> {
    let essence = essence(media_type);
    let is_xml = essence.ends_with("/xml") || essence.ends_with("+xml");
    match kind(media_type) {
        Kind::Bytes if is_xml => Some("XML, as bytes"),
        Kind::Bytes if essence.starts_with("multipart/") => Some("several parts, as bytes"),
        Kind::Stream => sequence(&essence).map(|sequence| match sequence {
            Sequence::Events => "server-sent events, as a stream of bytes",
            Sequence::Values => "a sequence of JSON values, as a stream of bytes",
        }),
        _ => None,
    }
}

/// The variant of an alternative: short for what everybody knows, else the subtype.
pub(in crate::lower) fn variant(media_type: &str, scope: &mut Scope) -> VariantName {
    scope.variant(&words(media_type))
}

/// What a media type is called.
pub(in crate::lower) fn words(media_type: &str) -> String {
    let essence = essence(media_type);
    let (main, subtype) = essence.split_once('/').unwrap_or((&essence, ""));
    let words = match (main, subtype) {
        ("application", "x-www-form-urlencoded") => "form",
        ("multipart", "form-data") => "multipart",
        ("text", "plain") => "text",
        ("application", "octet-stream") => "bytes",
        ("*", _) => "other",
        ("text", "*") => "other text",
        (main, "*") => main,
        (_, subtype) => subtype.strip_prefix("x-").unwrap_or(subtype),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_of_a_kind() {
        let kinds = [
            ("application/json; charset=utf-8", Kind::Json),
            ("Application/Problem+JSON", Kind::Json),
            ("application/json+sarif", Kind::Json),
            ("text/json", Kind::Json),
            ("application/*+json", Kind::Json),
            ("application/*+xml", Kind::Open),
            ("application/x-www-form-urlencoded", Kind::Form),
            ("multipart/form-data; boundary=x", Kind::Multipart),
            ("multipart/mixed", Kind::Bytes),
            ("text/csv, text/comma-separated-values", Kind::Text),
            ("text/xml", Kind::Bytes),
            ("application/soap+xml", Kind::Bytes),
            ("image/*", Kind::Open),
            ("*/*", Kind::Open),
            ("application/octet-stream", Kind::Stream),
            ("text/event-stream", Kind::Stream),
            ("application/x-ndjson", Kind::Stream),
            ("application/pdf", Kind::Bytes),
            ("nonsense", Kind::Bytes),
        ];
        for (name, expected) in kinds {
            assert_eq!(kind(name), expected, "{name}");
        }
    }

    #[test]
    fn variants_have_short_names_that_differ() {
        let mut scope = Scope::default();
        let names = [
            "application/json",
            "application/x-www-form-urlencoded",
            "text/plain",
            "image/png",
            "image/*",
            "*/*",
            "text/json",
            "application/vnd.pets.v2+json",
        ];
        let variants = names.map(|name| variant(name, &mut scope).to_string());
        assert_eq!(variants, ["Json", "Form", "Text", "Png", "Image", "Other", "Json2", "VndPetsV2Json"]);
    }
}
