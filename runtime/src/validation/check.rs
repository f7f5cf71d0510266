//! The checks that generated code makes of decoded values (JSON Schema Validation 2020-12 §6).

use std::collections::BTreeMap;
use std::iter::Peekable;

use ahash::AHashSet;

use super::Pattern;
use crate::json::{self, Encode, Token, Tokens};
use crate::values::{Digits, Nullable};

/// A type with values that need checks beyond their types.
pub trait Validate {
    /// Whether the value satisfies its schema.
    fn is_valid(&self) -> bool;
}

/// Anything is valid.
pub fn any<T: ?Sized>(_: &T) -> bool {
    true
}

/// Whether a value that may be absent is valid where it is there.
pub fn if_some<T>(value: &Option<T>, is_valid: impl FnOnce(&T) -> bool) -> bool {
    value.as_ref().is_none_or(is_valid)
}

/// Whether a value that may be null is valid where it is not.
pub fn unless_null<T>(value: &Nullable<T>, is_valid: impl FnOnce(&T) -> bool) -> bool {
    value.as_option().is_none_or(is_valid)
}

/// Whether each item of a list is valid.
pub fn items<T>(list: &[T], is_valid: impl Fn(&T) -> bool) -> bool {
    list.iter().all(is_valid)
}

/// Whether each member of a map is valid.
pub fn members<T>(map: &BTreeMap<String, T>, is_valid: impl Fn(&T) -> bool) -> bool {
    map.values().all(is_valid)
}

/// `minLength`, in Unicode code points.
pub fn min_length(text: &str, length: usize) -> bool {
    // A text has no more characters than bytes, and no fewer than a quarter of them.
    text.len() >= length && (text.len() / 4 >= length || text.chars().count() >= length)
}

/// `maxLength`, in Unicode code points.
pub fn max_length(text: &str, length: usize) -> bool {
    text.len() <= length || text.chars().count() <= length
}

/// `pattern`.
pub fn pattern(text: &str, pattern: &Pattern) -> bool {
    pattern.is_match(text)
}

/// `minimum`.
pub fn minimum<T: PartialOrd + Copy>(value: &T, bound: T) -> bool {
    *value >= bound
}

/// `maximum`.
pub fn maximum<T: PartialOrd + Copy>(value: &T, bound: T) -> bool {
    *value <= bound
}

/// `exclusiveMinimum`.
pub fn exclusive_minimum<T: PartialOrd + Copy>(value: &T, bound: T) -> bool {
    *value > bound
}

/// `exclusiveMaximum`.
pub fn exclusive_maximum<T: PartialOrd + Copy>(value: &T, bound: T) -> bool {
    *value < bound
}

/// `multipleOf`.
pub fn multiple_of<T: MultipleOf>(value: &T, divisor: T) -> bool {
    value.is_multiple_of(divisor)
}

/// `enum` of numbers.
pub fn one_of<T: PartialEq>(value: &T, allowed: &[T]) -> bool {
    allowed.contains(value)
}

/// Checks of formats that have no type (JSON Schema Validation 2020-12 §7.3).
pub mod format {
    use std::sync::OnceLock;

    use jsonschema::{Draft, Validator};
    use serde_json::{Value, json};

