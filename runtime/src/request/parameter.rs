//! Parameters: path, query, headers and cookies.

use std::borrow::Cow;

use super::read::{Fault, Read};
use super::texts::{self, Malformed};
use super::validation::{Validation, validated_by_schema};
use super::{Decoder, Severity};
use crate::protocol::{Location, Violation, exactly_one};

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
    /// What is around its texts.
    pub syntax: Syntax,
    /// The pointer of its schema; empty where it has none.
    pub schema: &'static str,
    /// Who validates it.
    pub validation: Validation,
    /// Whether it counts as absent where it has no text (OpenAPI's `allowEmptyValue`).
    pub empty_is_absent: bool,
    /// The value that it has where it is absent, as JSON, if generated code does not spell it out.
    pub default: Option<&'static str>,
}

impl Parameter {
    /// A parameter of the path.
    pub const fn path(name: &'static str) -> Self {
        Self::at(Location::Path, name)
    }

    /// A parameter of the query.
    pub const fn query(name: &'static str) -> Self {
        Self::at(Location::Query, name)
    }

    /// The whole query string.
    pub const fn querystring(name: &'static str) -> Self {
        Self::at(Location::Querystring, name)
    }

    /// A header.
    pub const fn header(name: &'static str) -> Self {
        Self::at(Location::Header, name)
    }

    /// A cookie.
    pub const fn cookie(name: &'static str) -> Self {
        Self::at(Location::Cookie, name)
    }

    /// What most parameters are like: one text, validated by types.
    const fn at(location: Location, name: &'static str) -> Self {
        Self {
            location,
            name,
            capture: 0,
            style: Style::Single,
            syntax: Syntax::Plain,
            schema: "",
            validation: Validation::Static,
            empty_is_absent: false,
            default: None,
        }
    }

    /// Which of the path's parameters it is; the first unless said.
    #[must_use]
    pub const fn capture(mut self, number: usize) -> Self {
        self.capture = number;
        self
    }

    /// How it is written; as one text unless said.
    #[must_use]
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// What is around its texts; nothing unless said.
    #[must_use]
    pub const fn syntax(mut self, syntax: Syntax) -> Self {
        self.syntax = syntax;
        self
    }

    /// It counts as absent where it has no text.
    #[must_use]
    pub const fn empty_is_absent(mut self) -> Self {
        self.empty_is_absent = true;
        self
    }

    /// The value, as JSON, that it has where it is absent.
    #[must_use]
    pub const fn default_json(mut self, json: &'static str) -> Self {
        self.default = Some(json);
        self
    }
}

validated_by_schema!(Parameter);

/// How a parameter's value is written: the styles of OpenAPI 3.2 §4.12.2, as far as what is read of a
/// request depends on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// One text.
    Single,
    /// A list: the parameter is repeated.
    Repeated,
    /// A list, or names and values in turn: one text, cut at this character.
    Delimited(char),
    /// An object: one text of `name=value`, cut at this character.
    Pairs(char),
    /// An object: these members are parameters of their own.
    Spread(&'static [&'static str]),
    /// An object: these members are parameters of their own, and further members are all parameters but these.
    SpreadBut(&'static [&'static str]),
    /// An object or a list: members and items in brackets after the parameter's name (`deepObject`).
    Brackets,
    /// JSON.
    Json,
    /// The whole query string, as a form.
    Form,
}

impl Style {
    /// Whether the parameter may be several of the request's own.
    pub(super) fn is_exploded(self) -> bool {
        matches!(self, Self::Repeated | Self::Spread(_) | Self::SpreadBut(_))
    }
}

/// What is around a parameter's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Nothing. In URIs and cookies, texts are percent-encoded.
    Plain,
    /// Nothing, and texts are not encoded: OpenAPI 3.2's style `cookie`.
    Verbatim,
    /// A dot: `.blue`.
    Label,
    /// A semicolon and the parameter's name: `;color=blue`.
    Matrix,
    /// Nothing, and there may be several segments of the path, none of which leads out of a folder.
    Segments,
}

impl Decoder {
    /// A parameter that must be there.
    pub fn required<T>(&mut self, parameter: &'static Parameter, read: Read<T>, check: fn(&T) -> bool) -> Option<T> {
        let value = read(self, parameter, check).and_then(|value| value.ok_or(Fault::Missing));
        self.noted(parameter, value)
    }

    /// A parameter that must be there, and may be null.
    pub fn nullable<T>(
        &mut self,
        parameter: &'static Parameter,
        read: Read<T>,
        check: fn(&T) -> bool,
    ) -> Option<Option<T>> {
        let value = match read(self, parameter, check) {
            Ok(None) => Err(Fault::Missing),
            Err(Fault::Null) => Ok(None),
            read => read,
        };
        self.noted(parameter, value)
    }

    /// A parameter that may be absent; null is the same.
    pub fn optional<T>(
        &mut self,
        parameter: &'static Parameter,
        read: Read<T>,
        check: fn(&T) -> bool,
    ) -> Option<Option<T>> {
        let value = match read(self, parameter, check) {
            Err(Fault::Null) => Ok(None),
            read => read,
        };
        self.noted(parameter, value)
    }

    /// A parameter that has a value also where it is absent.
    pub fn or_default<T>(
        &mut self,
        parameter: &'static Parameter,
        read: Read<T>,
        check: fn(&T) -> bool,
        default: fn() -> T,
    ) -> Option<T> {
        self.optional(parameter, read, check).map(|value| value.unwrap_or_else(default))
    }

    /// The value; `None` where there is a fault, which is kept for the refusal.
    fn noted<T>(&mut self, parameter: &'static Parameter, value: Result<T, Fault>) -> Option<T> {
        match value {
            Ok(value) => return Some(value),
            Err(Fault::Missing | Fault::Null) => self.violations.push(violation(parameter, "required", "is missing")),
            Err(Fault::Repeated) => self.violations.push(violation(parameter, "repeated", "is given more than once")),
            Err(Fault::Malformed(Malformed(reason))) => {
                self.worst = self.worst.max(Severity::Malformed);
                self.violations.push(violation(parameter, "encoding", reason));
            }
            Err(Fault::Invalid(found)) => self.violations.extend(found),
            Err(Fault::Unchecked) => self.worst = Severity::Unchecked,
        }
        None
    }
}

impl Decoder {
    /// The value of a query parameter that stands once, for credentials.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        let values = texts::query(texts::pairs(self.parts().uri.query()?), name, Style::Single).ok()?;
        exactly_one(values.into_iter()).map(Cow::into_owned)
    }

    /// The value of a cookie that stands once, for credentials.
    pub(crate) fn cookie_value(&self, name: &str) -> Option<String> {
        let cookies = texts::cookies(&self.parts().headers, false).ok()?;
        let (_, value) = exactly_one(cookies.into_iter().filter(|(other, _)| *other == name))?;
        texts::cookie_decoded(value).ok().map(Cow::into_owned)
    }
}

/// Something that is wrong with the whole of a parameter.
pub(super) fn violation(parameter: &Parameter, code: &'static str, message: &str) -> Violation {
    let &Parameter { location, name, .. } = parameter;
    let (code, message) = (Cow::Borrowed(code), message.to_owned());
    Violation { location, at: name.to_owned(), part: String::new(), code, message }
}
