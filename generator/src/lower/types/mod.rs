//! Schemas become types.

pub(in crate::lower) mod checks;
mod constants;
mod conversions;
pub(in crate::lower) mod enums;
mod equality;
pub(in crate::lower) mod external;
mod literals;
mod making;
mod named;
mod null;
pub(in crate::lower) mod plan;
pub(in crate::lower) mod recursion;
pub(in crate::lower) mod structs;
mod structural;
pub(in crate::lower) mod unions;
pub(in crate::lower) mod values;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::diagnostic::Diagnostics;
use crate::ir::{ConstrainedType, Docs, RustType, Type, TypeBody, TypeDef, TypeId, TypeName};
use crate::lift::schemas::effective_schema::EffectiveSchema;
use crate::lift::schemas::{Keywords, SchemaId};
use crate::lift::{Direction, Document};
use crate::lower::names::Namer;
use crate::lower::support_report::{Support, SupportReport};
use crate::read::Span;
use constants::Tags;
use making::{MakingKey, MergedKey, SlotKey};
use plan::Plan;

/// How deep schemas may refer to each other in a chain.
const DEPTH: usize = 1_000;

/// How many types a document may have that are put together of several schemas: the largest published ones have a tenth.
const MOST_MERGED: usize = 20_000;

/// Turns schemas into types, each once.
pub(in crate::lower) struct Types<'d> {
    pub(in crate::lower) document: &'d Document,
    pub(in crate::lower) namer: Namer<'d>,
    pub(in crate::lower) diagnostics: &'d mut Diagnostics,
    types: Vec<Made>,
    /// The slots so far. Only schemas that differ between the directions have one for each.
    slots: HashMap<SlotKey, ConstrainedType>,
    /// The types of what several schemas say together, each with the schema that answered for it first.
    merged: HashMap<MergedKey, (ConstrainedType, SchemaId)>,
    /// For schemas that share such a type, those that answered for it.
    answered_for: HashMap<SchemaId, Vec<SchemaId>>,
    /// Schemas that something refers to: they get a name, so that they can hold themselves.
    referenced: HashSet<SchemaId>,
    /// The types that are being made, each with the name that it needed, for it holds itself.
    making: HashMap<MakingKey, Option<TypeId>>,
    /// The values that stand for schemas in discriminators.
    tags: Tags,
    /// Schemas that say more than their types and checks do.
    validator_only: HashSet<SchemaId>,
    patterns: Vec<String>,
    /// The types that the document names, as far as they are used.
    pub(in crate::lower) external: IndexMap<RustType, Span>,
    pub(in crate::lower) ledger: SupportReport,
    /// Which way the values go of the types that are being made.
    pub(in crate::lower) direction: Direction,
    depth: usize,
}

/// A type that is made, or being made.
struct Made {
    name: TypeName,
    pointer: String,
    docs: Docs,
    /// The schema that describes it, and which way its values go.
    about: SchemaId,
    direction: Direction,
    /// `None` while it is being made.
    body: Option<TypeBody>,
    /// Of a union, the schema of each variant.
    branches: Vec<SchemaId>,
}

/// What a type is made of.
#[derive(Debug, Clone)]
pub(in crate::lower) enum TypeOrigin {
    /// A schema of the document.
    Schema(SchemaId),
    /// What a schema says in the light of others.
    Merged {
        /// The schema that it belongs to.
        owner: SchemaId,
        /// The schema that describes it.
        about: SchemaId,
        /// What it is called.
        words: String,
    },
}

impl TypeOrigin {
    /// The schema that answers for what types cannot say.
    pub(super) fn owner(&self) -> SchemaId {
        match self {
            Self::Schema(id) => *id,
            Self::Merged { owner, .. } => *owner,
        }
    }

    /// The schema that describes it.
    pub(super) fn about(&self) -> SchemaId {
        match self {
            Self::Schema(id) => *id,
            Self::Merged { about, .. } => *about,
        }
    }
}

impl<'d> Types<'d> {
    pub(super) fn new(document: &'d Document, mut namer: Namer<'d>, diagnostics: &'d mut Diagnostics) -> Self {
        namer.claim_inputs();
        Self {
            document,
            namer,
            diagnostics,
            types: Vec::new(),
            slots: HashMap::new(),
            merged: HashMap::new(),
            answered_for: HashMap::new(),
            referenced: document.schemas.referenced(),
            making: HashMap::new(),
            tags: Tags::of(document),
            validator_only: HashSet::new(),
            patterns: Vec::new(),
            external: IndexMap::new(),
            ledger: SupportReport::default(),
            direction: Direction::Request,
            depth: 0,
        }
    }

