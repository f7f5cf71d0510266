//! What a schema says once its `$ref`s and `allOf`s are put together.

use indexmap::{IndexMap, IndexSet};

use crate::lift::formats::{self, Scalar};
use crate::lift::schema::{Keywords, Schema, SchemaId, Schemas, Type as JsonType, Types};
use crate::read::{Node, Value};

/// The keyword sets that a value must satisfy all of.
#[derive(Debug, Default)]
pub(super) struct View<'d> {
    /// Each with the schema that has it.
    pub leaves: Vec<(SchemaId, &'d Keywords)>,
    /// Nothing is valid.
    pub never: bool,
    /// An `allOf` that leads back to itself.
    pub cyclic: bool,
}

/// What kind of Rust type a view is.
#[derive(Debug)]
pub(super) enum Plan<'d> {
    /// An object with known members.
    Struct,
    /// One of a few strings.
    Enum(Vec<&'d str>),
    /// An object whose members are all alike; the schema of the members, if it says anything.
    Map(Option<SchemaId>),
    /// A list; the schema of the items, if it says anything.
    List(Option<SchemaId>),
    /// A value without parts.
    Scalar(Scalar),
    /// A choice between null and this schema.
    Optional(SchemaId),
    /// Any value at all.
    Any,
    /// No Rust type is sound yet, and why; the validator alone says what is valid.
    Untyped(&'static str),
}

impl<'d> View<'d> {
    /// Puts together what `ids` say.
    pub fn of(schemas: &'d Schemas, ids: &[SchemaId]) -> Self {
        let mut view = Self::default();
        let mut path = Vec::new();
        for id in ids {
            view.add(schemas, *id, &mut path);
        }
        view
    }

    fn add(&mut self, schemas: &'d Schemas, id: SchemaId, path: &mut Vec<SchemaId>) {
        if path.contains(&id) {
            self.cyclic = true;
            return;
        }
        if self.leaves.iter().any(|(seen, _)| *seen == id) {
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
            self.add(schemas, *part, path);
        }
        path.pop();
        if constrains(keywords) {
            self.leaves.push((id, keywords));
        }
    }

    fn keywords(&self) -> impl Iterator<Item = &'d Keywords> + '_ {
        self.leaves.iter().map(|(_, keywords)| *keywords)
    }

    /// The JSON types that every part allows; empty where none says any.
    pub fn types(&self) -> Types {
        let mut said = self.keywords().map(|keywords| keywords.types).filter(|types| !types.is_empty());
        let Some(first) = said.next() else { return Types::default() };
        said.fold(first, meet)
    }

    /// Whether null is one of several types that are allowed.
    pub fn is_nullable(&self) -> bool {
        let by_enum = |keywords: &Keywords| {
            keywords.enumeration.as_ref().is_none_or(|values| values.iter().any(|node| node.value == Value::Null))
        };
        let types = self.types();
        let named = types.contains(JsonType::Null) && !types.without(JsonType::Null).is_empty();
        let by_values = types.is_empty() && self.keywords().any(|keywords| keywords.enumeration.is_some());
        (named || by_values) && self.keywords().all(by_enum)
    }

    /// Which kind of Rust type carries this.
    pub fn plan(&self, schemas: &'d Schemas, own: Option<&'d Keywords>) -> Plan<'d> {
        if self.never {
            return Plan::Untyped("`false` allows nothing");
        }
        if self.leaves.is_empty() {
            return Plan::Any;
        }
        if let Some(plan) = self.choice(schemas) {
            return plan;
        }
        if own.is_some_and(|keywords| keywords.notes.discriminator.is_some()) {
            return Plan::Untyped("a base schema with a `discriminator`");
        }
        if let Some(plan) = self.values() {
            return plan;
        }
        let types = self.types().without(JsonType::Null);
        match types.single() {
            Some(JsonType::Object) => self.object(),
            Some(JsonType::Array) => self.list(),
            Some(JsonType::String) => Plan::Scalar(self.formatted(formats::string)),
            Some(JsonType::Integer) => Plan::Scalar(self.formatted(|format| Scalar::Integer(formats::integer(format)))),
            Some(JsonType::Number) => Plan::Scalar(self.formatted(formats::number)),
            Some(JsonType::Boolean) => Plan::Scalar(Scalar::Bool),
            Some(JsonType::Null) => Plan::Untyped("only null"),
            None if !types.is_empty() => Plan::Untyped("several types"),
            None if self.types().contains(JsonType::Null) => Plan::Untyped("only null"),
            None => Plan::Untyped("constraints without a type"),
        }
    }

    fn formatted(&self, scalar: impl Fn(Option<&str>) -> Scalar) -> Scalar {
        scalar(self.keywords().find_map(|keywords| keywords.format.as_deref()))
    }

    /// `oneOf` and `anyOf`: a choice with null is an optional value; one that only asks for members
    /// leaves the type as it is.
    fn choice(&self, schemas: &'d Schemas) -> Option<Plan<'d>> {
        let choices: Vec<&Vec<SchemaId>> = self
            .keywords()
            .flat_map(|keywords| [&keywords.any_of, &keywords.one_of])
            .filter(|branches| !branches.is_empty())
            .collect();
        let typed = |id: &SchemaId| !schemas.keywords(*id).is_some_and(only_asks_for_members);
        if !choices.iter().any(|branches| branches.iter().any(typed)) {
            return None;
        }
        if let ([branches], [_]) = (choices.as_slice(), self.leaves.as_slice())
            && let [left, right] = branches.as_slice()
        {
            for (null, value) in [(left, right), (right, left)] {
                if is_null(schemas, *null) && !allows_null(schemas, *value) {
                    return Some(Plan::Optional(*value));
                }
            }
        }
        Some(Plan::Untyped("a choice of schemas (`oneOf` or `anyOf`)"))
    }

    /// `enum` and `const`.
    fn values(&self) -> Option<Plan<'d>> {
        let values: Vec<&Node> =
            self.keywords().find_map(|keywords| match (&keywords.enumeration, &keywords.constant) {
                (Some(values), _) => Some(values.iter().collect()),
                (None, Some(value)) => Some(vec![value]),
                (None, None) => None,
            })?;
        let some: Vec<&Node> = values.into_iter().filter(|node| node.value != Value::Null).collect();
        let texts: Option<IndexSet<&str>> = some.iter().map(|node| node.as_str()).collect();
        if let Some(texts) = texts
            && !texts.is_empty()
        {
            return Some(Plan::Enum(texts.into_iter().collect()));
        }
        // Numbers and booleans keep their own types, and are checked.
        let types = self.types().without(JsonType::Null);
        match types.single() {
            Some(JsonType::Integer) if some.iter().all(|node| is_integer(node)) => None,
            Some(JsonType::Number) if some.iter().all(|node| node.as_number().is_some()) => None,
            Some(JsonType::Boolean) if some.iter().all(|node| node.as_bool().is_some()) => None,
            _ => Some(Plan::Untyped("an `enum` of mixed values")),
        }
    }

    fn object(&self) -> Plan<'d> {
        if self.keywords().any(|keywords| !keywords.object.properties.is_empty()) {
            return Plan::Struct;
        }
        Plan::Map(self.keywords().find_map(|keywords| keywords.object.additional))
    }

    fn list(&self) -> Plan<'d> {
        if self.keywords().any(|keywords| keywords.uncarried.contains(&"prefixItems")) {
            return Plan::Untyped("`prefixItems`");
        }
        Plan::List(self.keywords().find_map(|keywords| keywords.array.items))
    }

    /// Every property, with all that is said of it.
    pub fn properties(&self) -> IndexMap<&'d str, Vec<SchemaId>> {
        let mut properties: IndexMap<&str, Vec<SchemaId>> = IndexMap::new();
        for (name, id) in self.keywords().flat_map(|keywords| &keywords.object.properties) {
            properties.entry(name).or_default().push(*id);
        }
        properties
    }

    /// The names of the properties that must be there.
    pub fn required(&self) -> IndexSet<&'d str> {
        self.keywords().flat_map(|keywords| &keywords.object.required).map(String::as_str).collect()
    }

    /// `additionalProperties`, where it speaks of all properties that the view has.
    pub fn additional(&self) -> Additional {
        let mut said = self.keywords().filter_map(|keywords| Some((keywords, keywords.object.additional?)));
        match (said.next(), said.next()) {
            (None, _) => Additional::Unsaid,
            // It speaks of the properties beside it, not of those of other parts (Core 2020-12 §10.3.2.3).
            (Some((keywords, id)), None) if keywords.object.properties.len() == self.properties().len() => {
                Additional::Said(id)
            }
            _ => Additional::Partial,
        }
    }

    /// Whether types and generated checks can say all that the view says, for this plan.
    pub fn is_carried(&self, plan: &Plan<'_>) -> bool {
        let several = |count: fn(&Keywords) -> bool| self.keywords().filter(|keywords| count(keywords)).count() > 1;
        let plain = self.keywords().all(|keywords| keywords.uncarried.is_empty())
            && !several(|keywords| keywords.enumeration.is_some() || keywords.constant.is_some())
            && !several(|keywords| keywords.format.is_some())
            && !several(|keywords| keywords.array.items.is_some());
        let both = self.keywords().any(|keywords| keywords.enumeration.is_some() && keywords.constant.is_some());
        let choice = self.keywords().any(|keywords| !keywords.any_of.is_empty() || !keywords.one_of.is_empty());
        let fitting = match plan {
            Plan::Optional(_) => return plain,
            _ if choice => false,
            Plan::Untyped(_) => false,
            Plan::Struct => {
                let properties = self.properties();
                self.keywords().all(|keywords| keywords.object.min.is_none() && keywords.object.max.is_none())
                    && self.required().iter().all(|name| properties.contains_key(name))
                    && !matches!(self.additional(), Additional::Partial)
            }
            Plan::Enum(_) => self.keywords().all(|keywords| !constrains_strings(keywords) && keywords.format.is_none()),
            Plan::Map(_) => self.required().is_empty() && !several(|keywords| keywords.object.additional.is_some()),
            Plan::List(_) | Plan::Scalar(_) | Plan::Any => true,
        };
        plain && !both && fitting
    }
}

