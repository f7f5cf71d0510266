//! Schemas in JSON Schema 2020-12, read into an arena.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};

use crate::ir::RustType;
use crate::read::{Node, Number, Pointer, Span, Value};

/// Which schema of a document's [`Schemas`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(pub(crate) u32);

/// Every schema of a document.
#[derive(Debug, Default)]
pub struct Schemas {
    pub(crate) placed: Vec<Placed>,
    pub(crate) by_pointer: IndexMap<Pointer, SchemaId>,
    /// The nodes at the places where schemas were lifted out, in 2020-12, explicit.
    pub(crate) roots: IndexMap<Pointer, Root>,
}

/// A schema that was lifted out of the document, with all that it holds.
#[derive(Debug)]
pub(crate) struct Root {
    /// The schema in 2020-12, with all that its dialect means said outright.
    pub node: Node,
    /// Itself and the schemas below it.
    pub ids: std::ops::Range<u32>,
}

/// A schema and where it stands.
#[derive(Debug)]
pub struct Placed {
    /// Where it stands in the document.
    pub pointer: Pointer,
    /// Where it stands in its file.
    pub span: Span,
    /// What it says.
    pub schema: Schema,
}

/// A schema (JSON Schema Core 2020-12 §4.3).
#[derive(Debug)]
pub enum Schema {
    /// `true`: everything is valid.
    Always,
    /// `false`: nothing is valid.
    Never,
    /// An object of keywords.
    Keywords(Box<Keywords>),
}

/// The keywords of one schema.
#[derive(Debug, Default)]
pub struct Keywords {
    /// `$ref`.
    pub reference: Option<SchemaId>,
    /// `type`; empty where none is said.
    pub types: Types,
    /// `enum`.
    pub enumeration: Option<Vec<Node>>,
    /// `const`.
    pub constant: Option<Node>,
    /// Keywords of objects.
    pub object: ObjectKeywords,
    /// Keywords of arrays.
    pub array: ArrayKeywords,
    /// Keywords of strings.
    pub string: StringKeywords,
    /// Keywords of numbers.
    pub number: NumberKeywords,
    /// `format`.
    pub format: Option<String>,
    /// `allOf`.
    pub all_of: Vec<SchemaId>,
    /// `anyOf`.
    pub any_of: Vec<SchemaId>,
    /// `oneOf`.
    pub one_of: Vec<SchemaId>,
    /// Keywords that no Rust type can carry: only a validator enforces them.
    pub validator_only: Vec<&'static str>,
    /// Keywords for people.
    pub notes: Annotations,
}

impl Keywords {
    /// Whether they say anything of their own, beside `$ref`, `allOf` and annotations.
    pub fn constrains(&self) -> bool {
        !self.types.is_empty() || !self.any_of.is_empty() || !self.one_of.is_empty() || self.constrains_values()
    }

    /// Whether they say anything of the values that the types and choices let through.
    pub fn constrains_values(&self) -> bool {
        let Self { object, array, string, number, .. } = self;
        self.enumeration.is_some()
            || self.constant.is_some()
            || self.format.is_some()
            || !self.validator_only.is_empty()
            || string.constrains()
            || !object.properties.is_empty()
            || !object.required.is_empty()
            || object.additional.is_some()
            || object.min.is_some()
            || object.max.is_some()
            || array.items.is_some()
            || !array.prefix.is_empty()
            || array.min.is_some()
            || array.max.is_some()
            || array.unique
            || number.min.is_some()
            || number.max.is_some()
            || number.above.is_some()
            || number.below.is_some()
            || number.multiple_of.is_some()
    }
}

/// Keywords of objects.
#[derive(Debug, Default)]
pub struct ObjectKeywords {
    /// `properties`, in the order of the document.
    pub properties: IndexMap<String, SchemaId>,
    /// `required`.
    pub required: IndexSet<String>,
    /// The schemas of `patternProperties`.
    pub patterns: Vec<SchemaId>,
    /// `additionalProperties`.
    pub additional: Option<SchemaId>,
    /// `minProperties`.
    pub min: Option<u64>,
    /// `maxProperties`.
    pub max: Option<u64>,
}

