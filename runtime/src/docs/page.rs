//! The pages that show a document, with scripts in files of their own: a policy without inline scripts allows those.

use std::collections::BTreeSet;

use http::{HeaderValue, Uri};
use serde_json::Value;

use super::file::File;

pub(super) const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// What starts Swagger UI.
pub(super) fn swagger_ui_start() -> File {
    File::new(JAVASCRIPT, include_str!("swagger_ui.js"))
}

/// What starts Redoc.
#[cfg(feature = "redoc")]
pub(super) fn redoc_start() -> File {
    File::new(JAVASCRIPT, include_str!("redoc.js"))
}

/// A page about a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'p> {
    pub title: &'p str,
    /// Its own path, and that of the document as JSON; both count from the service's base route.
    pub path: &'p str,
    pub document: &'p str,
}

impl Page<'_> {
    /// The page of Swagger UI, which also talks to the authorization servers that the document names.
    pub(super) fn swagger_ui(&self, authorization: &BTreeSet<String>) -> File {
        let html = format!(
            include_str!("swagger_ui.html"),
            title = escaped(self.title),
            place = self.place(),
            document = self.document_from_here(),
        );
        let servers: String = authorization.iter().map(|origin| format!(" {origin}")).collect();
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
             media-src blob:; font-src data:; connect-src 'self'{servers}; {EMBEDDING}"
        );
        File::new(HTML, html).policy(HeaderValue::from_str(&policy).ok())
    }

    /// The page of Redoc.
    #[cfg(feature = "redoc")]
    pub(super) fn redoc(&self) -> File {
        let html = format!(
            include_str!("redoc.html"),
            title = escaped(self.title),
            place = self.place(),
            document = self.document_from_here(),
        );
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; \
             worker-src blob:; connect-src 'self'; {EMBEDDING}"
        );
        File::new(HTML, html).policy(HeaderValue::from_str(&policy).ok())
    }

    /// Where the page's files are, from the page: `docs`, for `/docs`.
    fn place(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Where the document is, from the page: no proxy in front of the service needs to be known.
    fn document_from_here(&self) -> String {
        let up = self.path.matches('/').count().saturating_sub(1);
        format!("{}{}", "../".repeat(up), self.document.trim_start_matches('/'))
    }
}

/// Other sites may not show the page in theirs, nor may what is on it lead relative links elsewhere.
pub(super) const EMBEDDING: &str = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Text in HTML, also between quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// The origins that a page asks for tokens, as the document's security schemes name them.
pub(super) fn authorization_servers(document: &str) -> BTreeSet<String> {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object);
    let mut urls = Vec::new();
    for scheme in schemes.into_iter().flat_map(|schemes| schemes.values()) {
        urls.push(&scheme["openIdConnectUrl"]);
        for flow in scheme["flows"].as_object().into_iter().flat_map(|flows| flows.values()) {
            urls.extend([&flow["tokenUrl"], &flow["refreshUrl"]]);
        }
    }
    urls.into_iter().filter_map(|url| origin(url.as_str()?)).collect()
}

/// Scheme, host and port, of plain characters: it goes into a policy.
fn origin(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let scheme = url.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let authority = url.authority()?.as_str();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    authority.bytes().all(is_plain).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_finds_its_files_and_the_document_from_where_it_is() {
        let page = |path| Page { title: "", path, document: "/openapi.json" };
        assert_eq!((page("/docs").place(), page("/docs").document_from_here().as_str()), ("docs", "openapi.json"));
        let deep = page("/a/b/reference");
        assert_eq!((deep.place(), deep.document_from_here().as_str()), ("reference", "../../openapi.json"));
    }

    #[test]
    fn authorization_servers_are_told_by_their_origins() {
        let document = r#"{"components":{"securitySchemes":{
            "a":{"flows":{"password":{"tokenUrl":"https://a.example:8443/token"},"implicit":{"refreshUrl":"/token"}}},
            "b":{"openIdConnectUrl":"https://b.example/.well-known/openid-configuration"},
            "c":{"flows":{"clientCredentials":{"tokenUrl":"https://c.example;script-src *"}}},
            "d":{"type":"http"}}}}"#;
        let found: Vec<String> = authorization_servers(document).into_iter().collect();
        assert_eq!(found, ["https://a.example:8443", "https://b.example"]);
        assert!(authorization_servers("{}").is_empty());
    }

    #[test]
    fn titles_cannot_leave_their_place() {
        assert_eq!(
            escaped(r#"</title><script a='b' c="d">&"#),
            "&lt;/title&gt;&lt;script a=&#39;b&#39; c=&quot;d&quot;&gt;&amp;"
        );
    }
}
