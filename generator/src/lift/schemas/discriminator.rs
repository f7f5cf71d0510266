//! What a `discriminator` says: which values of its member stand for which schema.
//!
//! A discriminator decides (OpenAPI 3.1.1 §4.8.25 calls it a hint): the member must be there, its
//! value must be one of those that are named, and the schema that it names must hold. With `defaultMapping`
//! (OpenAPI 3.2.0 §4.25), objects without the member, or with another value, belong to that schema.
//!
//! Values are compared as text, so that `1` and `true` may stand for schemas as well.

use std::collections::HashSet;
use std::path::Path;

use indexmap::{IndexMap, IndexSet};

use super::{Discriminator, Keywords, SchemaId, Schemas};
use crate::read::{FileSet, Node, Pointer, Value};

/// The schemas that a discriminator tells apart.
#[derive(Debug)]
pub struct Cases {
    /// The member that tells.
    pub property: String,
    /// The schemas, each with the values that stand for it: of the choice, or, where the schema is
    /// the base of others (`allOf`), of these and itself.
    pub cases: Vec<(SchemaId, Vec<String>)>,
    /// The schema, one of them, of objects that no value tells.
    pub otherwise: Option<SchemaId>,
    /// Whether the schema is the base of the others.
    pub is_family: bool,
    /// Whether null may be chosen as well.
    pub nullable: bool,
}

impl Cases {
    /// The values that stand for a schema.
    pub fn values_for(&self, id: SchemaId) -> Option<&[String]> {
        self.cases.iter().find(|(case, _)| *case == id).map(|(_, values)| values.as_slice())
    }
}

/// The cases of every schema that has a discriminator which tells all its schemas apart.
pub(crate) fn cases(schemas: &Schemas, heirs: &Heirs) -> IndexMap<SchemaId, Cases> {
    let all = schemas.ids().filter_map(|id| {
        let keywords = schemas.keywords(id)?;
        let discriminator = keywords.notes.discriminator.as_ref()?;
        let offered = [&keywords.one_of, &keywords.any_of].into_iter().find(|offered| !offered.is_empty());
        let is_family = offered.is_none();
        let told = match offered {
            Some(offered) => of_choice(schemas, offered, discriminator),
            None => of_family(schemas, id, heirs.get(&id)?, discriminator),
        };
        let property = discriminator.property.clone();
        let nullable = offered.is_some_and(|offered| offered.iter().any(|id| schemas.is_null(*id)));
        let cases = told.filter(are_distinct)?;
        let named = discriminator.otherwise.as_ref().and_then(|name| schema_named(schemas, name));
        let is_default = |case: &SchemaId| named.is_some_and(|named| schemas.resolve(*case) == schemas.resolve(named));
        let otherwise = cases.iter().map(|(case, _)| *case).find(is_default);
        Some((id, Cases { property, cases, otherwise, is_family, nullable }))
    });
    all.collect()
}

/// How deep schemas are looked into.
const DEPTH: usize = 1_000;

/// For each schema those that build upon it.
pub(crate) type Heirs = IndexMap<SchemaId, Vec<SchemaId>>;

type Told = Vec<(SchemaId, Vec<String>)>;

fn of_choice(schemas: &Schemas, offered: &[SchemaId], discriminator: &Discriminator) -> Option<Told> {
    let (mut cases, mut known): (Told, _) = (Vec::new(), HashSet::new());
    for id in offered.iter().filter(|id| !schemas.is_null(**id)) {
        let target = schemas.resolve(*id);
        // A schema that is offered twice is one, where the discriminator decides.
        if known.insert(target) {
            cases.push((*id, values(schemas, target, discriminator)?));
        }
    }
    Some(cases)
}

fn of_family(schemas: &Schemas, base: SchemaId, heirs: &[SchemaId], discriminator: &Discriminator) -> Option<Told> {
    let mut cases: Told = Vec::new();
    // What the base lists are the values of all of them; each has its own name among these.
    let listed = member_values(schemas, base, &discriminator.property);
    for heir in heirs {
        let mut values = values(schemas, *heir, discriminator)?;
        if listed.as_ref() == Some(&values)
            && let Some(name) = component(schemas, *heir).filter(|name| values.contains(name))
        {
            values = vec![name];
        }
        cases.push((*heir, values));
    }
    let mapped = mapped(schemas, base, discriminator);
    let own = if mapped.is_empty() { component(schemas, base).into_iter().collect() } else { mapped };
    let is_free = |value: &String| {
        !cases.iter().any(|(_, values)| values.contains(value))
            && listed.as_ref().is_none_or(|listed| listed.contains(value))
    };
    let own: Vec<String> = own.into_iter().filter(is_free).collect();
    if !own.is_empty() {
        cases.insert(0, (base, own));
    }
    Some(cases)
}

/// The values that stand for a schema: those of the mapping, else those that the member may have
/// there, else the schema's name.
fn values(schemas: &Schemas, id: SchemaId, discriminator: &Discriminator) -> Option<Vec<String>> {
    let mapped = mapped(schemas, id, discriminator);
    if !mapped.is_empty() {
        return Some(mapped);
    }
    let named = || component(schemas, id).map(|name| vec![name]);
    member_values(schemas, id, &discriminator.property).or_else(named)
}

fn mapped(schemas: &Schemas, id: SchemaId, discriminator: &Discriminator) -> Vec<String> {
    let stands_for = |target: &String| schema_named(schemas, target).is_some_and(|named| schemas.resolve(named) == id);
    let entries = discriminator.mapping.iter().filter(|(_, target)| stands_for(target));
    entries.map(|(value, _)| value.clone()).collect()
}

