//! What a scalar means: the core schema (YAML 1.2.2 §10.3) and its tags.

use saphyr_parser::Tag;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::read::{Number, Span, Value, sources::out_of_range};

/// The tags that a scalar may have.
pub(super) const TAGS: [&str; 5] = ["str", "null", "bool", "int", "float"];

const PREFIX: &str = "tag:yaml.org,2002:";

/// Reads a scalar; whatever is wrong with it is told.
pub(super) fn value(text: &str, is_plain: bool, tag: Option<&Tag>, span: Span, diagnostics: &mut Diagnostics) -> Value {
    let Some(tag) = tag else {
        return if is_plain { plain(text, span, diagnostics) } else { string(text) };
    };
    let name = core_name(tag);
    match name.as_deref() {
        Some("str") => string(text),
        Some(name) if TAGS.contains(&name) => tagged(name, text, span, diagnostics),
        _ if is_non_specific(tag) => string(text),
        _ => {
            diagnostics.push(unknown_tag(tag, span));
            if is_plain { plain(text, span, diagnostics) } else { string(text) }
        }
    }
}

/// The name of a core tag: `str` for `!!str`.
pub(super) fn core_name(tag: &Tag) -> Option<String> {
    format!("{}{}", tag.handle, tag.suffix).strip_prefix(PREFIX).map(str::to_owned)
}

/// Whether this is a lone `!`, which says "as it is written".
pub(super) fn is_non_specific(tag: &Tag) -> bool {
    format!("{}{}", tag.handle, tag.suffix) == "!"
}

/// The warning of a tag that says nothing here.
pub(super) fn unknown_tag(tag: &Tag, span: Span) -> Diagnostic {
    let name = match core_name(tag) {
        Some(name) => format!("!!{name}"),
        None => format!("{}{}", tag.handle, tag.suffix),
    };
    Diagnostic::warning("unknown-tag", span, format!("the tag `{name}` means nothing here"))
        .help("remove it; the value is read as if it had none")
}

fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// A scalar with the tag `!!null`, `!!bool`, `!!int` or `!!float`.
fn tagged(name: &str, text: &str, span: Span, diagnostics: &mut Diagnostics) -> Value {
    let value = plain(text, span, diagnostics);
    let fits = match (&value, name) {
        (Value::Null, "null") | (Value::Bool(_), "bool") | (Value::Number(_), "float") => true,
        (Value::Number(number), "int") => !number.as_str().contains(['.', 'e', 'E']),
        _ => false,
    };
    // An infinity is told already.
    if !fits && !is_not_finite(text) {
        let message = format!("`{text}` is not what its tag `!!{name}` says");
        let help = "remove the tag, or correct the value";
        diagnostics.push(Diagnostic::error("wrong-tag", span, message).help(help));
    }
    value
}

/// A scalar without quotes.
fn plain(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_not_finite(text) => {
            let message = format!("`{text}` is not a number in JSON, which has only finite numbers");
            let help = "if this is meant as text, put it in quotes";
            diagnostics.push(Diagnostic::error("not-a-number", span, message).help(help));
            Value::Null
        }
        _ => match based(text).or_else(|| decimal(text)) {
            Some(number) => {
                let number = Number::from_json(number).written_as(text);
                if !number.is_in_range() {
                    diagnostics.push(out_of_range(span));
                }
                Value::Number(number)
            }
            None => string(text),
        },
    }
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// `0o17` and `0x1F`, as decimal text of any length.
fn based(text: &str) -> Option<String> {
    let (radix, digits) = match text.split_at_checked(2)? {
        ("0o", digits) => (8, digits),
        ("0x", digits) => (16, digits),
        _ => return None,
    };
    // Longer ones are no numbers that anybody writes; this is quadratic.
    if digits.is_empty() || digits.len() > 256 {
        return None;
    }
    let mut decimal = vec![0_u32];
    for digit in digits.chars() {
        let mut carry = digit.to_digit(radix)?;
        for place in &mut decimal {
            carry += *place * radix;
            *place = carry % 10;
            carry /= 10;
        }
        while carry > 0 {
            decimal.push(carry % 10);
            carry /= 10;
        }
    }
    decimal.iter().rev().map(|digit| char::from_digit(*digit, 10)).collect()
}

/// A decimal number of the core schema, in JSON's grammar: `+1.` is `1.0`, `.5` is `0.5`.
fn decimal(text: &str) -> Option<String> {
    let sign = if text.starts_with('-') { "-" } else { "" };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => unsigned.split_at(at),
        None => (unsigned, ""),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, "")) if !whole.is_empty() => (whole, Some("0")),
        Some((whole, fraction)) => (whole, Some(fraction).filter(|digits| !digits.is_empty())),
        None => (mantissa, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.get(1..).unwrap_or_default();
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    if whole.is_empty() && fraction.is_none()
        || !is_digits(whole)
        || !is_digits(fraction.unwrap_or_default())
        || !is_digits(power)
        || power.is_empty() != exponent.is_empty()
    {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let (dot, fraction) = fraction.map_or(("", ""), |digits| (".", digits));
    Some(format!("{sign}{whole}{dot}{fraction}{exponent}"))
}
