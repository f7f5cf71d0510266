//! Reading of parameters: from the texts of a request to a typed value, or to what is wrong.

use serde_json::Value;

use super::Validation;
use super::fields::FormValue;
use super::parameter::{Parameter, Style, violation};
use super::texts::{self, Malformed, Texts};
use super::{Decoder, objects};
use crate::json::{Decode, ViaDecode};
use crate::protocol::Violation;
use crate::values::FromText;

/// Reads a parameter that may be absent, and checks it.
pub type Read<T> = fn(&Decoder, &'static Parameter, fn(&T) -> bool) -> Result<Option<T>, Fault>;

/// What is wrong with a parameter.
#[derive(Debug)]
pub enum Fault {
    /// It is not there, and must be.
    Missing,
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
pub fn value<T: for<'de> Decode<'de>>(
    decoder: &Decoder,
    parameter: &'static Parameter,
    check: fn(&T) -> bool,
) -> Result<Option<T>, Fault> {
    let Some(node) = node(decoder, parameter)? else { return Ok(None) };
    if parameter.validation == Validation::Static
        && let Some(value) = T::decode(&node).ok().filter(check)
    {
        return Ok(Some(value));
    }
    let json = json_of(decoder, parameter, &node)?;
    // No type of a parameter holds null but those of JSON.
    let is_null = json.is_null();
    match serde_json::from_value(json).ok().map(|ViaDecode(value)| value).filter(check) {
        Some(value) => Ok(Some(value)),
        None if is_null => Ok(None),
        None => Err(Fault::Invalid(vec![out_of_range(parameter)])),
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
    let json = decoder.contract.schemas.value(parameter.schema, node);
    let found = violations(decoder, parameter, &json)?;
    if found.is_empty() {
        return Ok(json);
    }
    // A text that looks like a number may be meant as the string that the schema allows as well.
    if let (FormValue::Text(text), false) = (node, json.is_string()) {
        let string = Value::String(text.clone().into_owned());
        if violations(decoder, parameter, &string)?.is_empty() {
            return Ok(string);
        }
    }
    Err(Fault::Invalid(found))
}

/// What is wrong with texts that types or checks do not take.
fn invalid(decoder: &Decoder, parameter: &'static Parameter, node: &FormValue<'_>) -> Fault {
    match violations(decoder, parameter, &decoder.contract.schemas.value(parameter.schema, node)) {
        Err(fault) => fault,
        Ok(found) if found.is_empty() => Fault::Invalid(vec![out_of_range(parameter)]),
        Ok(found) => Fault::Invalid(found),
    }
}

/// What the validator says of a value.
fn violations(decoder: &Decoder, parameter: &'static Parameter, json: &Value) -> Result<Vec<Violation>, Fault> {
    let found = decoder.contract.schemas.violations(parameter.schema, &json.into()).map_err(|_| Fault::Unchecked)?;
    let &Parameter { location, name, .. } = parameter;
    let named = found.into_iter().map(|found| Violation { location, at: name.to_owned(), part: found.at, ..found });
    Ok(named.collect())
}

/// The types are narrower than the schema: an integer, say, that has no bounds there.
fn out_of_range(parameter: &Parameter) -> Violation {
    violation(parameter, "type", "is not of the type, or not in the range, that is asked for")
}
