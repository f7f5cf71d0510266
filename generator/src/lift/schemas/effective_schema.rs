//! What a schema says once its `$ref`s and `allOf`s are put together.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};

use super::formats::{self, Extent};
use super::{Keywords, NumberKeywords, ObjectKeywords, Schema, SchemaId, Schemas, Type as JsonType, Types};
use crate::read::{Node, Number, Value};

/// The keyword sets that a value must satisfy all of.
#[derive(Debug, Default, Clone)]
pub(crate) struct EffectiveSchema<'d> {
    /// Each with the schema that has it.
    pub leaves: Vec<(SchemaId, &'d Keywords)>,
    /// Nothing is valid.
    pub never: bool,
    /// Choices that have been made: they say no more.
    pub made: Vec<(SchemaId, ChoiceKeyword)>,
    /// Of the values, only those of this type.
    pub only: Option<JsonType>,
}

/// What tells views apart.
pub(crate) type EffectiveSchemaKey = (Vec<SchemaId>, Vec<(SchemaId, ChoiceKeyword)>, Option<JsonType>);

/// A keyword that offers several schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ChoiceKeyword {
    AnyOf,
    OneOf,
}

impl<'d> EffectiveSchema<'d> {
    /// Puts together what `ids` say.
    pub(crate) fn combine(schemas: &'d Schemas, ids: &[SchemaId]) -> Self {
        let mut view = Self::default();
        let (mut path, mut seen) = (Vec::new(), HashSet::new());
        for id in ids {
            view.add(schemas, *id, &mut path, &mut seen);
        }
        view
    }

    /// Adds what `id` says.
    pub(crate) fn and(&mut self, schemas: &'d Schemas, id: SchemaId) {
        let mut seen = self.leaves.iter().map(|(leaf, _)| *leaf).collect();
        self.add(schemas, id, &mut Vec::new(), &mut seen);
    }

    /// Adds what `id` says, which the schemas of `path` lead to; each of the `seen` once, however many ways lead there.
    fn add(&mut self, schemas: &'d Schemas, id: SchemaId, path: &mut Vec<SchemaId>, seen: &mut HashSet<SchemaId>) {
        if !seen.insert(id) {
            return;
        }
        let keywords = match &schemas.get(id).schema {
            Schema::Always => return,
            Schema::Never => {
                self.never = true;
                return;
            }
            Schema::Keywords(keywords) => keywords,
        };
        path.push(id);
        for part in keywords.reference.iter().chain(&keywords.all_of) {
            self.add(schemas, *part, path, seen);
        }
        if keywords.constrains() || keywords.notes.rust_type.is_some() {
            self.leaves.push((id, keywords));
            // A schema that is one of its base's choices has made that choice.
            for (keyword, branches) in choices(keywords) {
                if branches.iter().any(|branch| path.contains(&schemas.resolve(*branch))) {
                    self.made.push((id, keyword));
                }
            }
        }
        path.pop();
    }

    /// What tells it apart from other views.
    pub(crate) fn key(&self) -> EffectiveSchemaKey {
        (self.leaves.iter().map(|(id, _)| *id).collect(), self.made.clone(), self.only)
    }

    pub(crate) fn keywords(&self) -> impl Iterator<Item = &'d Keywords> + '_ {
        self.leaves.iter().map(|(_, keywords)| *keywords)
    }

    /// The JSON types that every part allows; empty where none says any.
    pub(crate) fn types(&self) -> Types {
        if let Some(only) = self.only {
            return Types::only(only);
        }
        let mut said = self.keywords().map(|keywords| keywords.types).filter(|types| !types.is_empty());
        let Some(first) = said.next() else { return Types::default() };
        said.fold(first, Types::and)
    }

