//! The document's schemas at run time: asked only about values that are invalid, or whose schema says
//! more than types can.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::{Draft, PatternOptions, Registry};
use serde_json::{Value, json};

use super::budget::Budgeted;
use super::pattern::{self, Backtracking};
use super::violations::{self, Validator};
use crate::json::{BorrowedJson, Raw};
use crate::protocol::Violation;
use crate::values::{self, Base64, FromText};

/// What the document is called inside the validator.
const BASE: &str = "buildflow:/document";

/// For how many texts the validator tries what they may be, where a pattern takes too long to say so.
const MOST_UNDECIDED: usize = 4;

/// How much further than what texts are looked at before a validator goes, so that it comes to no end where they do not.
const RESERVE: usize = 10;

/// Validators by their pointers, and by how often they may go back in a text; `None` for a schema that does not compile.
type Compiled = HashMap<(&'static str, usize), Option<Arc<Validator>>>;

/// The schemas of a document, as one JSON text in which each stands at its own pointer.
///
/// Nothing is parsed or compiled before it is needed.
pub struct Schemas {
    text: &'static str,
    document: OnceLock<Value>,
    registered: OnceLock<Option<Registered>>,
    compiled: Mutex<Option<Compiled>>,
}

/// What validators are made of.
struct Registered {
    registry: Registry<'static>,
    /// The patterns that need backtracking.
    backtracking: Vec<Backtracking>,
}

/// A schema does not compile, so nobody can say whether a value is valid. The log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unchecked;

impl Schemas {
    /// Takes the text.
    pub const fn new(text: &'static str) -> Self {
        Self { text, document: OnceLock::new(), registered: OnceLock::new(), compiled: Mutex::new(None) }
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
        let (limit, undecided) = self.costs(value);
        let validator = self.validator(pointer, limit).ok_or(Unchecked)?;
        Ok(match undecided {
            0 => violations::find(&validator, value),
            // The validator tries each combination of what they may be.
            1..=MOST_UNDECIDED if violations::is_valid(&validator, value) => Vec::new(),
            _ => vec![violations::undecided()],
        })
    }

    /// Whether nothing is wrong with a value by the schema at `pointer`; not so where nobody can say.
    pub(crate) fn are_satisfied(&'static self, pointer: &'static str, value: &BorrowedJson<'_>) -> bool {
        if pointer.is_empty() {
            return true;
        }
        let (limit, undecided) = self.costs(value);
        undecided <= MOST_UNDECIDED
            && self.validator(pointer, limit).is_some_and(|validator| violations::is_valid(&validator, value))
    }

    /// How often patterns may go back in each text of a value, as it has so many; and for how many texts that may not be
    /// enough.
    fn costs(&self, value: &BorrowedJson<'_>) -> (usize, usize) {
        let patterns = self.registered().map_or(&[][..], |registered| &registered.backtracking);
        if patterns.is_empty() {
            return (pattern::limit(1), 0);
        }
        let mut weight = 0;
        each_text(value, &mut |text| weight += pattern::weight(text.len()));
        let (limit, mut undecided) = (pattern::limit(weight), 0);
        each_text(value, &mut |text| {
            if undecided <= MOST_UNDECIDED {
                undecided += usize::from(!patterns.iter().all(|pattern| pattern.is_decided(text, limit)));
            }
        });
        (limit, undecided)
    }

    /// The document that the schemas stand in.
    pub(crate) fn document(&self) -> &Value {
        // A text that cannot be read is told when the value is validated.
        self.document.get_or_init(|| serde_json::from_str(self.text).unwrap_or_default())
    }

    fn validator(&'static self, pointer: &'static str, limit: usize) -> Option<Arc<Validator>> {
        // Compiling does not panic; should it, the map is still whole.
        let mut compiled = self.compiled.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let compiled = compiled.get_or_insert_default();
        compiled.entry((pointer, limit)).or_insert_with(|| self.compile(pointer, limit).map(Arc::new)).clone()
    }

    fn compile(&'static self, pointer: &'static str, limit: usize) -> Option<Validator> {
        let registry = &self.registered()?.registry;
        let schema = json!({ "$ref": format!("{BASE}#{}", fragment(pointer)) });
        let options = jsonschema::options_for::<Budgeted>().with_draft(Draft::Draft202012).with_registry(registry);
        let options = options.should_validate_formats(true).should_ignore_unknown_formats(true);
        // The engine of generated checks.
        let options = options.with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(limit * RESERVE));
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

    fn registered(&self) -> Option<&Registered> {
        self.registered.get_or_init(|| self.register()).as_ref()
    }

    fn register(&self) -> Option<Registered> {
        let document: Value = serde_json::from_str(self.text)
            .inspect_err(|error| tracing::error!(%error, "the schemas cannot be read"))
            .ok()?;
        let backtracking = backtracking(&document);
        let builder = Registry::new().draft(Draft::Draft202012).add(BASE, document);
        let registry = builder.and_then(|builder| builder.prepare());
        let registry = registry.inspect_err(|error| tracing::error!(%error, "the schemas cannot be put together"));
        Some(Registered { registry: registry.ok()?, backtracking })
    }
}

impl Raw<'_> {
    /// Whether the value satisfies the schema at `pointer`.
    pub fn satisfies(&self, schemas: &'static Schemas, pointer: &'static str) -> bool {
        serde_json::from_str(self.text()).is_ok_and(|value| schemas.are_satisfied(pointer, &value))
    }
}

