//! Numbers of any size, kept as they are written: `format: decimal`, and integers past 64 bits.

mod digits;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

pub(crate) use digits::Digits;

use super::FromText;

/// The most digits of an [`Integer`] that is written with an exponent, such as `1e3`.
const MOST_DIGITS: i64 = 4_096;

/// `type: number` with `format: decimal` or `decimal128`: a number of any size, exactly as it was written.
///
/// It does not calculate: read it into the type that you calculate with, by [`str::parse`] of
/// [`as_str`](Self::as_str). `1.0` equals `1.00`, and both keep their zeros.
#[derive(Debug, Clone)]
pub struct Decimal(Box<str>);

/// `type: integer` with bounds past 64 bits: an integer of any size.
///
/// It is kept in digits alone: `1e3` is `1000`. It does not calculate: read it into the type that you calculate
/// with, by [`str::parse`] of [`as_str`](Self::as_str), or `i128::try_from`.
#[derive(Debug, Clone)]
pub struct Integer(Decimal);

/// A text is no number, or none of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

impl fmt::Display for NotANumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a number of this kind")
    }
}

impl std::error::Error for NotANumber {}

impl Decimal {
    /// The number in the grammar of JSON (RFC 8259 §6), as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn digits(&self) -> Digits<'_> {
        Digits::parse(&self.0).unwrap_or_default()
    }
}

impl Integer {
    /// The number in digits, with a minus sign in front if it is negative.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn digits(&self) -> Digits<'_> {
        self.0.digits()
    }
}

impl FromStr for Decimal {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        Digits::parse(text).map(|_| Self(text.into())).ok_or(NotANumber)
    }
}

impl FromStr for Integer {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let digits = Digits::parse(text).ok_or(NotANumber)?;
        if text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()) {
            return Ok(Self(Decimal(text.into())));
        }
        digits.integer(MOST_DIGITS).map(|text| Self(Decimal(text.into()))).ok_or(NotANumber)
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self(value.to_string().into())
    }
}

impl From<i128> for Integer {
    fn from(value: i128) -> Self {
        Self(Decimal(value.to_string().into()))
    }
}

impl TryFrom<&Integer> for i128 {
    type Error = NotANumber;

    fn try_from(value: &Integer) -> Result<Self, NotANumber> {
        value.as_str().parse().map_err(|_| NotANumber)
    }
}

macro_rules! exact_numbers {
    ($($name:ident),*) => {
        $(
            impl fmt::Display for $name {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.write_str(self.as_str())
                }
            }

            impl PartialEq for $name {
                fn eq(&self, other: &Self) -> bool {
                    self.cmp(other) == Ordering::Equal
                }
            }

            impl Eq for $name {}

            impl PartialOrd for $name {
                fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                    Some(self.cmp(other))
                }
            }

            impl Ord for $name {
                fn cmp(&self, other: &Self) -> Ordering {
                    self.digits().cmp(&other.digits())
                }
            }

            impl Hash for $name {
                fn hash<H: Hasher>(&self, state: &mut H) {
                    self.digits().hash(state);
                }
            }

            impl FromText for $name {
                fn from_text(text: &str) -> Option<Self> {
                    text.parse().ok()
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let number = Box::<RawValue>::deserialize(deserializer)?;
                    number.get().parse().map_err(D::Error::custom)
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let number: &RawValue = serde_json::from_str(self.as_str()).map_err(S::Error::custom)?;
                    number.serialize(serializer)
                }
            }
        )*
    };
}

exact_numbers!(Decimal, Integer);

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(json: &str) -> Option<Decimal> {
        serde_json::from_str(json).ok()
    }

    fn integer(json: &str) -> Option<Integer> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn every_digit_is_kept() {
        for text in ["0.1", "1.00", "-123456789012345678901234567890.123456789012345678901234567890", "1e400", "2E-9"] {
            let value = decimal(text).unwrap();
            assert_eq!((value.as_str(), serde_json::to_string(&value).unwrap().as_str()), (text, text));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for json in ["\"1\"", "null", "true", "[1]", "{}"] {
            assert_eq!((decimal(json), integer(json)), (None, None), "{json}");
        }
        for text in ["", "+1", ".5", "5.", "01", "1e", "-", "1 ", "NaN", "1e99999999999999999999"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn integers_are_digits_however_they_are_written() {
        let text = |json: &str| integer(json).map(|value| value.to_string());
        let huge = "-340282366920938463463374607431768211456";
        assert_eq!(text(huge).as_deref(), Some(huge));
        assert_eq!(["1e3", "12.50e1", "-1.0", "0e9"].map(|json| text(json).unwrap()), ["1000", "125", "-1", "0"]);
        assert_eq!(["1.5", "1e-1", "1e1000000000", "1e5000"].map(text), [None, None, None, None]);
        assert_eq!(
            (i128::try_from(&integer("7").unwrap()), i128::try_from(&integer(huge).unwrap())),
            (Ok(7), Err(NotANumber))
        );
    }

    #[test]
    fn numbers_are_equal_by_value() {
        use std::collections::HashSet;
        let all: HashSet<Decimal> =
            ["1", "1.0", "10e-1", "0.1e1", "2"].into_iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(all.len(), 2);
        let mut sorted: Vec<Decimal> =
            ["2", "-1e2", "0.5", "-0", "1e2", "0.49"].map(|text| text.parse().unwrap()).into();
        sorted.sort();
        assert_eq!(sorted.iter().map(Decimal::as_str).collect::<Vec<_>>(), ["-1e2", "-0", "0.49", "0.5", "2", "1e2"]);
    }
}