    /// The strings that `x-extensible-enum` lists, each once.
    pub(crate) fn listed(&self) -> Vec<&'d str> {
        let listed = self.keywords().map(|keywords| &keywords.string.listed).find(|listed| !listed.is_empty());
        listed.into_iter().flatten().map(String::as_str).collect()
    }

    /// The `format`; of several integers, the narrowest, and the first of others.
    pub(crate) fn format(&self) -> Option<&'d str> {
        let formats = self.formats();
        let narrowest = formats.iter().find(|format| formats.iter().all(|other| is_narrower(format, other)));
        narrowest.or(formats.first()).copied()
    }

    /// Whether the one format says all that the others say.
    pub(crate) fn has_one_format(&self) -> bool {
        let formats = self.formats();
        let chosen = self.format();
        chosen.is_none_or(|chosen| formats.iter().all(|other| is_narrower(chosen, other)))
    }

    fn formats(&self) -> IndexSet<&'d str> {
        self.keywords().filter_map(|keywords| keywords.format.as_deref()).collect()
    }

    /// The least and the greatest integer that is allowed.
    pub(crate) fn extent(&self) -> Extent {
        let bound = |number: &Option<Number>| number.as_ref().map(Number::rounded);
        let of = |numbers: &NumberKeywords| {
            let within = Extent { least: bound(&numbers.min), greatest: bound(&numbers.max) };
            within.and(Extent::between(bound(&numbers.above), bound(&numbers.below)))
        };
        let said = self.keywords().map(|keywords| of(&keywords.number)).fold(Extent::default(), Extent::and);
        // Where values are listed, they alone say it.
        let listed = self.enumerated().into_iter().flatten().filter_map(|node| node.as_number().map(Number::rounded));
        match (listed.clone().min(), listed.max()) {
            (None, _) | (_, None) => said,
            (least, greatest) => Extent { least, greatest },
        }
    }

    /// Whether its values are strings or numbers, and any of them.
    pub(crate) fn is_open_scalar(&self) -> bool {
        let types = self.types().without(JsonType::Null);
        let is_scalar = |kind| matches!(kind, JsonType::String | JsonType::Number | JsonType::Integer);
        !types.is_empty() && types.iter().all(is_scalar) && self.enumerated().is_none()
    }

    /// Whether null is one of several types that are allowed.
    pub(crate) fn is_nullable(&self) -> bool {
        let by_enum = |keywords: &Keywords| {
            keywords.enumeration.as_ref().is_none_or(|values| values.iter().any(|node| node.value == Value::Null))
        };
        let types = self.types();
        let named = types.contains(JsonType::Null) && !types.without(JsonType::Null).is_empty();
        let by_values = types.is_empty() && self.keywords().any(|keywords| keywords.enumeration.is_some());
        (named || by_values) && self.keywords().all(by_enum)
    }

    /// The values that `enum` or `const` allows, where it says any.
    pub(crate) fn enumerated(&self) -> Option<Vec<&'d Node>> {
        let values: Vec<&Node> =
            self.keywords().find_map(|keywords| match (&keywords.enumeration, &keywords.constant) {
                (Some(values), _) => Some(values.iter().collect()),
                (None, Some(value)) => Some(vec![value]),
                (None, None) => None,
            })?;
        // A value of another type is never valid, though it is listed.
        let types = self.types();
        let fits = |node: &&Node| types.is_empty() || Types::of_value(node).is_within(types);
        Some(values.into_iter().filter(fits).collect())
    }

    /// Every property, with all that is said of it.
    pub(crate) fn properties(&self) -> IndexMap<&'d str, Vec<SchemaId>> {
        let mut properties: IndexMap<&str, Vec<SchemaId>> = IndexMap::new();
        for (name, id) in self.keywords().flat_map(|keywords| &keywords.object.properties) {
            properties.entry(name).or_default().push(*id);
        }
        properties
    }

    /// The names of the properties that must be there.
    pub(crate) fn required(&self) -> IndexSet<&'d str> {
        self.keywords().flat_map(|keywords| &keywords.object.required).map(String::as_str).collect()
    }

    /// What every member satisfies that is none of the properties.
    pub(crate) fn additional(&self, schemas: &Schemas) -> Additional {
        // What a part says of members beside its own properties (Core 2020-12 §10.3.2.3), it says of those that are no
        // part's; but not of members whose names match a pattern.
        let of_rest = |object: &ObjectKeywords| match (object.additional, object.patterns.as_slice()) {
            (Some(id), []) => Some(id),
            (Some(id), [only]) if matches!(schemas.get(id).schema, Schema::Never) => Some(*only),
            _ => None,
        };
        let ids: Vec<SchemaId> = self.keywords().filter_map(|keywords| of_rest(&keywords.object)).collect();
        let speaks = |keywords: &Keywords| keywords.object.additional.is_some() || !keywords.object.patterns.is_empty();
        match ids.is_empty() {
            false => Additional::Said(ids),
            true if self.keywords().any(speaks) => Additional::Partial,
            true => Additional::Unsaid,
        }
    }

    /// Whether what is said of additional members is said of all of them.
    pub(crate) fn speaks_of_all_additional(&self, schemas: &Schemas) -> bool {
        match self.additional(schemas) {
            Additional::Unsaid => true,
            // Of the properties of other parts it speaks as well.
            Additional::Said(ids) => {
                let properties = self.properties().len();
                let said =
                    || self.keywords().map(|keywords| &keywords.object).filter(|object| object.additional.is_some());
                ids.len() == said().count() && said().all(|object| object.properties.len() == properties)
            }
            Additional::Partial => false,
        }
    }

    /// The schemas that every item satisfies.
    pub(crate) fn items(&self) -> Vec<SchemaId> {
        self.keywords().filter_map(|keywords| keywords.array.items).collect()
    }

    /// A superset of the JSON types that values have.
    pub(crate) fn possible_types(&self, schemas: &'d Schemas) -> Types {
        self.possible(schemas, &mut HashMap::new())
    }

    fn possible(&self, schemas: &'d Schemas, known: &mut HashMap<SchemaId, Types>) -> Types {
        let said = self.types();
        let mut possible = if said.is_empty() { Types::ALL } else { said };
        if let Some(values) = self.enumerated() {
            possible = possible.and(values.into_iter().map(Types::of_value).fold(Types::default(), Types::or));
        }
        for (id, leaf) in &self.leaves {
            for (_, branches) in choices(leaf).filter(|(keyword, _)| !self.made.contains(&(*id, *keyword))) {
                let mut offered = Types::default();
                for branch in branches {
                    // One that is still being looked at may be anything.
                    if let Entry::Vacant(entry) = known.entry(*branch) {
                        entry.insert(Types::ALL);
                        let types = EffectiveSchema::combine(schemas, &[*branch]).possible(schemas, known);
                        known.insert(*branch, types);
                    }
                    offered = offered.or(known[branch]);
                }
                possible = possible.and(offered);
            }
        }
        possible
    }

    /// How many of its parts say more than types.
    pub(crate) fn weight(&self) -> usize {
        self.keywords().filter(|leaf| !says_types_only(leaf)).count()
    }

    /// Whether another view says all that this one does.
    pub(crate) fn is_implied_by(&self, other: &Self, schemas: &'d Schemas) -> bool {
        let has = |id: &SchemaId| other.leaves.iter().any(|(leaf, _)| leaf == id);
        let of_others = self.leaves.iter().filter(|(id, _)| !has(id));
        let mut own = of_others.peekable();
        !self.never
            && self.leaves.iter().all(|(_, leaf)| leaf.notes.rust_type.is_none())
            && (own.peek().is_none()
                || own.all(|(_, leaf)| says_types_only(leaf)) && other.possible_types(schemas).is_within(self.types()))
    }

    /// How many keywords narrow the values down; to compare views of the same kind with.
    pub(crate) fn narrowness(&self) -> usize {
        let narrow = |keywords: &Keywords| {
            usize::from(keywords.format.is_some())
                + usize::from(keywords.string.constrains())
                + usize::from(keywords.array.items.is_some())
                + usize::from(keywords.object.additional.is_some())
        };
        self.keywords().map(narrow).sum()
    }
}

fn says_types_only(leaf: &Keywords) -> bool {
    !leaf.constrains_values() && choices(leaf).next().is_none()
}

/// Whether all values of one format are of the other as well.
fn is_narrower(format: &str, other: &str) -> bool {
    format == other
        || formats::range(format).zip(formats::range(other)).is_some_and(|((least, greatest), (low, high))| {
            (low..=high).contains(&least) && (low..=high).contains(&greatest)
        })
}

/// What is said of members that are none of the properties.
#[derive(Debug, Clone)]
pub(crate) enum Additional {
    /// Nothing.
    Unsaid,
    /// All of this, of each of them.
    Said(Vec<SchemaId>),
    /// Something of some of them, by their names.
    Partial,
}

/// The `anyOf` and the `oneOf` of a schema, where it has them.
pub(crate) fn choices(keywords: &Keywords) -> impl Iterator<Item = (ChoiceKeyword, &Vec<SchemaId>)> {
    let both = [(ChoiceKeyword::AnyOf, &keywords.any_of), (ChoiceKeyword::OneOf, &keywords.one_of)];
    both.into_iter().filter(|(_, branches)| !branches.is_empty())
}
