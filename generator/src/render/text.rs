//! Text that is safe to print into code. A template sees nothing else of a document.

use std::fmt;

/// A Rust string literal.
#[derive(Debug, Clone)]
pub(super) struct Literal(String);

impl Literal {
    /// Quotes any text.
    pub(super) fn new(text: &str) -> Self {
        Self(format!("{text:?}"))
    }

    /// `Some("…")` or `None`.
    pub(super) fn option(text: Option<&str>) -> Self {
        Self(format!("{text:?}"))
    }
}

/// A type or an expression, put together from identifiers, numbers and literals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code(String);

impl Code {
    /// Takes code that this room has made.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! print_as_is {
    ($($name:ident),*) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        })*
    };
}

print_as_is!(Literal, Code);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cannot_end_early() {
        assert_eq!(Literal::new("a\"; panic!() //").to_string(), r#""a\"; panic!() //""#);
    }
}
