//! The digits of a number as text, and what can be told from them without calculating with the number itself.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

/// A number in JSON's grammar, taken apart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Digits<'t> {
    is_negative: bool,
    whole: &'t str,
    fraction: &'t str,
    exponent: i64,
}

impl<'t> Digits<'t> {
    /// The digits of a number as JSON writes it (RFC 8259 §6); of an exponent, no more than nine.
    pub fn parse(text: &'t str) -> Option<Self> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(a, b)| (a, Some(b)));
        let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(a, b)| (a, Some(b)));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_whole = all_digits(whole) && (whole.len() == 1 || !whole.starts_with('0'));
        if !is_whole || !fraction.is_none_or(all_digits) {
            return None;
        }
        let exponent = match exponent {
            None => 0,
            Some(exponent) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                if !all_digits(digits) || digits.trim_start_matches('0').len() > 9 {
                    return None;
                }
                exponent.parse().ok()?
            }
        };
        Some(Self { is_negative: text.len() > unsigned.len(), whole, fraction: fraction.unwrap_or_default(), exponent })
    }

    /// The digits from the first to the last that is not zero, and the power of ten of the last one; none for zero.
    fn significant(&self) -> Option<(impl Iterator<Item = u8> + Clone + use<'t>, i64)> {
        let all = self.whole.bytes().chain(self.fraction.bytes());
        let length = self.whole.len() + self.fraction.len();
        let before = all.clone().position(|digit| digit != b'0')?;
        let after = all.clone().rev().position(|digit| digit != b'0')?;
        let last = self.exponent - self.fraction.len() as i64 + after as i64;
        Some((all.skip(before).take(length - before - after).map(|digit| digit - b'0'), last))
    }

    /// The sign, the power of ten of the first digit that counts, and the digits.
    fn parts(&self) -> (i8, i64, impl Iterator<Item = u8> + Clone + use<'t>) {
        let significant = self.significant();
        let sign = if significant.is_none() {
            0
        } else if self.is_negative {
            -1
        } else {
            1
        };
        let first = significant.as_ref().map_or(0, |(digits, last)| last + digits.clone().count() as i64 - 1);
        (sign, first, significant.into_iter().flat_map(|(digits, _)| digits))
    }

    /// Writes the number so that equal numbers have equal texts: the digits that count, and the power of ten of the first.
    pub fn write_canonical(&self, text: &mut String) {
        let (whole, fraction) = (self.whole.trim_start_matches('0'), self.fraction.trim_end_matches('0'));
        let (whole, fraction, first) = match (whole, fraction) {
            ("", "") => return text.push('0'),
            ("", fraction) => {
                let digits = fraction.trim_start_matches('0');
                ("", digits, digits.len() as i64 - fraction.len() as i64 - 1)
            }
            (whole, "") => (whole.trim_end_matches('0'), "", whole.len() as i64 - 1),
            (whole, fraction) => (whole, fraction, whole.len() as i64 - 1),
        };
        text.push_str(if self.is_negative { "-" } else { "" });
        text.push_str(whole);
        text.push_str(fraction);
        // Writing to a `String` does not fail.
        let _ = write!(text, "e{}", self.exponent + first);
    }

    /// The number in plain digits, if it is whole and has no more than `most` of them.
    pub fn integer(&self, most: i64) -> Option<String> {
        let Some((digits, last)) = self.significant() else { return Some("0".to_owned()) };
        let length = digits.clone().count() as i64 + last;
        if last < 0 || length > most {
            return None;
        }
        let sign = self.is_negative.then_some('-');
        let zeros = std::iter::repeat_n('0', usize::try_from(last).unwrap_or_default());
        Some(sign.into_iter().chain(digits.map(|digit| char::from(digit + b'0'))).chain(zeros).collect())
    }

    /// Whether this is a whole multiple of a divisor above zero that has at most 19 digits that count.
    pub fn is_multiple_of(&self, divisor: &Self) -> bool {
        let Some((digits, last)) = self.significant() else { return true };
        let Some((divisor, power)) = divisor.significant() else { return false };
        let modulus = divisor.fold(0_u128, |value, digit| value.wrapping_mul(10).wrapping_add(digit.into()));
        // What ends in a digit that counts is no multiple of a higher power of ten.
        if modulus > u64::MAX.into() || last < power {
            return false;
        }
        let remainder = digits.fold(0, |value, digit| (value * 10 + u128::from(digit)) % modulus);
        (remainder * power_of_ten(last - power, modulus)).is_multiple_of(modulus)
    }
}

