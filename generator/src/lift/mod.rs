//! lift: a [`Node`] tree becomes two models, each good at its half: an `openapiv3` document for
//! everything but schemas, and [`Schemas`] in JSON Schema 2020-12.
//!
//! Uses `source` to `ir`. The document as OpenAPI has it is in `openapi`, schemas are in `schemas`, and our own extensions
//! in `service`.
//!
//! Every mistake of the document is told here, at its place, all at once.

mod extensions;
mod openapi;
mod references;
mod salvage;
pub mod schemas;
pub(crate) mod service;

use std::collections::HashSet;

use indexmap::IndexMap;
use openapiv3::{OpenAPI, Operation};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{RustType, ServiceOptions};
use crate::read::{FileSet, Node, Pointer, Span};
use openapi::{repair, rules, to_openapiv3};
use references::{Linked, Resolved, resolve};
use schemas::vocabularies::Dialects;
use schemas::{
    SchemaId, Schemas, contradictions, direction, discriminator, discriminator_check, infinite_schemas, reader,
};
use service::rust_type::{self, Formats};

pub use openapi::structure::{Effect, Version, fields};
#[cfg(feature = "cli")]
pub(crate) use openapi::to_openapiv3::plain;
pub(crate) use openapi::{
    path_segments::{description, takes_segments},
    rules::{METHODS, SCHEMES, is_media_type, is_token},
    to_openapiv3::{MUTUAL_TLS, text},
};
pub(crate) use salvage::Salvage;
pub use schemas::direction::Direction;
pub use schemas::discriminator::Cases;
pub(crate) use schemas::discriminator::texts;

/// A document, understood.
#[derive(Debug)]
pub struct Document {
    /// The version of OpenAPI it is written in.
    pub version: Version,
    /// Everything but schemas; a schema's reference is the pointer it was lifted from.
    pub openapi: OpenAPI,
    /// Operations that `openapiv3` has no field for.
    pub other_operations: Vec<OtherOperation>,
    /// The schemas.
    pub schemas: Schemas,
    /// The service block.
    pub options: ServiceOptions,
    /// Rust types for formats, in the place of those of `schemas::formats`.
    pub formats: IndexMap<String, RustType>,
    /// What discriminators say, by the schema that has one.
    cases: IndexMap<SchemaId, Cases>,
    /// The schemas whose values differ between the directions, by what they are or hold.
    directed: HashSet<SchemaId>,
    /// Where operations stand that were left out.
    left_out: HashSet<Pointer>,
    root: Node,
}

/// An operation under OpenAPI 3.2's `query` or `additionalOperations`.
#[derive(Debug)]
pub struct OtherOperation {
    /// The key of its Path Item Object.
    pub path: String,
    /// Its method, as it is sent.
    pub method: String,
    /// The operation.
    pub operation: Operation,
}

/// Understands a document, or says everything that is wrong with it.
///
/// References lead to further `files`, which become part of the document.
pub fn lift(root: Node, files: &mut FileSet<'_>, diagnostics: &mut Diagnostics) -> Option<Document> {
    let version = version(&root, diagnostics)?;
    let Linked { mut root, mut schemas, references } = references::link(root, version, files, diagnostics);
    for undeclared in rules::check(&root, &references, diagnostics) {
        schemas.extend(repair::declare(&mut root, &undeclared));
    }
    let Formats { types: formats, annotations } = rust_type::formats(&root, diagnostics);
    let meanings = Dialects::read(&root, &schemas, annotations, files, diagnostics);
    let schemas = reader::read(&root, &schemas, version, &meanings, diagnostics);
    contradictions::warn(&schemas, diagnostics);
    let heirs = discriminator::heirs(&schemas);
    discriminator_check::warn(&schemas, &heirs, diagnostics);
    let cases = discriminator::cases(&schemas, &heirs);
    infinite_schemas::refuse(&schemas, &cases, diagnostics);
    let options = service::read(&root, files.sources(), diagnostics);
    if diagnostics.has_errors() {
        return None;
    }
    match openapi(&root) {
        Ok((openapi, other_operations)) => {
            let (directed, left_out) = (direction::directed(&schemas, &cases), HashSet::new());
            Some(Document {
                version,
                openapi,
                other_operations,
                schemas,
                options,
                formats,
                cases,
                directed,
                left_out,
                root,
            })
        }
        Err(error) => {
            let message = format!("the document does not fit the OpenAPI specification: {error}");
            diagnostics.push(Diagnostic::error("invalid-document", root.span, message));
            None
        }
    }
}

