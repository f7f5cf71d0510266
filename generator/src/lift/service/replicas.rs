//! How a service runs, in the service block: replicas, their limits, and how many there are; and what bodies may be.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{OptionValue, ReplicaOption, ReplicaOptions};
use crate::read::{Node, Number, Sources, Span, Value};

/// What values an option may have.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A whole number of 1 or more.
    Count,
    /// A whole number of 0 or more.
    Length,
    /// A number of bytes, 1 or more.
    Bytes,
    /// A number greater than 0.
    Number,
    /// A number of seconds, up to a day.
    Seconds,
    /// A log level.
    Level,
}

/// The options and what values they may have. The runtime has the same names, and their defaults.
const OPTIONS: [(&str, Kind); 16] = [
    ("num_cpus", Kind::Number),
    ("log_level", Kind::Level),
    ("num_replicas", Kind::Count),
    ("min_replicas", Kind::Count),
    ("max_replicas", Kind::Count),
    ("max_concurrent_queries", Kind::Count),
    ("max_queued_requests", Kind::Length),
    ("target_num_ongoing_requests_per_replica", Kind::Number),
    ("upscale_delay", Kind::Seconds),
    ("downscale_delay", Kind::Seconds),
    ("look_back_period", Kind::Seconds),
    ("body_limit", Kind::Bytes),
    ("upload_limit", Kind::Bytes),
    ("part_limit", Kind::Count),
    ("field_limit", Kind::Bytes),
    ("max_websockets", Kind::Count),
];

/// The names of the options.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    OPTIONS.into_iter().map(|(name, _)| name)
}

/// The longest time that an option may say: a day, in seconds.
const LONGEST: f64 = 86_400.0;

/// Reads the option of this name, if there is one.
pub(super) fn read(name: &str, node: &Node, sources: &Sources) -> Option<Result<ReplicaOption, Diagnostic>> {
    let (name, kind) = OPTIONS.into_iter().find(|(known, _)| *known == name)?;
    let (span, file) = (node.span, sources.file_name(node.span));
    Some(match value(kind, node) {
        Ok(value) => Ok(ReplicaOption { name, value, span, file }),
        Err(wanted) => Err(Diagnostic::error("invalid-option", span, format!("`{name}` should be {wanted}"))),
    })
}

/// Refuses numbers of replicas that contradict each other.
pub(crate) fn check(options: &ReplicaOptions, diagnostics: &mut Diagnostics) {
    for (less, more) in [("min_replicas", "max_replicas"), ("num_replicas", "max_replicas")] {
        let most = count(options, more);
        let limit = most.map_or(1, |(count, _)| count);
        if let Some((count, span)) = count(options, less)
            && count > limit
        {
            let said = if most.is_some() { "which is" } else { "whose default is" };
            let message = format!("`{less}`, {count}, is more than `{more}`, {said} {limit}");
            diagnostics.push(contradiction(message, span, most));
        }
    }
    if let (Some(least), Some((count, span))) = (count(options, "min_replicas"), count(options, "num_replicas"))
        && count < least.0
    {
        let message = format!("`num_replicas`, {count}, is less than `min_replicas`, which is {}", least.0);
        diagnostics.push(contradiction(message, span, Some(least)));
    }
}

fn count(options: &ReplicaOptions, name: &str) -> Option<(u32, Span)> {
    options.iter().filter(|option| option.name == name).find_map(|option| match option.value {
        OptionValue::Count(count) => Some((count, option.span)),
        _ => None,
    })
}

/// The diagnostic of a number that another one contradicts, with the place of that if it is said.
fn contradiction(message: String, span: Span, other: Option<(u32, Span)>) -> Diagnostic {
    let diagnostic = Diagnostic::error("contradictory-options", span, message);
    match other {
        Some((_, place)) => diagnostic.related(place, "this is said here"),
        None => diagnostic,
    }
}

/// An option's value, or what it should be.
fn value(kind: Kind, node: &Node) -> Result<OptionValue, &'static str> {
    match kind {
        Kind::Level => {
            let number = || integer::<u8>(node).map(|number| number.to_string());
            let text = node.as_str().map(str::to_owned).or_else(number);
            let level = text.as_deref().and_then(level).map(OptionValue::Level);
            level.ok_or("one of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL and OFF, or a number of Python's")
        }
        Kind::Number => {
            let number = number(node).filter(|number| *number > 0.0 && number.is_finite()).map(OptionValue::Number);
            number.ok_or("a number greater than 0")
        }
        Kind::Seconds => {
            let seconds = number(node).filter(|seconds| (0.0..=LONGEST).contains(seconds)).map(OptionValue::Seconds);
            seconds.ok_or("a number of seconds from 0 to 86400")
        }
        Kind::Bytes => {
            let bytes = integer(node).filter(|bytes: &u64| *bytes >= 1);
            bytes.map(OptionValue::Bytes).ok_or("a number of bytes, 1 or more")
        }
        Kind::Length => integer(node).map(OptionValue::Count).ok_or("a whole number of 0 or more"),
        Kind::Count => {
            let count = integer(node).filter(|count| *count >= 1).map(OptionValue::Count);
            count.ok_or("a whole number of 1 or more")
        }
    }
}

fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Number(number) => Some(number.as_f64()),
        _ => None,
    }
}

fn integer<N: TryFrom<i128>>(node: &Node) -> Option<N> {
    node.as_number().and_then(Number::as_integer).and_then(|integer| N::try_from(integer).ok())
}

/// The runtime's name of a level, by its name or by the number that Python's `logging` has for it.
fn level(text: &str) -> Option<&'static str> {
    Some(match (text.to_ascii_uppercase().as_str(), text.parse()) {
        ("TRACE" | "NOTSET", _) | (_, Ok(0..10_u8)) => "Trace",
        ("DEBUG", _) | (_, Ok(10..20)) => "Debug",
        ("INFO", _) | (_, Ok(20..30)) => "Info",
        ("WARN" | "WARNING", _) | (_, Ok(30..40)) => "Warn",
        ("ERROR" | "CRITICAL" | "FATAL", _) | (_, Ok(40..)) => "Error",
        ("OFF", _) => "Off",
        _ => return None,
    })
}