    macro_rules! formats {
        ($($(#[$attribute:meta])* $name:ident = $format:literal;)*) => {
            $(
                #[doc = concat!("`format: ", $format, "`.")]
                $(#[$attribute])*
                pub fn $name<T: AsRef<str> + ?Sized>(text: &T) -> bool {
                    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
                    is_valid(&VALIDATOR, $format, text.as_ref())
                }
            )*
        };
    }

    formats! {
        duration = "duration";
        email = "email";
        hostname = "hostname";
        #[cfg(feature = "idna")]
        idn_email = "idn-email";
        #[cfg(feature = "idna")]
        idn_hostname = "idn-hostname";
        iri = "iri";
        iri_reference = "iri-reference";
        json_pointer = "json-pointer";
        relative_json_pointer = "relative-json-pointer";
        time = "time";
        uri = "uri";
        uri_reference = "uri-reference";
        uri_template = "uri-template";
    }

    fn is_valid(kept: &OnceLock<Option<Validator>>, format: &str, text: &str) -> bool {
        let validator = kept.get_or_init(|| validator(format)).as_ref();
        validator.is_some_and(|validator| validator.is_valid(&Value::String(text.to_owned())))
    }

    fn validator(format: &str) -> Option<Validator> {
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        let validator = options.build(&json!({ "format": format }));
        validator.inspect_err(|error| tracing::error!(format, %error, "a format is not known")).ok()
    }
}

/// Checks of numbers that are kept exact; a bound is a number as JSON writes it.
pub mod exact {
    use std::cmp::Ordering;

    use crate::values::{Decimal, Digits, Integer};

    /// A number that is kept exact.
    pub trait Exact {
        /// Its digits.
        fn exact(&self) -> Digits<'_>;
    }

    impl Exact for Decimal {
        fn exact(&self) -> Digits<'_> {
            self.digits()
        }
    }

    impl Exact for Integer {
        fn exact(&self) -> Digits<'_> {
            self.digits()
        }
    }

    fn compared(value: &impl Exact, bound: &str) -> Option<Ordering> {
        Digits::parse(bound).map(|bound| value.exact().cmp(&bound))
    }

    /// `minimum`.
    pub fn minimum(value: &impl Exact, bound: &str) -> bool {
        compared(value, bound).is_some_and(Ordering::is_ge)
    }

    /// `maximum`.
    pub fn maximum(value: &impl Exact, bound: &str) -> bool {
        compared(value, bound).is_some_and(Ordering::is_le)
    }

    /// `exclusiveMinimum`.
    pub fn exclusive_minimum(value: &impl Exact, bound: &str) -> bool {
        compared(value, bound).is_some_and(Ordering::is_gt)
    }

    /// `exclusiveMaximum`.
    pub fn exclusive_maximum(value: &impl Exact, bound: &str) -> bool {
        compared(value, bound).is_some_and(Ordering::is_lt)
    }

    /// `multipleOf`.
    pub fn multiple_of(value: &impl Exact, divisor: &str) -> bool {
        Digits::parse(divisor).is_some_and(|divisor| value.exact().is_multiple_of(&divisor))
    }

    /// `enum` of numbers.
    pub fn one_of(value: &impl Exact, allowed: &[&str]) -> bool {
        allowed.iter().any(|bound| compared(value, bound) == Some(Ordering::Equal))
    }
}

/// `minItems`.
pub fn min_items<T>(items: &[T], count: usize) -> bool {
    items.len() >= count
}

/// `maxItems`.
pub fn max_items<T>(items: &[T], count: usize) -> bool {
    items.len() <= count
}

/// `uniqueItems`.
///
/// Items are compared by their JSON text in one form, so that a hostile list costs no more than its
/// length, and that `1` and `1.0` are the same, as JSON Schema has it (Core 2020-12 §4.2.2).
pub fn unique_items<T: Encode>(items: &[T]) -> bool {
    items.len() < 2 || Texts::write(items).is_some_and(|texts| texts.are_different())
}

/// The texts of items, one behind the other.
struct Texts {
    all: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Texts {
    /// The texts, equal where the items are; `None` where one of them cannot be written.
    fn write(items: &[impl Encode]) -> Option<Self> {
        let mut texts = Self { all: String::new(), ends: Vec::with_capacity(items.len()) };
        let mut json = Vec::new();
        for item in items {
            json.clear();
            json::write(item, &mut json).ok()?;
            let json = std::str::from_utf8(&json).ok()?;
            // Strings are written in one way already.
            match json.starts_with('"') {
                true => texts.all.push_str(json),
                false => write_canonical(&mut Tokens::new(json.as_bytes()).peekable(), &mut texts.all)?,
            }
            texts.ends.push(texts.all.len());
        }
        Some(texts)
    }

    fn are_different(&self) -> bool {
        let mut seen = AHashSet::with_capacity(self.ends.len());
        let mut start = 0;
        self.ends.iter().all(|&end| seen.insert(&self.all.as_bytes()[std::mem::replace(&mut start, end)..end]))
    }
}

/// Writes the next value so that equal values have equal texts: members are sorted, and numbers written in one way.
/// `None` where the text is not JSON.
fn write_canonical(tokens: &mut Peekable<Tokens<'_>>, text: &mut String) -> Option<()> {
    match tokens.next()? {
        Token::Open(b'[') => {
            text.push('[');
            while tokens.next_if_eq(&Token::Close).is_none() {
                write_canonical(tokens, text)?;
                text.push(',');
                tokens.next_if_eq(&Token::Comma);
            }
            text.push(']');
        }
        Token::Open(_) => {
            let mut members = Vec::new();
            while tokens.next_if_eq(&Token::Close).is_none() {
                let mut member = String::new();
                write_canonical(tokens, &mut member)?;
                tokens.next_if_eq(&Token::Colon)?;
                write_canonical(tokens, &mut member)?;
                members.push(member + ",");
                tokens.next_if_eq(&Token::Comma);
            }
            members.sort_unstable();
            text.push('{');
            text.extend(members);
            text.push('}');
        }
        Token::String(string) => text.push_str(str::from_utf8(string).ok()?),
        Token::Scalar(scalar) => {
            let scalar = str::from_utf8(scalar).ok()?;
            match scalar.as_bytes().first()? {
                b'-' | b'0'..=b'9' => Digits::parse(scalar)?.write_canonical(text),
                _ => text.push_str(scalar),
            }
        }
        Token::Close | Token::Comma | Token::Colon => return None,
    }
    Some(())
}

/// Numbers that can be multiples of others.
pub trait MultipleOf: Copy {
    /// Whether the value is a whole multiple of `divisor`, which is greater than zero.
    fn is_multiple_of(self, divisor: Self) -> bool;
}

macro_rules! multiple_of_integers {
    ($($name:ty),*) => {
        $(impl MultipleOf for $name {
            fn is_multiple_of(self, divisor: Self) -> bool {
                divisor != 0 && self % divisor == 0
            }
        })*
    };
}

multiple_of_integers!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! multiple_of_floats {
    ($($name:ty),*) => {
        $(impl MultipleOf for $name {
            fn is_multiple_of(self, divisor: Self) -> bool {
                // The remainder of whole numbers is exact.
                if self.fract() == 0.0 && divisor.fract() == 0.0 {
                    return self % divisor == 0.0;
                }
                let (value, divisor) = (Decimal::parse(&format!("{self:e}")), Decimal::parse(&format!("{divisor:e}")));
                value.zip(divisor).is_some_and(|(value, divisor)| value.is_multiple_of(divisor))
            }
        })*
    };
}

multiple_of_floats!(f32, f64);

/// A float as people write it, `digits` × 10^`exponent`: 0.3 is a multiple of 0.1, though not in binary.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    /// At most 17 digits, without sign.
    digits: u128,
    exponent: i32,
}

impl Decimal {
    /// Reads what Rust writes as `{:e}`; nothing that is not finite.
    fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.trim_start_matches('-').split_once('e')?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
        Some(Self { digits: format!("{whole}{fraction}").parse().ok()?, exponent })
    }