fn openapi(root: &Node) -> serde_json::Result<(OpenAPI, Vec<OtherOperation>)> {
    let mut document = to_openapiv3::convert(root);
    let others = to_openapiv3::take_other_operations(&mut document).into_iter().map(|(path, method, operation)| {
        Ok(OtherOperation { path, method, operation: serde_json::from_value(operation)? })
    });
    let others = others.collect::<serde_json::Result<_>>()?;
    Ok((serde_json::from_value(document)?, others))
}

impl Document {
    /// Where the value at `pointer` stands; the whole document where there is none.
    pub fn span(&self, pointer: &Pointer) -> Span {
        self.root.at(pointer).map_or(self.root.span, |node| node.span)
    }

    /// Where the key of the member at `pointer` stands.
    pub fn key_span(&self, pointer: &Pointer) -> Span {
        let parent = pointer.parent().and_then(|parent| self.root.at(&parent)).and_then(Node::as_map);
        let member = pointer.last().and_then(|name| parent?.get(name.as_ref()));
        member.map_or_else(|| self.span(pointer), |member| member.key)
    }

    /// Where the value at `pointer` really stands, `$ref`s on the way followed.
    pub fn locate(&self, pointer: &Pointer) -> Pointer {
        let mut at = self.follow(Pointer::root());
        for segment in pointer.segments() {
            at = self.follow(at.join(&segment));
        }
        at
    }

    /// The references were resolved when the document was checked: a chain of them ends.
    fn follow(&self, pointer: Pointer) -> Pointer {
        match resolve(&self.root, &pointer) {
            Resolved::Node(target, _) => target,
            Resolved::Missing | Resolved::Cycle => pointer,
        }
    }

    /// What the discriminator of a schema says.
    pub fn cases(&self, id: SchemaId) -> Option<&Cases> {
        self.cases.get(&id)
    }

    /// Whether values of a schema differ between the directions, by what they are or hold.
    pub fn is_directed(&self, id: SchemaId) -> bool {
        self.directed.contains(&id)
    }

    /// Says which operations were left out.
    #[must_use]
    pub(crate) fn without(self, left_out: HashSet<Pointer>) -> Self {
        Self { left_out, ..self }
    }

    /// Whether an operation was left out: it answers 501.
    pub(crate) fn is_left_out(&self, operation: &Pointer) -> bool {
        self.left_out.contains(operation)
    }

    /// The value at `pointer`.
    pub fn node(&self, pointer: &Pointer) -> Option<&Node> {
        self.root.at(pointer)
    }
}

fn version(root: &Node, diagnostics: &mut Diagnostics) -> Option<Version> {
    if root.as_map().is_none() {
        let message = format!("an OpenAPI document is an object, found {}", root.kind());
        diagnostics.push(Diagnostic::error("not-openapi", root.span, message));
        return None;
    }
    let Some(node) = root.get("openapi") else {
        let diagnostic = match root.get("swagger") {
            Some(node) => Diagnostic::error("unsupported-version", node.span, "Swagger 2.0 is not supported")
                .help("convert the document to OpenAPI 3, for example with `swagger2openapi`"),
            None => Diagnostic::error("not-openapi", root.span, "the document has no `openapi` field")
                .help("start it with `openapi: 3.1.0`"),
        };
        diagnostics.push(diagnostic);
        return None;
    };
    let text = text(node);
    let version = match text.split('.').take(2).collect::<Vec<_>>().as_slice() {
        ["3", "0"] => Some(Version::V3_0),
        ["3", "1"] => Some(Version::V3_1),
        ["3", "2"] => Some(Version::V3_2),
        _ => None,
    };
    if version.is_none() {
        diagnostics.push(
            Diagnostic::error("unsupported-version", node.span, "this version of OpenAPI is not supported")
                .help("use 3.0.x, 3.1.x or 3.2.x"),
        );
    }
    version
}
