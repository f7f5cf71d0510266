//! `application/x-www-form-urlencoded` bodies (WHATWG URL §5).

use serde_json::Value;

use super::Validation;
use super::body::Body;
use super::fields::{Field, FormValue, form};
use super::texts::Malformed;
use super::{Decoder, Severity, disagreement};
use crate::json::{self, Decode};
use crate::protocol::Violation;

impl Decoder {
    /// A form. One without fields is an object without members.
    pub fn form<T: Decode>(&mut self, fields: &'static [Field], check: fn(&T) -> bool) -> Option<T> {
        let (body, text) = self.whole_text()?;
        match form(&text, fields) {
            Ok(node) => self.decode_fields(body, &node, check),
            Err(Malformed(why)) => {
                self.malformed("", why);
                None
            }
        }
    }

    /// Decodes fields; on failure the schema's validator says all that is wrong.
    pub(super) fn decode_fields<T: Decode>(
        &mut self,
        body: &'static Body,
        node: &FormValue<'_>,
        check: fn(&T) -> bool,
    ) -> Option<T> {
        if body.validation == Validation::Static
            && let Some(decoded) = json::of_field(node).ok().filter(check)
        {
            return Some(decoded);
        }
        let text = self.valid_json(body, node, |_| true)?.to_string();
        let decoded = json::from_str(&text).ok().filter(check);
        if decoded.is_none() {
            self.violations.push(disagreement::of::<T>(&text, body.schema));
        }
        decoded
    }

    /// The JSON value that fields stand for. Where it is not valid, what is wrong with it is kept for the refusal, but
    /// for what shall not be told.
    pub(super) fn valid_json(
        &mut self,
        body: &'static Body,
        node: &FormValue<'_>,
        is_told: impl Fn(&Violation) -> bool,
    ) -> Option<Value> {
        let Ok((json, mut found)) = self.contract.schemas.read_fields(body.schema, node) else {
            self.worst = Severity::Unchecked;
            return None;
        };
        found.retain(is_told);
        let is_valid = found.is_empty();
        self.violations.extend(found);
        is_valid.then_some(json)
    }
}
