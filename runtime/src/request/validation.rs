//! Who validates a part of a request.

/// Who validates a body or a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// Types and generated checks, which say all that the schema says.
    Static,
    /// The schema's validator as well: the schema says more than types can.
    Schema,
}

/// Defines how generated code says which schema a part of a request has, and who validates it.
macro_rules! validated_by_schema {
    ($part:ident) => {
        impl $part {
            /// The pointer of its schema.
            #[must_use]
            pub const fn schema(mut self, pointer: &'static str) -> Self {
                self.schema = pointer;
                self
            }

            /// Its schema says more than types and generated checks: the validator is asked as well.
            #[must_use]
            pub const fn validated(mut self) -> Self {
                self.validation = Validation::Schema;
                self
            }
        }
    };
}

pub(super) use validated_by_schema;
