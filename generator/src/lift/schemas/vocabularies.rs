//! What a document says of the language that its schemas are written in: the vocabularies of the dialects that it
//! names (JSON Schema Core 2020-12 §8.1), and the formats that only annotate.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::dialect::Dialect;
use super::keywords::holds;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{FileSet, Node, Opened, Pointer, Span, Value};

/// A vocabulary that gives keywords their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Keywords that hold schemas.
    Applicator = 1,
    /// `unevaluatedItems`, `unevaluatedProperties`.
    Unevaluated = 2,
    /// Keywords that constrain values.
    Validation = 4,
    /// `format` is enforced.
    FormatAssertion = 8,
}

/// Some vocabularies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Vocabularies(u8);

impl Vocabularies {
    /// Those of JSON Schema 2020-12 (its metaschema).
    pub(crate) const STANDARD: Self = Self(7);

    pub(crate) fn contains(self, vocabulary: Vocabulary) -> bool {
        self.0 & vocabulary as u8 != 0
    }

    /// Those that a metaschema names; or one that it asks for and that is not known.
    fn of_metaschema(metaschema: &Node) -> Result<Self, &str> {
        let Some(named) = metaschema.get("$vocabulary").and_then(Node::as_map) else { return Ok(Self::STANDARD) };
        let mut vocabularies = Self(0);
        for (uri, member) in named {
            match uri.strip_prefix("https://json-schema.org/draft/2020-12/vocab/") {
                Some("applicator") => vocabularies.0 |= Vocabulary::Applicator as u8,
                Some("unevaluated") => vocabularies.0 |= Vocabulary::Unevaluated as u8,
                Some("validation") => vocabularies.0 |= Vocabulary::Validation as u8,
                Some("format-assertion") => vocabularies.0 |= Vocabulary::FormatAssertion as u8,
                Some("core" | "meta-data" | "format-annotation" | "content") => {}
                _ if member.node.as_bool() == Some(true) => return Err(uri),
                _ => {}
            }
        }
        Ok(vocabularies)
    }
}

/// What schemas are read by.
#[derive(Debug, Default)]
pub(crate) struct Dialects {
    /// Dialects of the document's own, by their URIs.
    dialects: HashMap<String, Dialect>,
    /// Formats that are not enforced.
    annotations: HashSet<String>,
}

impl Dialects {
    /// Reads the metaschemas that the document's schemas name and that are at hand.
    pub(crate) fn read(
        root: &Node,
        places: &[Pointer],
        annotations: HashSet<String>,
        files: &mut FileSet<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut named = BTreeMap::new();
        if let Some(node) = root.get("jsonSchemaDialect") {
            note(node, &mut named);
        }
        places.iter().filter_map(|place| root.at(place)).for_each(|schema| find(schema, &mut named));
        let mut meanings = Self { dialects: HashMap::new(), annotations };
        for (uri, span) in named {
            let from = files.root().clone();
            // One that cannot be read is told as a dialect that is not known.
            let opened = match files.open(&from, &uri, span, &mut Diagnostics::default()) {
                Opened::New(_, metaschema) => Vocabularies::of_metaschema(&metaschema).map_err(str::to_owned),
                Opened::Known(place) => match root.at(&place) {
                    Some(metaschema) => Vocabularies::of_metaschema(metaschema).map_err(str::to_owned),
                    None => continue,
                },
                Opened::Failed => continue,
            };
            match opened {
                Ok(vocabularies) => drop(meanings.dialects.insert(uri, Dialect::JsonSchema(vocabularies))),
                Err(unknown) => diagnostics.push(
                    Diagnostic::error("unknown-vocabulary", span, format!("the vocabulary `{unknown}` is not known"))
                        .help("the dialect requires it: without it, its schemas mean something else"),
                ),
            }
        }
        meanings
    }

    /// The dialect that a URI names.
    pub(crate) fn dialect(&self, uri: &str) -> Option<Dialect> {
        self.dialects.get(uri).copied()
    }

    /// Whether a format only annotates.
    pub(crate) fn annotates(&self, format: &str) -> bool {
        self.annotations.contains(format)
    }
}

/// Finds the dialects that schemas name.
fn find(schema: &Node, named: &mut BTreeMap<String, Span>) {
    for (keyword, member) in schema.as_map().into_iter().flatten() {
        match (keyword.as_str(), holds(keyword), &member.node.value) {
            ("$schema", ..) => note(&member.node, named),
            (_, Some(_), Value::List(items)) => items.iter().for_each(|item| find(item, named)),
            (_, Some(crate::lift::schemas::keywords::Holds::Map), Value::Map(members)) => {
                members.values().for_each(|member| find(&member.node, named));
            }
            (_, Some(_), Value::Map(_)) => find(&member.node, named),
            _ => {}
        }
    }
}

/// A dialect whose metaschema is elsewhere; older drafts of JSON Schema are not read.
fn note(node: &Node, named: &mut BTreeMap<String, Span>) {
    let Some(uri) = node.as_str() else { return };
    if uri.contains("://") && !uri.contains("://json-schema.org/") && Dialect::known(uri).is_none() {
        named.entry(uri.to_owned()).or_insert(node.span);
    }
}
