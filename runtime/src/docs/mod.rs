//! Docs: the document that a service enforces, and pages that show it.
//!
//! Uses `json` and `protocol`. Knows no services: a page is made of documents and paths.

#[cfg(feature = "docs")]
mod file;
#[cfg(feature = "docs")]
pub(crate) mod overview;
#[cfg(feature = "docs")]
mod page;
#[cfg(feature = "docs")]
mod published_document;
#[cfg(feature = "redoc")]
mod redoc;
#[cfg(feature = "docs")]
mod site;
#[cfg(feature = "docs")]
mod swagger_ui;
#[cfg(feature = "docs")]
mod yaml;

use std::borrow::Cow;

#[cfg(feature = "docs")]
pub(crate) use site::Site;

/// A document that is shown.
#[cfg(feature = "docs")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document {
    pub title: &'static str,
    pub version: &'static str,
    /// JSON that starts with `openapi`, and has no `servers`.
    pub text: &'static str,
}

/// Where a service shows the document that it enforces: paths below its base route.
///
/// By default the document is at `/openapi.json` and `/openapi.yaml`, and the page of Swagger UI at `/docs`. A path of the
/// service's own document goes before each of them.
///
/// ```
/// use buildflow_runtime::Docs;
///
/// let moved = Docs::new().swagger_ui(Some("/reference"));
/// assert_ne!(moved, Docs::off());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs {
    swagger_ui: Option<Cow<'static, str>>,
    redoc: Option<Cow<'static, str>>,
    openapi: Option<Cow<'static, str>>,
}

impl Default for Docs {
    fn default() -> Self {
        Self::new()
    }
}

impl Docs {
    /// The document and Swagger UI, at their default paths.
    pub const fn new() -> Self {
        Self::at(Some("/docs"), None, Some("/openapi"))
    }

    /// No document, and no pages.
    pub const fn off() -> Self {
        Self::at(None, None, None)
    }

    /// The paths of Swagger UI, of Redoc, and of the document without its ending.
    #[doc(hidden)]
    pub const fn at(
        swagger_ui: Option<&'static str>,
        redoc: Option<&'static str>,
        openapi: Option<&'static str>,
    ) -> Self {
        const fn borrowed(path: Option<&'static str>) -> Option<Cow<'static, str>> {
            match path {
                Some(path) => Some(Cow::Borrowed(path)),
                None => None,
            }
        }
        Self { swagger_ui: borrowed(swagger_ui), redoc: borrowed(redoc), openapi: borrowed(openapi) }
    }

    /// The path of the page of Swagger UI; `None` for no such page.
    #[must_use]
    pub fn swagger_ui(mut self, path: Option<&str>) -> Self {
        self.swagger_ui = path.map(absolute);
        self
    }

    /// The path of the page of Redoc; by default there is none. It needs the cargo feature `redoc`.
    #[must_use]
    pub fn redoc(mut self, path: Option<&str>) -> Self {
        self.redoc = path.map(absolute);
        self
    }

    /// The path of the document, to which `.json` and `.yaml` are added; `None` for no document, and so no pages.
    #[must_use]
    pub fn openapi(mut self, path: Option<&str>) -> Self {
        self.openapi = path.map(absolute);
        self
    }
}

/// The path with one slash at its start and none at its end.
fn absolute(path: &str) -> Cow<'static, str> {
    Cow::Owned(format!("/{}", path.trim_matches('/')))
}
