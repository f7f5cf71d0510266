//! Cookies of answers.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use http::header::HeaderName;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What no cookie's value can hold (RFC 6265 §4.1.1), and the `%` that stands for it.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');

/// Whether browsers send a cookie with requests that other sites start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Only with links that are followed.
    Lax,
    /// Never.
    Strict,
    /// Always. Browsers require [`SetCookie::secure`] then.
    None,
}

/// A cookie that a response sets: one header `Set-Cookie` (RFC 6265 §4.1).
///
/// ```
/// use std::time::Duration;
///
/// use buildflow_runtime::types::{SameSite, SetCookie};
///
/// let seen = SetCookie::new("seen", "cats, dogs").path("/").max_age(Duration::from_secs(3600)).same_site(SameSite::Lax);
/// assert_eq!(seen.header_value().unwrap(), "seen=cats%2C%20dogs; Path=/; Max-Age=3600; SameSite=Lax");
/// ```
///
/// If a name, path or domain is not valid in a cookie, the response is a 500.
#[derive(Clone, PartialEq, Eq)]
pub struct SetCookie {
    name: String,
    value: String,
    path: Option<String>,
    domain: Option<String>,
    max_age: Option<Duration>,
    http_only: bool,
    same_site: Option<SameSite>,
    secure: bool,
    partitioned: bool,
}

/// What a cookie holds may be a secret.
impl fmt::Debug for SetCookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SetCookie").field("name", &self.name).finish_non_exhaustive()
    }
}

impl SetCookie {
    /// Makes a cookie that lasts until the browser closes, for the host that sets it, and paths beside the request's.
    ///
    /// Characters that no cookie can hold are percent-encoded. Parameters `in: cookie` are decoded.
    pub fn new(name: impl Into<String>, value: impl AsRef<str>) -> Self {
        Self {
            name: name.into(),
            value: utf8_percent_encode(value.as_ref(), ENCODED).to_string(),
            path: None,
            domain: None,
            max_age: None,
            http_only: false,
            same_site: None,
            secure: false,
            partitioned: false,
        }
    }

    /// Makes browsers forget a cookie; path and domain must be those that it was set with.
    pub fn removed(name: impl Into<String>) -> Self {
        Self::new(name, "").max_age(Duration::ZERO)
    }

    /// Sets the path that it is sent to, with all paths below.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the domain that it is sent to, with all subdomains. By default only the host that sets it.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// Sets how long it lasts, in whole seconds. By default until the browser closes.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Hides it from scripts.
    #[must_use]
    pub fn http_only(mut self) -> Self {
        self.http_only = true;
        self
    }

    /// Sets whether it is sent with requests that other sites start. By default browsers decide.
    #[must_use]
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.same_site = Some(same_site);
        self
    }

    /// Restricts it to TLS.
    #[must_use]
    pub fn secure(mut self) -> Self {
        self.secure = true;
        self
    }

    /// Keeps it apart for each site that embeds the page (CHIPS). Browsers require [`secure`](Self::secure) then.
    #[must_use]
    pub fn partitioned(mut self) -> Self {
        self.partitioned = true;
        self
    }

    /// Returns the header's value, for example for [`RequestContext::add_header`](crate::RequestContext::add_header); `None` where the
    /// name is no token, or path or domain have a `;` or what no header can hold.
    pub fn header_value(&self) -> Option<HeaderValue> {
        // Names of headers are tokens, as those of cookies are.
        HeaderName::from_bytes(self.name.as_bytes()).ok()?;
        let mut text = format!("{}={}", self.name, self.value);
        for (name, value) in [("Path", &self.path), ("Domain", &self.domain)] {
            let Some(value) = value else { continue };
            if value.contains(';') {
                return None;
            }
            text.push_str(&format!("; {name}={value}"));
        }
        if let Some(max_age) = self.max_age {
            text.push_str(&format!("; Max-Age={}", max_age.as_secs()));
        }
        if self.http_only {
            text.push_str("; HttpOnly");
        }
        text.push_str(match self.same_site {
            None => "",
            Some(SameSite::Lax) => "; SameSite=Lax",
            Some(SameSite::Strict) => "; SameSite=Strict",
            Some(SameSite::None) => "; SameSite=None",
        });
        if self.secure {
            text.push_str("; Secure");
        }
        if self.partitioned {
            text.push_str("; Partitioned");
        }
        // A path beyond ASCII would be bytes that every browser reads as it likes.
        HeaderValue::from_str(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(cookie: &SetCookie) -> Option<String> {
        Some(cookie.header_value()?.to_str().ok()?.to_owned())
    }

    #[test]
    fn attributes_follow_the_pair() {
        let whole = SetCookie::new("id", "a.b-c")
            .path("/pets")
            .domain("example.com")
            .max_age(Duration::from_millis(1999))
            .http_only()
            .same_site(SameSite::Strict)
            .secure()
            .partitioned();
        let expected =
            "id=a.b-c; Path=/pets; Domain=example.com; Max-Age=1; HttpOnly; SameSite=Strict; Secure; Partitioned";
        assert_eq!(text(&whole).as_deref(), Some(expected));
        assert_eq!(text(&SetCookie::removed("id")).as_deref(), Some("id=; Max-Age=0"));
        assert_eq!(format!("{whole:?}"), r#"SetCookie { name: "id", .. }"#);
    }

    #[test]
    fn a_value_cannot_become_an_attribute_or_a_header() {
        for (value, expected) in [
            ("a; Domain=evil.org", "id=a%3B%20Domain=evil.org"),
            ("a\r\nset-cookie: b=c", "id=a%0D%0Aset-cookie:%20b=c"),
            ("50% \"ä\"\\,", "id=50%25%20%22%C3%A4%22%5C%2C"),
            ("\0\u{7f}", "id=%00%7F"),
        ] {
            assert_eq!(text(&SetCookie::new("id", value)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_name_path_or_domain_that_cannot_be_is_refused() {
        for name in ["", "a=b", "a;b", "a b", "ä", "a\r\nb"] {
            assert_eq!(text(&SetCookie::new(name, "")), None, "{name:?}");
        }
        for attribute in ["/; Domain=evil.org", "/\r\nb: c", "/\0"] {
            assert_eq!(text(&SetCookie::new("id", "").path(attribute)), None, "{attribute:?}");
            assert_eq!(text(&SetCookie::new("id", "").domain(attribute)), None, "{attribute:?}");
        }
    }
}
