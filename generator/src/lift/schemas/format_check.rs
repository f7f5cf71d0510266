//! Texts that are plainly values of a type or in a format: defaults that generated code may spell out.
//!
//! The runtime says what is one; here it is enough never to say so of what is none.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::ir::Scalar;

/// Whether generated code can have a value of this type read from the text.
pub(crate) fn is_read_as(scalar: Scalar, text: &str) -> bool {
    match scalar {
        Scalar::Uuid => is_uuid(text),
        Scalar::Date => date(text).is_some(),
        Scalar::DateTime => is_date_time(text),
        Scalar::Base64 => is_base64(text),
        Scalar::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
        Scalar::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
        Scalar::Password => true,
        _ => false,
    }
}

/// RFC 9562 §4.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let is_hexadecimal = |group: &str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| is_hexadecimal(group))
}

/// Year, month and day of a `full-date` of RFC 3339 §5.6.
pub(crate) fn date(text: &str) -> Option<[u32; 3]> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some([year, month, day])
}

/// `date-time` of RFC 3339 §5.6, but for leap seconds.
fn is_date_time(text: &str) -> bool {
    let Some((day, time)) = text.split_once(['T', 't']) else { return false };
    let Some(zone) = time.find(['Z', 'z', '+', '-']) else { return false };
    let (time, zone) = time.split_at(zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_time =
        numbers(time, ':', [2, 2, 2]).is_some_and(|[hour, minute, second]| hour < 24 && minute < 60 && second < 60);
    let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let is_offset = |offset| numbers(offset, ':', [2, 2]).is_some_and(|[hour, minute]| hour < 24 && minute < 60);
    date(day).is_some() && is_time && is_fraction && (matches!(zone, "Z" | "z") || is_offset(&zone[1..]))
}

/// Numbers of so many digits, with something between.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[u32; N]> {
    let parts: [&str; N] = text.split(between).collect::<Vec<_>>().try_into().ok()?;
    let mut numbers = [0; N];
    for ((part, digits), number) in parts.iter().zip(digits).zip(&mut numbers) {
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = is_number.then(|| part.parse().ok()).flatten()?;
    }
    Some(numbers)
}

/// RFC 4648 §4, with padding, whose spare bits are zero.
fn is_base64(text: &str) -> bool {
    let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let lasts = match text.len() - digits.len() {
        0 => None,
        1 => Some("AEIMQUYcgkosw048"),
        _ => Some("AQgw"),
    };
    text.len().is_multiple_of(4)
        && digits.bytes().all(is_digit)
        && lasts.is_none_or(|lasts| digits.ends_with(|last| lasts.contains(last)))
}

/// RFC 3339, appendix A: `P1DT2H30M`, `P2W`.
fn is_duration(text: &str) -> bool {
    let amounts = |text: &str, units: &str| {
        let (mut units, mut digits) = (units.chars(), 0);
        text.chars().all(|character| match character.is_ascii_digit() {
            true => {
                digits += 1;
                true
            }
            false => std::mem::take(&mut digits) > 0 && units.any(|unit| unit == character),
        }) && digits == 0
            && !text.is_empty()
    };
    let Some(text) = text.strip_prefix('P') else { return false };
    match text.split_once('T') {
        Some(("", time)) => amounts(time, "HMS"),
        Some((date, time)) => amounts(date, "YMD") && amounts(time, "HMS"),
        None => amounts(text, "YMD") || amounts(text, "W"),
    }
}

/// Whether a text is plainly in a format of [`ASSERTED`](crate::lift::schemas::formats::ASSERTED); where that is not easily told, it is not.
pub(crate) fn is_in_format(format: &str, text: &str) -> bool {
    let is_host = |text: &str| {
        let is_label = |label: &str| {
            let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            (1..=63).contains(&label.len())
                && label.bytes().all(is_inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        text.len() < 254 && text.split('.').all(is_label) && !text.contains("--")
    };
    let is_mailbox = |text: &str| {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        text.len() < 65 && text.split(['.', '-', '_', '+']).all(is_word)
    };
    match format {
        "uri" | "iri" => fluent_uri::Uri::parse(text).is_ok(),
        "uri-reference" | "iri-reference" => fluent_uri::UriRef::parse(text).is_ok(),
        "hostname" | "idn-hostname" => is_host(text),
        "duration" => is_duration(text),
        "time" => is_date_time(&format!("2026-01-31T{text}")),
        "json-pointer" => text.is_empty() || text.starts_with('/') && !text.contains('~'),
        "email" | "idn-email" => text.split_once('@').is_some_and(|(name, host)| is_mailbox(name) && is_host(host)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scalar: Scalar, reads: &[&str], refuses: &[&str]) {
        for text in reads {
            assert!(is_read_as(scalar, text), "{text}");
        }
        for text in refuses {
            assert!(!is_read_as(scalar, text), "{text}");
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        check(Scalar::Date, &["2026-01-31", "2024-02-29", "2000-02-29"], &["2026-02-29", "1900-02-29", "2026-13-01"]);
        check(Scalar::Date, &[], &["", "2026-1-31", "2026-01-00", "+026-01-31", "2026-01-31T00:00:00Z", "04/03/2001"]);
    }

    #[test]
    fn date_times_have_a_zone() {
        let reads = ["2026-01-31T23:59:59Z", "2026-01-31t00:00:00.125+05:30", "2001-03-04T01:23:45.123456-07:00"];
        let refuses = [
            "2026-01-31",
            "2026-01-31T24:00:00Z",
            "2026-01-31T00:00:00",
            "2026-01-31T00:00:00.Z",
            "2026-01-31 00:00:00Z",
        ];
        check(Scalar::DateTime, &reads, &refuses);
        check(
            Scalar::DateTime,
            &[],
            &["2026-01-31T23:59:60Z", "2026-01-31T00:00:00+0530", "2026-01-31T00:00:00Z+01:00", "Té"],
        );
    }

    #[test]
    fn durations_have_units_in_their_order() {
        for text in ["PT1H", "P1DT2H30M", "P2W", "P1Y2M3D", "PT36H"] {
            assert!(is_in_format("duration", text), "{text}");
        }
        for text in ["", "P", "PT", "1H", "P1H", "PT1D", "P1M2Y", "PT1", "PTH", "P1D2W", "PT1HT1M", "PT0.5S"] {
            assert!(!is_in_format("duration", text), "{text}");
        }
    }

    #[test]
    fn uuids_are_hyphenated() {
        let of = "123e4567-e89b-12d3-a456-426614174000";
        check(
            Scalar::Uuid,
            &[of],
            &["123e4567e89b12d3a456426614174000", &of[1..], "é23e4567-e89b-12d3-a456-42661417400"],
        );
    }

    #[test]
    fn base64_is_padded() {
        check(Scalar::Base64, &["", "NzA=", "ODA=", "AAAA", "/+8="], &["NzA", "NzB=", "N===", "====", "AA=A", "NzA-"]);
    }
}
