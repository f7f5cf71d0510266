//! Documents as they are found: what is not as the specification has it, and plain all the same, is put right in
//! the tree, and told as a warning. Later stages see what was meant.

mod examples;
mod parameters;
mod pattern;
mod schema;
mod values;

pub(crate) use examples::quote_texts;
pub(crate) use parameters::{Undeclared, declare, give_schema, start_with_slashes};
pub(crate) use schema::mend as mend_schema;
