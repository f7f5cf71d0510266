//! What a schema says of its values in one direction: its own keywords, and those of all that it refers to.

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};

use super::plain::plain;
use crate::lift::schemas::effective_schema::{Additional, EffectiveSchema, choices};
use crate::lift::schemas::{Annotations, Keywords, SchemaId, Schemas, Type, Types};
use crate::lift::{Direction, Document};
use crate::read::{Node, Number, Pointer, Value};
use crate::source::Span;

/// One of the documents, and the direction in which its values go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'d> {
    pub document: &'d Document,
    pub direction: Direction,
}

/// A schema's meaning.
#[derive(Debug)]
pub(super) struct View<'d> {
    pub side: Side<'d>,
    ids: Vec<SchemaId>,
    schema: EffectiveSchema<'d>,
    /// Whether null is a choice beside the rest.
    nullable: bool,
    /// What must be one of several, each time.
    pub choices: Vec<Vec<SchemaId>>,
}

/// A bound of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound<'d> {
    value: f64,
    /// Whether the number itself is not allowed.
    is_exclusive: bool,
    written: &'d Number,
}

impl Bound<'_> {
    /// Whether the bound, from below, lets a number through.
    pub(super) fn is_below(&self, number: &Number) -> bool {
        let number = number.as_f64();
        if self.is_exclusive { number > self.written.as_f64() } else { number >= self.value }
    }

    /// Whether the bound, from above, does.
    pub(super) fn is_above(&self, number: &Number) -> bool {
        let number = number.as_f64();
        if self.is_exclusive { number < self.written.as_f64() } else { number <= self.value }
    }

    /// In words: `1`, or `more than 1`.
    pub(super) fn spoken(&self, exclusive: &str) -> String {
        let number = self.written.as_str();
        if self.is_exclusive { format!("{exclusive} {number}") } else { number.to_owned() }
    }
}

impl<'d> Side<'d> {
    pub(super) fn schemas(self) -> &'d Schemas {
        &self.document.schemas
    }

    /// The meaning of schemas that values must satisfy all of.
    pub(super) fn view(self, ids: &[SchemaId]) -> View<'d> {
        let schemas = self.schemas();
        let mut schema = EffectiveSchema::combine(schemas, ids);
        let (mut nullable, mut made) = (false, 0);
        // A choice between null and one schema is that schema, or null.
        let groups = loop {
            let offered: Vec<Vec<SchemaId>> = offered(&schema);
            let Some(branches) = offered.get(made) else { break offered };
            let some: Vec<SchemaId> = branches.iter().copied().filter(|id| !schemas.is_null(*id)).collect();
            if let [only] = some.as_slice() {
                nullable |= some.len() < branches.len();
                schema.and(schemas, *only);
            }
            made += 1;
        };
        let mut choices = Vec::new();
        for branches in groups {
            let some: Vec<SchemaId> = branches.iter().copied().filter(|id| !schemas.is_null(*id)).collect();
            if some.len() > 1 {
                nullable |= some.len() < branches.len();
                choices.push(some);
            }
        }
        View { side: self, ids: ids.to_vec(), schema, nullable, choices }
    }
}

/// The branches of each choice.
fn offered(schema: &EffectiveSchema<'_>) -> Vec<Vec<SchemaId>> {
    let leaves = schema.leaves.iter();
    let all = leaves.flat_map(|(id, leaf)| choices(leaf).map(move |(keyword, branches)| (*id, keyword, branches)));
    all.filter(|(id, keyword, _)| !schema.made.contains(&(*id, *keyword)))
        .map(|(.., branches)| branches.clone())
        .collect()
}

impl<'d> View<'d> {
    pub(super) fn ids(&self) -> &[SchemaId] {
        &self.ids
    }

    pub(super) fn keywords(&self) -> impl Iterator<Item = &'d Keywords> + '_ {
        self.schema.keywords()
    }

    /// Whether nothing is valid.
    pub(super) fn is_never(&self) -> bool {
        self.schema.never
    }

    /// The types that it says, all of them where it says none, whatever its choices leave.
    pub(super) fn said_types(&self) -> Types {
        let said = self.schema.types();
        let types = if said.is_empty() { Types::ALL } else { said };
        if self.nullable { types.or(Types::only(Type::Null)) } else { types }
    }

