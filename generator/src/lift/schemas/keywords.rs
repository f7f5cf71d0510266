//! The keywords of JSON Schema 2020-12 and of OpenAPI's dialect: the one table of them.

use std::sync::LazyLock;

use super::vocabularies::Vocabulary;

/// A keyword, and what is known of it.
#[derive(Debug)]
pub(crate) struct Keyword {
    pub name: &'static str,
    /// How it holds further schemas.
    pub holds: Option<Holds>,
    /// The vocabulary without which it says nothing; `None` for a keyword of every dialect.
    pub vocabulary: Option<Vocabulary>,
    pub role: Role,
}

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

/// What a keyword says, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It names a schema, or leads to one. References are pointers by the time that schemas are read.
    Identity,
    /// It constrains values in a way that types and generated checks carry.
    Typed,
    /// It constrains values in a way that only the schema validator knows.
    Validated,
    /// It says something to people, and nothing to a validator.
    Annotation,
}

const fn keyword(name: &'static str, holds: Option<Holds>, vocabulary: Option<Vocabulary>, role: Role) -> Keyword {
    Keyword { name, holds, vocabulary, role }
}

/// A keyword that constrains values without further schemas (Validation 2020-12 §6).
const fn assertion(name: &'static str, role: Role) -> Keyword {
    keyword(name, None, Some(Vocabulary::Validation), role)
}

/// A keyword that applies further schemas (Core 2020-12 §10).
const fn applicator(name: &'static str, holds: Holds, role: Role) -> Keyword {
    keyword(name, Some(holds), Some(Vocabulary::Applicator), role)
}

const fn annotation(name: &'static str) -> Keyword {
    keyword(name, None, None, Role::Annotation)
}

/// All of them. `format` means something in a dialect, which `dialect` knows.
const KEYWORDS: &[Keyword] = &[
    keyword("$id", None, None, Role::Identity),
    keyword("$anchor", None, None, Role::Identity),
    keyword("$dynamicAnchor", None, None, Role::Identity),
    keyword("$ref", None, None, Role::Typed),
    keyword("$dynamicRef", None, None, Role::Typed),
    keyword("$defs", Some(Holds::Map), None, Role::Typed),
    keyword("definitions", Some(Holds::Map), None, Role::Typed),
    applicator("allOf", Holds::List, Role::Typed),
    applicator("anyOf", Holds::List, Role::Typed),
    applicator("oneOf", Holds::List, Role::Typed),
    applicator("prefixItems", Holds::List, Role::Typed),
    applicator("items", Holds::One, Role::Typed),
    applicator("properties", Holds::Map, Role::Typed),
    applicator("additionalProperties", Holds::One, Role::Typed),
    applicator("patternProperties", Holds::Map, Role::Validated),
    applicator("propertyNames", Holds::One, Role::Validated),
    applicator("dependentSchemas", Holds::Map, Role::Validated),
    applicator("contains", Holds::One, Role::Validated),
    applicator("not", Holds::One, Role::Validated),
    applicator("if", Holds::One, Role::Validated),
    applicator("then", Holds::One, Role::Validated),
    applicator("else", Holds::One, Role::Validated),
    // Of older drafts, beside a list of `items`.
    keyword("additionalItems", Some(Holds::One), None, Role::Validated),
    keyword("unevaluatedItems", Some(Holds::One), Some(Vocabulary::Unevaluated), Role::Validated),
    keyword("unevaluatedProperties", Some(Holds::One), Some(Vocabulary::Unevaluated), Role::Validated),
    assertion("type", Role::Typed),
    assertion("enum", Role::Typed),
    assertion("const", Role::Typed),
    assertion("multipleOf", Role::Typed),
    assertion("minimum", Role::Typed),
    assertion("maximum", Role::Typed),
    assertion("exclusiveMinimum", Role::Typed),
    assertion("exclusiveMaximum", Role::Typed),
    assertion("minLength", Role::Typed),
    assertion("maxLength", Role::Typed),
    assertion("pattern", Role::Typed),
    assertion("minItems", Role::Typed),
    assertion("maxItems", Role::Typed),
    assertion("uniqueItems", Role::Typed),
    assertion("minContains", Role::Validated),
    assertion("maxContains", Role::Validated),
    assertion("minProperties", Role::Typed),
    assertion("maxProperties", Role::Typed),
    assertion("required", Role::Typed),
    assertion("dependentRequired", Role::Validated),
    keyword("format", None, None, Role::Typed),
    // The content keywords only annotate (Validation 2020-12 §8.1).
    annotation("contentMediaType"),
    annotation("contentEncoding"),
    keyword("contentSchema", Some(Holds::One), None, Role::Annotation),
    annotation("title"),
    annotation("description"),
    annotation("default"),
    annotation("example"),
    annotation("examples"),
    annotation("deprecated"),
    annotation("readOnly"),
    annotation("writeOnly"),
    annotation("xml"),
    annotation("externalDocs"),
    annotation("discriminator"),
    annotation("$comment"),
    annotation("$vocabulary"),
];

/// What is known of a keyword; `None` where it is none.
pub(crate) fn find(name: &str) -> Option<&'static Keyword> {
    static SORTED: LazyLock<Vec<&'static Keyword>> = LazyLock::new(|| {
        let mut sorted: Vec<&Keyword> = KEYWORDS.iter().collect();
        sorted.sort_unstable_by_key(|keyword| keyword.name);
        sorted
    });
    let at = SORTED.binary_search_by_key(&name, |keyword| keyword.name).ok()?;
    Some(SORTED[at])
}

/// The names of the keywords that constrain values or describe them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().map(|keyword| keyword.name)
}

/// How a keyword holds schemas, if it does.
pub(crate) fn holds(name: &str) -> Option<Holds> {
    find(name)?.holds
}

/// Whether a keyword says something to people and nothing to a validator.
pub(crate) fn is_annotation(name: &str) -> bool {
    name.starts_with("x-") || find(name).is_some_and(|keyword| keyword.role == Role::Annotation)
}

/// Whether a keyword names a schema.
pub(crate) fn is_identity(name: &str) -> bool {
    find(name).is_some_and(|keyword| keyword.role == Role::Identity)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keyword_stands_in_the_table_once() {
        let mut all: Vec<&str> = names().collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
    }

    #[test]
    fn what_holds_schemas_is_no_assertion() {
        for keyword in KEYWORDS.iter().filter(|keyword| keyword.holds.is_some()) {
            assert_ne!(keyword.vocabulary, Some(Vocabulary::Validation), "{}", keyword.name);
        }
    }
}
