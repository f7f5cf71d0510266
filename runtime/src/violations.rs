//! What the validator found, in words that repeat nothing of what was submitted.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::problem::{Location, Violation};

/// At most this many are told of one value.
const MOST: usize = 100;

/// Everything that is wrong with a value.
pub(crate) fn of(validator: &Validator, value: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    for error in validator.iter_errors(value) {
        if found.len() >= MOST {
            let message = format!("there are more than {MOST}; only the first are listed");
            found.push(violation(String::new(), "more", message));
            break;
        }
        add(&error, &mut found);
    }
    found
}

/// For a schema that could not be compiled.
pub(crate) fn unchecked() -> Violation {
    violation(String::new(), "unchecked", "the value cannot be checked".to_owned())
}

fn violation(at: String, code: impl Into<std::borrow::Cow<'static, str>>, message: String) -> Violation {
    Violation { location: Location::Body, at, code: code.into(), message }
}

fn add(error: &ValidationError<'_>, found: &mut Vec<Violation>) {
    let at = error.instance_path().to_string();
    let code = error.kind().keyword().to_owned();
    match error.kind() {
        // A missing member is told where it should be, an unknown one where it is.
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.push(violation(joined(&at, name), code, "is missing".to_owned()));
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let room = MOST.saturating_sub(found.len());
            let told = unexpected.iter().take(room.max(1));
            found.extend(told.map(|name| violation(joined(&at, name), code.clone(), "is not allowed here".to_owned())));
        }
        kind => found.push(violation(at, code, message(kind))),
    }
}

fn joined(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn message(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind } => format!("must be {}", type_name(kind)),
        Kind::Enum { options } => format!("must be one of {}", listed(options)),
        Kind::Constant { expected_value } => format!("must be {expected_value}"),
        Kind::MinLength { limit } => format!("must have at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("must have at most {}", counted(*limit, "character")),
        Kind::Pattern { pattern } => format!("must match the pattern {pattern}"),
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
        Kind::PropertyNames { .. } => "has a member whose name is not allowed".to_owned(),
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

fn type_name(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => format!("of type {kind}"),
        TypeKind::Multiple(kinds) => {
            let names: Vec<String> = kinds.iter().map(|kind| kind.to_string()).collect();
            format!("of type {}", names.join(" or "))
        }
    }
}

fn listed(options: &Value) -> String {
    let texts: Vec<String> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
    texts.join(", ")
}
