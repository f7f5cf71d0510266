//! flow: documents that are the services of one flow, in one crate or one build script.
//!
//! A flow file names them, and says their options in one place:
//!
//! ```yaml
//! services:
//!   - { document: pets.yaml, base_route: /pets, max_replicas: 4 }
//!   - { document: orders/openapi.yaml, name: orders, base_route: /orders }
//! ```
//!
//! A service has its `document`, a path relative to the flow file; a `name`, which its module has, by default the
//! document's; and the options of `x-buildflow-service`, which go before those of the document. Once compiled, the
//! options of both are those of [`ir::Service::options`](crate::ir::Service::options).

mod file;
mod together;

use std::path::{Path, PathBuf};

pub(crate) use file::{is_flow, read};
pub(crate) use together::check;

use crate::lift::service::BLOCK;
use crate::read::{Map, Member, Node, Span, Value};

/// A service: a document, and what is said of it outside of the document.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The document's path.
    pub document: PathBuf,
    /// What its module is called; by default the document's name.
    pub name: Option<String>,
    /// The options that go before those of its service block.
    pub options: Map,
    /// Where the flow file speaks of it.
    pub place: Option<Span>,
}

impl Entry {
    /// A document that no flow file speaks of.
    pub fn for_document(document: &Path) -> Self {
        Self { document: document.to_owned(), name: None, options: Map::new(), place: None }
    }

    /// The document with these options in its service block.
    pub(crate) fn over(&self, mut root: Node) -> Node {
        let Some(place) = self.place else { return root };
        if let Value::Map(members) = &mut root.value {
            let empty = || Member { key: place, node: Node { value: Value::Map(Map::new()), span: place } };
            let block = members.entry(BLOCK.to_owned()).or_insert_with(empty);
            // Another block than an object is refused when it is lifted.
            if let Value::Map(block) = &mut block.node.value {
                block.extend(self.options.clone());
            }
        }
        root
    }
}
