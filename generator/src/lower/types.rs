//! Schemas become types.

use std::collections::{HashMap, HashSet};

use super::checks;
use super::names::Namer;
use super::naming::Scope;
use super::view::{Additional, Plan, View};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{
    Docs, Enum, EnumVariant, Field, Presence, Slot, Struct, Type, TypeBody, TypeDef, TypeId, TypeName, Unknown,
};
use crate::lift::Document;
use crate::lift::schema::{Keywords, Schema, SchemaId};

/// How deep schemas may refer to each other in a chain.
const DEPTH: usize = 1_000;

/// A schema that has no sound Rust type yet: its values are plain JSON, fully validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untyped {
    /// Where the schema stands.
    pub pointer: String,
    /// Why.
    pub why: &'static str,
}

/// Turns schemas into types, each once.
pub(super) struct Types<'d> {
    document: &'d Document,
    namer: Namer<'d>,
    diagnostics: &'d mut Diagnostics,
    /// Types so far; `None` while one is being made.
    types: Vec<(TypeName, String, Docs, Option<TypeBody>)>,
    slots: HashMap<SchemaId, Slot>,
    merged: HashMap<Vec<SchemaId>, Slot>,
    /// Schemas that something refers to: they get a name, so that they can hold themselves.
    referenced: HashSet<SchemaId>,
    /// Schemas that say more than their types and checks do.
    uncarried: HashSet<SchemaId>,
    pub patterns: Vec<String>,
    pub untyped: Vec<Untyped>,
    depth: usize,
}