    fn is_multiple_of(self, divisor: Self) -> bool {
        match u32::try_from(self.exponent - divisor.exponent) {
            // A remainder of 17 digits times another fits.
            Ok(shift) if divisor.digits > 0 => {
                let shifted = (self.digits % divisor.digits) * power_of_ten(shift, divisor.digits);
                shifted.is_multiple_of(divisor.digits)
            }
            Ok(_) => false,
            // What the divisor has to be shifted by makes it greater than any value but zero.
            Err(_) => {
                let shifted = 10_u128.checked_pow(self.exponent.abs_diff(divisor.exponent));
                let divisor = shifted.and_then(|power| power.checked_mul(divisor.digits));
                divisor.map_or(self.digits == 0, |divisor| self.digits.is_multiple_of(divisor))
            }
        }
    }
}

/// The remainder of 10^`exponent` by `modulus`.
fn power_of_ten(exponent: u32, modulus: u128) -> u128 {
    (0..exponent).fold(1 % modulus, |power, _| power * 10 % modulus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_characters() {
        assert!(min_length("🦀🦀", 2) && !min_length("🦀", 2));
        assert!(max_length("🦀🦀", 2) && !max_length("🦀🦀🦀", 2));
    }

    #[test]
    fn multiples_are_decimal() {
        assert!(multiple_of(&0.3, 0.1));
        assert!(multiple_of(&19.99, 0.01));
        assert!(!multiple_of(&0.35, 0.1));
        assert!(multiple_of(&-6, 3));
        assert!(multiple_of(&1e300, 1.0));
        assert!(multiple_of(&1e300, 0.01) && !multiple_of(&1e300, 0.7));
        assert!(multiple_of(&0.0, 1e-300) && !multiple_of(&1e-300, 0.1));
        assert!(!multiple_of(&f64::INFINITY, 0.1));
    }

    #[test]
    fn items_are_unique_by_value() {
        use serde_json::json;
        let mut items: Vec<i64> = (0..1000).collect();
        assert!(unique_items(&items));
        items.push(500);
        assert!(!unique_items(&items));
        assert!(!unique_items(&["a", "b", "a"]));
        assert!(unique_items(&[json!("1"), json!(1), json!(null), json!([1]), json!({"1": 1})]));
        assert!(!unique_items(&[json!(1), json!(1.0)]));
        assert!(!unique_items(&[json!([0.0, {"a": 100}]), json!([-0.0, {"a": 1e2}])]));
        let huge = |text: &str| text.parse::<crate::values::Decimal>().unwrap();
        assert!(unique_items(&[huge("12345678901234567890.1"), huge("12345678901234567890.2")]));
        assert!(!unique_items(&[json!({"a": 1, "b": 2.0}), json!({"b": 2, "a": 1})]));
        assert!(unique_items(&[json!({"a": 1, "b": 2}), json!({"a": 2, "b": 1}), json!({"a": {"b": 1}}), json!({})]));
        assert!(unique_items(&[
            json!([[1], 2]),
            json!([1, [2]]),
            json!([[1, 2]]),
            json!([1, 2]),
            json!([12]),
            json!([])
        ]));
        assert!(unique_items(&[json!("\"],["), json!("\\\\"), json!("\\"), json!(["\""]), json!(["\\"])]));
    }

    #[test]
    fn items_are_compared_whatever_stands_between_the_parts_of_their_text() {
        let raw =
            |json: &str| crate::values::External(serde_json::value::RawValue::from_string(json.to_owned()).unwrap());
        let one = r#"{"a":[1,true],"b":null}"#;
        assert!(!unique_items(&[raw(one), raw("{ \"b\" : null ,\n \"a\" : [ 1.0 , true ] }")]));
        assert!(unique_items(&[raw(one), raw(r#"{"a":[1,false],"b":null}"#)]));
    }

    #[test]
    fn multiples_are_those_of_the_validator() {
        let validator = |divisor: f64| jsonschema::validator_for(&serde_json::json!({"multipleOf": divisor})).unwrap();
        for (value, divisor) in [
            (19.99, 0.01),
            (0.3, 0.1),
            (0.35, 0.1),
            (1e300, 1.0),
            (0.0, 0.5),
            (1.1, 0.01),
            (4.02, 0.01),
            (-0.6, 0.2),
            (7.5, 2.5),
            (1e-7, 1e-8),
            (1e300, 0.01),
            (1.5e300, 0.7),
            (1e-300, 0.1),
        ] {
            let expected = validator(divisor).is_valid(&serde_json::json!(value));
            assert_eq!(multiple_of(&value, divisor), expected, "{value} of {divisor}");
        }
    }
}
