//! Reading of parameters: from the texts of a request to a typed value, or to what is wrong.

use serde_json::Value;

use super::Validation;
use super::fields::FormValue;
use super::parameter::{Parameter, Style};
use super::texts::{self, Malformed, Plain, Texts};
use super::{Decoder, disagreement, objects};
use crate::json::{self, Decode};
use crate::protocol::Violation;
use crate::validation::Unchecked;
use crate::values::FromText;

/// Reads a parameter that may be absent, and checks it.
pub type Read<T> = fn(&Decoder, &'static Parameter, fn(&T) -> bool) -> Result<Option<T>, Fault>;

/// What is wrong with a parameter.
#[derive(Debug)]
pub enum Fault {
    /// It is not there, and must be.
    Missing,
    /// It is null: an empty text where the schema allows null, and nothing else that is empty.
    Null,
    /// It is there more than once, and has one value.
    Repeated,
    /// Its text cannot be read.
    Malformed(Malformed),
    /// Its value is not what the schema asks for.
    Invalid(Vec<Violation>),
    /// Nobody can say whether it is valid; the log says why.
    Unchecked,
}

/// A parameter that is one text.
pub fn text<T: FromText>(
    decoder: &Decoder,
    parameter: &'static Parameter,
    check: fn(&T) -> bool,
) -> Result<Option<T>, Fault> {
    match texts::plain(decoder, parameter) {
        Plain::Absent => return Ok(None),
        Plain::Text(text) => {
            if let Some(value) = T::from_text(text).filter(check) {
                return Ok(Some(value));
            }
        }
        Plain::Unknown => {}
    }
    match texts_of(decoder, parameter)?.as_slice() {
        [] => Ok(None),
        [text] => match T::from_text(text).filter(check) {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(decoder, parameter, &FormValue::Text(text.as_ref().into()))),
        },
        _ => Err(Fault::Repeated),
    }
}

/// A parameter that is a list of texts.
pub fn list<T: FromText>(
    decoder: &Decoder,
    parameter: &'static Parameter,
    check: fn(&Vec<T>) -> bool,
) -> Result<Option<Vec<T>>, Fault> {
    let texts = texts_of(decoder, parameter)?;
    let items = match (parameter.style, texts.as_slice()) {
        (_, []) => return Ok(None),
        // A text that is cut has no items where it is empty.
        (Style::Delimited(_), [only]) if only.is_empty() => &[],
        (_, texts) => texts,
    };
    let list: Option<Vec<T>> = items.iter().map(|text| T::from_text(text)).collect();
    match list.filter(check) {
        Some(list) => Ok(Some(list)),
        None => {
            let items = items.iter().map(|text| FormValue::Text(text.as_ref().into()));
            Err(invalid(decoder, parameter, &FormValue::List(items.collect())))
        }
    }
}

/// A parameter of any other type: an object, a choice of types, JSON.
pub fn value<T: Decode>(
    decoder: &Decoder,
    parameter: &'static Parameter,
    check: fn(&T) -> bool,
) -> Result<Option<T>, Fault> {
    let Some(node) = node(decoder, parameter)? else { return Ok(None) };
    if parameter.validation == Validation::Static
        && let Some(value) = json::of_field(&node).ok().filter(check)
    {
        return Ok(Some(value));
    }
    let value = json_of(decoder, parameter, &node)?;
    let text = value.to_string();
    // No type of a parameter holds null but those of JSON.
    match (json::from_str(&text).ok().filter(check), parameter.default) {
        (Some(value), _) => Ok(Some(value)),
        (None, None) if value.is_null() => Err(Fault::Null),
        (None, Some(default)) if value.is_null() => Ok(json::from_str(default).ok()),
        (None, _) => {
            let found = disagreement::of::<T>(&text, parameter.schema);
            Err(Fault::Invalid(vec![of_parameter(parameter, found)]))
        }
    }
}

/// What a parameter's texts stand for; its default where it is absent and has one.
fn node<'r>(decoder: &'r Decoder, parameter: &'static Parameter) -> Result<Option<FormValue<'r>>, Fault> {
    let sent = match parameter.style {
        Style::Single | Style::Repeated | Style::Delimited(_) | Style::Json => {
            let texts = texts_of(decoder, parameter)?;
            match (parameter.style, texts.len()) {
                (_, 0) => None,
                (Style::Json, 1) => texts.into_iter().next().map(FormValue::Json),
                (Style::Single | Style::Json, 2..) => return Err(Fault::Repeated),
                (_, 1) => texts.into_iter().next().map(FormValue::Text),
                _ => Some(FormValue::List(texts.into_iter().map(FormValue::Text).collect())),
            }
        }
        Style::Pairs(_) | Style::Spread(_) | Style::SpreadBut(_) | Style::Brackets | Style::Form => {
            objects::of_parameter(decoder.parts(), &decoder.incoming.captures, parameter).map_err(Fault::Malformed)?
        }
    };
    if let Some(FormValue::Json(text)) = &sent
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()
    {
        return Err(Fault::Malformed(Malformed("cannot be read as JSON")));
    }
    Ok(sent.or_else(|| parameter.default.map(|json| FormValue::Json(json.into()))))
}

fn texts_of<'r>(decoder: &'r Decoder, parameter: &'static Parameter) -> Result<Texts<'r>, Fault> {
    let mut texts = texts::of_parameter(decoder, parameter).map_err(Fault::Malformed)?;
    if parameter.empty_is_absent && texts.iter().all(|text| text.is_empty()) {
        texts.clear();
    }
    Ok(texts)
}

/// The JSON value that the schema takes the texts for, valid by it.
fn json_of(decoder: &Decoder, parameter: &'static Parameter, node: &FormValue<'_>) -> Result<Value, Fault> {
    let read = decoder.contract.schemas.read_fields(parameter.schema, node);
    match read.map_err(|Unchecked| Fault::Unchecked)? {
        (json, found) if found.is_empty() => Ok(json),
        (_, found) => Err(Fault::Invalid(found.into_iter().map(|found| of_parameter(parameter, found)).collect())),
    }
}

/// What is wrong with texts that types or checks do not take.
fn invalid(decoder: &Decoder, parameter: &'static Parameter, node: &FormValue<'_>) -> Fault {
    match json_of(decoder, parameter, node) {
        Err(fault) => fault,
        Ok(Value::Null) => Fault::Null,
        Ok(json) => {
            let number = json.as_array().into_iter().flatten().find(|item| item.is_number());
            let found = disagreement::of_value(number.unwrap_or(&json), "", parameter.schema);
            Fault::Invalid(vec![of_parameter(parameter, found)])
        }
    }
}

/// What is wrong with a value, told of the parameter that it is of.
fn of_parameter(&Parameter { location, name, .. }: &Parameter, found: Violation) -> Violation {
    Violation { location, at: name.to_owned(), part: found.at, ..found }
}
