//! What the validator found, in words that repeat nothing of what was submitted.

use std::collections::HashMap;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::budget::{self, Budgeted, BudgetedValue};
use crate::json::BorrowedJson;
use crate::protocol::{Location, Violation};

/// A validator that looks into values only so often.
pub(crate) type Validator = jsonschema::Validator<Budgeted>;

/// At most this many are told of one value.
const MOST: usize = 100;

/// The longest place that is told, in bytes.
const LONGEST: usize = 1_000;

/// How often the validator may look into a value to tell all that is wrong with it.
const LOOKS: u64 = 5_000;

/// How often it may look into one to tell what it comes upon first.
const LOOKS_FOR_ONE: u64 = 40 * LOOKS;

/// Whether nothing is wrong with a value, which is found faster than what is wrong.
pub(crate) fn is_valid(validator: &Validator, value: &BorrowedJson<'_>) -> bool {
    validator.is_valid(BudgetedValue(value))
}

/// What is told of a value with texts that take too long to match.
pub(super) fn undecided() -> Violation {
    violation("", "pattern", "has texts that cannot be matched with their patterns in a reasonable time")
}

/// What is wrong with a value: everything where that can be told in a time that nobody minds, else the first.
pub(crate) fn find(validator: &Validator, value: &BorrowedJson<'_>) -> Vec<Violation> {
    let all = budget::within(LOOKS, || all(validator, value));
    let told = all.or_else(|| budget::within(LOOKS_FOR_ONE, || first(validator, value)));
    told.unwrap_or_else(|| match is_valid(validator, value) {
        true => Vec::new(),
        false => vec![violation("", "schema", "does not satisfy its schema; to tell where would take too long")],
    })
}

fn all(validator: &Validator, value: &BorrowedJson<'_>) -> Vec<Violation> {
    let mut found = Found::default();
    for error in validator.iter_errors(BudgetedValue(value)) {
        found.add(&error);
        if found.list.len() > MOST {
            found.list.truncate(MOST - 1);
            found.list.push(more(format!("has more that is wrong; only the first {} are listed", MOST - 1)));
            break;
        }
    }
    found.list
}

/// What the validator comes upon first, which may be told in several parts.
fn first(validator: &Validator, value: &BorrowedJson<'_>) -> Vec<Violation> {
    let mut found = Found::default();
    if let Err(error) = validator.validate(BudgetedValue(value)) {
        found.add(&error);
        found.list.truncate(MOST - 1);
        found.list.push(more("may have more that is wrong; to tell all of it would take too long".to_owned()));
    }
    found.list
}

fn more(message: String) -> Violation {
    violation("", "more", message)
}

fn violation(at: impl Into<String>, code: &str, message: impl Into<String>) -> Violation {
    let (at, code, message) = (readable(at.into()), code.to_owned().into(), message.into());
    Violation { location: Location::Body, at, part: String::new(), code, message }
}

/// The place; one around it where that is longer than anybody reads, so that no answer is larger than its request.
pub(crate) fn readable(mut at: String) -> String {
    while at.len() > LONGEST {
        at.truncate(at.rfind('/').unwrap_or_default());
    }
    at
}

/// What is wrong, each thing once: several schemas of one value may say the same.
#[derive(Default)]
struct Found {
    list: Vec<Violation>,
    /// The values that all schemas so far allow at a place, with the violation's number.
    options: HashMap<String, (usize, Vec<Value>)>,
}

