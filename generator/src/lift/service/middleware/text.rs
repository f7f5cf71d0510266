//! What the texts of options may be.

use crate::lift::is_token;
use crate::lift::schemas::format_check;

/// A kind of text: whether one is of it, and what it is in words.
#[derive(Clone, Copy)]
pub(super) struct TextKind {
    fits: fn(&str) -> bool,
    pub wanted: &'static str,
}

impl TextKind {
    pub(super) fn fits(self, text: &str) -> bool {
        (self.fits)(text)
    }
}

/// An origin as browsers send it (RFC 6454 §6.1), or `*`.
pub(super) const ORIGIN: TextKind = TextKind {
    fits: |text| text == "*" || text == "null" || is_origin(text),
    wanted: "origins such as `https://example.com`, in lower case and without a path, or `*`",
};

/// A method that HTTP has, or `*`.
pub(super) const METHOD: TextKind = TextKind {
    fits: |text| ["*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"].contains(&text),
    wanted: "methods such as `GET`, in capitals, or `*`",
};

/// A header's name, or `*`.
pub(super) const HEADER: TextKind = TextKind { fits: is_token, wanted: "names of headers" };

/// A header's value.
pub(super) const HEADER_VALUE: TextKind = TextKind {
    fits: |text| !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
    wanted: "a header's value, in ASCII",
};

/// A host, those below one, or `*`.
pub(super) const HOST: TextKind = TextKind {
    fits: |text| {
        let host = text.strip_prefix("*.").unwrap_or(text);
        let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
        let no_port = host.starts_with('[') || !host.contains(':');
        text == "*" || (!host.is_empty() && host.bytes().all(in_host) && no_port)
    },
    wanted: "hosts without a port, such as `example.com` or `*.example.com`, or `*`",
};

/// A regular expression.
pub(super) const REGEX: TextKind = TextKind {
    fits: |text| regex_syntax::Parser::new().parse(text).is_ok(),
    wanted: "a regular expression of Rust's crate `regex`, which has no look-around and no back-references",
};

/// A cookie's name (RFC 6265 §4.1.1).
pub(super) const COOKIE_NAME: TextKind = TextKind { fits: is_token, wanted: "a cookie's name" };

/// An attribute of a cookie (RFC 6265 §4.1.1).
pub(super) const COOKIE_PATH: TextKind = TextKind {
    fits: |text| text.starts_with('/') && text.bytes().all(|byte| (b'!'..=b'~').contains(&byte) && byte != b';'),
    wanted: "a path that starts with `/`",
};

/// A cookie's domain.
pub(super) const DOMAIN: TextKind = TextKind {
    fits: |text| {
        let in_domain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        !text.is_empty() && text.bytes().all(in_domain)
    },
    wanted: "a domain such as `example.com`",
};

fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else { return false };
    let in_scheme = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    let in_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._:[]".contains(&byte);
    !scheme.is_empty() && scheme.bytes().all(in_scheme) && !host.is_empty() && host.bytes().all(in_host)
}

/// A date.
pub(super) const DATE: TextKind =
    TextKind { fits: |text| seconds(text).is_some(), wanted: "a date from 1970 on, such as `2026-11-01`" };

/// A URL, as it can stand in a header.
pub(super) const LINK: TextKind = TextKind {
    fits: |text| {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"<>\"".contains(&byte);
        (text.starts_with("https://") || text.starts_with("http://")) && text.bytes().all(is_plain)
    },
    wanted: "a URL such as `https://example.com/moved`",
};

/// The days from the first of March of the year 0 to 1970.
const DAYS_UNTIL_1970: u64 = 719_468;

/// The seconds from 1970 to the beginning of a day in UTC.
pub(super) fn seconds(date: &str) -> Option<u64> {
    let [year, month, day] = format_check::date(date)?.map(u64::from);
    // Years begin in March here, so that a leap day is the last of its year.
    let (years, months) = if month < 3 { (year.checked_sub(1)?, month + 9) } else { (year, month - 3) };
    let days = years * 365 + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1;
    Some(days.checked_sub(DAYS_UNTIL_1970)? * 86_400)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(seconds("1970-01-01"), Some(0));
        assert_eq!(seconds("2000-02-29"), Some(951_782_400));
        assert_eq!(seconds("2026-11-01"), Some(1_793_491_200));
        for wrong in
            ["1969-12-31", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-01-32", "2026-01", "+026-01-01"]
        {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
