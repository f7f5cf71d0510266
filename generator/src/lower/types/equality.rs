//! Whether Rust's equality of values is that of JSON Schema (Core 2020-12 §4.2.2).

use std::collections::HashSet;

use super::Types;
use crate::ir::{Newtype, Scalar, Type, TypeBody, TypeId};

impl Types<'_> {
    /// Whether values of a type are equal just where their JSON is; `seen` are the types around it.
    pub(super) fn tells_apart(&self, ty: &Type, seen: &mut HashSet<TypeId>) -> bool {
        match ty {
            Type::Json | Type::JsonObject => true,
            Type::Scalar(scalar) => is_faithful(*scalar),
            Type::List(slot) | Type::Map(slot) => self.tells_apart(&slot.ty, seen),
            Type::Tuple(slots) => slots.iter().all(|slot| self.tells_apart(&slot.ty, seen)),
            Type::Nullable(inner) | Type::Boxed(inner) => self.tells_apart(inner, seen),
            Type::Named(id) => match self.body(*id) {
                _ if !seen.insert(*id) => true,
                Some(TypeBody::Enum(_)) => true,
                Some(TypeBody::Alias(slot) | TypeBody::Newtype(Newtype { slot })) => self.tells_apart(&slot.ty, seen),
                // They may leave members away, or fill them in.
                Some(TypeBody::Struct(_) | TypeBody::Union(_)) | None => false,
            },
            Type::External(_) => false,
        }
    }
}

fn is_faithful(scalar: Scalar) -> bool {
    match scalar {
        Scalar::String
        | Scalar::Password
        | Scalar::Null
        | Scalar::Bool
        | Scalar::Integer(_)
        | Scalar::BigInteger
        | Scalar::Decimal
        | Scalar::Date
        | Scalar::Ipv4 => true,
        // Several texts are the same value.
        Scalar::F32 | Scalar::F64 | Scalar::Uuid | Scalar::DateTime | Scalar::Base64 | Scalar::Ipv6 => false,
    }
}