impl Found {
    /// Adds what an error says. No more than one is added beyond what is told.
    fn add(&mut self, error: &ValidationError<'_>) {
        if self.list.len() > MOST {
            return;
        }
        let at = error.instance_path().as_str();
        let code = error.kind().keyword();
        match error.kind() {
            // A missing member is told where it should be, an unknown one where it is.
            Kind::Required { property } => {
                self.push(violation(joined(at, property.as_str().unwrap_or_default()), code, "is missing"));
            }
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                let told = unexpected.iter().take(MOST + 1 - self.list.len());
                told.for_each(|name| self.push(violation(joined(at, name), code, "is not allowed here")));
            }
            Kind::PropertyNames { error } => {
                // Of a long name, nothing is kept.
                let place = error.instance().as_str().map_or_else(|| at.to_owned(), |name| joined(at, name));
                self.push(violation(place, code, "has a name that is not allowed"));
            }
            Kind::Enum { options } => self.restrict(at, code, options.as_array().cloned().unwrap_or_default()),
            Kind::Constant { expected_value } => self.restrict(at, code, vec![Value::clone(expected_value)]),
            kind @ (Kind::AnyOf { context } | Kind::OneOfNotValid { context }) => match meant(at, context) {
                Some(errors) => errors.iter().for_each(|error| self.add(error)),
                None => match (values_of_all(at, context), types_of_all(at, context)) {
                    (Some(values), _) => self.restrict(at, "enum", values),
                    (None, Some(types)) => {
                        self.push(violation(at, "type", format!("must be of type {}", types.join(" or "))));
                    }
                    (None, None) => self.push(violation(at, code, message(kind))),
                },
            },
            kind => self.push(violation(at, code, message(kind))),
        }
    }

    fn push(&mut self, violation: Violation) {
        if !self.list.contains(&violation) {
            self.list.push(violation);
        }
    }

    /// Adds that a value should be one of these. Where another schema of it has said so too, it should be one of those
    /// that both list.
    fn restrict(&mut self, at: &str, code: &str, options: Vec<Value>) {
        let Some((number, both)) = self.options.get_mut(at) else {
            self.options.insert(at.to_owned(), (self.list.len(), options.clone()));
            return self.list.push(violation(at, code, one_of(&options)));
        };
        both.retain(|option| options.contains(option));
        if let Some(told) = self.list.get_mut(*number) {
            told.message = one_of(both);
        }
    }
}

/// The one schema of several that a value at `at` was meant for: the others ask for another type, or for
/// another constant in a member that tells them apart.
fn meant<'e>(at: &str, branches: &'e [Vec<ValidationError<'static>>]) -> Option<&'e [ValidationError<'static>]> {
    let of_type = |errors: &&Vec<_>| !errors.iter().any(|error| asks_for_another_type(at, error));
    let constant = |errors: &&Vec<_>| !errors.iter().any(|error| asks_for_another_constant(at, error));
    let typed: Vec<_> = branches.iter().filter(of_type).collect();
    let told_apart: Vec<_> = typed.iter().copied().filter(constant).collect();
    match (typed.as_slice(), told_apart.as_slice()) {
        ([only], _) | (_, [only]) => Some(only),
        _ => None,
    }
}

fn asks_for_another_type(at: &str, error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::Type { .. }) && error.instance_path().as_str() == at
}

