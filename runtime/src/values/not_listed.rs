//! The error of a value that an enum does not list.

use std::fmt;

/// A value that is none of those that an enum of the document lists.
///
/// It does not say which value that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotListed;

impl fmt::Display for NotListed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not one of the values that the document lists")
    }
}

impl std::error::Error for NotListed {}
