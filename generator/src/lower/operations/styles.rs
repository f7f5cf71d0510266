//! Styles of parameters (OpenAPI 3.2 §4.12.2): what they mean for the values that a schema allows.

use std::collections::HashSet;

use super::declared::Declared;
use super::endpoint::Lowering;
use super::form;
use crate::ir::{SchemeKind, Style, Type, TypeBody, TypeId, Unknown};
use crate::lift::Document;
use crate::lift::schemas::{SchemaId, Type as JsonType};
use crate::lower::DocumentOperation;

/// What kinds of values a parameter may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Kinds {
    text: bool,
    list: bool,
    object: bool,
}

impl Kinds {
    const TEXT: Self = Self { text: true, list: false, object: false };
    const LIST: Self = Self { text: false, list: true, object: false };
    const OBJECT: Self = Self { text: false, list: false, object: true };
}

impl<'d> Lowering<'d> {
    /// What kinds of values a type has; where it does not say, what its schema allows.
    fn kinds(&self, ty: &Type, id: SchemaId) -> Kinds {
        match ty {
            Type::Scalar(_) => Kinds::TEXT,
            Type::List(_) | Type::Tuple(_) => Kinds::LIST,
            Type::Map(_) | Type::JsonObject => Kinds::OBJECT,
            Type::Nullable(inner) | Type::Boxed(inner) => self.kinds(inner, id),
            Type::Named(named) => match self.types.body(*named) {
                Some(TypeBody::Enum(enumeration)) if enumeration.is_told_by_text() => Kinds::TEXT,
                Some(TypeBody::Struct(_)) => Kinds::OBJECT,
                Some(TypeBody::Alias(slot)) => self.kinds(&slot.ty, id),
                _ => said_by_schema(self.document, id),
            },
            _ => said_by_schema(self.document, id),
        }
    }

