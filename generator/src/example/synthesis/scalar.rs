//! Texts, numbers and booleans that schemas allow.

use serde_json::{Number, Value};

use super::parts::Parts;
use crate::lift::schemas::{Type, Types};

/// A value of one of these types that is no object and no list; the `nth` of those that differ.
pub(super) fn of(parts: &Parts<'_>, types: Types, nth: usize) -> Option<Value> {
    let has_text_keywords =
        || parts.all.iter().any(|keywords| keywords.format.is_some() || keywords.string.constrains());
    if types.contains(Type::String) || types.is_empty() && has_text_keywords() {
        return Some(Value::String(text(parts, nth)));
    }
    if types.contains(Type::Integer) || types.contains(Type::Number) {
        return Some(number(parts, types.contains(Type::Integer), nth));
    }
    if types.contains(Type::Boolean) {
        return Some(Value::Bool(nth == 0));
    }
    types.contains(Type::Null).then_some(Value::Null)
}

fn text(parts: &Parts<'_>, nth: usize) -> String {
    let strings = || parts.all.iter().map(|keywords| &keywords.string);
    let least = strings().filter_map(|string| string.min).max().unwrap_or(0).min(100_000) as usize;
    let most = strings()
        .filter_map(|string| string.max)
        .min()
        .map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
    let format = parts.all.iter().find_map(|keywords| keywords.format.as_deref());
    let pattern = strings().find_map(|string| string.pattern.as_deref());
    if let Some(witness) = pattern.and_then(jsonschema_regex::pattern_witness) {
        let length = witness.chars().count();
        // What repeats what fits most often fits as well: `^[0-9a-f]+$` of 40 characters.
        return if length < least { witness.chars().cycle().take(least).collect() } else { witness };
    }
    let mut text = match (format.and_then(of_format), nth) {
        (Some(example), _) => example.to_owned(),
        (None, 0) => "string".to_owned(),
        (None, nth) => format!("{nth}string"),
    };
    while text.chars().count() < least {
        text.push('x');
    }
    text.chars().take(most).collect()
}

fn of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2026-01-31",
        "date-time" => "2026-01-31T12:00:00Z",
        "time" => "12:00:00Z",
        "uuid" => "3be6453c-03eb-4357-ae5a-984a0e574a54",
        "byte" | "base64" => "ZXhhbXBsZQ==",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "email" | "idn-email" => "someone@example.com",
        "uri" | "url" | "uri-reference" | "uri-template" | "iri" | "iri-reference" => "https://example.com/",
        "hostname" | "idn-hostname" => "example.com",
        "duration" => "P1D",
        "json-pointer" => "/a",
        "relative-json-pointer" => "0",
        "decimal" | "decimal128" => "1.5",
        _ => return None,
    })
}

fn number(parts: &Parts<'_>, whole: bool, nth: usize) -> Value {
    let numbers = || parts.all.iter().map(|keywords| &keywords.number);
    let low = numbers().filter_map(|number| {
        number.min.as_ref().map(|bound| bound.as_f64()).or(number.above.as_ref().map(|bound| bound.as_f64() + 1.0))
    });
    let high = numbers().filter_map(|number| {
        number.max.as_ref().map(|bound| bound.as_f64()).or(number.below.as_ref().map(|bound| bound.as_f64() - 1.0))
    });
    let mut value = match (low.reduce(f64::max), high.reduce(f64::min)) {
        (Some(low), _) if low > 1.0 => low,
        (_, Some(high)) if high < 1.0 => high,
        _ => 1.0,
    };
    let step = numbers().find_map(|number| number.multiple_of.as_ref().map(|divisor| divisor.as_f64()));
    value += nth as f64 * step.unwrap_or(1.0);
    if let Some(divisor) = step {
        value = (value / divisor).ceil() * divisor;
    }
    // A double past 64 bits is whole.
    if (whole || value.fract() == 0.0) && value.abs() < 9e18 {
        Value::from(value.ceil() as i64)
    } else {
        Number::from_f64(value).map_or(Value::Null, Value::Number)
    }
}