/// The remainder of 10^`exponent` by `modulus`, of at most 64 bits.
fn power_of_ten(mut exponent: i64, modulus: u128) -> u128 {
    let (mut power, mut square) = (1 % modulus, 10 % modulus);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = power * square % modulus;
        }
        square = square * square % modulus;
        exponent /= 2;
    }
    power
}

impl Digits<'_> {
    /// Compares two numbers by value.
    pub fn cmp(&self, other: &Self) -> Ordering {
        let ((sign, first, digits), (other_sign, other_first, other_digits)) = (self.parts(), other.parts());
        let magnitude = || first.cmp(&other_first).then_with(|| digits.cmp(other_digits));
        sign.cmp(&other_sign).then_with(|| if sign < 0 { magnitude().reverse() } else { magnitude() })
    }
}

impl Hash for Digits<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (sign, first, digits) = self.parts();
        (sign, first).hash(state);
        digits.for_each(|digit| digit.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Digits<'_> {
        Digits::parse(text).unwrap()
    }

    fn canonical(text: &str) -> String {
        let mut written = String::new();
        digits(text).write_canonical(&mut written);
        written
    }

    #[test]
    fn equal_numbers_have_equal_texts() {
        for same in [
            &["0", "-0", "0.00", "0e5"][..],
            &["100", "1e2", "100.0", "0.1e3", "1000e-1", "0.001e5"],
            &["-12.5", "-1.25e1", "-12.50", "-0.125e2", "-1250e-2"],
        ] {
            let texts: Vec<String> = same.iter().map(|text| canonical(text)).collect();
            assert!(texts.iter().all(|text| *text == texts[0]), "{same:?}: {texts:?}");
        }
    }

    #[test]
    fn numbers_of_any_size_are_compared_by_value() {
        let ascending = [
            "-1e999999999",
            "-10000000000000000000000000000001",
            "-1e31",
            "-1",
            "-0.1",
            "0",
            "1e-999999999",
            "0.1",
            "0.11",
            "9",
            "10",
            "10.000000000000000000000000001",
            "1e1000",
        ];
        for (at, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(digits(left).cmp(&digits(right)), at.cmp(&other), "{left} and {right}");
                assert_eq!(canonical(left) == canonical(right), at == other, "{left} and {right}");
            }
        }
        assert_eq!(digits("-0").cmp(&digits("0e5")), Ordering::Equal);
        assert_eq!(digits("100").cmp(&digits("1.00e2")), Ordering::Equal);
    }

    #[test]
    fn multiples_are_exact() {
        for (value, divisor) in [
            ("9007199254740994", "2"),
            ("0.3", "0.1"),
            ("-19.99", "0.01"),
            ("0", "5"),
            ("1e30", "1e29"),
            ("123456789012345678901234567890", "3"),
        ] {
            assert!(digits(value).is_multiple_of(&digits(divisor)), "{value} of {divisor}");
        }
        for (value, divisor) in [
            ("9007199254740993", "2"),
            ("0.35", "0.1"),
            ("10", "100"),
            ("1", "0"),
            ("1e-9", "1"),
            ("1e999999999", "7e-9"),
        ] {
            assert!(!digits(value).is_multiple_of(&digits(divisor)), "{value} of {divisor}");
        }
    }
}
