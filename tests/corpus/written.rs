//! Values as parameters write them: the other direction of what the runtime reads.

use buildflow_gen::ir::{Location, Parameter, Style, Syntax};
use serde_json::Value;

use super::forms::add_pairs;
use super::requests::{encoded, text};

/// A parameter in a request, encoded as it is sent.
pub enum Written {
    /// Its number among the path's parameters, and its text.
    Path(usize, String),
    /// Parts of the query string, each `name=value`.
    Query(Vec<String>),
    /// The value of the header of its name.
    Header(String),
    /// Names and values of cookies.
    Cookie(Vec<(String, String)>),
}

/// The value of a parameter, as its style has it.
pub fn written(value: &Value, parameter: &Parameter) -> Written {
    match parameter.location {
        Location::Path(number) => Written::Path(number, dressed(value, parameter)),
        Location::Query => Written::Query(spoken(pairs(value, parameter))),
        Location::Querystring => Written::Query(match parameter.style {
            Style::Form => spoken(pairs(value, parameter)),
            Style::Json => vec![encoded(&value.to_string())],
            _ => vec![encoded(&text(value))],
        }),
        Location::Header => Written::Header(joined(value, parameter, str::to_owned)),
        Location::Cookie => Written::Cookie(pairs(value, parameter)),
    }
}

fn spoken(pairs: Vec<(String, String)>) -> Vec<String> {
    pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn dressed(value: &Value, parameter: &Parameter) -> String {
    let bare = joined(value, parameter, encoded);
    let name = encoded(&parameter.wire_name);
    match (parameter.syntax, &parameter.style, value) {
        (Syntax::Plain | Syntax::Verbatim | Syntax::Segments, ..) => bare,
        (Syntax::Label, ..) => format!(".{bare}"),
        (Syntax::Matrix, Style::Pairs(_), _) => format!(";{bare}"),
        (Syntax::Matrix, Style::Repeated, Value::Array(items)) => {
            items.iter().map(|item| format!(";{name}={}", encoded(&text(item)))).collect()
        }
        (Syntax::Matrix, ..) => format!(";{name}={bare}"),
    }
}

/// One text.
fn joined(value: &Value, parameter: &Parameter, encode: fn(&str) -> String) -> String {
    let one = |value: &Value| encode(&text(value));
    match (&parameter.style, value) {
        (Style::Json, value) => encode(&value.to_string()),
        (Style::Delimited(delimiter), Value::Array(items)) => {
            let delimiter =
                if matches!(delimiter, ',' | '/') { delimiter.to_string() } else { encode(&delimiter.to_string()) };
            items.iter().map(one).collect::<Vec<_>>().join(&delimiter)
        }
        (Style::Delimited(delimiter), Value::Object(members)) => {
            let delimiter =
                if matches!(delimiter, ',' | '/') { delimiter.to_string() } else { encode(&delimiter.to_string()) };
            let members = members.iter().flat_map(|(name, value)| [encode(name), one(value)]);
            members.collect::<Vec<_>>().join(&delimiter)
        }
        (Style::Pairs(delimiter), Value::Object(members)) => {
            let pairs = members.iter().map(|(name, value)| format!("{}={}", encode(name), one(value)));
            pairs.collect::<Vec<_>>().join(&delimiter.to_string())
        }
        (_, value) => one(value),
    }
}

fn pairs(value: &Value, parameter: &Parameter) -> Vec<(String, String)> {
    let name = parameter.wire_name.as_str();
    let mut pairs = Vec::new();
    match (&parameter.style, value) {
        (Style::Brackets, value) => add_pairs(name, value, &mut pairs),
        (Style::Spread(_) | Style::SpreadBut(_) | Style::Form, Value::Object(members)) => {
            members.iter().for_each(|(name, value)| add_pairs(name, value, &mut pairs));
        }
        (Style::Repeated, Value::Array(items)) => {
            pairs.extend(items.iter().map(|item| (name.to_owned(), text(item))));
        }
        (_, value) => return vec![(encoded(name), joined(value, parameter, encoded))],
    }
    pairs.iter().map(|(name, value)| (encoded(name), encoded(value))).collect()
}
