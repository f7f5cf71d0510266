//! What each diagnostic means: its cause, an example, and how to mend it.
//!
//! Each has a page in Markdown. Its first block of YAML has the mistake, and its last one has it no more:
//! `tests/explanations.rs` compiles both.

macro_rules! pages {
    ($($code:literal)*) => {
        &[$(($code, include_str!(concat!("pages/", $code, ".md")))),*]
    };
}

/// The diagnostics, in the order of the alphabet, each with its page.
pub const PAGES: &[(&str, &str)] = pages! {
    "absolute-reference" "alias-cycle" "ambiguous-paths" "backtracking-pattern" "clashing-services"
    "conflicting-versions" "contradiction" "contradictory-options" "discriminator" "duplicate-id" "duplicate-key"
    "duplicate-name" "duplicate-operation-id" "duplicate-parameter" "empty-file" "empty-value" "external-reference"
    "foreign-rust-type" "hidden-docs" "hidden-operation" "ignored-beside-reference" "ignored-field" "ignored-option"
    "infinite-schema" "informational-status" "invalid-default" "invalid-document" "invalid-header-name"
    "invalid-media-type" "invalid-method" "invalid-option" "invalid-parameter" "invalid-path" "invalid-pattern"
    "invalid-reference" "invalid-rust-type" "invalid-status" "invalid-value" "invalid-websocket"
    "misplaced-extension" "missing-field" "missing-option" "missing-secret" "not-a-document" "not-a-number"
    "not-openapi" "not-utf8" "number-out-of-range" "old-keyword" "optional-path-parameter" "or-null" "out-of-reach"
    "overlapping-paths" "path-item-clash" "reference-cycle" "reference-outside" "repeated-path-parameter"
    "reserved-member" "secret-in-document" "several-documents" "several-services" "syntax" "too-deep" "too-large"
    "too-many-combinations" "too-many-schemas" "unapplied-default" "unchecked-host" "undeclared-path-parameter"
    "undeployable-option" "unknown-dialect" "unknown-encoding" "unknown-extension" "unknown-field" "unknown-keyword"
    "unknown-middleware" "unknown-option" "unknown-path-parameter" "unknown-security-scheme" "unknown-tag"
    "unknown-type" "unknown-vocabulary" "unquoted-example" "unquoted-text" "unreadable-file" "unresolved-reference"
    "unsupported-parameter" "unsupported-path" "unsupported-reference" "unsupported-security" "unsupported-version"
    "untyped" "wrong-key" "wrong-merge" "wrong-reference" "wrong-tag" "wrong-type"
};

/// The page of a diagnostic.
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(name, _)| *name == code).map(|(_, page)| *page)
}