impl<'d> Types<'d> {
    pub fn new(document: &'d Document, namer: Namer<'d>, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            document,
            namer,
            diagnostics,
            types: Vec::new(),
            slots: HashMap::new(),
            merged: HashMap::new(),
            referenced: document.schemas.referenced(),
            uncarried: HashSet::new(),
            patterns: Vec::new(),
            untyped: Vec::new(),
            depth: 0,
        }
    }

    /// A name for a type that no schema has, made of `words` and one of the endings.
    pub fn claim(&mut self, words: &str, endings: &[&str]) -> TypeName {
        self.namer.claim(words, endings)
    }

    /// The type of a schema.
    pub fn slot(&mut self, id: SchemaId) -> Slot {
        if let Some(slot) = self.slots.get(&id) {
            return slot.clone();
        }
        if self.depth >= DEPTH {
            let span = self.document.schemas.get(id).span;
            let message = format!("schemas refer to each other more than {DEPTH} deep");
            self.diagnostics.push(Diagnostic::error("too-deep", span, message));
            return Slot::plain(Type::Json);
        }
        self.depth += 1;
        let slot = self.make(id);
        self.depth -= 1;
        self.slots.insert(id, slot.clone());
        slot
    }

    fn make(&mut self, id: SchemaId) -> Slot {
        let keywords = self.document.schemas.keywords(id);
        // A mere reference has its target's type, unless it gives it another name.
        if let Some(target) = keywords.and_then(plain_reference) {
            return if self.namer.is_component(id) {
                self.alias(id, |types| types.slot(target))
            } else {
                self.slot(target)
            };
        }
        let view = View::of(&self.document.schemas, &[id]);
        if view.cyclic {
            let span = self.document.schemas.get(id).span;
            let diagnostic = Diagnostic::error("infinite-schema", span, "this schema contains itself through `allOf`")
                .help("take the schema out of its own `allOf`");
            self.diagnostics.push(diagnostic);
            return Slot::plain(Type::Json);
        }
        let plan = view.plan(&self.document.schemas, keywords);
        if !view.is_carried(&plan) {
            self.uncarried.insert(id);
        }
        match &plan {
            Plan::Struct | Plan::Enum(_) => self.nominal(id, &view, &plan),
            _ if self.namer.is_component(id) || self.referenced.contains(&id) => {
                self.alias(id, |types| types.structural(id, &view, &plan))
            }
            _ => self.structural(id, &view, &plan),
        }
    }

    /// A struct or an enum.
    fn nominal(&mut self, id: SchemaId, view: &View<'d>, plan: &Plan<'d>) -> Slot {
        let type_id = self.reserve(id);
        let slot = Slot::plain(nullable_if(view.is_nullable(), Type::Named(type_id)));
        // Known before its members are, so that they may hold it.
        self.slots.insert(id, slot.clone());
        let body = match plan {
            Plan::Enum(texts) => TypeBody::Enum(enumeration(texts)),
            _ => TypeBody::Struct(self.structure(view)),
        };
        self.types[type_id.0].3 = Some(body);
        slot
    }

    /// Another name for a type.
    fn alias(&mut self, id: SchemaId, inner: impl FnOnce(&mut Self) -> Slot) -> Slot {
        let type_id = self.reserve(id);
        let slot = Slot::plain(Type::Named(type_id));
        self.slots.insert(id, slot.clone());
        let inner = inner(self);
        self.types[type_id.0].3 = Some(TypeBody::Alias(inner));
        slot
    }

    fn reserve(&mut self, id: SchemaId) -> TypeId {
        let name = self.namer.type_of(id);
        let pointer = self.document.schemas.get(id).pointer.to_string();
        let docs = docs(self.document.schemas.keywords(id));
        self.types.push((name, pointer, docs, None));
        TypeId(self.types.len() - 1)
    }

    fn structural(&mut self, id: SchemaId, view: &View<'d>, plan: &Plan<'d>) -> Slot {
        let ty = match plan {
            Plan::Scalar(scalar) => Type::Scalar(*scalar),
            Plan::List(items) => Type::List(Box::new(self.optional_slot(*items))),
            Plan::Map(members) => match members.map(|members| (members, &self.document.schemas.get(members).schema)) {
                None | Some((_, Schema::Always)) => Type::JsonObject,
                Some((_, Schema::Never)) => {
                    self.uncarried.insert(id);
                    Type::JsonObject
                }
                Some((members, Schema::Keywords(_))) => Type::Map(Box::new(self.slot(members))),
            },
            Plan::Optional(value) => {
                let inner = self.slot(*value);
                return Slot { ty: nullable_if(true, inner.ty), checks: inner.checks };
            }
            Plan::Untyped(why) => {
                let pointer = self.document.schemas.get(id).pointer.to_string();
                self.untyped.push(Untyped { pointer, why });
                return Slot::plain(Type::Json);
            }
            Plan::Struct | Plan::Enum(_) | Plan::Any => return Slot::plain(Type::Json),
        };
        let carried = checks::of(view, &ty, &mut self.patterns);
        if carried.partial {
            self.uncarried.insert(id);
        }
        Slot { ty: nullable_if(view.is_nullable(), ty), checks: carried.checks }
    }

    fn optional_slot(&mut self, id: Option<SchemaId>) -> Slot {
        match id {
            Some(id) => self.slot(id),
            None => Slot::plain(Type::Json),
        }
    }

    fn structure(&mut self, view: &View<'d>) -> Struct {
        let mut scope = Scope::default();
        let required = view.required();
        let mut fields = Vec::new();
        for (wire_name, ids) in view.properties() {
            let slot = self.merged_slot(&ids);
            let presence = if required.contains(wire_name) { Presence::Required } else { Presence::Optional };
            let docs = docs(self.document.schemas.keywords(ids[0]));
            fields.push(Field { name: scope.field(wire_name), wire_name: wire_name.to_owned(), slot, presence, docs });
        }
        let unknown = match view.additional() {
            Additional::Unsaid => Unknown::Ignored,
            // What is said of a part only is left to the validator; nothing that passes it is dropped.
            Additional::Partial => Unknown::Kept(scope.field("additional_properties"), Slot::plain(Type::Json)),
            Additional::Said(id) => match &self.document.schemas.get(id).schema {
                Schema::Never => Unknown::Refused,
                Schema::Always => Unknown::Kept(scope.field("additional_properties"), Slot::plain(Type::Json)),
                Schema::Keywords(_) => {
                    let slot = self.slot(id);
                    Unknown::Kept(scope.field("additional_properties"), slot)
                }
            },
        };
        Struct { fields, unknown }
    }

    /// The type of a value that must satisfy all of these.
    fn merged_slot(&mut self, ids: &[SchemaId]) -> Slot {
        let mut distinct: Vec<SchemaId> = Vec::new();
        for id in ids {
            let resolved = self.document.schemas.resolve(*id);
            if !distinct.iter().any(|known| self.document.schemas.resolve(*known) == resolved) {
                distinct.push(*id);
            }
        }
        distinct.retain(|id| !View::of(&self.document.schemas, &[*id]).leaves.is_empty());
        match distinct.as_slice() {
            [] => self.slot(ids[0]),
            [only] => self.slot(*only),
            several => self.several(several),
        }
    }

    fn several(&mut self, ids: &[SchemaId]) -> Slot {
        if let Some(slot) = self.merged.get(ids) {
            return slot.clone();
        }
        let view = View::of(&self.document.schemas, ids);
        let plan = view.plan(&self.document.schemas, None);
        let carried = view.is_carried(&plan);
        if !carried || !matches!(plan, Plan::Struct) {
            self.uncarried.extend(ids);
        }
        let slot = match plan {
            Plan::Struct => {
                let type_id = self.reserve(ids[ids.len() - 1]);
                let slot = Slot::plain(nullable_if(view.is_nullable(), Type::Named(type_id)));
                self.merged.insert(ids.to_vec(), slot.clone());
                let body = TypeBody::Struct(self.structure(&view));
                self.types[type_id.0].3 = Some(body);
                slot
            }
            Plan::Untyped(_) => Slot::plain(Type::Json),
            // What satisfies them all satisfies the first, so its type holds every valid value.
            _ => self.slot(ids[0]),
        };
        self.merged.insert(ids.to_vec(), slot.clone());
        slot
    }

    /// Whether types and generated checks say all that is said by a schema and what it holds.
    pub fn is_carried(&self, id: SchemaId) -> bool {
        let mut seen = HashSet::new();
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            if self.uncarried.contains(&id) {
                return false;
            }
            if seen.insert(id) {
                pending.extend(self.document.schemas.children(id));
            }
        }
        true
    }

    /// The types, all made.
    pub fn finish(self) -> Finished {
        let types = self.types.into_iter().map(|(name, pointer, docs, body)| TypeDef {
            name,
            pointer,
            docs,
            body: body.unwrap_or(TypeBody::Alias(Slot::plain(Type::Json))),
            checked: false,
        });
        let mut types: Vec<TypeDef> = types.collect();
        super::recursion::break_cycles(&mut types);
        checks::mark_checked(&mut types);
        Finished { types, patterns: self.patterns, untyped: self.untyped }
    }

    /// The body of a type that is already made.
    pub fn body(&self, id: TypeId) -> Option<&TypeBody> {
        self.types.get(id.0)?.3.as_ref()
    }
}

