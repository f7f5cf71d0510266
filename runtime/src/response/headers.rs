//! Documented headers of answers.

use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::value::RawValue;

use crate::json::{self, Encode};
use crate::protocol::{HttpError, SetCookie};

/// The headers of an answer, on the way.
#[derive(Debug, Default)]
pub struct Headers {
    headers: HeaderMap,
    /// The first one that no header can hold.
    broken: Option<&'static str>,
}

/// Adds headers to a response. One whose value no header can hold, such as one with a line break, is the
/// handler's mistake: the answer is a 500.
pub fn with_headers(mut response: Response, write: impl FnOnce(&mut Headers)) -> Response {
    let mut headers = Headers::default();
    write(&mut headers);
    if let Some(name) = headers.broken {
        tracing::error!(header = name, "a response header has a value that no header can hold");
        return HttpError::internal().into_response();
    }
    response.headers_mut().extend(headers.headers);
    response
}

impl Headers {
    /// A header that is there. Lists, and the members of objects, are put together with commas (OpenAPI's
    /// style `simple`).
    pub fn required<T: Encode + ?Sized>(&mut self, name: &'static str, value: &T) {
        let text = json::to_string(value).ok().and_then(|written| text(&written));
        self.put(name, text);
    }

    /// A header that may be absent.
    pub fn optional<T: Encode>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(name, value);
        }
    }

    /// `Set-Cookie`: one header a cookie, for they cannot be put together (RFC 6265 §3).
    pub fn cookies(&mut self, cookies: &[SetCookie]) {
        cookies.iter().for_each(|cookie| self.put_value("set-cookie", cookie.header_value()));
    }

    /// `Location`, which is a URI or a part of one (RFC 9110 §10.2.2). What no URI has is percent-encoded, as Starlette
    /// does; what is encoded already stays.
    pub fn location(&mut self, value: &str) {
        let encoded = utf8_percent_encode(value, NOT_IN_URIS).to_string();
        self.put("location", Some(encoded).filter(|uri| !uri.is_empty()));
    }

    /// `Location`, which may be absent.
    pub fn optional_location(&mut self, value: &Option<String>) {
        if let Some(value) = value {
            self.location(value);
        }
    }

    fn put(&mut self, name: &'static str, text: Option<String>) {
        self.put_value(name, text.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok()));
    }

    fn put_value(&mut self, name: &'static str, value: Option<HeaderValue>) {
        match (HeaderName::from_bytes(name.as_bytes()), value) {
            (Ok(name), Some(value)) => drop(self.headers.append(name, value)),
            _ => drop(self.broken.get_or_insert(name)),
        }
    }
}

/// A value that is JSON as the text of a header; numbers digit for digit.
fn text(json: &str) -> Option<String> {
    Some(match json.as_bytes().first()? {
        b'n' => String::new(),
        b'"' => serde_json::from_str(json).ok()?,
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            items.into_iter().map(|item| text(item.get())).collect::<Option<Vec<_>>>()?.join(",")
        }
        b'{' => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(json).ok()?;
            let pairs = members.into_iter().map(|(name, value)| Some(format!("{name},{}", text(value.get())?)));
            pairs.collect::<Option<Vec<_>>>()?.join(",")
        }
        _ => json.to_owned(),
    })
}

/// What no URI has (RFC 3986 §2), but for what is beyond ASCII.
const NOT_IN_URIS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Decimal;
    use http::StatusCode;

    fn written(write: impl FnOnce(&mut Headers)) -> Response {
        with_headers(StatusCode::OK.into_response(), write)
    }

    #[test]
    fn values_are_written_as_text() {
        let response = written(|to| {
            to.required("x-text", "plain");
            to.required("x-number", &"12345678901234567890.10".parse::<Decimal>().unwrap());
            to.required("x-list", &vec!["a", "b"]);
            to.optional("x-none", &None::<String>);
            to.optional("x-flag", &Some(true));
            to.cookies(&[SetCookie::new("a", "1"), SetCookie::new("b", "2")]);
            to.location("/pets/7?a=b#c");
        });
        let line = |name: &str| -> Vec<&str> {
            response.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
        };
        assert_eq!(
            (line("x-text"), line("x-number"), line("x-list")),
            (vec!["plain"], vec!["12345678901234567890.10"], vec!["a,b"])
        );
        assert_eq!((line("x-flag"), line("set-cookie")), (vec!["true"], vec!["a=1", "b=2"]));
        assert_eq!((line("location"), line("x-none")), (vec!["/pets/7?a=b#c"], vec![]));
    }

    #[test]
    fn a_value_cannot_end_its_header() {
        let response = written(|to| to.cookies(&[SetCookie::new("a", "").path("/; Domain=evil.org")]));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for value in ["a\r\nset-cookie: b=c", "a\nb", "a\0b"] {
            let response = written(|to| to.required("x-text", value));
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(!response.headers().contains_key("set-cookie") && !response.headers().contains_key("x-text"));
        }
    }

    #[test]
    fn a_location_is_a_uri_whatever_the_handler_says() {
        let line = |value: &str| {
            let response = written(|to| to.location(value));
            response.headers().get("location").map(|value| value.to_str().unwrap().to_owned())
        };
        // As Starlette's `RedirectResponse` quotes them.
        for (value, quoted) in [
            ("/a b/ä?q=x y&z=1#ü", "/a%20b/%C3%A4?q=x%20y&z=1#%C3%BC"),
            ("https://example.com/%20?a=%C3%A4", "https://example.com/%20?a=%C3%A4"),
            ("/a\r\nset-cookie: b=c", "/a%0D%0Aset-cookie:%20b=c"),
            ("/\"<>\\^`{|}\0\u{7f}", "/%22%3C%3E%5C%5E%60%7B%7C%7D%00%7F"),
            ("/-._~:/?#[]@!$&'()*+,;=%", "/-._~:/?#[]@!$&'()*+,;=%"),
        ] {
            assert_eq!(line(value).as_deref(), Some(quoted));
        }
        assert_eq!(line(""), None);
        assert_eq!(written(|to| to.location("")).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