/// The schema that a mapping names: a component's name, or a reference.
pub(super) fn schema_named(schemas: &Schemas, target: &str) -> Option<SchemaId> {
    let component = Pointer::root().join("components").join("schemas").join(target);
    schemas.at(&component).or_else(|| schemas.at(&Pointer::from_fragment(target)?))
}

/// The name of a schema that stands right under `components: schemas:`, or in a file that such a one refers to.
fn component(schemas: &Schemas, id: SchemaId) -> Option<String> {
    let place = Pointer::root().join("components").join("schemas");
    let named = |pointer: &Pointer| {
        (pointer.parent()? == place).then(|| pointer.last().map(|name| name.into_owned())).flatten()
    };
    let pointer = &schemas.get(id).pointer;
    if pointer.segments().next().is_none_or(|first| first != FileSet::MEMBER) {
        return named(pointer);
    }
    let referring = schemas.ids().filter(|other| schemas.resolve(*other) == id);
    referring.into_iter().find_map(|other| named(&schemas.get(other).pointer)).or_else(|| file_name(pointer))
}

/// The name of the file that a schema is the whole of, without its ending.
fn file_name(pointer: &Pointer) -> Option<String> {
    let mut segments = pointer.segments().skip(1);
    let (Some(file), None) = (segments.next(), segments.next()) else { return None };
    Some(Path::new(&*file).file_stem()?.to_str()?.to_owned())
}

/// How many schemas are looked at for the values of one member: schemas may refer to each other in many ways.
const MOST_SCHEMAS: usize = 10_000;

/// The values of a member, looked for in a schema and in what it is made of.
struct MemberSearch<'s> {
    schemas: &'s Schemas,
    name: &'s str,
    /// The schemas around the one that is looked at.
    path: Vec<SchemaId>,
    /// How many schemas may still be looked at.
    left: usize,
}

/// What a member of the schema may be, as text, where it says so.
fn member_values(schemas: &Schemas, id: SchemaId, name: &str) -> Option<Vec<String>> {
    let mut search = MemberSearch { schemas, name, path: Vec::new(), left: MOST_SCHEMAS };
    Some(search.values(id)?.into_iter().collect())
}

impl MemberSearch<'_> {
    fn values(&mut self, id: SchemaId) -> Option<IndexSet<String>> {
        self.left = self.left.checked_sub(1)?;
        if self.path.contains(&id) || self.path.len() >= DEPTH {
            return None;
        }
        let keywords = self.schemas.keywords(id)?;
        let own = keywords.object.properties.get(self.name).and_then(|member| {
            let member = self.schemas.keywords(self.schemas.resolve(*member))?;
            listed(member)?.iter().map(as_text).collect()
        });
        self.path.push(id);
        let mut parts = keywords.reference.iter().chain(&keywords.all_of).rev();
        let found = own.or_else(|| parts.find_map(|part| self.values(*part))).or_else(|| self.of_choice(keywords));
        self.path.pop();
        found
    }

    /// What the member may be in any of the schemas that a choice offers; what its own discriminator says counts.
    fn of_choice(&mut self, keywords: &Keywords) -> Option<IndexSet<String>> {
        let schemas = self.schemas;
        let offered = [&keywords.one_of, &keywords.any_of].into_iter().find(|offered| !offered.is_empty())?;
        let own = keywords.notes.discriminator.as_ref().filter(|discriminator| discriminator.property == self.name);
        let mut found = IndexSet::new();
        for id in offered.iter().map(|id| schemas.resolve(*id)).filter(|id| !schemas.is_null(*id)) {
            let mapped = own.map(|own| mapped(schemas, id, own)).filter(|mapped| !mapped.is_empty());
            let values = mapped.map(IndexSet::from_iter).or_else(|| self.values(id));
            let named = || own.and_then(|_| component(schemas, id)).map(|name| IndexSet::from_iter([name]));
            found.extend(values.or_else(named)?);
        }
        Some(found)
    }
}

/// The strings of `const` or `enum`.
pub(crate) fn texts(keywords: &Keywords) -> Option<Vec<String>> {
    listed(keywords)?.iter().map(|node| node.as_str().map(str::to_owned)).collect()
}

/// The values of `const` or `enum`.
fn listed(keywords: &Keywords) -> Option<&[Node]> {
    match (&keywords.constant, &keywords.enumeration) {
        (Some(value), _) => Some(std::slice::from_ref(value)),
        (None, Some(values)) => Some(values),
        (None, None) => None,
    }
}

/// A string, a whole number or a boolean as text.
fn as_text(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => number.as_integer().map(|number| number.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

fn are_distinct(cases: &Told) -> bool {
    let mut values: Vec<&String> = cases.iter().flat_map(|(_, values)| values).collect();
    let count = values.len();
    values.sort_unstable();
    values.dedup();
    values.len() == count
}

/// The components that build upon a schema with `allOf`, also by way of others.
pub(crate) fn heirs(schemas: &Schemas) -> Heirs {
    let mut heirs = Heirs::new();
    for id in schemas.ids().filter(|id| component(schemas, *id).is_some()) {
        let mut pending = vec![id];
        let mut seen = HashSet::from([id]);
        while let Some(at) = pending.pop() {
            for part in schemas.keywords(at).into_iter().flat_map(|keywords| &keywords.all_of) {
                let base = schemas.resolve(*part);
                if seen.insert(base) {
                    pending.push(base);
                    heirs.entry(base).or_default().push(id);
                }
            }
        }
    }
    heirs
}
