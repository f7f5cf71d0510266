//! Members that are always the same: a struct has no field for them, and writes them by itself.

use std::collections::HashMap;

use super::Types;
use super::enums::constant;
use crate::ir::{Accepted, Constant, ConstrainedType, EnumValues, Scalar, Type, TypeBody};
use crate::lift::Document;
use crate::lift::schemas::SchemaId;
use crate::lift::schemas::effective_schema::EffectiveSchema;

/// The member of a schema that a discriminator reads, and the one value that stands for the schema.
#[derive(Debug, Clone, PartialEq)]
struct Tag {
    member: String,
    value: String,
}

/// The tags of all schemas that discriminators tell apart.
#[derive(Debug, Default)]
pub(super) struct Tags(HashMap<SchemaId, Option<Tag>>);

impl Tags {
    pub(super) fn of(document: &Document) -> Self {
        let mut tags = Self::default();
        for cases in document.schemas.ids().filter_map(|id| document.cases(id)) {
            for (id, values) in &cases.cases {
                let only = <&[String; 1]>::try_from(values.as_slice()).ok();
                let tag = only.filter(|_| cases.otherwise != Some(*id));
                let tag = tag.map(|[value]| Tag { member: cases.property.clone(), value: value.clone() });
                tags.add(*id, &tag);
                let target = document.schemas.resolve(*id);
                if target != *id {
                    tags.add(target, &tag);
                }
            }
        }
        tags
    }

    /// Where discriminators do not agree, no value is the schema's.
    fn add(&mut self, id: SchemaId, tag: &Option<Tag>) {
        let known = self.0.entry(id).or_insert_with(|| tag.clone());
        if known != tag {
            *known = None;
        }
    }

    fn value(&self, id: SchemaId, member: &str) -> Option<&str> {
        self.0.get(&id)?.as_ref().filter(|tag| tag.member == member).map(|tag| tag.value.as_str())
    }
}

impl<'d> Types<'d> {
    /// The one value of a member, where its schemas allow no other.
    pub(super) fn only_value(&self, ids: &[SchemaId]) -> Option<Constant> {
        let view = EffectiveSchema::combine(&self.document.schemas, ids);
        let is_external = view.keywords().any(|keywords| keywords.notes.rust_type.is_some());
        let values = view.values(&self.document.schemas).filter(|values| values.exact && !values.nullable)?;
        match values.listed.as_slice() {
            [only] if !is_external => constant(only.node).filter(is_spelled),
            _ => None,
        }
    }

    /// The value that stands for the schema `owner` in a member that discriminators read, and what is read there.
    pub(super) fn tag(&self, owner: SchemaId, member: &str, slot: &ConstrainedType) -> Option<(Constant, Accepted)> {
        let value = self.tags.value(owner, member)?;
        let accepted = match &slot.ty {
            Type::Scalar(Scalar::String) if slot.checks.is_empty() => Accepted::AnyText,
            Type::Named(id) => match self.body(*id)? {
                TypeBody::Enum(enumeration) if matches!(enumeration.values, EnumValues::Texts { .. }) => {
                    let is_listed = |listed: &Constant| matches!(listed, Constant::Text(text) if text == value);
                    let is_open = enumeration.values != EnumValues::Texts { other: None };
                    let fits = is_open || enumeration.variants.iter().any(|variant| is_listed(&variant.value));
                    fits.then_some(Accepted::Any(*id))?
                }
                _ => return None,
            },
            _ => return None,
        };
        Some((Constant::Text(value.to_owned()), accepted))
    }
}

/// Whether generated code can spell it out.
fn is_spelled(constant: &Constant) -> bool {
    constant.as_integer().is_none_or(|value| i64::try_from(value).is_ok())
}
