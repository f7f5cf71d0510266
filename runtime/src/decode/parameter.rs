//! Parameters: path, query, headers and cookies.

use std::borrow::Cow;

use http::header::{COOKIE, HeaderMap};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Decoder;
use crate::problem::{Location, Violation};
use crate::text::FromText;

/// A parameter of an endpoint.
#[derive(Debug)]
pub struct Parameter {
    /// Where it stands.
    pub location: Location,
    /// Its name.
    pub name: &'static str,
    /// For a path parameter, its number among the path's parameters.
    pub capture: usize,
    /// How it is written.
    pub style: Style,
    /// The pointer of its schema.
    pub schema: &'static str,
    /// What its text stands for.
    pub kind: Kind,
}

/// How a parameter's value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// One text.
    Single,
    /// A list: the parameter is repeated.
    Repeated,
    /// A list: one text, cut at this character.
    Delimited(char),
}

/// What a parameter's text, or each of its texts, stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Itself.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
}

/// The texts of a parameter, or why they cannot be read.
type Texts = Result<Vec<String>, &'static str>;

impl Decoder {
    /// A parameter that must be there.
    pub fn required<T: FromText>(&mut self, parameter: &'static Parameter, check: fn(&T) -> bool) -> Option<T> {
        match self.optional(parameter, check)? {
            Some(value) => Some(value),
            None => self.missing(parameter),
        }
    }

    /// A parameter that may be absent.
    pub fn optional<T: FromText>(&mut self, parameter: &'static Parameter, check: fn(&T) -> bool) -> Option<Option<T>> {
        let texts = self.texts(parameter)?;
        let text = match texts.as_slice() {
            [] => return Some(None),
            [text] => text,
            _ => return self.violate(parameter, "repeated", "stands more than once"),
        };
        match T::from_text(text).filter(check) {
            Some(value) => Some(Some(value)),
            None => self.explain(parameter, json_of(text, parameter.kind)),
        }
    }

    /// A parameter that has a value also where it is absent.
    pub fn or_default<T: FromText>(
        &mut self,
        parameter: &'static Parameter,
        default: fn() -> T,
        check: fn(&T) -> bool,
    ) -> Option<T> {
        self.optional(parameter, check).map(|value| value.unwrap_or_else(default))
    }

    /// A list that must be there.
    pub fn required_list<T: FromText>(
        &mut self,
        parameter: &'static Parameter,
        check: fn(&Vec<T>) -> bool,
    ) -> Option<Vec<T>> {
        match self.optional_list(parameter, check)? {
            Some(list) => Some(list),
            None => self.missing(parameter),
        }
    }

    /// A list that may be absent.
    pub fn optional_list<T: FromText>(
        &mut self,
        parameter: &'static Parameter,
        check: fn(&Vec<T>) -> bool,
    ) -> Option<Option<Vec<T>>> {
        let mut texts = self.texts(parameter)?;
        if texts.is_empty() {
            return Some(None);
        }
        if let Style::Delimited(delimiter) = parameter.style {
            // A parameter that is repeated all the same has all that its texts list.
            texts = texts.iter().flat_map(|text| text.split(delimiter).map(|item| item.trim().to_owned())).collect();
        }
        let list: Option<Vec<T>> = texts.iter().map(|text| T::from_text(text)).collect();
        match list.filter(check) {
            Some(list) => Some(Some(list)),
            None => {
                let items = texts.iter().map(|text| json_of(text, parameter.kind)).collect();
                self.explain(parameter, Value::Array(items))
            }
        }
    }

    fn texts(&mut self, parameter: &'static Parameter) -> Option<Vec<String>> {
        let texts: Texts = match parameter.location {
            Location::Path => self.path_text(parameter.capture),
            Location::Query => self.query().map(|pairs| values(pairs, parameter.name)),
            Location::Header => header_texts(&self.parts.headers, parameter.name),
            Location::Cookie => cookie_texts(&self.parts.headers, parameter.name),
            Location::Body => Ok(Vec::new()),
        };
        match texts {
            Ok(texts) => Some(texts),
            Err(reason) => {
                self.malformed = true;
                self.violate(parameter, "encoding", reason)
            }
        }
    }