/// Keywords of arrays.
#[derive(Debug, Default)]
pub struct ArrayKeywords {
    /// `items`.
    pub items: Option<SchemaId>,
    /// `prefixItems`.
    pub prefix: Vec<SchemaId>,
    /// `minItems`.
    pub min: Option<u64>,
    /// `maxItems`.
    pub max: Option<u64>,
    /// `uniqueItems`.
    pub unique: bool,
}

/// Keywords of strings.
#[derive(Debug, Default)]
pub struct StringKeywords {
    /// `minLength`, in Unicode code points.
    pub min: Option<u64>,
    /// `maxLength`, in Unicode code points.
    pub max: Option<u64>,
    /// `pattern` (ECMA-262).
    pub pattern: Option<String>,
    /// `x-extensible-enum`: values that are known, of all that are allowed.
    pub listed: IndexSet<String>,
}

impl StringKeywords {
    /// Whether they say anything.
    pub fn constrains(&self) -> bool {
        self.min.is_some() || self.max.is_some() || self.pattern.is_some()
    }
}

/// Keywords of numbers.
#[derive(Debug, Default)]
pub struct NumberKeywords {
    /// `minimum`.
    pub min: Option<Number>,
    /// `maximum`.
    pub max: Option<Number>,
    /// `exclusiveMinimum`.
    pub above: Option<Number>,
    /// `exclusiveMaximum`.
    pub below: Option<Number>,
    /// `multipleOf`.
    pub multiple_of: Option<Number>,
}

/// Keywords for people.
#[derive(Debug, Default)]
pub struct Annotations {
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `deprecated`.
    pub deprecated: bool,
    /// `readOnly`.
    pub read_only: bool,
    /// `writeOnly`.
    pub write_only: bool,
    /// `discriminator`, an OpenAPI keyword.
    pub discriminator: Option<Discriminator>,
    /// `x-rust-type`: the type that its values have.
    pub rust_type: Option<RustType>,
    /// `x-rust-name`: what its type is called, or the field of a property.
    pub rust_name: Option<String>,
    /// `default`.
    pub default: Option<Node>,
    /// `examples`, and OpenAPI's `example`.
    pub examples: Vec<Node>,
    /// `x-enum-varnames`: what the values of `enum` are called, in its order.
    pub value_names: Vec<String>,
    /// `x-enum-descriptions`: what is said of each.
    pub value_descriptions: Vec<String>,
}

/// The member that says which of several schemas a value is of (OpenAPI 3.1.1 §4.8.25).
#[derive(Debug)]
pub struct Discriminator {
    /// The member's name.
    pub property: String,
    /// Its values, each with the schema that it stands for, as the document refers to it.
    pub mapping: IndexMap<String, String>,
    /// `defaultMapping`: the schema of values without the member, or with another value.
    pub otherwise: Option<String>,
    /// The object as it stands in the document.
    pub(crate) node: Node,
}

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Types(u8);

/// A type of JSON Schema (Validation 2020-12 §6.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "they are what they say")]
pub enum Type {
    Null = 1,
    Boolean = 2,
    Object = 4,
    Array = 8,
    Number = 16,
    String = 32,
    Integer = 64,
}

impl Type {
    pub(crate) const NAMES: [(&'static str, Type); 7] = [
        ("null", Type::Null),
        ("boolean", Type::Boolean),
        ("object", Type::Object),
        ("array", Type::Array),
        ("number", Type::Number),
        ("string", Type::String),
        ("integer", Type::Integer),
    ];
}

impl Type {
    /// Its name in JSON Schema.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

impl Types {
    /// Every type.
    pub const ALL: Self = Self(63);

    /// Just this type.
    pub fn only(kind: Type) -> Self {
        Self(kind as u8)
    }

    /// The type of a value.
    pub fn of_value(node: &Node) -> Self {
        Self::only(match &node.value {
            Value::Null => Type::Null,
            Value::Bool(_) => Type::Boolean,
            Value::Number(number) if number.as_integer().is_some() => Type::Integer,
            Value::Number(_) => Type::Number,
            Value::String(_) => Type::String,
            Value::List(_) => Type::Array,
            Value::Map(_) => Type::Object,
        })
    }

    /// The types of either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let either = Self(self.0 | other.0);
        // Every integer is a number.
        if either.contains(Type::Number) { either.without(Type::Integer) } else { either }
    }

