//! What the parts of a form must be: their media types, headers and lengths.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::super::byte_length::ByteLength;
use super::super::fields::FormValue;
use crate::protocol::{HttpError, Location, Violation, media_type};
use crate::validation::Schemas;

/// What a part without `Content-Type` is (RFC 7578 §4.4).
const UNSAID: &str = "text/plain";

/// What the parts of one name must be (OpenAPI 3.1.1 §4.8.15, Encoding Object).
#[derive(Debug)]
pub struct PartRules {
    name: &'static str,
    media_types: &'static [&'static str],
    headers: &'static [PartHeader],
    length: ByteLength,
}

/// A header of a part.
#[derive(Debug)]
pub struct PartHeader {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether it is a list, with commas between its items.
    pub is_list: bool,
    /// The pointer of its schema; empty where it has none.
    pub schema: &'static str,
}

impl PartRules {
    /// Any part of this name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, media_types: &[], headers: &[], length: ByteLength::ANY }
    }

    /// It is of one of these media types or ranges.
    #[must_use]
    pub const fn media_types(mut self, media_types: &'static [&'static str]) -> Self {
        self.media_types = media_types;
        self
    }

    /// It has these headers.
    #[must_use]
    pub const fn headers(mut self, headers: &'static [PartHeader]) -> Self {
        self.headers = headers;
        self
    }

    /// It has so many bytes.
    #[must_use]
    pub const fn length(mut self, length: ByteLength) -> Self {
        self.length = length;
        self
    }
}

/// The rules of a form, while its parts come in.
pub(super) struct Rules {
    pub all: &'static [PartRules],
    pub schemas: &'static Schemas,
    pub broken: Vec<Violation>,
}

impl Rules {
    fn of(&self, name: &str) -> Option<&'static PartRules> {
        self.all.iter().find(|rules| rules.name == name)
    }

    /// Refuses a part of another media type; notes what is wrong with its headers. Browsers say no media type of what is
    /// no file: that is then taken for what it should be.
    pub(super) fn check_head(&mut self, name: &str, headers: &HeaderMap, is_file: bool) -> Result<(), HttpError> {
        let Some(rules) = self.of(name) else { return Ok(()) };
        let sent = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
        let sent = sent.or(is_file.then_some(UNSAID));
        let is_taken = |sent: &str| rules.media_types.iter().any(|range| media_type::closeness(range, sent) > 0);
        if !rules.media_types.is_empty() && sent.is_some_and(|sent| !is_taken(sent)) {
            let (name, wanted) = (rules.name, rules.media_types.join(", "));
            return Err(HttpError::unsupported_media_type().detail(format!("The part `{name}` should be {wanted}.")));
        }
        rules.headers.iter().try_for_each(|header| self.check_header(name, header, headers))
    }

    fn check_header(&mut self, part: &str, header: &PartHeader, sent: &HeaderMap) -> Result<(), HttpError> {
        let mut values = sent.get_all(header.name).iter();
        let Some(value) = values.next() else {
            if header.is_required {
                self.violate(part, "required", format!("must have the header `{}`", header.name));
            }
            return Ok(());
        };
        if !header.is_list && values.next().is_some() {
            self.violate(part, "repeated", format!("must have the header `{}` once", header.name));
            return Ok(());
        }
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let all: Vec<String> = std::iter::once(value).chain(values).map(text).collect();
        let value = match header.is_list {
            true => {
                let items = all.iter().flat_map(|text| text.split(',')).map(str::trim);
                FormValue::List(items.map(|item| FormValue::Text(item.into())).collect())
            }
            false => FormValue::Text(all.concat().into()),
        };
        let (_, found) = self.schemas.read_fields(header.schema, &value).map_err(|_| HttpError::internal())?;
        for Violation { code, message, .. } in found {
            self.violate(part, code, format!("in its header `{}`: {message}", header.name));
        }
        Ok(())
    }

    /// Notes a file's length, if it is wrong.
    pub(super) fn check_length(&mut self, name: &str, length: u64) {
        let broken = self.of(name).and_then(|rules| rules.length.broken_by(length));
        if let Some((code, message)) = broken {
            self.violate(name, code, message);
        }
    }

    fn violate(&mut self, part: &str, code: impl Into<Cow<'static, str>>, message: String) {
        let (location, at, code) = (Location::Body, pointer(part), code.into());
        self.broken.push(Violation { location, at, part: String::new(), code, message });
    }
}

/// The place of a part in the value that a form stands for.
pub(super) fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