/// What `additionalProperties` says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Additional {
    /// Nothing.
    Unsaid,
    /// This, of everything that is no property.
    Said(SchemaId),
    /// Something of a part of the properties only.
    Partial,
}

/// The types that both sets allow; every integer is a number.
fn meet(left: Types, right: Types) -> Types {
    let mut both = Types::default();
    for kind in
        [JsonType::Null, JsonType::Boolean, JsonType::Object, JsonType::Array, JsonType::Number, JsonType::String]
    {
        if left.contains(kind) && right.contains(kind) {
            both.insert(kind);
        }
    }
    let whole = |types: Types| types.contains(JsonType::Integer) || types.contains(JsonType::Number);
    if !both.contains(JsonType::Number) && whole(left) && whole(right) {
        both.insert(JsonType::Integer);
    }
    both
}

/// `{type: null}`, and nothing else.
fn is_null(schemas: &Schemas, id: SchemaId) -> bool {
    let types = View::of(schemas, &[id]).types();
    types.single() == Some(JsonType::Null)
}

fn allows_null(schemas: &Schemas, id: SchemaId) -> bool {
    let view = View::of(schemas, &[id]);
    let types = view.types();
    types.is_empty() || types.contains(JsonType::Null)
}

/// `{required: [a]}`, as in `anyOf: [{required: [a]}, {required: [b]}]`.
fn only_asks_for_members(keywords: &Keywords) -> bool {
    let object = &keywords.object;
    !object.required.is_empty()
        && object.properties.is_empty()
        && object.additional.is_none()
        && keywords.reference.is_none()
        && keywords.all_of.is_empty()
        && keywords.types.without(JsonType::Object).is_empty()
        && keywords.enumeration.is_none()
        && keywords.any_of.is_empty()
        && keywords.one_of.is_empty()
}

fn is_integer(node: &Node) -> bool {
    node.as_number().is_some_and(|number| number.as_integer().is_some())
}

fn constrains_strings(keywords: &Keywords) -> bool {
    let string = &keywords.string;
    string.min.is_some() || string.max.is_some() || string.pattern.is_some()
}

/// Whether the keywords say anything of their own, beside `$ref`, `allOf` and annotations.
pub(super) fn constrains(keywords: &Keywords) -> bool {
    let Keywords { object, array, number, .. } = keywords;
    !keywords.types.is_empty()
        || keywords.enumeration.is_some()
        || keywords.constant.is_some()
        || keywords.format.is_some()
        || !keywords.any_of.is_empty()
        || !keywords.one_of.is_empty()
        || !keywords.uncarried.is_empty()
        || constrains_strings(keywords)
        || !object.properties.is_empty()
        || !object.required.is_empty()
        || object.additional.is_some()
        || object.min.is_some()
        || object.max.is_some()
        || array.items.is_some()
        || array.min.is_some()
        || array.max.is_some()
        || array.unique
        || number.min.is_some()
        || number.max.is_some()
        || number.above.is_some()
        || number.below.is_some()
        || number.multiple_of.is_some()
}