/// What [`Types::finish`] gives.
pub(super) struct Finished {
    pub types: Vec<TypeDef>,
    pub patterns: Vec<String>,
    pub untyped: Vec<Untyped>,
}

/// The target, if the keywords say nothing but `$ref`, or `allOf` of one schema.
fn plain_reference(keywords: &Keywords) -> Option<SchemaId> {
    let target = match (keywords.reference, keywords.all_of.as_slice()) {
        (Some(target), []) => target,
        (None, [only]) => *only,
        _ => return None,
    };
    (!super::view::constrains(keywords)).then_some(target)
}

fn nullable_if(nullable: bool, ty: Type) -> Type {
    match ty {
        already @ Type::Nullable(_) => already,
        ty if nullable => Type::Nullable(Box::new(ty)),
        ty => ty,
    }
}

fn enumeration(texts: &[&str]) -> Enum {
    let mut scope = Scope::default();
    let variants = texts.iter().map(|text| EnumVariant { name: scope.variant(text), wire_name: (*text).to_owned() });
    Enum { variants: variants.collect() }
}

fn docs(keywords: Option<&Keywords>) -> Docs {
    let Some(notes) = keywords.map(|keywords| &keywords.notes) else { return Docs::default() };
    Docs { summary: notes.title.clone(), description: notes.description.clone(), deprecated: notes.deprecated }
}
