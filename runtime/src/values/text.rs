//! Values as text: parameters, and JSON strings of a format.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Base64, Password};

/// A value that can be read from text.
pub trait FromText: Sized {
    /// The value, if the text is one.
    fn from_text(text: &str) -> Option<Self>;
}

/// The value of a text that the generator has found to be one.
///
/// # Panics
///
/// Panics if the text is none.
pub fn constant<T: FromText>(text: &str) -> T {
    T::from_text(text).expect("the generator writes texts that are values")
}

impl FromText for String {
    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl FromText for bool {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

macro_rules! from_json_grammar {
    ($($integer:ty),*) => {
        $(impl FromText for $integer {
            fn from_text(text: &str) -> Option<Self> {
                // Rust also takes a leading `+`; JSON's grammar does not.
                text.parse().ok().filter(|_| !text.starts_with('+'))
            }
        })*
    };
}

from_json_grammar!(i8, i16, i32, i64, u8, u16, u32, u64);

impl FromText for f64 {
    fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str::<f64>(text).ok().filter(|number| number.is_finite() && text.trim() == text)
    }
}

impl FromText for f32 {
    fn from_text(text: &str) -> Option<Self> {
        f64::from_text(text).map(|number| number as f32).filter(|number| number.is_finite())
    }
}

impl FromText for uuid::Uuid {
    fn from_text(text: &str) -> Option<Self> {
        uuid(text)
    }
}

/// The hyphenated form of RFC 9562 §4 alone; the crate also reads others.
pub(crate) fn uuid(text: &str) -> Option<uuid::Uuid> {
    uuid::Uuid::try_parse(text).ok().filter(|_| text.len() == 36)
}

#[cfg(feature = "chrono")]
impl FromText for chrono::NaiveDate {
    fn from_text(text: &str) -> Option<Self> {
        // The crate also reads `2024-1-5` and `-024-01-05`; RFC 3339's full-date is of one shape.
        is_full_date(text.as_bytes()).then(|| text.parse().ok()).flatten()
    }
}

#[cfg(feature = "chrono")]
fn is_full_date(text: &[u8]) -> bool {
    text.len() == 10
        && text
            .iter()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() })
}

#[cfg(feature = "chrono")]
impl FromText for super::DateTime {
    fn from_text(text: &str) -> Option<Self> {
        // The crate also reads a space in place of the `T`, and Unicode's minus sign.
        let shaped = text.is_ascii() && matches!(text.as_bytes().get(10), Some(b'T' | b't'));
        let time = shaped.then(|| chrono::DateTime::parse_from_rfc3339(text).ok()).flatten();
        time.filter(has_minute_of_its_second)
    }
}

/// A leap second is the last of a UTC day (RFC 3339 §5.7); the crate reads one at any minute.
#[cfg(feature = "chrono")]
fn has_minute_of_its_second(time: &super::DateTime) -> bool {
    use chrono::Timelike as _;
    let utc = time.naive_utc();
    utc.nanosecond() < 1_000_000_000 || (utc.hour(), utc.minute()) == (23, 59)
}

impl FromText for Ipv4Addr {
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl FromText for Ipv6Addr {
    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl FromText for Password {
    fn from_text(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl FromText for Base64 {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_as_json_writes_them() {
        assert_eq!(i64::from_text("-7"), Some(-7));
        assert_eq!(i64::from_text("+7"), None);
        assert_eq!(i64::from_text("7.0"), None);
        assert_eq!(u8::from_text("256"), None);
        assert_eq!(i64::from_text("9223372036854775808"), None);
    }

    #[test]
    fn floats_are_finite_numbers() {
        assert_eq!(f64::from_text("1e3"), Some(1000.0));
        for text in ["inf", "NaN", " 1", "1 ", "", ".5", "1e999"] {
            assert_eq!(f64::from_text(text), None, "{text}");
        }
        assert_eq!(f32::from_text("1e39"), None);
    }

    #[test]
    fn uuids_are_hyphenated() {
        assert!(uuid("67e55044-10b1-426f-9247-bb680e5fe0c8").is_some());
        assert!(uuid("67e5504410b1426f9247bb680e5fe0c8").is_none());
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn dates_and_times_are_those_of_rfc_3339() {
        use super::super::{Date, DateTime};
        assert!(Date::from_text("2024-02-29").is_some());
        assert!(Date::from_text("2023-02-29").is_none());
        assert!(Date::from_text("2024-2-9").is_none());
        assert!(Date::from_text("-024-02-09").is_none());
        assert!(DateTime::from_text("2024-02-01T09:00:00+02:00").is_some());
        assert!(DateTime::from_text("2024-02-01 09:00:00Z").is_none());
        assert!(DateTime::from_text("2024-02-01T09:00:00\u{2212}02:00").is_none());
        assert!(DateTime::from_text("2024-02-01T09:00:00").is_none());
        assert!(DateTime::from_text("1998-12-31T15:59:60.123-08:00").is_some());
        assert!(DateTime::from_text("1998-12-31T22:59:60Z").is_none());
    }
}