    fn path_text(&self, capture: usize) -> Texts {
        let text = self.captures.get(self.parts.uri.path(), capture);
        text.map(percent_decoded).into_iter().collect()
    }

    fn query(&mut self) -> Result<&[(String, String)], &'static str> {
        if self.query.is_none() {
            self.query = Some(pairs(self.parts.uri.query().unwrap_or_default())?);
        }
        Ok(self.query.as_deref().unwrap_or_default())
    }

    fn missing<T>(&mut self, parameter: &'static Parameter) -> Option<T> {
        self.violate(parameter, "required", "is missing")
    }

    fn violate<T>(&mut self, parameter: &'static Parameter, code: &'static str, message: &str) -> Option<T> {
        let &Parameter { location, name, .. } = parameter;
        self.violations.push(Violation {
            location,
            at: name.to_owned(),
            code: code.into(),
            message: message.to_owned(),
        });
        None
    }

    /// Says what is wrong with a value that the types or checks do not take.
    fn explain<T>(&mut self, parameter: &'static Parameter, value: Value) -> Option<T> {
        let &Parameter { location, name, schema, .. } = parameter;
        let found = self.schemas.violations(schema, &value);
        if found.is_empty() {
            return self.violate(parameter, "type", "is not of the type that the schema asks for");
        }
        let named = found.into_iter().map(|violation| Violation { location, at: name.to_owned(), ..violation });
        self.violations.extend(named);
        None
    }
}

/// The text as the JSON value that it stands for; itself where it stands for none.
fn json_of(text: &str, kind: Kind) -> Value {
    let parsed = match kind {
        Kind::String => None,
        Kind::Integer | Kind::Number => serde_json::from_str(text).ok().filter(Value::is_number),
        Kind::Boolean => bool::from_text(text).map(Value::Bool),
    };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn values(pairs: &[(String, String)], name: &str) -> Vec<String> {
    pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
}

/// The pairs of a query, as a form is encoded.
fn pairs(query: &str) -> Result<Vec<(String, String)>, &'static str> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let decoded = parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Ok((form_decoded(name)?, form_decoded(value)?))
    });
    decoded.collect()
}

fn form_decoded(text: &str) -> Result<String, &'static str> {
    let spaced = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decoded(&spaced)
}

fn percent_decoded(text: &str) -> Result<String, &'static str> {
    let escapes = text.bytes().enumerate().filter(|(_, byte)| *byte == b'%').map(|(at, _)| at);
    let complete =
        |at: usize| text.as_bytes().get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    if !escapes.into_iter().all(complete) {
        return Err("has a `%` that is not followed by two hexadecimal digits");
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err("is not UTF-8"),
    }
}

fn header_texts(headers: &HeaderMap, name: &str) -> Texts {
    let texts = headers.get_all(name).iter();
    texts.map(|value| value.to_str().map(str::to_owned).map_err(|_| "is not ASCII")).collect()
}

fn cookie_texts(headers: &HeaderMap, name: &str) -> Texts {
    let mut texts = Vec::new();
    for line in headers.get_all(COOKIE) {
        let line = line.to_str().map_err(|_| "is not ASCII")?;
        let pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
        for (_, value) in pairs.filter(|(key, _)| *key == name) {
            texts.push(percent_decoded(value.trim_matches('"'))?);
        }
    }
    Ok(texts)
}

impl Decoder {
    /// The value of a query parameter, for credentials.
    pub(crate) fn query_value(&mut self, name: &str) -> Option<String> {
        self.query().ok().and_then(|pairs| values(pairs, name).into_iter().next())
    }

    /// The value of a cookie, for credentials.
    pub(crate) fn cookie_value(&self, name: &str) -> Option<String> {
        cookie_texts(&self.parts.headers, name).ok()?.into_iter().next()
    }
}
