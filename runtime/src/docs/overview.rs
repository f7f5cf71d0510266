//! The flow's page: its services, and where each shows its document.

use std::fmt::Write as _;
use std::sync::OnceLock;

use serde_json::Value;

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

/// The page. It reads documents, so it is made when it is first asked for.
#[derive(Debug)]
pub(crate) struct Overview {
    entries: Vec<Entry>,
    /// How many folders it is below the flow's root.
    depth: usize,
    file: OnceLock<File>,
}

impl Overview {
    /// The page of these services, for a place so many folders below the flow's root.
    pub(crate) fn new(entries: Vec<Entry>, depth: usize) -> Self {
        Self { entries, depth, file: OnceLock::new() }
    }

    /// The page itself.
    pub(crate) fn file(&self) -> &File {
        self.file.get_or_init(|| self.make())
    }

    fn make(&self) -> File {
        let up = "../".repeat(self.depth);
        let services: String = self.entries.iter().map(|entry| article(entry, &up)).collect();
        let title = match self.entries.len() {
            1 => "1 service".to_owned(),
            count => format!("{count} services"),
        };
        let html = format!(include_str!("overview.html"), title = title, services = services);
        let policy = format!("default-src 'none'; style-src 'unsafe-inline'; img-src data:; {EMBEDDING}");
        File::new(HTML, html).policy(policy.parse().ok())
    }
}

/// One service: what it is, where it is, and what there is to look at.
fn article(entry: &Entry, up: &str) -> String {
    let Document { title, version, text } = entry.document;
    let mut html = format!("<article>\n<h2>{} <small>{}</small></h2>\n", escaped(title), escaped(version));
    let About { description, operations } = About::of(text);
    // Writing to text does not fail.
    if let Some(description) = description {
        let _ = writeln!(html, "<p class=\"description\">{}</p>", escaped(&description));
    }
    let base_route = escaped(&entry.base_route);
    let _ = writeln!(html, "<dl><dt>Base route</dt><dd><code>{base_route}</code></dd>");
    let _ = writeln!(html, "<dt>Operations</dt><dd>{operations}</dd></dl>\n<nav>");
    for (name, path) in entry.links() {
        let _ = writeln!(html, "<a href=\"{up}{}\">{name}</a>", escaped(path.trim_start_matches('/')));
    }
    html + "</nav>\n</article>\n"
}

/// What a document says of itself.
struct About {
    /// The first paragraph of its description.
    description: Option<String>,
    operations: usize,
}

impl About {
    fn of(document: &str) -> Self {
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        let said = document["info"]["description"].as_str().and_then(|text| text.trim().split("\n\n").next());
        let description = said.map(without_images).filter(|text| !text.is_empty());
        let paths = document["paths"].as_object().into_iter().flatten();
        let is_method = |name: &str| METHODS.contains(&name);
        let methods =
            |item: &Value| item.as_object().map_or(0, |item| item.keys().filter(|name| is_method(name)).count());
        Self { description, operations: paths.map(|(_, item)| methods(item)).sum() }
    }
}

/// Text without the images of Markdown, which are not shown here.
fn without_images(text: &str) -> String {
    let mut parts = text.split("![");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once(')').map_or("", |(_, rest)| rest));
    }
    plain.trim().to_owned()
}

/// The methods that a path item has fields for (OpenAPI 3.2 §4.9).
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_described_by_its_first_paragraph_and_its_operations() {
        let text = r#"{"info": {"description": " Pets. ![a](b)\n\nMore of them."}, "paths": {"/a": {"get": {}, "put": {}, "parameters": []}}}"#;
        let About { description, operations } = About::of(text);
        assert_eq!((description.as_deref(), operations), (Some("Pets."), 2));
        assert_eq!(About::of("{}").operations, 0);
    }
}
