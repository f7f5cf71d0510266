//! The values that a schema lists, however it does: by `enum`, by `const`, and by choices of them.

use std::collections::{HashMap, HashSet};

use crate::lift::schemas::effective_schema::{ChoiceKeyword, EffectiveSchema, choices};
use crate::lift::schemas::{Annotations, Keywords, SchemaId, Schemas, Type as JsonType, Types, formats};
use crate::lift::schemas::{format_check, pattern};
use crate::read::{Node, Number, Value};

/// A few values.
#[derive(Debug, Clone)]
pub(in crate::lower) struct Values<'d> {
    /// Those that are not null, each once.
    pub listed: Vec<Listed<'d>>,
    /// Whether null is another one.
    pub nullable: bool,
    /// Whether each of them is valid; if not, only the validator knows which.
    pub exact: bool,
}

/// One of the values.
#[derive(Debug, Clone, Copy)]
pub(in crate::lower) struct Listed<'d> {
    pub node: &'d Node,
    /// What the document says of this value alone.
    pub notes: Option<&'d Annotations>,
    /// Its name in `x-enum-varnames`.
    pub name: Option<&'d str>,
    /// Its line in `x-enum-descriptions`.
    pub description: Option<&'d str>,
}

impl<'d> EffectiveSchema<'d> {
    /// The only values that are valid, where the schema lists them.
    pub(in crate::lower) fn values(&self, schemas: &'d Schemas) -> Option<Values<'d>> {
        Finder { schemas, known: HashMap::new() }.of_view(self)
    }

    /// Whether the values are listed here, and not by schemas with names of their own.
    pub(crate) fn lists_values(&self, schemas: &'d Schemas) -> bool {
        if self.keywords().any(|keywords| keywords.enumeration.is_some() || keywords.constant.is_some()) {
            return true;
        }
        let mut finder = Finder { schemas, known: HashMap::new() };
        let offered = self.leaves.iter().flat_map(|(id, leaf)| choices(leaf).map(move |choice| (*id, choice)));
        let mut open = offered.filter(|(id, (keyword, _))| !self.made.contains(&(*id, *keyword)));
        open.all(|(_, (_, branches))| {
            let some: Vec<SchemaId> = branches.iter().copied().filter(|branch| !schemas.is_null(*branch)).collect();
            let refers = |id: &SchemaId| schemas.plain_reference(*id).is_some();
            let is_one = |finder: &mut Finder<'d>, id: &SchemaId| {
                finder.of_schema(*id).is_some_and(|values| values.listed.len() <= 1)
            };
            match some.as_slice() {
                [only] => !refers(only),
                several => several.iter().all(|branch| !refers(branch) || is_one(&mut finder, branch)),
            }
        })
    }
}

struct Finder<'d> {
    schemas: &'d Schemas,
    /// What is found already. A schema that is being looked at lists nothing yet.
    known: HashMap<SchemaId, Option<Values<'d>>>,
}

impl<'d> Finder<'d> {
    fn of_schema(&mut self, id: SchemaId) -> Option<Values<'d>> {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        self.known.insert(id, None);
        let found = self.of_view(&EffectiveSchema::combine(self.schemas, &[id]));
        self.known.insert(id, found.clone());
        found
    }

    fn of_view(&mut self, view: &EffectiveSchema<'d>) -> Option<Values<'d>> {
        let mut all: Option<Values<'d>> = None;
        let mut also = |values: Values<'d>| {
            all = Some(match all.take() {
                Some(others) => others.and(values),
                None => values,
            });
        };
        let mut exact = true;
        for (id, leaf) in &view.leaves {
            leaf.enumeration.iter().for_each(|nodes| also(Values::of_enum(nodes, &leaf.notes)));
            leaf.constant.iter().for_each(|node| also(Values::of(std::iter::once(Listed::plain(node)))));
            for (keyword, branches) in choices(leaf).filter(|(keyword, _)| !view.made.contains(&(*id, *keyword))) {
                match self.of_choice(keyword, branches) {
                    Some(values) => also(values),
                    None => exact = false,
                }
            }
        }
        let types = view.types();
        if types.single() == Some(JsonType::Null) {
            also(Values { listed: Vec::new(), nullable: true, exact: true });
        }
        let mut all = all?;
        all.exact &= exact;
        all.keep_types(types);
        view.keywords().for_each(|keywords| all.keep_valid(keywords));
        Some(all)
    }

    /// What is listed by every branch of a choice.
    fn of_choice(&mut self, keyword: ChoiceKeyword, branches: &'d [SchemaId]) -> Option<Values<'d>> {
        let all: Option<Vec<Values<'d>>> = branches.iter().map(|branch| self.of_named(*branch)).collect();
        let all = all?;
        let exact = all.iter().all(|values| values.exact);
        let is_excluded = |count: usize| keyword == ChoiceKeyword::OneOf && exact && count > 1;
        let mut offers: HashMap<String, usize> = HashMap::new();
        all.iter()
            .flat_map(|values| &values.listed)
            .for_each(|listed| *offers.entry(key(listed.node)).or_default() += 1);
        let count = |listed: &&Listed<'d>| offers.get(&key(listed.node)).copied().unwrap_or_default();
        let offered = all.iter().flat_map(|values| &values.listed).filter(|listed| !is_excluded(count(listed)));
        let nulls = all.iter().filter(|values| values.nullable).count();
        let doubts = keyword == ChoiceKeyword::OneOf && !exact;
        let listed = Values::of(offered.copied()).listed;
        Some(Values { listed, nullable: nulls > 0 && !is_excluded(nulls), exact: exact && !doubts })
    }

    /// The values of a branch; where it has just one, what the branch says is said of that.
    fn of_named(&mut self, branch: SchemaId) -> Option<Values<'d>> {
        let mut values = self.of_schema(branch)?;
        if let ([only], Some(keywords)) = (values.listed.as_mut_slice(), self.schemas.keywords(branch)) {
            only.notes.get_or_insert(&keywords.notes);
        }
        Some(values)
    }
}

