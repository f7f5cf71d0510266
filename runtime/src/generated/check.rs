//! The checks that generated code makes of decoded values (JSON Schema Validation 2020-12 §6).

use std::collections::HashSet;

use serde::Serialize;

use crate::pattern::Pattern;

/// Lists up to this long are compared pair by pair.
const PAIRWISE: usize = 16;

/// A type with values that need checks beyond their types.
pub trait Validate {
    /// Whether the value satisfies its schema.
    fn is_valid(&self) -> bool;
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
/// Short lists are compared pair by pair, long ones by their JSON text, so that a hostile list costs
/// no more than its length.
pub fn unique_items<T: PartialEq + Serialize>(items: &[T]) -> bool {
    if items.len() <= PAIRWISE {
        return items.iter().enumerate().all(|(index, item)| !items[..index].contains(item));
    }
    let mut seen = HashSet::with_capacity(items.len());
    // Through `Value`, whose objects are sorted: members in another order make no difference.
    items.iter().all(|item| match serde_json::to_value(item) {
        Ok(value) => seen.insert(value.to_string()),
        Err(_) => false,
    })
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

impl MultipleOf for f64 {
    fn is_multiple_of(self, divisor: Self) -> bool {
        decimal_multiple(&self.to_string(), &divisor.to_string()).unwrap_or_else(|| self % divisor == 0.0)
    }
}

impl MultipleOf for f32 {
    fn is_multiple_of(self, divisor: Self) -> bool {
        decimal_multiple(&self.to_string(), &divisor.to_string()).unwrap_or_else(|| self % divisor == 0.0)
    }
}

/// 0.3 is a multiple of 0.1, though not in binary; `None` where the digits are too many.
fn decimal_multiple(value: &str, divisor: &str) -> Option<bool> {
    let (value, value_scale) = decimal(value)?;
    let (divisor, divisor_scale) = decimal(divisor)?;
    let scale = value_scale.max(divisor_scale);
    let widen = |number: i128, from: u32| number.checked_mul(10_i128.checked_pow(scale - from)?);
    let (value, divisor) = (widen(value, value_scale)?, widen(divisor, divisor_scale)?);
    (divisor != 0).then(|| value % divisor == 0)
}

fn decimal(text: &str) -> Option<(i128, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    Some((digits.parse().ok()?, u32::try_from(fraction.len()).ok()?))
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
    }

    #[test]
    fn long_lists_are_compared_as_short_ones() {
        let mut items: Vec<i64> = (0..1000).collect();
        assert!(unique_items(&items));
        items.push(500);
        assert!(!unique_items(&items));
        assert!(!unique_items(&["a", "b", "a"]));
    }
}