/// Calls `look` with each text of a value, and each name of a member.
fn each_text(value: &BorrowedJson<'_>, look: &mut impl FnMut(&str)) {
    match value {
        BorrowedJson::Text(text) => look(text),
        BorrowedJson::Array(items) => items.iter().for_each(|item| each_text(item, look)),
        BorrowedJson::Object(members) => members.as_slice().iter().for_each(|(name, value)| {
            look(name);
            each_text(value, look);
        }),
        BorrowedJson::Null | BorrowedJson::Bool(_) | BorrowedJson::Number(_) => {}
    }
}

/// The patterns in schemas that need backtracking.
fn backtracking(schemas: &Value) -> Vec<Backtracking> {
    let mut patterns = BTreeSet::new();
    collect_patterns(schemas, &mut patterns);
    patterns.into_iter().filter_map(pattern::backtracking).collect()
}

fn collect_patterns<'s>(schemas: &'s Value, patterns: &mut BTreeSet<&'s str>) {
    match schemas {
        Value::Array(items) => items.iter().for_each(|item| collect_patterns(item, patterns)),
        Value::Object(members) => members.iter().for_each(|(keyword, value)| {
            match (keyword.as_str(), value) {
                ("pattern", Value::String(pattern)) => _ = patterns.insert(pattern),
                ("patternProperties", Value::Object(properties)) => {
                    patterns.extend(properties.keys().map(String::as_str))
                }
                _ => {}
            }
            collect_patterns(value, patterns);
        }),
        _ => {}
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    static SCHEMAS: Schemas = Schemas::new(
        r#"{
            "keys": {"patternProperties": {"^(a|a)*\\1b$": {"type": "integer"}}, "additionalProperties": false},
            "texts": {"items": {"pattern": "^(a|a)*\\1b$"}},
            "stack": {"pattern": "(.*)*\\1x"}
        }"#,
    );

    /// What is wrong with a value, and whether it is found in a time that nobody minds.
    fn found(pointer: &'static str, value: &Value) -> (usize, bool) {
        let begun = Instant::now();
        let value = BorrowedJson::from(value);
        let found = SCHEMAS.violations(pointer, &value).expect("the schema compiles").len();
        assert_eq!(SCHEMAS.are_satisfied(pointer, &value), found == 0);
        (found, begun.elapsed().as_secs() < 15)
    }

    #[test]
    fn names_that_take_long_to_match_are_refused_in_a_bounded_time() {
        let hostile = format!("{}!", "a".repeat(30));
        for count in [1, 1_000, 20_000] {
            let members = (0..count).map(|number| (format!("{hostile}{number}"), json!(1)));
            let (found, is_soon) = found("/keys", &Value::Object(members.collect()));
            assert!(found > 0 && is_soon, "{count}: {found}");
        }
        assert_eq!(found("/keys", &json!({"aab": 1})), (0, true));
    }

    #[test]
    fn so_are_texts_and_those_that_are_easy_to_match_are_not() {
        for count in [1, 1_000, 20_000] {
            let (found, is_soon) = found("/texts", &json!(vec![format!("{}!", "a".repeat(30)); count]));
            assert!(found > 0 && is_soon, "{count}: {found}");
        }
        assert_eq!(found("/texts", &json!(vec!["aab"; 20_000])), (0, true));
    }

    #[test]
    fn what_overflows_the_engines_stack_is_a_violation() {
        for length in [5, 30, 1_000] {
            assert!(found("/stack", &json!("a".repeat(length))).1);
        }
        assert_eq!(found("/stack", &json!("aax")), (0, true));
    }
}
