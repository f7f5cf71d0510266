//! Which Rust type carries a view.

use std::collections::HashMap;

use super::enums;
use super::values::Values;
use crate::ir::{EnumValues, RustType, Scalar};
use crate::lift::schemas::effective_schema::{Additional, ChoiceKeyword, EffectiveSchema, choices};
use crate::lift::schemas::{Keywords, Schema, SchemaId, Schemas, Type as JsonType, Types, formats};
use crate::read::{Node, Value};

/// What kind of Rust type a view is.
#[derive(Debug)]
pub(in crate::lower) enum Plan<'d> {
    /// An object with known members.
    Struct,
    /// One of a few values.
    Enum(Values<'d>, EnumValues),
    /// One of a few strings, or any other.
    OpenEnum(Vec<&'d str>),
    /// An object whose members are all alike; the schemas that each of them satisfies.
    Map(Vec<SchemaId>),
    /// A list; the schemas that each of its items satisfies.
    List(Vec<SchemaId>),
    /// A list of a fixed length, with a schema for each position.
    Tuple(&'d [SchemaId]),
    /// A value without parts.
    Scalar(Scalar),
    /// A value of one of several types.
    Union(Branches<'d>),
    /// A type that the document names.
    External {
        /// The type.
        ty: &'d RustType,
        /// Whether null is another value.
        nullable: bool,
    },
    /// Any value at all.
    Any,
    /// No Rust type is sound yet, and why; the validator alone says what is valid.
    Untyped(&'static str),
    /// More types than anybody would compile; the validator alone says what is valid.
    TooManyCombinations,
}

/// What a value may be, one of several.
#[derive(Debug)]
pub(in crate::lower) struct Branches<'d> {
    /// The schemas, but for null.
    pub branches: Vec<Branch<'d>>,
    /// Whether null is another one.
    pub nullable: bool,
    /// Whether just one may fit (`oneOf`).
    pub exactly_one: bool,
    /// The schema that makes the choice, which may have a `discriminator`.
    pub chooser: SchemaId,
}

/// How many types several choices in one value may make together, of which each has a type for every combination.
const MOST_COMBINATIONS: usize = 1_000;

impl<'d> Branches<'d> {
    /// Whether branches are put together with what is said beside the choice, so that each has a type of its own.
    pub(in crate::lower) fn are_merged(&self) -> bool {
        self.branches.iter().any(|branch| matches!(branch, Branch::Merged(..)))
    }

    /// Whether the choices within the branches multiply them beyond what anybody would want to compile.
    fn has_too_many_combinations(&self, schemas: &'d Schemas) -> bool {
        let mut known = HashMap::new();
        let merged = self.branches.iter().filter_map(|branch| match branch {
            Branch::Merged(_, view) => Some(view),
            Branch::Schema(_) | Branch::Typed(..) => None,
        });
        let mut count = 0usize;
        for view in merged {
            count = count.saturating_add(view.combinations(schemas, &mut known));
        }
        count > MOST_COMBINATIONS.max(self.branches.len())
    }
}

/// One of several schemas.
#[derive(Debug)]
pub(in crate::lower) enum Branch<'d> {
    /// One that says all there is to say.
    Schema(SchemaId),
    /// One that holds together with what is said beside the choice.
    Merged(SchemaId, EffectiveSchema<'d>),
    /// The values of one type.
    Typed(JsonType, SchemaId, EffectiveSchema<'d>),
}

/// The longest tuples: longer ones have no `Debug` and no `PartialEq`.
const MOST_POSITIONS: u64 = 12;

impl<'d> EffectiveSchema<'d> {
    /// Which kind of Rust type carries this.
    pub(in crate::lower) fn plan(&self, schemas: &'d Schemas) -> Plan<'d> {
        if self.never {
            return Plan::Untyped("`false` allows nothing");
        }
        if self.leaves.is_empty() {
            return Plan::Any;
        }
        if let Some(plan) = self.enumeration(schemas) {
            return plan;
        }
        if let Some(branches) = self.branches(schemas) {
            return match branches.has_too_many_combinations(schemas) {
                true => Plan::TooManyCombinations,
                false => Plan::Union(branches),
            };
        }
        if let Some(plan) = self.other_values() {
            return plan;
        }
        let types = self.types().without(JsonType::Null);
        match types.single() {
            Some(JsonType::Object) => self.object(schemas),
            Some(JsonType::Array) => self.list(schemas),
            Some(JsonType::String) if !self.listed().is_empty() => Plan::OpenEnum(self.listed()),
            Some(JsonType::String) => Plan::Scalar(self.formatted(formats::string)),
            Some(JsonType::Integer) => Plan::Scalar(formats::integer(self.format(), self.extent())),
            Some(JsonType::Number) => Plan::Scalar(self.formatted(formats::number)),
            Some(JsonType::Boolean) => Plan::Scalar(Scalar::Bool),
            None if !types.is_empty() => self.by_type(types),
            Some(JsonType::Null) | None if self.types().contains(JsonType::Null) => Plan::Scalar(Scalar::Null),
            Some(JsonType::Null) | None => Plan::Untyped("constraints without a type"),
        }
    }

    fn formatted(&self, scalar: impl Fn(Option<&str>) -> Scalar) -> Scalar {
        scalar(self.format())
    }

    /// The choice that is still to be made, if there is one. Branches that only ask for members leave
    /// the type as it is.
    fn branches(&self, schemas: &'d Schemas) -> Option<Branches<'d>> {
        let typed = |id: &SchemaId| !schemas.keywords(*id).is_some_and(only_asks_for_members);
        let (chooser, keyword, offered) = self
            .leaves
            .iter()
            .flat_map(|(id, leaf)| choices(leaf).map(move |(keyword, offered)| (*id, keyword, offered)))
            .find(|(id, keyword, offered)| !self.made.contains(&(*id, *keyword)) && offered.iter().any(typed))?;
        let mut rest = self.clone();
        rest.made.push((chooser, keyword));
        let said = rest.types();
        let stands_alone = rest.leaves.iter().all(|(id, leaf)| !rest.constrains_beyond_type(*id, leaf));
        let (mut branches, mut nullable) = (Vec::new(), false);
        for branch in offered {
            let own = EffectiveSchema::combine(schemas, &[*branch]);
            if own.types().single() == Some(JsonType::Null) {
                nullable |= said.is_empty() || said.contains(JsonType::Null);
            } else if stands_alone && (said.is_empty() || (!own.types().is_empty() && own.types().is_within(said))) {
                branches.push(Branch::Schema(*branch));
            } else {
                let mut merged = rest.clone();
                merged.and(schemas, *branch);
                branches.push(Branch::Merged(*branch, merged));
            }
        }
        Some(Branches { branches, nullable, exactly_one: keyword == ChoiceKeyword::OneOf, chooser })
    }

    /// In how many ways the choices that are still to be made can be, as far as that is not too many.
    fn combinations(&self, schemas: &'d Schemas, known: &mut HashMap<SchemaId, usize>) -> usize {
        let mut ways = 1usize;
        for (id, leaf) in &self.leaves {
            for (_, offered) in choices(leaf).filter(|(keyword, _)| !self.made.contains(&(*id, *keyword))) {
                let mut sum = 0usize;
                for branch in offered {
                    let of_branch = match known.get(branch) {
                        Some(ways) => *ways,
                        None => {
                            // One that is still being counted is a way by itself.
                            known.insert(*branch, 1);
                            let ways = EffectiveSchema::combine(schemas, &[*branch]).combinations(schemas, known);
                            known.insert(*branch, ways);
                            ways
                        }
                    };
                    sum = sum.saturating_add(of_branch);
                }
                ways = ways.saturating_mul(sum);
                if ways > MOST_COMBINATIONS {
                    return ways;
                }
            }
        }
        ways
    }

    /// A choice between the types that a list of types names.
    fn by_type(&self, types: Types) -> Plan<'d> {
        let Some((chooser, _)) = self.leaves.first().copied() else { return Plan::Any };
        let typed = |kind: JsonType| Branch::Typed(kind, chooser, EffectiveSchema { only: Some(kind), ..self.clone() });
        let branches = types.iter().map(typed).collect();
        Plan::Union(Branches { branches, nullable: self.is_nullable(), exactly_one: false, chooser })
    }

    /// An enum of the values that are listed, where variants can stand for them.
    fn enumeration(&self, schemas: &'d Schemas) -> Option<Plan<'d>> {
        let values = self.values(schemas)?;
        match (values.listed.is_empty(), values.nullable) {
            (true, true) => return Some(Plan::Scalar(Scalar::Null)),
            (true, false) => return Some(Plan::Untyped("values of which none satisfies all that is said")),
            (false, _) => {}
        }
        let kind = enums::kind(&values, self.format())?;
        self.lists_values(schemas).then_some(Plan::Enum(values, kind))
    }

    /// `enum` and `const` of values that are no variants.
    fn other_values(&self) -> Option<Plan<'d>> {
        let values = self.enumerated()?;
        let some: Vec<&Node> = values.into_iter().filter(|node| node.value != Value::Null).collect();
        // Numbers and booleans keep their own types, and are checked.
        let types = self.types().without(JsonType::Null);
        match types.single() {
            Some(JsonType::Integer) if some.iter().all(|node| is_integer(node)) => None,
            Some(JsonType::Number) if some.iter().all(|node| node.as_number().is_some()) => None,
            Some(JsonType::Boolean) if some.iter().all(|node| node.as_bool().is_some()) => None,
            _ => {
                let mut kinds = Types::default();
                some.iter().for_each(|node| kinds = kinds.or(Types::of_value(node)));
                let scalar = !kinds.contains(JsonType::Object) && !kinds.contains(JsonType::Array);
                let fits = types.is_empty() || kinds.is_within(types);
                match kinds.single() {
                    _ if !scalar || !fits || some.is_empty() || self.only.is_some() => {
                        Some(Plan::Untyped("an `enum` of mixed values"))
                    }
                    // Without a `type`, the values say it.
                    Some(_) | None => Some(self.by_type(kinds)),
                }
            }
        }
    }

    fn object(&self, schemas: &Schemas) -> Plan<'d> {
        if self.keywords().any(|keywords| !keywords.object.properties.is_empty()) {
            return Plan::Struct;
        }
        match self.additional(schemas) {
            Additional::Said(members) => Plan::Map(members),
            Additional::Unsaid | Additional::Partial => Plan::Map(Vec::new()),
        }
    }

    /// `prefixItems` makes a tuple where nothing may follow, and nothing may be left out.
    fn list(&self, schemas: &Schemas) -> Plan<'d> {
        let positions = self.keywords().find(|keywords| !keywords.array.prefix.is_empty());
        let Some(positions) = positions else {
            return Plan::List(self.items());
        };
        let array = &positions.array;
        let length = array.prefix.len() as u64;
        let is_closed = array.items.is_some_and(|items| matches!(schemas.get(items).schema, Schema::Never));
        let exact = array.min == Some(length) && (array.max == Some(length) || is_closed);
        if self.leaves.len() == 1 && exact && length <= MOST_POSITIONS {
            Plan::Tuple(&array.prefix)
        } else {
            Plan::List(Vec::new())
        }
    }

    /// Whether a leaf says more than which types there are, choices that are made aside.
    fn constrains_beyond_type(&self, id: SchemaId, leaf: &Keywords) -> bool {
        leaf.constrains_values() || choices(leaf).any(|(keyword, _)| !self.made.contains(&(id, keyword)))
    }

    /// Whether types and generated checks can say all that the view says, for this plan.
    pub(in crate::lower) fn is_carried(&self, schemas: &Schemas, plan: &Plan<'_>) -> bool {
        let several = |count: fn(&Keywords) -> bool| self.keywords().filter(|keywords| count(keywords)).count() > 1;
        let plain = self.keywords().all(|keywords| keywords.validator_only.is_empty())
            && !several(|keywords| keywords.enumeration.is_some() || keywords.constant.is_some())
            && self.has_one_format();
        let both = self.keywords().any(|keywords| keywords.enumeration.is_some() && keywords.constant.is_some());
        let open = |(id, leaf): &(SchemaId, &'d Keywords)| {
            choices(leaf).any(|(keyword, _)| !self.made.contains(&(*id, keyword)))
        };
        let fitting = match plan {
            // What is said beside the choice is merged into its branches, which answer for themselves.
            Plan::Union(_) => return plain,
            // What the type itself takes is not known here.
            Plan::External { .. } => return self.keywords().all(|keywords| !keywords.constrains()),
            _ if self.leaves.iter().any(open) => false,
            Plan::Untyped(_) | Plan::TooManyCombinations => false,
            Plan::Struct => {
                let properties = self.properties();
                self.keywords().all(|keywords| keywords.object.min.is_none() && keywords.object.max.is_none())
                    && self.required().iter().all(|name| properties.contains_key(name))
                    && self.speaks_of_all_additional(schemas)
            }
            // All that is said has been looked at.
            Plan::Enum(values, _) => return values.exact,
            Plan::OpenEnum(_) => {
                self.keywords().all(|keywords| !keywords.string.constrains() && keywords.format.is_none())
            }
            Plan::Map(_) => self.required().is_empty() && self.speaks_of_all_additional(schemas),
            Plan::List(_) => self.keywords().all(|keywords| keywords.array.prefix.is_empty()),
            Plan::Tuple(_) | Plan::Scalar(_) | Plan::Any => true,
        };
        plain && !both && fitting
    }
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
