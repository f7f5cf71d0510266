//! Parameters: path, query, headers and cookies.

use std::borrow::Cow;

use serde_json::Value;

use super::texts::{self, Malformed, Texts};
use super::{Decoder, Severity};
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

/// What is wrong with a parameter.
enum Fault {
    Missing,
    Repeated,
    Malformed(Malformed),
    /// Types or checks do not take it; this is the JSON value that it stands for.
    Invalid(Value),
}

impl Decoder {
    /// A parameter that must be there.
    pub fn required<T: FromText>(&mut self, parameter: &'static Parameter, check: fn(&T) -> bool) -> Option<T> {
        let value = self.value(parameter, check).and_then(|value| value.ok_or(Fault::Missing));
        self.noted(parameter, value)
    }

    /// A parameter that may be absent.
    pub fn optional<T: FromText>(&mut self, parameter: &'static Parameter, check: fn(&T) -> bool) -> Option<Option<T>> {
        let value = self.value(parameter, check);
        self.noted(parameter, value)
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
        let list = self.list(parameter, check).and_then(|list| list.ok_or(Fault::Missing));
        self.noted(parameter, list)
    }

    /// A list that may be absent.
    pub fn optional_list<T: FromText>(
        &mut self,
        parameter: &'static Parameter,
        check: fn(&Vec<T>) -> bool,
    ) -> Option<Option<Vec<T>>> {
        let list = self.list(parameter, check);
        self.noted(parameter, list)
    }

    fn value<T: FromText>(&self, parameter: &Parameter, check: fn(&T) -> bool) -> Result<Option<T>, Fault> {
        match self.texts(parameter)?.as_slice() {
            [] => Ok(None),
            [text] => match T::from_text(text).filter(check) {
                Some(value) => Ok(Some(value)),
                None => Err(Fault::Invalid(json_of(text, parameter.kind))),
            },
            _ => Err(Fault::Repeated),
        }
    }

    fn list<T: FromText>(&self, parameter: &Parameter, check: fn(&Vec<T>) -> bool) -> Result<Option<Vec<T>>, Fault> {
        let texts = self.texts(parameter)?;
        if texts.is_empty() {
            return Ok(None);
        }
        let list: Option<Vec<T>> = texts.iter().map(|text| T::from_text(text)).collect();
        match list.filter(check) {
            Some(list) => Ok(Some(list)),
            None => Err(Fault::Invalid(texts.iter().map(|text| json_of(text, parameter.kind)).collect())),
        }
    }

    fn texts(&self, parameter: &Parameter) -> Result<Texts<'_>, Fault> {
        texts::of(&self.parts, &self.captures, parameter).map_err(Fault::Malformed)
    }

    /// The value; `None` where there is a fault, which is kept for the refusal.
    fn noted<T>(&mut self, parameter: &'static Parameter, value: Result<T, Fault>) -> Option<T> {
        match value {
            Ok(value) => return Some(value),
            Err(Fault::Missing) => self.violate(parameter, "required", "is missing"),
            Err(Fault::Repeated) => self.violate(parameter, "repeated", "stands more than once"),
            Err(Fault::Malformed(Malformed(reason))) => {
                self.worst = self.worst.max(Severity::Malformed);
                self.violate(parameter, "encoding", reason);
            }
            Err(Fault::Invalid(value)) => self.explain(parameter, &value),
        }
        None
    }

    fn violate(&mut self, parameter: &'static Parameter, code: &'static str, message: &str) {
        let &Parameter { location, name, .. } = parameter;
        let (code, message) = (Cow::Borrowed(code), message.to_owned());
        self.violations.push(Violation { location, at: name.to_owned(), code, message });
    }

    /// Says what is wrong with a value that the types or checks do not take.
    fn explain(&mut self, parameter: &'static Parameter, value: &Value) {
        let &Parameter { location, name, schema, .. } = parameter;
        let Ok(found) = self.schemas.violations(schema, value) else {
            self.worst = Severity::Unchecked;
            return;
        };
        if found.is_empty() {
            return self.violate(parameter, "type", "is not of the type, or not in the range, that is asked for");
        }
        let named = found.into_iter().map(|violation| Violation { location, at: name.to_owned(), ..violation });
        self.violations.extend(named);
    }

    /// The value of a query parameter, for credentials.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        texts::query(self.parts.uri.query()?, name, Style::Single).ok()?.into_iter().next().map(Cow::into_owned)
    }

    /// The value of a cookie, for credentials.
    pub(crate) fn cookie_value(&self, name: &str) -> Option<String> {
        texts::cookie(&self.parts.headers, name, Style::Single).ok()?.into_iter().next().map(Cow::into_owned)
    }
}

/// The text as the JSON value that it stands for; itself where it stands for none.
fn json_of(text: &str, kind: Kind) -> Value {
    let parsed = match kind {
        Kind::String => None,
        Kind::Integer if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => number(text),
        Kind::Integer => None,
        Kind::Number => number(text),
        Kind::Boolean => bool::from_text(text).map(Value::Bool),
    };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn number(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(Value::is_number)
}