    /// The types that values may have.
    pub(super) fn types(&self) -> Types {
        let null = if self.nullable { Types::only(Type::Null) } else { Types::default() };
        match self.values() {
            Some(values) => values.into_iter().map(Types::of_value).fold(Types::default(), Types::or),
            None => self.said_types().and(self.of_choices().or(null)),
        }
    }

    /// The types that choices leave.
    fn of_choices(&self) -> Types {
        let of = |branches: &Vec<SchemaId>| {
            let types = branches
                .iter()
                .map(|id| EffectiveSchema::combine(self.side.schemas(), &[*id]).possible_types(self.side.schemas()));
            types.fold(Types::default(), Types::or)
        };
        self.choices.iter().map(of).fold(Types::ALL, Types::and)
    }

    /// Whether a choice is `oneOf`.
    pub(super) fn has_one_of(&self) -> bool {
        self.keywords().any(|keywords| keywords.one_of.len() > 1)
    }

    /// Whether a choice is `oneOf` without a member that tells the variants apart.
    pub(super) fn is_exclusive(&self) -> bool {
        self.keywords().any(|keywords| !keywords.one_of.is_empty() && keywords.notes.discriminator.is_none())
    }

    /// The values that it lists.
    pub(super) fn values(&self) -> Option<Vec<&'d Node>> {
        let mut values = self.schema.enumerated()?;
        const NULL: Node = Node { value: Value::Null, span: Span { file: crate::source::FileId(0), start: 0, end: 0 } };
        if self.nullable && !values.iter().any(|node| node.value == Value::Null) {
            values.push(&NULL);
        }
        Some(values)
    }

    /// The greatest of the lower bounds.
    pub(super) fn least(&self) -> Option<Bound<'d>> {
        self.bound(|keywords| [(&keywords.number.min, false), (&keywords.number.above, true)], 1.0)
    }

    /// The least of the upper bounds.
    pub(super) fn greatest(&self) -> Option<Bound<'d>> {
        self.bound(|keywords| [(&keywords.number.max, false), (&keywords.number.below, true)], -1.0)
    }

    fn bound(&self, of: impl Fn(&'d Keywords) -> [(&'d Option<Number>, bool); 2], sign: f64) -> Option<Bound<'d>> {
        let is_integer = !self.types().contains(Type::Number);
        let said =
            self.keywords().flat_map(of).filter_map(|(number, is_exclusive)| Some((number.as_ref()?, is_exclusive)));
        let bounds = said.map(|(written, is_exclusive)| match is_integer && is_exclusive {
            // Of integers, the next one is the bound.
            true => Bound { value: written.as_f64() + sign, is_exclusive: true, written },
            false => Bound { value: written.as_f64(), is_exclusive, written },
        });
        let key = |bound: &Bound<'_>| (sign * bound.value, bound.is_exclusive && !is_integer);
        bounds.max_by(|one, other| key(one).partial_cmp(&key(other)).unwrap_or(std::cmp::Ordering::Equal))
    }

    /// What compares bounds: the greater is the stricter, from below.
    pub(super) fn strictness(&self, bound: Option<Bound<'d>>, sign: f64) -> Option<(f64, bool)> {
        let is_integer = !self.types().contains(Type::Number);
        bound.map(|bound| (sign * bound.value, bound.is_exclusive && !is_integer))
    }

    /// The greatest of counts from below.
    pub(super) fn most(&self, of: impl Fn(&'d Keywords) -> Option<u64>) -> Option<u64> {
        self.keywords().filter_map(of).max()
    }

    /// The least of counts from above.
    pub(super) fn fewest(&self, of: impl Fn(&'d Keywords) -> Option<u64>) -> Option<u64> {
        self.keywords().filter_map(of).min()
    }

    /// The texts that its parts say of this kind, each once.
    pub(super) fn texts(&self, of: impl Fn(&'d Keywords) -> Option<&'d str>) -> IndexSet<&'d str> {
        self.keywords().filter_map(of).collect()
    }

    /// The properties that go in the direction, each with all that is said of it.
    pub(super) fn properties(&self) -> IndexMap<&'d str, Vec<SchemaId>> {
        let mut properties = self.schema.properties();
        properties.retain(|_, ids| !self.side.direction.omits(self.side.schemas(), ids));
        properties
    }

    /// Whether a property is there, in the other direction at least.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.schema.properties().contains_key(name)
    }

    /// The names that must be there.
    pub(super) fn required(&self) -> IndexSet<&'d str> {
        let all = self.schema.properties();
        let goes = |name: &&str| all.get(name).is_none_or(|ids| !self.side.direction.omits(self.side.schemas(), ids));
        self.schema.required().into_iter().filter(goes).collect()
    }

    /// What members satisfy that are none of the properties.
    pub(super) fn additional(&self) -> Additional {
        match self.schema.additional(self.side.schemas()) {
            Additional::Said(ids) if self.lets_all_through(&ids) => Additional::Unsaid,
            additional => additional,
        }
    }

    /// Whether schemas let everything through.
    fn lets_all_through(&self, ids: &[SchemaId]) -> bool {
        let view = self.side.view(ids);
        view.schema.leaves.is_empty() && !view.is_never()
    }

    /// Whether members that are none of the properties are refused.
    pub(super) fn is_closed(&self) -> bool {
        let is_never = |id: &SchemaId| self.side.view(&[*id]).is_never();
        matches!(self.additional(), Additional::Said(ids) if ids.iter().any(is_never))
    }

    pub(super) fn items(&self) -> Vec<SchemaId> {
        let items = self.schema.items();
        if !items.is_empty() && self.lets_all_through(&items) { Vec::new() } else { items }
    }

    /// The keywords that only a validator knows, with what they say.
    pub(super) fn opaque(&self) -> BTreeMap<&'static str, String> {
        let mut found = BTreeMap::new();
        for (id, keywords) in &self.schema.leaves {
            let place = &self.side.schemas().get(*id).pointer;
            for keyword in &keywords.validator_only {
                let document = self.side.document;
                let text = document.node(&place.join(keyword)).map(|node| plain(document, node)).unwrap_or_default();
                found.entry(*keyword).or_insert_with(String::new).push_str(&text);
            }
        }
        found
    }

    /// The schemas of its first items, if it says them one by one.
    pub(super) fn prefix(&self) -> &'d [SchemaId] {
        self.keywords()
            .map(|keywords| keywords.array.prefix.as_slice())
            .find(|prefix| !prefix.is_empty())
            .unwrap_or_default()
    }

    /// What is said for people, by the schema itself before what it refers to.
    pub(super) fn notes(&self) -> impl Iterator<Item = &'d Annotations> + '_ {
        let schemas = self.side.schemas();
        let all = self.ids.iter().flat_map(|id| [*id, schemas.resolve(*id)]);
        all.filter_map(|id| Some(&schemas.keywords(id)?.notes))
    }

    /// What is said for people by each of its parts.
    pub(super) fn all_notes(&self) -> impl Iterator<Item = &'d Annotations> + '_ {
        self.notes().chain(self.keywords().map(|keywords| &keywords.notes))
    }

    /// Where a keyword stands that one of its parts says; else where the schema does.
    pub(super) fn span(&self, keywords: &[&str]) -> Span {
        let placed = self.schema.leaves.iter().map(|(id, _)| self.side.schemas().get(*id));
        let document = self.side.document;
        let said = placed.flat_map(|placed| keywords.iter().map(|keyword| placed.pointer.join(keyword)));
        let mut said = said.filter(|pointer| document.node(pointer).is_some());
        said.next().map_or_else(|| self.own_span(), |pointer| document.key_span(&pointer))
    }

    fn own_span(&self) -> Span {
        let id = self.ids.first().copied().unwrap_or(SchemaId(0));
        self.side.schemas().get(id).span
    }

    /// Where a property is said; else where the schema is.
    pub(super) fn property_span(&self, name: &str) -> Span {
        match self.schema.properties().get(name).and_then(|ids| ids.first()) {
            Some(id) => self.side.document.key_span(&self.side.schemas().get(*id).pointer),
            None => self.own_span(),
        }
    }

    /// The first place that speaks of these values alone, not of those that others name as well.
    pub(super) fn pointer(&self) -> &'d Pointer {
        let id = self.ids.first().copied().unwrap_or(SchemaId(0));
        &self.side.schemas().get(self.side.schemas().resolve(id)).pointer
    }
}