    /// A name for a type that no schema has, made of `words` and one of the endings.
    pub(super) fn claim(&mut self, words: &str, endings: &[&str]) -> TypeName {
        self.namer.claim(words, endings)
    }

    /// The type of what clients send by this schema.
    pub(super) fn request(&mut self, id: SchemaId) -> ConstrainedType {
        self.direction = Direction::Request;
        self.ledger.uses(id);
        self.slot(id)
    }

    /// The type of what clients get by this schema.
    pub(super) fn response(&mut self, id: SchemaId) -> ConstrainedType {
        self.direction = Direction::Response;
        self.ledger.uses(id);
        self.slot(id)
    }

    /// The type of a schema, in the direction that is being made.
    pub(in crate::lower) fn slot(&mut self, id: SchemaId) -> ConstrainedType {
        let key = self.key(id);
        if let Some(slot) = self.slots.get(&key) {
            return slot.clone();
        }
        let nullable = |types: &Self| types.is_nullable(id, 0);
        let slot = self.guarded(MakingKey::Schema(key), &TypeOrigin::Schema(id), nullable, |types| types.make(id));
        self.slots.insert(key, slot.clone());
        slot
    }

    fn key(&self, id: SchemaId) -> SlotKey {
        (id, self.document.is_directed(id).then_some(self.direction))
    }

    fn make(&mut self, id: SchemaId) -> ConstrainedType {
        // A mere reference has its target's type, unless it gives it another name.
        if let Some(target) = self.target(id) {
            return if self.namer.is_component(id) {
                let nullable = self.is_nullable(target, 0);
                self.alias(&TypeOrigin::Schema(id), nullable, |types| types.slot(target))
            } else {
                self.slot(target)
            };
        }
        let view = EffectiveSchema::combine(&self.document.schemas, &[id]);
        if let Some(words) = self.composition(id) {
            return self.merged(view, &TypeOrigin::Merged { owner: id, about: id, words });
        }
        self.of_view(view, &TypeOrigin::Schema(id))
    }

    /// What a schema is called that is nothing but a few components together: it is the same type wherever that is said.
    fn composition(&self, id: SchemaId) -> Option<String> {
        let schemas = &self.document.schemas;
        let keywords = schemas.keywords(id).filter(|keywords| !keywords.constrains())?;
        if self.is_named(id) || keywords.reference.is_some() || !(2..=3).contains(&keywords.all_of.len()) {
            return None;
        }
        let component = |part: &SchemaId| {
            let target = schemas.plain_reference(*part)?;
            self.namer.is_component(target).then(|| self.namer.words_of(target))
        };
        let names: Option<Vec<String>> = keywords.all_of.iter().map(component).collect();
        Some(names?.join(" and "))
    }

    /// Whether a schema has a name that is its own wherever it is used.
    pub(super) fn is_named(&self, id: SchemaId) -> bool {
        self.namer.is_component(id) || self.referenced.contains(&id)
    }

    /// The type of what several schemas say together.
    pub(in crate::lower) fn merged(&mut self, view: EffectiveSchema<'d>, subject: &TypeOrigin) -> ConstrainedType {
        let key = self.merged_key(&view);
        if let Some((slot, owner)) = self.merged.get(&key) {
            self.answered_for.entry(subject.owner()).or_default().push(*owner);
            return slot.clone();
        }
        let making = MakingKey::Merged(key.clone());
        let nullable = |types: &Self| types.allows_null(&view, &types.plan(&view, subject), 0);
        let slot = self.guarded(making, subject, nullable, |types| types.of_view(view.clone(), subject));
        self.merged.insert(key, (slot.clone(), subject.owner()));
        slot
    }

    fn merged_key(&self, view: &EffectiveSchema<'d>) -> MergedKey {
        let is_directed = view.leaves.iter().any(|(id, _)| self.document.is_directed(*id));
        (view.key(), is_directed.then_some(self.direction))
    }

    fn of_view(&mut self, mut view: EffectiveSchema<'d>, subject: &TypeOrigin) -> ConstrainedType {
        let mut plan = self.plan(&view, subject);
        let nullable = self.allows_null(&view, &plan, 0);
        loop {
            if !view.is_carried(&self.document.schemas, &plan) {
                self.validator_only.insert(subject.owner());
            }
            // What there is beside null has the name; null is said where the name is used.
            let (TypeOrigin::Schema(_), Some(some)) = (subject, self.beside_null(&plan)) else { break };
            view = some;
            plan = self.plan(&view, subject);
        }
        let is_named = match subject {
            TypeOrigin::Schema(id) => self.is_named(*id),
            TypeOrigin::Merged { .. } => false,
        };
        let is_nominal = match &plan {
            Plan::Struct | Plan::Enum(..) | Plan::OpenEnum(_) => true,
            Plan::Union(branches) => branches.branches.len() > 1,
            _ => false,
        };
        match is_nominal {
            true => self.nominal(view, (plan, nullable), subject),
            false if is_named => self.alias(subject, nullable, |types| types.structural(view, plan, subject)),
            false => {
                let slot = self.structural(view, plan, subject);
                ConstrainedType { ty: nullable_if(nullable, slot.ty), checks: slot.checks }
            }
        }
    }