    /// The types of both sets; every integer is a number.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let both = Self(self.0 & other.0);
        let has_integers = |types: Self| types.contains(Type::Integer) || types.contains(Type::Number);
        match both.contains(Type::Number) {
            true => both.without(Type::Integer),
            false if has_integers(self) && has_integers(other) => Self(both.0 | Type::Integer as u8),
            false => both,
        }
    }

    /// Whether every value of these types is of those as well.
    pub fn is_within(self, other: Self) -> bool {
        other.or(self) == other
    }

    /// Each of the types.
    pub fn iter(self) -> impl Iterator<Item = Type> {
        Type::NAMES.into_iter().map(|(_, kind)| kind).filter(move |kind| self.contains(*kind))
    }

    /// Adds a type.
    pub fn insert(&mut self, kind: Type) {
        self.0 |= kind as u8;
    }

    /// Takes a type away.
    #[must_use]
    pub fn without(self, kind: Type) -> Self {
        Self(self.0 & !(kind as u8))
    }

    /// Whether the set has this type.
    pub fn contains(self, kind: Type) -> bool {
        self.0 & kind as u8 != 0
    }

    /// Whether no `type` is said.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The type, if the set has just one.
    pub fn single(self) -> Option<Type> {
        let mut found = Type::NAMES.iter().filter(|(_, kind)| self.contains(*kind));
        match (found.next(), found.next()) {
            (Some((_, kind)), None) => Some(*kind),
            _ => None,
        }
    }
}

impl SchemaId {
    /// Its number among the document's schemas.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Schemas {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.placed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// All of them.
    pub fn ids(&self) -> impl Iterator<Item = SchemaId> {
        (0..self.placed.len() as u32).map(SchemaId)
    }

    /// The schema and its place.
    pub fn get(&self, id: SchemaId) -> &Placed {
        &self.placed[id.0 as usize]
    }

    /// The schema at a place of the document.
    pub fn at(&self, pointer: &Pointer) -> Option<SchemaId> {
        self.by_pointer.get(pointer).copied()
    }

    /// The keywords of a schema; none for `true` and `false`.
    pub fn keywords(&self, id: SchemaId) -> Option<&Keywords> {
        match &self.get(id).schema {
            Schema::Keywords(keywords) => Some(keywords),
            Schema::Always | Schema::Never => None,
        }
    }

    /// Follows `$ref`s to the schema that says something of its own.
    pub fn resolve(&self, id: SchemaId) -> SchemaId {
        let mut at = id;
        // A chain longer than all schemas is a cycle, which the reader has refused.
        for _ in 0..self.placed.len() {
            match self.keywords(at).and_then(|keywords| keywords.reference) {
                Some(target) => at = target,
                None => break,
            }
        }
        at
    }

    /// The target, of a schema that says nothing but `$ref`, or `allOf` of one schema.
    pub fn plain_reference(&self, id: SchemaId) -> Option<SchemaId> {
        let keywords = self.keywords(id)?;
        let target = match (keywords.reference, keywords.all_of.as_slice()) {
            (Some(target), []) => target,
            (None, [only]) => *only,
            _ => return None,
        };
        (!keywords.constrains() && keywords.notes.rust_type.is_none()).then_some(target)
    }

    /// Whether null is all that satisfies the schema.
    pub fn is_null(&self, id: SchemaId) -> bool {
        self.keywords(self.resolve(id)).is_some_and(|keywords| keywords.types.single() == Some(Type::Null))
    }

    /// The schemas that a `$ref` leads to.
    pub fn referenced(&self) -> HashSet<SchemaId> {
        self.ids().filter_map(|id| self.keywords(id)?.reference).collect()
    }

    /// The schemas that this one holds or refers to.
    pub fn children(&self, id: SchemaId) -> Vec<SchemaId> {
        let Some(keywords) = self.keywords(id) else { return Vec::new() };
        let single = [keywords.reference, keywords.object.additional, keywords.array.items];
        let mut children: Vec<SchemaId> = single.into_iter().flatten().collect();
        children.extend(keywords.object.properties.values());
        let patterns = &keywords.object.patterns;
        for list in [&keywords.all_of, &keywords.any_of, &keywords.one_of, &keywords.array.prefix, patterns] {
            children.extend(list);
        }
        children
    }
}
