//! The service block: what a document says of the service that it describes.

use super::Middleware;
use crate::source::Span;

/// What a document says of the service that it describes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceOptions {
    /// Names the service in logs and in its environment variables; a random UUID where none is said.
    pub service_id: Option<String>,
    /// The path that the service's routes stand under; `/` where none is said.
    pub base_route: Option<String>,
    /// Where it shows its document.
    pub docs: DocsOptions,
    /// What stands around its endpoints, outermost first.
    pub middleware: Vec<Middleware>,
    /// How the trait of its handlers is split.
    pub traits: Traits,
    /// How it runs.
    pub replicas: ReplicaOptions,
}

/// How the trait of a service's handlers is split.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Traits {
    /// One trait has a method for every endpoint.
    #[default]
    PerService,
    /// Each tag has a trait, which a type of its own may implement.
    PerTag,
}

/// Where the document and its pages are, below the service's base route; what has no path is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocsOptions {
    /// The page of Swagger UI; by default `/docs`.
    pub path: Option<String>,
    /// The page of Redoc; there is none by default, and `redoc: true` puts it at `/redoc`.
    pub redoc: Option<String>,
    /// The document, without `.json` and `.yaml`; by default `/openapi`. Without it there are no pages.
    pub openapi: Option<String>,
}

/// The keys, and the paths that `true` stands for.
const PATHS: [(&str, &str); 3] = [("path", "/docs"), ("redoc", "/redoc"), ("openapi", "/openapi")];

impl Default for DocsOptions {
    fn default() -> Self {
        let [path, _, openapi] = PATHS.map(|(_, path)| Some(path.to_owned()));
        Self { path, redoc: None, openapi }
    }
}

impl DocsOptions {
    /// The keys in the service block.
    pub const KEYS: [&str; 3] = [PATHS[0].0, PATHS[1].0, PATHS[2].0];

    /// The path that `true` stands for.
    pub fn usual_path(key: &str) -> Option<String> {
        PATHS.into_iter().find(|(known, _)| *known == key).map(|(_, path)| path.to_owned())
    }

    /// No document, and no pages.
    pub const OFF: Self = Self { path: None, redoc: None, openapi: None };

    /// All paths that are served.
    pub fn paths(&self) -> Vec<String> {
        let documents = self.openapi.iter().flat_map(|path| [format!("{path}.json"), format!("{path}.yaml")]);
        [&self.path, &self.redoc].into_iter().flatten().cloned().chain(documents).collect()
    }
}

/// What a document says of how its service runs; the runtime knows the defaults.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReplicaOptions(Vec<ReplicaOption>);

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaOption {
    /// Its name, in documents and in Rust.
    pub name: &'static str,
    /// What it is.
    pub value: OptionValue,
    /// Where the value stands.
    pub span: Span,
}

/// The value of an option.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionValue {
    /// How many.
    Count(u32),
    /// How many bytes.
    Bytes(u64),
    /// How much.
    Number(f64),
    /// How long, in seconds.
    Seconds(f64),
    /// The name of a log level, as the runtime has it.
    Level(&'static str),
}

impl ReplicaOptions {
    /// Adds an option.
    pub(crate) fn push(&mut self, option: ReplicaOption) {
        self.0.push(option);
    }

    /// What is said, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &ReplicaOption> {
        self.0.iter()
    }
}
