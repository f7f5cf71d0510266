//! The service block: what a document says of the service that it describes.

use std::fmt;
use std::str::FromStr;

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
    /// Which operations it has: those with one of these tags; all where none is said.
    pub tags: Option<Vec<String>>,
    /// What engines reserve for a replica.
    pub memory: Option<Memory>,
    /// How it runs.
    pub replicas: ReplicaOptions,
}

/// An amount of memory, as clusters write it: `256Mi`, `1G`, or a number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory(u64);

/// What letters multiply by; those of two letters are powers of 1024.
const UNITS: [(&str, u64); 8] = [
    ("Ti", 1 << 40),
    ("Gi", 1 << 30),
    ("Mi", 1 << 20),
    ("Ki", 1 << 10),
    ("T", 1_000_000_000_000),
    ("G", 1_000_000_000),
    ("M", 1_000_000),
    ("k", 1000),
];

impl Memory {
    /// This many bytes.
    pub const fn of_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// How many bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Memory {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let unit = UNITS.into_iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, size)));
        let (number, size) = unit.unwrap_or((text, 1));
        let number = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse::<u64>().ok()).flatten();
        let bytes = number.and_then(|number| number.checked_mul(size)).filter(|bytes| (1..=MOST_BYTES).contains(bytes));
        bytes.map(Self).ok_or("a number of bytes, or a text such as `256Mi` or `1G`")
    }
}

/// The most bytes that a replica can reserve: more than machines have, and what a signed number can say.
const MOST_BYTES: u64 = 1 << 60;

impl fmt::Display for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.into_iter().find(|(_, size)| self.0.is_multiple_of(*size)) {
            Some((unit, size)) => write!(formatter, "{}{unit}", self.0 / size),
            None => self.0.fmt(formatter),
        }
    }
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
    /// The name of the file that says it, without its folder.
    pub file: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_and_written_as_clusters_do() {
        for (text, bytes, shown) in [
            ("256Mi", 256 << 20, "256Mi"),
            ("1024Ki", 1 << 20, "1Mi"),
            ("1G", 1_000_000_000, "1G"),
            ("1500", 1500, "1500"),
        ] {
            let memory: Result<Memory, _> = text.parse();
            assert_eq!(memory.map(|memory| (memory.bytes(), memory.to_string())), Ok((bytes, shown.to_owned())));
        }
        for wrong in ["", "0", "Mi", "-1Mi", "+1Mi", "1.5Gi", "1mi", "99999999Ti", "1 Mi"] {
            assert!(wrong.parse::<Memory>().is_err(), "{wrong}");
        }
    }
}
