//! The document's schemas at run time: asked only about values that are invalid, or whose schema says
//! more than types can.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::{Draft, PatternOptions, Registry};
use serde_json::{Value, json};

use super::budget::Budgeted;
use super::pattern::BACKTRACKS;
use super::violations::{self, Validator};
use crate::json::{BorrowedJson, Raw};
use crate::protocol::Violation;
use crate::values::{self, Base64, FromText};

/// What the document is called inside the validator.
const BASE: &str = "buildflow:/document";

/// Validators by their pointers; `None` for a schema that does not compile.
type Compiled = HashMap<&'static str, Option<Arc<Validator>>>;

/// The schemas of a document, as one JSON text in which each stands at its own pointer.
///
/// Nothing is parsed or compiled before it is needed.
pub struct Schemas {
    text: &'static str,
    document: OnceLock<Value>,
    registry: OnceLock<Option<Registry<'static>>>,
    compiled: Mutex<Option<Compiled>>,
}

/// A schema does not compile, so nobody can say whether a value is valid. The log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unchecked;

impl Schemas {
    /// Takes the text.
    pub const fn new(text: &'static str) -> Self {
        Self { text, document: OnceLock::new(), registry: OnceLock::new(), compiled: Mutex::new(None) }
    }

    /// What is wrong with a value by the schema at `pointer`; without a pointer, nothing.
    pub(crate) fn violations(
        &'static self,
        pointer: &'static str,
        value: &BorrowedJson<'_>,
    ) -> Result<Vec<Violation>, Unchecked> {
        if pointer.is_empty() {
            return Ok(Vec::new());
        }
        let validator = self.validator(pointer).ok_or(Unchecked)?;
        Ok(violations::find(&validator, value))
    }

    /// Whether nothing is wrong with a value by the schema at `pointer`; not so where nobody can say.
    pub(crate) fn are_satisfied(&'static self, pointer: &'static str, value: &BorrowedJson<'_>) -> bool {
        pointer.is_empty() || self.validator(pointer).is_some_and(|validator| violations::is_valid(&validator, value))
    }

    /// The document that the schemas stand in.
    pub(crate) fn document(&self) -> &Value {
        // A text that cannot be read is told when the value is validated.
        self.document.get_or_init(|| serde_json::from_str(self.text).unwrap_or_default())
    }

    fn validator(&'static self, pointer: &'static str) -> Option<Arc<Validator>> {
        // Compiling does not panic; should it, the map is still whole.
        let mut compiled = self.compiled.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let compiled = compiled.get_or_insert_default();
        compiled.entry(pointer).or_insert_with(|| self.compile(pointer).map(Arc::new)).clone()
    }

    fn compile(&'static self, pointer: &'static str) -> Option<Validator> {
        let registry = self.registry.get_or_init(|| self.register()).as_ref()?;
        let schema = json!({ "$ref": format!("{BASE}#{}", fragment(pointer)) });
        let options = jsonschema::options_for::<Budgeted>().with_draft(Draft::Draft202012).with_registry(registry);
        let options = options.should_validate_formats(true).should_ignore_unknown_formats(true);
        // The engine and the budget of generated checks.
        let options = options.with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS));
        let options = options
            .with_format("uuid", |text: &str| values::uuid(text).is_some())
            .with_format("byte", |text: &str| Base64::parse(text).is_some())
            .with_format("base64", |text: &str| Base64::parse(text).is_some())
            .with_format("ipv4", |text: &str| std::net::Ipv4Addr::from_text(text).is_some())
            .with_format("ipv6", |text: &str| std::net::Ipv6Addr::from_text(text).is_some());
        #[cfg(feature = "chrono")]
        let options = options
            .with_format("date", |text: &str| values::Date::from_text(text).is_some())
            .with_format("date-time", |text: &str| values::DateTime::from_text(text).is_some());
        options.build(&schema).inspect_err(|error| tracing::error!(pointer, %error, "a schema does not compile")).ok()
    }

    fn register(&self) -> Option<Registry<'static>> {
        let document: Value = serde_json::from_str(self.text)
            .inspect_err(|error| tracing::error!(%error, "the schemas cannot be read"))
            .ok()?;
        let builder = Registry::new().draft(Draft::Draft202012).add(BASE, document);
        let registry = builder.and_then(|builder| builder.prepare());
        registry.inspect_err(|error| tracing::error!(%error, "the schemas cannot be put together")).ok()
    }
}

impl Raw<'_> {
    /// Whether the value satisfies the schema at `pointer`.
    pub fn satisfies(&self, schemas: &'static Schemas, pointer: &'static str) -> bool {
        serde_json::from_str(self.text()).is_ok_and(|value| schemas.are_satisfied(pointer, &value))
    }
}

/// A pointer as the fragment of a URI (RFC 6901 §6).
fn fragment(pointer: &str) -> String {
    percent_encoding::utf8_percent_encode(pointer, FRAGMENT).to_string()
}

/// What a fragment cannot hold as it is (RFC 3986 §3.5).
const FRAGMENT: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
