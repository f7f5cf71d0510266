//! `application/x-www-form-urlencoded` bodies (WHATWG URL §5).

use super::Decoder;
use super::Validation;
use super::body::Body;
use super::fields::{Field, FormValue, form};
use super::texts::Malformed;
use crate::json::{BorrowedJson, Decode, ViaDecode};

impl Decoder {
    /// A form. One without fields is an object without members.
    pub fn form<T: for<'de> Decode<'de>>(&mut self, fields: &'static [Field], check: fn(&T) -> bool) -> Option<T> {
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
    pub(super) fn decode_fields<T: for<'de> Decode<'de>>(
        &mut self,
        body: &'static Body,
        node: &FormValue<'_>,
        check: fn(&T) -> bool,
    ) -> Option<T> {
        if body.validation == Validation::Static
            && let Some(decoded) = T::decode(node).ok().filter(check)
        {
            return Some(decoded);
        }
        let json = self.contract.schemas.value(body.schema, node);
        if !self.is_valid(body, &BorrowedJson::from(&json)) {
            return None;
        }
        let decoded = serde_json::from_value(json).ok().map(|ViaDecode(value)| value).filter(check);
        if decoded.is_none() {
            self.violate_body("", "type", "is not of the type, or not in the range, that is asked for");
        }
        decoded
    }
}