    /// How a parameter with a schema is written.
    pub(crate) fn parameter_style(
        &self,
        found: &DocumentOperation<'d>,
        declared: &Declared<'d>,
        (ty, schema): (&Type, Option<SchemaId>),
        all: &[Declared<'d>],
    ) -> Style {
        let kinds = schema.map_or(Kinds::TEXT, |id| self.kinds(ty, id));
        let explodes = declared.explodes();
        let style = declared.style();
        let delimiter = match style {
            "spaceDelimited" => ' ',
            "pipeDelimited" => '|',
            _ => ',',
        };
        if style == "deepObject" {
            return if kinds.list || kinds.object { Style::Brackets } else { Style::Single };
        }
        match (kinds, style, schema) {
            (Kinds { list: true, .. }, "label", _) if explodes => Style::Delimited('.'),
            (Kinds { list: true, .. }, "simple", _) => Style::Delimited(','),
            (Kinds { list: true, .. }, _, _) if explodes => Style::Repeated,
            (Kinds { list: true, .. } | Kinds { text: false, .. }, _, _) if !explodes => Style::Delimited(delimiter),
            (Kinds { text: true, .. }, _, _) | (_, _, None) => Style::Single,
            (_, "label", _) => Style::Pairs('.'),
            (_, "matrix", _) => Style::Pairs(';'),
            (_, "simple", _) => Style::Pairs(','),
            (_, _, Some(id)) => self.spread(found, declared, (ty, id), all),
        }
    }

    /// The members of an object that are parameters of their own. An object that takes any member takes
    /// what is no other parameter's.
    fn spread(
        &self,
        found: &DocumentOperation<'d>,
        declared: &Declared<'d>,
        (ty, id): (&Type, SchemaId),
        all: &[Declared<'d>],
    ) -> Style {
        let own = form::properties(self.document, id);
        if !self.takes_any_member(ty, &own) {
            return Style::Spread(own);
        }
        let mut others: Vec<String> = found.template.query.iter().map(|(name, _)| name.clone()).collect();
        let same_place = |other: &&Declared<'d>| other.location() == declared.location() && other.at != declared.at;
        for other in all.iter().filter(same_place) {
            others.push(other.name().to_owned());
            let id = self.document.schemas.at(&other.at.join("schema"));
            if let Some(id) = id.filter(|_| other.explodes() && other.style() != "deepObject") {
                others.extend(form::properties(self.document, id));
            }
        }
        others.extend(self.schemes.iter().filter_map(|(_, kind)| match kind {
            SchemeKind::QueryKey(name) if declared.location() == "query" => Some(name.clone()),
            SchemeKind::CookieKey(name) if declared.location() == "cookie" => Some(name.clone()),
            _ => None,
        }));
        others.retain(|name| !own.contains(name));
        Style::SpreadBut(others)
    }

    fn takes_any_member(&self, ty: &Type, own: &[String]) -> bool {
        match ty {
            Type::Nullable(inner) | Type::Boxed(inner) => self.takes_any_member(inner, own),
            Type::Named(named) => match self.types.body(*named) {
                Some(TypeBody::Struct(structure)) => matches!(structure.unknown, Unknown::Kept(..)),
                Some(TypeBody::Alias(slot)) => self.takes_any_member(&slot.ty, own),
                _ => own.is_empty(),
            },
            _ => own.is_empty(),
        }
    }

    /// Whether the type alone says what its texts are: a choice of types needs its schema.
    pub(crate) fn is_told_by_types(&self, ty: &Type) -> bool {
        self.is_told(ty, &mut HashSet::new())
    }

    fn is_told(&self, ty: &Type, seen: &mut HashSet<TypeId>) -> bool {
        match ty {
            Type::Scalar(_) | Type::JsonObject => true,
            Type::List(slot) | Type::Map(slot) => self.is_told(&slot.ty, seen),
            Type::Nullable(inner) | Type::Boxed(inner) => self.is_told(inner, seen),
            Type::Named(id) if !seen.insert(*id) => true,
            Type::Named(id) => match self.types.body(*id) {
                Some(TypeBody::Enum(enumeration)) => enumeration.is_told_by_text(),
                Some(TypeBody::Alias(slot)) => self.is_told(&slot.ty, seen),
                Some(TypeBody::Struct(structure)) => {
                    let kept = match &structure.unknown {
                        Unknown::Kept(_, slot) => Some(slot),
                        Unknown::Ignored | Unknown::Refused => None,
                    };
                    structure
                        .fields
                        .iter()
                        .map(|field| &field.slot)
                        .chain(kept)
                        .all(|slot| self.is_told(&slot.ty, seen))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a list's items are lists.
    pub(crate) fn holds_lists_of_lists(&self, ty: &Type) -> bool {
        let item = |ty: &Type| match self.resolved(ty) {
            Type::List(slot) => Some(self.resolved(&slot.ty)),
            _ => None,
        };
        item(ty).is_some_and(|inner| item(&inner).is_some())
    }

    /// The type behind its other names.
    fn resolved(&self, ty: &Type) -> Type {
        match ty {
            Type::Named(id) => match self.types.body(*id) {
                Some(TypeBody::Alias(slot)) => self.resolved(&slot.ty),
                _ => ty.clone(),
            },
            Type::Nullable(inner) => self.resolved(inner),
            ty => ty.clone(),
        }
    }
}

/// The kinds of values that a schema speaks of, in all the schemas that it is made of.
fn said_by_schema(document: &Document, id: SchemaId) -> Kinds {
    let (mut kinds, mut seen, mut pending) = (Kinds::default(), HashSet::new(), vec![id]);
    while let Some(id) = pending.pop() {
        let Some(keywords) = document.schemas.keywords(id).filter(|_| seen.insert(id)) else { continue };
        kinds.list |= keywords.types.contains(JsonType::Array);
        kinds.object |= keywords.types.contains(JsonType::Object)
            || (keywords.types.is_empty() && !keywords.object.properties.is_empty());
        kinds.text |= [JsonType::String, JsonType::Integer, JsonType::Number, JsonType::Boolean]
            .into_iter()
            .any(|kind| keywords.types.contains(kind));
        let parts = keywords.all_of.iter().chain(&keywords.any_of).chain(&keywords.one_of);
        pending.extend(keywords.reference.iter().chain(parts));
    }
    // Where nothing is said, a value is one text.
    if kinds == Kinds::default() { Kinds::TEXT } else { kinds }
}
