//! Values that satisfy their schema, and that no type takes.
//!
//! A type holds fewer numbers than a schema without bounds allows; whatever else it refuses is a mistake of ours, or of
//! a type that the application brings.

use serde_json::Value;

use super::error_pointer;
use crate::json::{self, Decode};
use crate::observe;
use crate::protocol::{Location, Violation};

/// What is wrong with a value, as the type `T` sees it; the schema stands at `schema`.
pub(super) fn of<T: Decode>(text: &str, schema: &str) -> Violation {
    let at = json::from_str::<T>(text).err().map(|failure| error_pointer::pointer(text, failure)).unwrap_or_default();
    let value = serde_json::from_str::<Value>(text).unwrap_or_default();
    of_value(value.pointer(&at).unwrap_or(&Value::Null), &at, schema)
}

/// What is wrong with a value at a place of the body.
pub(super) fn of_value(value: &Value, at: &str, schema: &str) -> Violation {
    let (code, message) = match value {
        Value::Number(_) => ("range", "is outside of the numbers that the service can take"),
        _ => {
            observe::disagreement(schema, at);
            ("type", "is allowed by its schema, and the service cannot take it")
        }
    };
    let (code, message) = (code.into(), message.to_owned());
    Violation { location: Location::Body, at: at.to_owned(), part: String::new(), code, message }
}
