//! The paths of a service's docs, and what is at them.

use std::sync::{LazyLock, OnceLock};

use axum::extract::Request;
use axum::response::Response;

use super::file::File;
use super::overview::{Entry, Overview};
use super::page::{self, Page};
use super::{Docs, Document, published_document, swagger_ui, yaml};

/// The docs of one service. What is sent is made when it is first asked for.
#[derive(Debug)]
pub(crate) struct Site {
    docs: Docs,
    document: Document,
    base_route: String,
    /// The flow's services, where this one is at its root and another is beside it.
    overview: Option<Overview>,
    json: OnceLock<File>,
    yaml: OnceLock<File>,
    swagger_ui: OnceLock<File>,
    #[cfg(feature = "redoc")]
    redoc: OnceLock<File>,
}

impl Site {
    /// The docs of a service that stands at `base_route`; `None` where it shows none.
    ///
    /// `services` are those of the flow, where its page is this one's to show.
    pub(crate) fn new(document: Option<Document>, docs: Docs, base_route: &str, services: &[Entry]) -> Option<Self> {
        let document = document.filter(|_| docs.openapi.is_some())?;
        // Below the page of Swagger UI, which is below the service's base route.
        let depth = docs.swagger_ui.as_ref().map_or(0, |path| path.matches('/').count());
        let overview = (services.len() > 1).then(|| Overview::new(services.to_vec(), depth));
        Some(Self {
            overview,
            docs,
            document,
            base_route: base_route.to_owned(),
            json: OnceLock::new(),
            yaml: OnceLock::new(),
            swagger_ui: OnceLock::new(),
            #[cfg(feature = "redoc")]
            redoc: OnceLock::new(),
        })
    }

    /// The answer, where the request is for one of the docs' paths.
    pub(crate) fn answer(&self, request: &Request) -> Option<Response> {
        Some(self.find(request.uri().path())?.answer(request))
    }

    fn find(&self, path: &str) -> Option<&File> {
        let openapi = self.docs.openapi.as_deref()?;
        match path.strip_prefix(openapi) {
            Some(".json") => return Some(self.json.get_or_init(|| File::new("application/json", self.json()))),
            Some(".yaml") => {
                // RFC 9512.
                return Some(self.yaml.get_or_init(|| File::new("application/yaml", yaml::from_json(&self.json()))));
            }
            _ => {}
        }
        if let Some(rest) = below(path, self.docs.swagger_ui.as_deref()) {
            return match rest.strip_prefix('/') {
                None => Some(self.swagger_ui.get_or_init(|| self.swagger_ui(path, openapi))),
                Some("start.js") => {
                    static START: LazyLock<File> = LazyLock::new(page::swagger_ui_start);
                    Some(&START)
                }
                Some("services") => self.overview.as_ref().map(Overview::file),
                Some(name) => swagger_ui::file(name),
            };
        }
        self.find_redoc(path, openapi)
    }

    fn swagger_ui(&self, path: &str, openapi: &str) -> File {
        let authorization = page::authorization_servers(self.document.text);
        self.page(path, &format!("{openapi}.json")).swagger_ui(&authorization)
    }

    fn page<'p>(&self, path: &'p str, document: &'p str) -> Page<'p> {
        Page { title: self.document.title, path, document }
    }

    #[cfg(feature = "redoc")]
    fn find_redoc(&self, path: &str, openapi: &str) -> Option<&File> {
        static START: LazyLock<File> = LazyLock::new(page::redoc_start);
        match below(path, self.docs.redoc.as_deref())? {
            "" => Some(self.redoc.get_or_init(|| self.page(path, &format!("{openapi}.json")).redoc())),
            "/start.js" => Some(&START),
            "/redoc.js" => Some(&super::redoc::SCRIPT),
            _ => None,
        }
    }

    #[cfg(not(feature = "redoc"))]
    fn find_redoc(&self, _path: &str, _openapi: &str) -> Option<&File> {
        None
    }

    /// The document, with the service's address.
    fn json(&self) -> String {
        let place = self.docs.openapi.as_deref().unwrap_or_default();
        published_document::with_server(self.document.text, &self.base_route, place)
    }
}

/// What follows the path of a page: nothing, or a slash and more.
fn below<'p>(path: &'p str, page: Option<&str>) -> Option<&'p str> {
    path.strip_prefix(page?).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}