impl<'d> Values<'d> {
    fn of(all: impl Iterator<Item = Listed<'d>>) -> Self {
        let mut values = Self { listed: Vec::new(), nullable: false, exact: true };
        let mut seen = HashSet::new();
        for listed in all {
            match listed.node.value {
                Value::Null => values.nullable = true,
                _ if seen.insert(key(listed.node)) => values.listed.push(listed),
                _ => {}
            }
        }
        values
    }

    fn of_enum(nodes: &'d [Node], notes: &'d Annotations) -> Self {
        Self::of(nodes.iter().enumerate().map(|(index, node)| Listed {
            node,
            notes: None,
            name: notes.value_names.get(index).map(String::as_str),
            description: notes.value_descriptions.get(index).map(String::as_str),
        }))
    }

    /// Those that are in both.
    fn and(mut self, other: Self) -> Self {
        let others: HashMap<String, &Listed<'d>> = other.listed.iter().map(|one| (key(one.node), one)).collect();
        self.listed.retain_mut(|listed| {
            let same = others.get(&key(listed.node));
            if let Some(same) = same {
                listed.notes = listed.notes.or(same.notes);
                listed.name = listed.name.or(same.name);
                listed.description = listed.description.or(same.description);
            }
            same.is_some()
        });
        Self { nullable: self.nullable && other.nullable, exact: self.exact && other.exact, ..self }
    }

    /// A value of another type is never valid, though it is listed.
    fn keep_types(&mut self, types: Types) {
        if !types.is_empty() {
            self.nullable &= types.contains(JsonType::Null);
            self.listed.retain(|listed| Types::of_value(listed.node).is_within(types));
        }
    }

    /// Leaves out what the keywords beside the list refuse.
    fn keep_valid(&mut self, keywords: &Keywords) {
        self.exact &= keywords.validator_only.is_empty();
        self.listed.retain(|listed| match allows(keywords, listed.node) {
            Some(is_valid) => is_valid,
            None => {
                self.exact = false;
                true
            }
        });
    }
}

impl<'d> Listed<'d> {
    fn plain(node: &'d Node) -> Self {
        Self { node, notes: None, name: None, description: None }
    }
}

/// Whether keywords allow a value, its type and choices aside; `None` where that is not easily told.
fn allows(keywords: &Keywords, node: &Node) -> Option<bool> {
    match &node.value {
        Value::String(text) => allows_text(keywords, text),
        Value::Number(number) => allows_number(keywords, number),
        Value::Null | Value::Bool(_) => Some(true),
        Value::List(_) | Value::Map(_) => None,
    }
}

fn allows_text(keywords: &Keywords, text: &str) -> Option<bool> {
    let length = text.chars().count() as u64;
    let string = &keywords.string;
    if string.min.is_some_and(|min| length < min) || string.max.is_some_and(|max| length > max) {
        return Some(false);
    }
    let matches = string.pattern.as_deref().is_none_or(|pattern| pattern::is_match(pattern, text));
    let format = keywords.format.as_deref();
    let scalar = formats::string(format);
    let is_formatted = match format.and_then(formats::asserted) {
        Some(asserted) => format_check::is_in_format(asserted, text),
        None => scalar == crate::ir::Scalar::String || format_check::is_read_as(scalar, text),
    };
    (matches && is_formatted).then_some(true)
}

fn allows_number(keywords: &Keywords, number: &Number) -> Option<bool> {
    let bounds = &keywords.number;
    let said = [&bounds.min, &bounds.max, &bounds.above, &bounds.below, &bounds.multiple_of];
    if said.iter().all(|bound| bound.is_none()) {
        return Some(true);
    }
    let value = number.as_integer()?;
    let whole = |bound: &Option<Number>| bound.as_ref().map(|bound| bound.as_integer());
    // Bounds with fractions are left to the validator.
    let holds = |bound: Option<Option<i128>>, is: fn(i128, i128) -> bool| match bound {
        None => Some(true),
        Some(bound) => bound.map(|bound| is(value, bound)),
    };
    let all = [
        holds(whole(&bounds.min), |value, bound| value >= bound)?,
        holds(whole(&bounds.max), |value, bound| value <= bound)?,
        holds(whole(&bounds.above), |value, bound| value > bound)?,
        holds(whole(&bounds.below), |value, bound| value < bound)?,
        holds(whole(&bounds.multiple_of), |value, divisor| value.checked_rem(divisor) == Some(0))?,
    ];
    Some(all.into_iter().all(|holds| holds))
}

/// A text that two values have in common just where they are the same (JSON Schema Core 2020-12 §4.2.2).
fn key(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => match number.as_integer() {
            Some(integer) => integer.to_string(),
            None => format!("{:?}", number.as_f64()),
        },
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => format!("[{}]", items.iter().map(key).collect::<Vec<_>>().join(",")),
        Value::Map(members) => {
            let mut all: Vec<String> =
                members.iter().map(|(name, member)| format!("{name:?}:{}", key(&member.node))).collect();
            all.sort_unstable();
            format!("{{{}}}", all.join(","))
        }
    }
}
