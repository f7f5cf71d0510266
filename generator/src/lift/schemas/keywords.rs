//! The keywords of JSON Schema 2020-12 that hold further schemas.

/// How a keyword holds schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// One schema: `items`, `not`, …
    One,
    /// A list of schemas: `allOf`, …
    List,
    /// An object whose values are schemas: `properties`, …
    Map,
}

/// How `keyword` holds schemas, if it does (JSON Schema Core 2020-12 §10, §11).
pub(crate) fn holds(keyword: &str) -> Option<Holds> {
    Some(match keyword {
        "items"
        | "contains"
        | "additionalProperties"
        | "propertyNames"
        | "not"
        | "if"
        | "then"
        | "else"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema" => Holds::One,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Holds::List,
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => Holds::Map,
        _ => return None,
    })
}

/// Keywords that say something to people and nothing to a validator.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    matches!(
        keyword,
        "title"
            | "description"
            | "default"
            | "example"
            | "examples"
            | "deprecated"
            | "readOnly"
            | "writeOnly"
            | "xml"
            | "externalDocs"
            | "discriminator"
            | "$comment"
            | "$vocabulary"
    ) || keyword.starts_with("x-")
}

/// Keywords that name a schema; references to the names are pointers by the time that schemas are read.
pub(crate) fn is_identity(keyword: &str) -> bool {
    matches!(keyword, "$id" | "$anchor" | "$dynamicAnchor")
}

/// Whether a reference names the metaschema of JSON Schema 2020-12 or one of its vocabularies, which every
/// validator has.
pub(crate) fn is_metaschema(reference: &str) -> bool {
    const VOCABULARIES: [&str; 7] =
        ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content"];
    let uri = reference.split_once('#').map_or(reference, |(uri, _)| uri);
    let name = uri.strip_prefix("https://json-schema.org/draft/2020-12/");
    name.is_some_and(|name| {
        name == "schema" || name.strip_prefix("meta/").is_some_and(|name| VOCABULARIES.contains(&name))
    })
}
