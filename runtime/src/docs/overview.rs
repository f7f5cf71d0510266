//! The flow's page: its services, and where each shows its document.

use std::fmt::Write as _;

use super::file::File;
use super::page::{EMBEDDING, HTML, escaped};
use super::{Docs, Document};

/// Where the page is in a flow without a service at `/`.
pub(crate) const PATH: &str = "/docs";

/// A service that shows its document.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    document: Document,
    base_route: String,
    docs: Docs,
}

impl Entry {
    /// The service's entry; `None` where it shows nothing.
    pub(crate) fn new(document: Option<Document>, docs: &Docs, base_route: &str) -> Option<Self> {
        let document = document.filter(|_| docs.openapi.is_some())?;
        Some(Self { document, base_route: base_route.to_owned(), docs: docs.clone() })
    }

    /// The path of its first page in the flow.
    pub(crate) fn page(&self) -> Option<String> {
        self.links().into_iter().next().map(|(_, path)| path)
    }

    /// What there is to look at: what it is called, and its path in the flow.
    fn links(&self) -> Vec<(&'static str, String)> {
        let base_route = self.base_route.trim_end_matches('/');
        let page = |name, path: &Option<_>| path.as_ref().map(|path| (name, format!("{base_route}{path}")));
        let redoc = if cfg!(feature = "redoc") { page("Redoc", &self.docs.redoc) } else { None };
        let mut links: Vec<_> = page("Swagger UI", &self.docs.swagger_ui).into_iter().chain(redoc).collect();
        for (name, ending) in [("JSON", "json"), ("YAML", "yaml")] {
            links.extend(page(name, &self.docs.openapi).map(|(name, path)| (name, format!("{path}.{ending}"))));
        }
        links
    }
}

/// The page, for a place so many folders below the flow's root.
pub(crate) fn page(entries: &[Entry], depth: usize) -> File {
    let mut services = String::new();
    for entry in entries {
        let Document { title, version, .. } = entry.document;
        // Writing to text does not fail.
        let _ = writeln!(services, "<h2>{} <small>{}</small></h2>", escaped(title), escaped(version));
        let _ = write!(services, "<p><code>{}</code>", escaped(&entry.base_route));
        for (name, path) in entry.links() {
            let up = "../".repeat(depth);
            let _ = write!(services, " <a href=\"{up}{}\">{name}</a>", escaped(path.trim_start_matches('/')));
        }
        services.push_str("</p>\n");
    }
    let html = format!(include_str!("overview.html"), services = services);
    let policy = format!("default-src 'none'; style-src 'unsafe-inline'; img-src data:; {EMBEDDING}");
    File::new(HTML, html).policy(policy.parse().ok())
}
