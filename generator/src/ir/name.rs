//! Names: Rust identifiers that are safe to print.
//!
//! Only [`lower`](crate::lower) makes them, through its naming room; so no text of a document ever
//! gets into code as anything but a checked identifier.

use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes an identifier of letters, digits and `_`, possibly raw (`r#type`).
            pub(crate) fn new(text: String) -> Self {
                debug_assert!(syn::parse_str::<syn::Ident>(&text).is_ok(), "`{text}` is no identifier");
                Self(text)
            }

            /// The identifier.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The name of a type or trait: `Pet`.
    TypeName
}
name! {
    /// The name of a field, method or function: `pet_id`, `r#type`.
    FieldName
}
name! {
    /// The name of an enum's variant: `NotFound`.
    VariantName
}
