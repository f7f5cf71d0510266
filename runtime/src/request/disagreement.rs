//! Values that satisfy their schema, and that no type takes.
//!
//! A type holds fewer numbers than a schema without bounds allows; whatever else it refuses is a mistake of ours, or of
//! a type that the application brings.

use serde_json::Value;

use super::error_pointer;
use crate::json::{Decode, ViaDecode};
use crate::observe;
use crate::protocol::{Location, Violation};

/// What is wrong with a value, as the type `T` sees it; the schema stands at `schema`.
pub(super) fn of<T: for<'de> Decode<'de>>(text: &[u8], schema: &str) -> Violation {
    let decode = |text: &[u8]| serde_json::from_slice::<ViaDecode<T>>(text).err();
    let at = decode(text).map(|error| error_pointer::pointer(text, &error, decode)).unwrap_or_default();
    let value = serde_json::from_slice::<Value>(text).unwrap_or_default();
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
