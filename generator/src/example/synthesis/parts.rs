//! The schemas that one value must satisfy together.

use std::collections::HashSet;

use serde_json::Value;

use crate::lift::schemas::{Keywords, Schema, SchemaId, Schemas, Type, Types};
use crate::lift::{Document, plain};

/// The keywords of some schemas and of all that they refer to and are made of, with one of each choice.
pub(super) struct Parts<'s> {
    pub all: Vec<&'s Keywords>,
    /// What discriminators ask for: a property, and its value as text.
    pub tags: Vec<(String, String)>,
}

impl<'s> Parts<'s> {
    /// Gathers them; `choice` is the number of the schema that is taken where there are several.
    pub(super) fn gather(document: &'s Document, ids: &[SchemaId], choice: usize) -> Self {
        let mut parts = Self { all: Vec::new(), tags: Vec::new() };
        let mut pending: Vec<SchemaId> = ids.iter().rev().copied().collect();
        let mut seen = HashSet::new();
        while let Some(id) = pending.pop() {
            let Schema::Keywords(keywords) = &document.schemas.get(id).schema else { continue };
            if !seen.insert(id) {
                continue;
            }
            parts.all.push(keywords);
            let made_of = keywords.reference.iter().chain(&keywords.all_of).copied();
            let mut more: Vec<SchemaId> = made_of.collect();
            match document.cases(id).filter(|cases| !cases.cases.is_empty()) {
                Some(cases) => {
                    let (case, values) = &cases.cases[choice % cases.cases.len()];
                    more.push(*case);
                    // What builds upon a schema with a discriminator says itself which case it is.
                    let is_told = parts.tags.iter().any(|(property, _)| *property == cases.property);
                    let text = values.first().filter(|_| !is_told);
                    parts.tags.extend(text.map(|text| (cases.property.clone(), text.clone())));
                }
                None => {
                    let choices = [&keywords.one_of, &keywords.any_of];
                    more.extend(choices.into_iter().filter_map(|branches| one_of(&document.schemas, branches, choice)));
                }
            }
            pending.extend(more.into_iter().rev());
        }
        parts
    }

    /// The types that all of them allow; none where none says any.
    pub(super) fn types(&self) -> Types {
        let said = self.all.iter().map(|keywords| keywords.types).filter(|types| !types.is_empty());
        said.reduce(Types::and).unwrap_or_default()
    }

    /// Whether they have keywords of this type of values.
    pub(super) fn implies(&self, kind: Type) -> bool {
        self.all.iter().any(|keywords| match kind {
            Type::Object => !keywords.object.properties.is_empty() || !keywords.object.required.is_empty(),
            Type::Array => keywords.array.items.is_some() || !keywords.array.prefix.is_empty(),
            _ => false,
        })
    }

    /// The values that all of them allow; `None` where none lists any.
    pub(super) fn allowed(&self) -> Option<Vec<Value>> {
        let lists = self.all.iter().filter_map(|keywords| {
            let constant = keywords.constant.as_ref().map(|constant| vec![plain(constant)]);
            constant.or_else(|| Some(keywords.enumeration.as_ref()?.iter().map(plain).collect()))
        });
        lists.reduce(|both: Vec<Value>, other| both.into_iter().filter(|value| other.contains(value)).collect())
    }

    pub(super) fn required(&self) -> impl Iterator<Item = &'s str> {
        let all = self.all.clone().into_iter();
        all.flat_map(|keywords| keywords.object.required.iter().map(String::as_str))
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        self.all.iter().any(|keywords| keywords.object.required.contains(name))
    }
}

/// One schema of several; not null, if there is another.
fn one_of(schemas: &Schemas, branches: &[SchemaId], choice: usize) -> Option<SchemaId> {
    let some: Vec<SchemaId> = branches.iter().copied().filter(|id| !schemas.is_null(*id)).collect();
    some.get(choice % some.len().max(1)).or(branches.first()).copied()
}
