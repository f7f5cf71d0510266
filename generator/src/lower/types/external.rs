//! Types that the document names are taken as they are.

use std::collections::HashMap;

use super::{TypeOrigin, Types, nullable_if};
use crate::diagnostic::Diagnostic;
use crate::ir::{ConstrainedType, Origin, Package, RustType, Type};
use crate::lift::schemas::effective_schema::EffectiveSchema;

impl<'d> Types<'d> {
    /// The type that a schema names itself, or that is named for its format.
    pub(in crate::lower) fn rust_type(&self, view: &EffectiveSchema<'d>, subject: &TypeOrigin) -> Option<&'d RustType> {
        let document = self.document;
        let own = match subject {
            TypeOrigin::Schema(id) => document.schemas.keywords(*id),
            TypeOrigin::Merged { .. } => None,
        };
        // What is said beside it may ask for more than the type holds.
        let only = match view.leaves.as_slice() {
            [(_, leaf)] => Some(*leaf),
            _ => None,
        };
        let named = own.into_iter().chain(only).find_map(|keywords| keywords.notes.rust_type.as_ref());
        let of_format = || document.formats.get(view.format().filter(|_| view.is_open_scalar())?);
        named.or_else(of_format)
    }

    /// The place of a value of such a type.
    pub(in crate::lower) fn external(
        &mut self,
        ty: &RustType,
        nullable: bool,
        subject: &TypeOrigin,
    ) -> ConstrainedType {
        let span = self.document.schemas.get(subject.about()).span;
        self.external.entry(ty.clone()).or_insert(span);
        ConstrainedType::plain(nullable_if(nullable, Type::External(Box::new(ty.clone()))))
    }

    /// A crate has one version in all.
    pub(in crate::lower) fn agree_on_versions(&mut self) {
        let mut versions: HashMap<&str, &str> = HashMap::new();
        for (ty, span) in &self.external {
            let Origin::Package(Package { name, version: Some(version), .. }) = ty.origin() else { continue };
            let first = *versions.entry(name).or_insert(version);
            if first != version {
                let message =
                    format!("the crate `{name}` is asked for in version `{version}`, and in `{first}` elsewhere");
                self.diagnostics
                    .push(Diagnostic::error("conflicting-versions", *span, message).help("ask for one version"));
            }
        }
    }
}