    fn plan(&self, view: &EffectiveSchema<'d>, subject: &TypeOrigin) -> Plan<'d> {
        let family = match subject {
            TypeOrigin::Schema(id) => self.family(*id),
            TypeOrigin::Merged { .. } => None,
        };
        let plan = family.map_or_else(|| view.plan(&self.document.schemas), Plan::Union);
        // A document may ask for more than anybody would compile without a single choice that does.
        let plan = match plan {
            Plan::Union(branches) if branches.are_merged() && self.merged.len() > MOST_MERGED => {
                Plan::TooManyCombinations
            }
            plan => plan,
        };
        let Some(ty) = self.rust_type(view, subject) else { return plan };
        let nullable = match plan {
            Plan::Union(branches) => branches.nullable || view.is_nullable(),
            Plan::Enum(values, _) => values.nullable,
            _ => view.is_nullable(),
        };
        Plan::External { ty, nullable }
    }

    /// Whether types and generated checks say all that is said by a schema and what it holds.
    pub(super) fn is_carried(&self, id: SchemaId) -> bool {
        let mut seen = HashSet::new();
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            if self.validator_only.contains(&id) {
                return false;
            }
            if seen.insert(id) {
                pending.extend(self.document.schemas.children(id));
                pending.extend(self.answered_for.get(&id).into_iter().flatten());
                pending.extend(self.document.cases(id).into_iter().flat_map(|cases| &cases.cases).map(|(id, _)| *id));
            }
        }
        true
    }

    /// The types, all made.
    pub(super) fn finish(mut self) -> Finished {
        self.agree_on_versions();
        let validated = self.mark_validator_only();
        let derived = self.derived();
        let types = self.types.into_iter().map(|made| TypeDef {
            name: made.name,
            pointer: made.pointer,
            docs: made.docs,
            body: made.body.unwrap_or(TypeBody::Alias(ConstrainedType::plain(Type::Json))),
            checked: false,
            conversions: Vec::new(),
        });
        let mut types: Vec<TypeDef> = types.collect();
        recursion::break_cycles(&mut types);
        conversions::convert(&mut types, derived);
        checks::mark_checked(&mut types);
        let external = self.external.into_iter().collect();
        Finished { types, external, patterns: self.patterns, support: self.ledger.close(self.document), validated }
    }

    /// Tells unions which of their variants only the validator can vouch for.
    fn mark_validator_only(&mut self) -> Vec<SchemaId> {
        let mut validated = Vec::new();
        for at in 0..self.types.len() {
            let branches = std::mem::take(&mut self.types[at].branches);
            let told: Vec<bool> = branches.iter().map(|id| self.is_carried(*id)).collect();
            let Some(TypeBody::Union(union)) = &mut self.types[at].body else { continue };
            for index in union.tried() {
                if !told[index] {
                    validated.push(branches[index]);
                    union.variants[index].is_carried = false;
                }
            }
        }
        validated
    }

    /// The body of a type that is already made.
    pub(super) fn body(&self, id: TypeId) -> Option<&TypeBody> {
        self.types.get(id.0)?.body.as_ref()
    }

    pub(in crate::lower) fn name(&self, id: TypeId) -> &TypeName {
        &self.types[id.0].name
    }
}

/// What [`Types::finish`] gives.
pub(in crate::lower) struct Finished {
    pub types: Vec<TypeDef>,
    pub external: Vec<(RustType, Span)>,
    pub patterns: Vec<String>,
    pub support: Vec<Support>,
    /// Schemas that unions ask the validator about.
    pub validated: Vec<SchemaId>,
}

pub(in crate::lower) fn nullable_if(nullable: bool, ty: Type) -> Type {
    match ty {
        already @ Type::Nullable(_) => already,
        ty if nullable => Type::Nullable(Box::new(ty)),
        ty => ty,
    }
}

pub(in crate::lower) fn docs(keywords: Option<&Keywords>) -> Docs {
    let Some(notes) = keywords.map(|keywords| &keywords.notes) else { return Docs::default() };
    Docs { summary: notes.title.clone(), description: notes.description.clone(), deprecated: notes.deprecated }
}
