//! Choices between schemas become unions, told apart by the cheapest means that is sound.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::plan::{Branch, Branches};
use super::{TypeOrigin, Types, docs, nullable_if};
use crate::ir::{Arm, Choice, ConstrainedType, EnumValues, Kind, Scalar, Type, TypeBody, TypeId, Union, UnionVariant};
use crate::lift::schemas::effective_schema::EffectiveSchema;
use crate::lift::schemas::{SchemaId, Type as JsonType, Types as JsonTypes};
use crate::lift::{Cases, texts};
use crate::lower::names::identifiers::{Scope, type_text};

/// A branch while its variant is being made.
struct Candidate<'d> {
    view: EffectiveSchema<'d>,
    kinds: Vec<Kind>,
    about: SchemaId,
    words: String,
    slot: ConstrainedType,
}

impl<'d> Types<'d> {
    /// The schemas that build upon this one, where its discriminator tells them apart.
    pub(in crate::lower) fn family(&self, id: SchemaId) -> Option<Branches<'d>> {
        let cases = self.document.cases(id).filter(|cases| cases.is_family)?;
        let schemas = &self.document.schemas;
        let branch = |(member, _): &(SchemaId, Vec<String>)| {
            let is_base = *member == id || self.document.cases(*member).is_some_and(|cases| cases.is_family);
            if is_base {
                Branch::Merged(*member, EffectiveSchema::combine(schemas, &[*member]))
            } else {
                Branch::Schema(*member)
            }
        };
        let branches = cases.cases.iter().map(branch).collect();
        Some(Branches { branches, nullable: false, exactly_one: false, chooser: id })
    }

    /// What a choice comes down to if there is but one branch beside null.
    pub(in crate::lower) fn only_branch(&mut self, branches: Branches<'d>, subject: &TypeOrigin) -> ConstrainedType {
        let Some(branch) = branches.branches.into_iter().next() else {
            return ConstrainedType::plain(Type::Scalar(Scalar::Null));
        };
        let slot = match branch {
            Branch::Schema(id) => self.slot(id),
            Branch::Merged(about, view) | Branch::Typed(_, about, view) => {
                let words = self.namer.words_of(subject.about());
                self.merged(view, &TypeOrigin::Merged { owner: subject.owner(), about, words })
            }
        };
        ConstrainedType { ty: nullable_if(branches.nullable, slot.ty), checks: slot.checks }
    }

    /// The union, and the schema of each variant.
    pub(in crate::lower) fn union(
        &mut self,
        branches: Branches<'d>,
        type_id: TypeId,
        subject: &TypeOrigin,
    ) -> (Union, Vec<SchemaId>) {
        let name = self.name(type_id).to_string();
        let cases = self.document.cases(branches.chooser);
        // A schema that is offered twice is one, where a discriminator decides.
        let is_case = |branch: &Branch<'d>| cases.is_none_or(|cases| cases.values_for(branch.about()).is_some());
        let offered: Vec<Branch<'d>> = branches.branches.into_iter().filter(is_case).collect();
        let candidates: Vec<Candidate<'d>> =
            offered.into_iter().map(|branch| self.candidate(branch, &name, subject)).collect();
        let arms = self.arms(&candidates, cases, branches.exactly_one);
        let schemas = candidates.iter().map(|candidate| candidate.about).collect();
        let mut scope = Scope::default();
        let variants = candidates.into_iter().map(|candidate| UnionVariant {
            name: scope.variant(&candidate.words),
            members: self.members(&candidate.slot.ty),
            slot: candidate.slot,
            schema: self.document.schemas.get(candidate.about).pointer.to_string(),
            is_carried: true,
            docs: docs(self.document.schemas.keywords(candidate.about)),
        });
        (Union { variants: variants.collect(), arms }, schemas)
    }

    fn candidate(&mut self, branch: Branch<'d>, name: &str, subject: &TypeOrigin) -> Candidate<'d> {
        let about = branch.about();
        let is_typed = matches!(branch, Branch::Typed(..));
        let (view, slot) = match branch {
            Branch::Schema(id) => (EffectiveSchema::combine(&self.document.schemas, &[id]), self.slot(id)),
            Branch::Merged(_, view) => {
                let own = self.namer.branch_words(about).unwrap_or_else(|| "variant".to_owned());
                let words = if type_text(&own) == name { format!("{name} base") } else { format!("{name} {own}") };
                // The branch answers for what its type does not say: the validator can be asked about it.
                let subject = TypeOrigin::Merged { owner: about, about, words };
                (view.clone(), self.merged(view, &subject))
            }
            Branch::Typed(kind, _, view) => {
                let words = format!("{name} {}", kind.name());
                let subject = TypeOrigin::Merged { owner: subject.owner(), about, words };
                (view.clone(), self.merged(view, &subject))
            }
        };
        let named = self.namer.branch_words(about).filter(|_| !is_typed);
        let is_alone = is_typed || self.namer.kind_alone(about).is_some();
        let words = named.or_else(|| self.list_words(&slot.ty).filter(|_| !is_alone));
        let words = words.unwrap_or_else(|| self.spoken(&slot.ty).to_owned());
        let kinds = kinds(view.possible_types(&self.document.schemas));
        Candidate { view, kinds, about, words, slot }
    }

    /// What a type without a name of its own is called as a variant.
    fn spoken<'t>(&'t self, ty: &'t Type) -> &'t str {
        match ty {
            Type::Scalar(Scalar::String) => "String",
            Type::Scalar(Scalar::Null) => "Null",
            Type::Scalar(Scalar::Bool) => "Bool",
            Type::Scalar(Scalar::Integer(_) | Scalar::BigInteger) => "Integer",
            Type::Scalar(Scalar::F32 | Scalar::F64 | Scalar::Decimal) => "Number",
            Type::Scalar(Scalar::Uuid) => "Uuid",
            Type::Scalar(Scalar::Date) => "Date",
            Type::Scalar(Scalar::DateTime) => "DateTime",
            Type::Scalar(Scalar::Base64) => "Base64",
            Type::Scalar(Scalar::Ipv4) => "Ipv4",
            Type::Scalar(Scalar::Ipv6) => "Ipv6",
            Type::Scalar(Scalar::Password) => "Password",
            Type::Json => "Json",
            Type::JsonObject | Type::Map(_) => "Object",
            Type::List(_) => "List",
            Type::Tuple(_) => "Tuple",
            Type::Named(id) => match self.body(*id) {
                Some(TypeBody::Alias(slot)) => self.spoken(&slot.ty),
                Some(TypeBody::Enum(enumeration)) => match enumeration.values {
                    EnumValues::Texts { .. } => "Known",
                    EnumValues::Integers(_) => "Integer",
                    EnumValues::Mixed => "Constant",
                },
                Some(TypeBody::Union(_)) => "Choice",
                _ => "Object",
            },
            Type::External(ty) => ty.name(),
            Type::Nullable(inner) | Type::Boxed(inner) => self.spoken(inner),
        }
    }

    /// What a list is called by its items, where their type has a name of its own.
    fn list_words(&self, ty: &Type) -> Option<String> {
        let Type::List(slot) = ty else { return None };
        match &slot.ty {
            Type::Named(id) if self.is_component_type(*id) => Some(format!("{} list", self.name(*id))),
            _ => None,
        }
    }

    fn is_component_type(&self, id: TypeId) -> bool {
        self.namer.is_component(self.types[id.0].about)
    }

    /// The members that a type has fields for.
    fn members(&self, ty: &Type) -> Vec<String> {
        match ty {
            Type::Named(id) => match self.body(*id) {
                Some(TypeBody::Struct(structure)) => {
                    let constants = structure.constants.iter().map(|member| &member.wire_name);
                    constants.chain(structure.fields.iter().map(|field| &field.wire_name)).cloned().collect()
                }
                Some(TypeBody::Alias(slot)) => self.members(&slot.ty),
                _ => Vec::new(),
            },
            Type::Nullable(inner) => self.members(inner),
            _ => Vec::new(),
        }
    }

    /// For each kind of JSON, how its variant is found.
    fn arms(&self, candidates: &[Candidate<'d>], cases: Option<&Cases>, exactly_one: bool) -> Vec<Arm> {
        let mut arms: IndexMap<(Vec<usize>, bool), Vec<Kind>> = IndexMap::new();
        for kind in Kind::ALL {
            let fitting =
                |(index, candidate): (usize, &Candidate<'d>)| candidate.kinds.contains(&kind).then_some(index);
            let variants: Vec<usize> = candidates.iter().enumerate().filter_map(fitting).collect();
            // Members tell objects apart, and nothing else: they have an arm of their own.
            if !variants.is_empty() {
                arms.entry((variants, kind == Kind::Object)).or_default().push(kind);
            }
        }
        arms.into_iter()
            .map(|((variants, _), kinds)| self.arm(candidates, variants, kinds, (cases, exactly_one)))
            .collect()
    }

    fn arm(
        &self,
        candidates: &[Candidate<'d>],
        mut variants: Vec<usize>,
        kinds: Vec<Kind>,
        (cases, exactly_one): (Option<&Cases>, bool),
    ) -> Arm {
        if kinds == [Kind::Object] {
            let told = match cases {
                Some(cases) => Some(by_cases(candidates, &variants, cases)),
                None => self.by_values(candidates, &variants),
            };
            if let Some(choice) = told {
                return Arm { kinds, choice };
            }
        }
        if let [only] = variants.as_slice() {
            return Arm { kinds, choice: Choice::Only(*only) };
        }
        // What asks for more comes first: else a schema that asks for less would take its values.
        variants.sort_by_key(|index| std::cmp::Reverse(candidates[*index].demands()));
        Arm { kinds, choice: Choice::Trial { variants, exactly_one } }
    }

    /// A member that every variant asks for, with values that no two of them share.
    fn by_values(&self, candidates: &[Candidate<'d>], variants: &[usize]) -> Option<Choice> {
        let first = candidates[*variants.first()?].view.required();
        first.into_iter().filter(|_| variants.len() > 1).find_map(|name| {
            let (mut values, mut seen) = (Vec::new(), HashSet::new());
            for index in variants {
                for value in self.constants(&candidates[*index].view, name)? {
                    if !seen.insert(value.clone()) {
                        return None;
                    }
                    values.push((value, *index));
                }
            }
            Some(Choice::Member { name: name.to_owned(), values, otherwise: None })
        })
    }

    /// The strings that a member that must be there may be, where the view says so.
    fn constants(&self, view: &EffectiveSchema<'d>, name: &str) -> Option<Vec<String>> {
        let schemas = &self.document.schemas;
        let ids = view.properties().swap_remove(name).filter(|_| view.required().contains(name))?;
        ids.iter().find_map(|id| texts(schemas.keywords(schemas.resolve(*id))?))
    }
}

impl Candidate<'_> {
    /// How much its schema asks for.
    fn demands(&self) -> (bool, usize, usize) {
        let types = self.view.types();
        let is_narrow = self.view.enumerated().is_some() || types.single() == Some(JsonType::Integer);
        (is_narrow, self.view.required().len(), self.view.narrowness())
    }
}

impl Branch<'_> {
    /// The schema that describes it.
    pub(in crate::lower) fn about(&self) -> SchemaId {
        match self {
            Self::Schema(id) | Self::Merged(id, _) | Self::Typed(_, id, _) => *id,
        }
    }
}

fn by_cases(candidates: &[Candidate<'_>], variants: &[usize], cases: &Cases) -> Choice {
    let told = variants.iter().flat_map(|index| {
        let values = cases.values_for(candidates[*index].about).unwrap_or_default();
        values.iter().map(|value| (value.clone(), *index))
    });
    let is_default = |index: &usize| Some(candidates[*index].about) == cases.otherwise;
    let otherwise = variants.iter().copied().find(is_default);
    Choice::Member { name: cases.property.clone(), values: told.collect(), otherwise }
}

fn kinds(types: JsonTypes) -> Vec<Kind> {
    let kind = |ty: JsonType| match ty {
        JsonType::Null => Kind::Null,
        JsonType::Boolean => Kind::Boolean,
        JsonType::Integer | JsonType::Number => Kind::Number,
        JsonType::String => Kind::String,
        JsonType::Array => Kind::Array,
        JsonType::Object => Kind::Object,
    };
    types.iter().map(kind).collect()
}