/// The types that the schemas of a choice ask for, where the value has none of them.
fn types_of_all(at: &str, branches: &[Vec<ValidationError<'static>>]) -> Option<Vec<String>> {
    let mut types: Vec<String> = Vec::new();
    for errors in branches {
        let asked = errors.iter().find(|error| asks_for_another_type(at, error))?;
        let Kind::Type { kind } = asked.kind() else { return None };
        for name in names(kind) {
            if !types.contains(&name) {
                types.push(name);
            }
        }
    }
    Some(types)
}

/// The values that the schemas of a choice list, where each lists some and the value is none of them.
fn values_of_all(at: &str, branches: &[Vec<ValidationError<'static>>]) -> Option<Vec<Value>> {
    let is_null = |kind: &TypeKind| names(kind) == ["null"];
    let listed = |error: &ValidationError<'_>| match error.kind() {
        Kind::Constant { expected_value } => Some(vec![Value::clone(expected_value)]),
        Kind::Enum { options } => options.as_array().cloned(),
        Kind::Type { kind } if is_null(kind) => Some(vec![Value::Null]),
        _ => None,
    };
    let here = |error: &&ValidationError<'_>| error.instance_path().as_str() == at;
    let values = branches.iter().map(|errors| errors.iter().filter(here).find_map(listed));
    let values = values.collect::<Option<Vec<_>>>()?.concat();
    (values.iter().any(|value| !value.is_null())).then_some(values)
}

fn asks_for_another_constant(at: &str, error: &ValidationError<'_>) -> bool {
    let place = error.instance_path().as_str();
    let near = place == at || place.rsplit_once('/').is_some_and(|(parent, _)| parent == at);
    near && matches!(error.kind(), Kind::Constant { .. } | Kind::Enum { .. })
}

fn joined(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn message(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind } => format!("must be of type {}", names(kind).join(" or ")),
        Kind::MinLength { limit } => format!("must have at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", counted(*limit, "character")),
        Kind::Pattern { pattern } => format!("must match the pattern {pattern}"),
        Kind::BacktrackLimitExceeded { .. } => "cannot be matched with its pattern in a reasonable time".to_owned(),
        Kind::Format { format } => format!("must be in the format {format}"),
        Kind::Minimum { limit } => format!("must be {limit} or more"),
        Kind::Maximum { limit } => format!("must be {limit} or less"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::MinItems { limit } => format!("must have at least {}", counted(*limit, "item")),
        Kind::MaxItems { limit } => format!("must have at most {}", counted(*limit, "item")),
        Kind::UniqueItems => "must not have the same item twice".to_owned(),
        Kind::AdditionalItems { limit } => format!("must have at most {}", counted(*limit as u64, "item")),
        Kind::MinProperties { limit } => format!("must have at least {}", counted(*limit, "member")),
        Kind::MaxProperties { limit } => format!("must have at most {}", counted(*limit, "member")),
        Kind::AnyOf { .. } => "must satisfy at least one of the schemas that are listed".to_owned(),
        Kind::OneOfNotValid { .. } => "must satisfy one of the schemas that are listed".to_owned(),
        Kind::OneOfMultipleValid { .. } => "must satisfy only one of the schemas that are listed".to_owned(),
        Kind::Not { .. } => "must not satisfy the schema that is excluded".to_owned(),
        Kind::Contains => "must contain an item of the kind that is asked for".to_owned(),
        Kind::UnevaluatedItems { .. } => "has items that are not allowed".to_owned(),
        Kind::FalseSchema => "is not allowed".to_owned(),
        _ => "does not satisfy its schema".to_owned(),
    }
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The types that a schema asks for.
fn names(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(kind) => vec![kind.to_string()],
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
    }
}

fn one_of(options: &[Value]) -> String {
    let texts: Vec<String> = options.iter().map(Value::to_string).collect();
    match texts.as_slice() {
        [] => "is not allowed: no value satisfies all of its schemas".to_owned(),
        [only] => format!("must be {only}"),
        several => format!("must be one of {}", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Place, code and message of what is wrong.
    fn told(schema: &Value, value: &Value) -> Vec<String> {
        let validator = jsonschema::options_for::<Budgeted>().build(schema).unwrap();
        let found = find(&validator, &value.into()).into_iter();
        let mut told: Vec<String> =
            found.map(|found| format!("{} {}: {}", found.at, found.code, found.message)).collect();
        told.sort();
        told
    }

    #[test]
    fn members_are_told_where_they_are_or_should_be() {
        let schema = json!({"required": ["a/b"], "properties": {"a/b": {}}, "additionalProperties": false});
        let expected = ["/a~1b required: is missing", "/~0c additionalProperties: is not allowed here"];
        assert_eq!(told(&schema, &json!({"~c": 1})), expected);
        let schema = json!({"propertyNames": {"maxLength": 2}});
        assert_eq!(told(&schema, &json!({"abc": 1})), ["/abc propertyNames: has a name that is not allowed"]);
    }

    #[test]
    fn limits_are_told_and_values_are_not() {
        let schema = json!({"prefixItems": [
            {"type": ["string", "null"]}, {"enum": [1, "a"]}, {"minLength": 1}, {"maximum": 3.5}, {"pattern": "^a$"}, {"minItems": 2}
        ]});
        let value = json!([77_777, "seventy", "", 77_777, "seventy", [77_777]]);
        let told = told(&schema, &value);
        let expected = [
            "/0 type: must be of type null or string",
            "/1 enum: must be one of 1, \"a\"",
            "/2 minLength: must have at least 1 character",
            "/3 maximum: must be 3.5 or less",
            "/4 pattern: must match the pattern ^a$",
            "/5 minItems: must have at least 2 items",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_value_of_none_of_the_types_of_a_choice_is_told_as_that() {
        let schema = json!({"anyOf": [{"type": "object", "required": ["a"]}, {"type": ["string", "null"]}]});
        let types = " type: must be of type object or null or string";
        assert_eq!(told(&schema, &json!(3)), [types]);
        assert_eq!(told(&schema, &json!({})), ["/a required: is missing"]);
    }

    #[test]
    fn what_several_schemas_say_is_told_once() {
        let kinds = |kinds: &[&str]| json!({"required": ["kind"], "properties": {"kind": {"enum": kinds}}});
        let schema = json!({"allOf": [kinds(&["a", "b", "c"]), kinds(&["b", "c", "d"])]});
        assert_eq!(told(&schema, &json!({})), ["/kind required: is missing"]);
        assert_eq!(told(&schema, &json!({"kind": "x"})), ["/kind enum: must be one of \"b\", \"c\""]);
        let schema = json!({"allOf": [{"enum": [1, 2]}, {"const": 2}]});
        assert_eq!(told(&schema, &json!(3)), [" enum: must be 2"]);
    }

    #[test]
    fn the_branch_that_was_meant_is_told() {
        let nullable = json!({"properties": {"x": {"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 1}]}}});
        assert_eq!(told(&nullable, &json!({"x": "long"})), ["/x maxLength: must have at most 1 character"]);
        let tagged = json!({"oneOf": [
            {"properties": {"kind": {"const": "cat"}, "lives": {"maximum": 9}}},
            {"properties": {"kind": {"const": "dog"}, "lives": {"maximum": 1}}},
        ]});
        assert_eq!(told(&tagged, &json!({"kind": "dog", "lives": 2})), ["/lives maximum: must be 1 or less"]);
        let expected = ["/ oneOf: must satisfy one of the schemas that are listed".replacen('/', "", 1)];
        assert_eq!(told(&tagged, &json!({"kind": "cow"})), expected);
    }

    #[test]
    fn the_values_of_a_choice_of_constants_are_listed() {
        let schema = json!({"oneOf": [{"const": 1}, {"enum": [3, 5]}, {"type": "null"}]});
        assert_eq!(told(&schema, &json!(2)), [" enum: must be one of 1, 3, 5, null"]);
    }

    #[test]
    fn no_more_than_a_hundred_are_told() {
        let items: Vec<i64> = (0..500).collect();
        assert_eq!(told(&json!({"items": {"type": "string"}}), &json!(items)).len(), MOST);
        let members: serde_json::Map<String, Value> = (0..500).map(|at| (at.to_string(), Value::Null)).collect();
        let told = told(&json!({"properties": {"a": {}}, "additionalProperties": false}), &members.into());
        assert_eq!(told.len(), MOST);
        assert_eq!(told[0], " more: has more that is wrong; only the first 99 are listed");
    }

    #[test]
    fn a_deep_value_with_choices_at_every_level_is_refused_in_time() {
        let schema = json!({"$ref": "#/$defs/node", "$defs": {"node": {"anyOf": [
            {"type": "array", "items": {"$ref": "#/$defs/node"}},
            {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 9},
            {"type": "string"},
        ]}}});
        let nested = |depth: usize, leaf: Value| (0..depth).fold(leaf, |inner, _| json!([inner]));
        assert_eq!(told(&schema, &nested(100, json!("a"))), [""; 0]);
        let expected = [" schema: does not satisfy its schema; to tell where would take too long"];
        assert_eq!(told(&schema, &nested(100, json!(1))), expected);
    }

    #[test]
    fn the_first_is_told_where_all_would_take_too_long() {
        let schema = json!({"items": {"type": "string"}});
        let items = |count: usize| {
            Value::from(vec![json!("a"); count - 2].into_iter().chain([json!(1), json!(2)]).collect::<Vec<_>>())
        };
        let all = ["/3998 type: must be of type string", "/3999 type: must be of type string"];
        assert_eq!(told(&schema, &items(4_000)), all);
        let more = " more: may have more that is wrong; to tell all of it would take too long";
        let first = [more, "/99998 type: must be of type string"];
        assert_eq!(told(&schema, &items(100_000)), first);
    }

    #[test]
    fn places_longer_than_anybody_reads_are_told_by_what_is_around_them() {
        let schema = json!({"additionalProperties": {"additionalProperties": {"type": "string"}}});
        let long = "a".repeat(2_000);
        assert_eq!(told(&schema, &json!({"b": {long: 1}})), ["/b type: must be of type string"]);
    }
}
