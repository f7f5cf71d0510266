//! Types: what the document's schemas are in Rust.

use std::fmt;

use super::structs::{Conversion, Struct, Unknown};
use super::{Docs, Integer, RustType, Scalar, TypeName, VariantName};

/// Which of the service's types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub usize);

/// A type expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    /// A value without parts.
    Scalar(Scalar),
    /// Any JSON value.
    Json,
    /// Any JSON object.
    JsonObject,
    /// `Vec<T>`.
    List(Box<ConstrainedType>),
    /// `BTreeMap<String, T>`.
    Map(Box<ConstrainedType>),
    /// `(A, B)`: a list of a fixed length, with a type for each position.
    Tuple(Vec<ConstrainedType>),
    /// A type of the service.
    Named(TypeId),
    /// A type that the document names, of another crate or of the application.
    External(Box<RustType>),
    /// A value or null.
    Nullable(Box<Type>),
    /// A type behind a pointer, because it would hold itself otherwise.
    Boxed(Box<Type>),
}

/// A place that holds a value: its type, and what the value must satisfy beyond that.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstrainedType {
    /// The type.
    pub ty: Type,
    /// What the (non-null) value must satisfy.
    pub checks: Vec<Check>,
}

impl ConstrainedType {
    /// A place without checks.
    pub fn plain(ty: Type) -> Self {
        Self { ty, checks: Vec::new() }
    }

    /// The place for what is not null, and whether null was allowed there.
    pub(crate) fn without_null(self) -> (Self, bool) {
        match self.ty {
            Type::Nullable(inner) => (Self { ty: *inner, ..self }, true),
            ty => (Self { ty, ..self }, false),
        }
    }
}

/// A constraint that generated code checks.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// `minLength`.
    MinLength(u64),
    /// `maxLength`.
    MaxLength(u64),
    /// `format`: one of those that have no type.
    Format(&'static str),
    /// `pattern`: index into [`Service::patterns`](super::Service::patterns).
    Pattern(usize),
    /// `minimum`, as a literal of the value's type.
    Minimum(Bound),
    /// `maximum`.
    Maximum(Bound),
    /// `exclusiveMinimum`.
    Above(Bound),
    /// `exclusiveMaximum`.
    Below(Bound),
    /// `multipleOf`.
    MultipleOf(Bound),
    /// `enum` of numbers.
    OneOf(Vec<Bound>),
    /// `minItems`.
    MinItems(u64),
    /// `maxItems`.
    MaxItems(u64),
    /// `uniqueItems`.
    UniqueItems,
    /// `minProperties`.
    MinProperties(u64),
    /// `maxProperties`.
    MaxProperties(u64),
}

impl Check {
    /// The keyword that it checks.
    pub(crate) fn keyword(&self) -> &'static str {
        match self {
            Self::MinLength(_) => "minLength",
            Self::MaxLength(_) => "maxLength",
            Self::Format(_) => "format",
            Self::Pattern(_) => "pattern",
            Self::Minimum(_) => "minimum",
            Self::Maximum(_) => "maximum",
            Self::Above(_) => "exclusiveMinimum",
            Self::Below(_) => "exclusiveMaximum",
            Self::MultipleOf(_) => "multipleOf",
            Self::OneOf(_) => "enum",
            Self::MinItems(_) => "minItems",
            Self::MaxItems(_) => "maxItems",
            Self::UniqueItems => "uniqueItems",
            Self::MinProperties(_) => "minProperties",
            Self::MaxProperties(_) => "maxProperties",
        }
    }
}

/// A number of a constraint, in the type of the value.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// For integers.
    Integer(i128),
    /// For floats; finite.
    Float(f64),
    /// For numbers that are kept exact: as the document writes it.
    Exact(String),
}

/// A named type.
#[derive(Debug)]
pub struct TypeDef {
    /// Its name.
    pub name: TypeName,
    /// Where its schema stands in the document.
    pub pointer: String,
    /// Its title and description.
    pub docs: Docs,
    /// What it is.
    pub body: TypeBody,
    /// Whether any of its values need checks beyond their types.
    pub checked: bool,
    /// The structs that it is made of.
    pub conversions: Vec<Conversion>,
}

/// What a named type is.
#[derive(Debug)]
pub enum TypeBody {
    /// An object with known members.
    Struct(Struct),
    /// One of a few values.
    Enum(Enum),
    /// A value of one of several types.
    Union(Union),
    /// Another name for a type.
    Alias(ConstrainedType),
    /// A list or map that holds itself.
    Newtype(Newtype),
}

impl TypeBody {
    /// The places that hold values.
    pub fn slots(&self) -> Vec<&ConstrainedType> {
        match self {
            Self::Struct(structure) => {
                let kept = match &structure.unknown {
                    Unknown::Kept(_, slot) => Some(slot),
                    Unknown::Ignored | Unknown::Refused => None,
                };
                structure.fields.iter().map(|field| &field.slot).chain(kept).collect()
            }
            Self::Union(union) => union.variants.iter().map(|variant| &variant.slot).collect(),
            Self::Alias(slot) | Self::Newtype(Newtype { slot }) => vec![slot],
            Self::Enum(_) => Vec::new(),
        }
    }
}

/// Whether a header or a field of a form may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be absent.
    Optional,
}

/// One of a few values.
#[derive(Debug)]
pub struct Enum {
    /// The values.
    pub variants: Vec<EnumVariant>,
    /// What kind of values they are.
    pub values: EnumValues,
}

impl Enum {
    /// Whether a text alone says which of the values it is.
    pub(crate) fn is_told_by_text(&self) -> bool {
        matches!(self.values, EnumValues::Texts { .. } | EnumValues::Integers(_))
    }
}

/// What kind of values an enum has.
#[derive(Debug, Clone, PartialEq)]
pub enum EnumValues {
    /// Strings.
    Texts {
        /// The variant that keeps any other string; without it, other strings are refused.
        other: Option<VariantName>,
    },
    /// Integers of this type.
    Integers(Integer),
    /// Strings, integers and booleans.
    Mixed,
}

/// One of the values.
#[derive(Debug)]
pub struct EnumVariant {
    /// The variant.
    pub name: VariantName,
    /// The value.
    pub value: Constant,
    /// What the document says of it.
    pub docs: Docs,
}

/// A value that a variant stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// A string.
    Text(String),
    /// An integer.
    Integer(i128),
    /// A boolean.
    Bool(bool),
}

impl Constant {
    /// The integer, if it is one.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Text(_) | Self::Bool(_) => None,
        }
    }
}

impl fmt::Display for Constant {
    /// The value as text; a string without quotes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Integer(value) => value.fmt(formatter),
            Self::Bool(value) => value.fmt(formatter),
        }
    }
}

/// A list or map that holds itself.
#[derive(Debug)]
pub struct Newtype {
    /// What is inside.
    pub slot: ConstrainedType,
}

/// A value of one of several types (`oneOf`, `anyOf`, several types).
#[derive(Debug)]
pub struct Union {
    /// The types.
    pub variants: Vec<UnionVariant>,
    /// How the variant of a value is found: by the kind of JSON first, then as the arm says. A kind
    /// stands in one arm at most.
    pub arms: Vec<Arm>,
}

impl Union {
    /// The variants that are found by trying.
    pub fn tried(&self) -> Vec<usize> {
        let tried = |arm: &Arm| match &arm.choice {
            Choice::Trial { variants, .. } => variants.clone(),
            Choice::Only(_) | Choice::Member { .. } => Vec::new(),
        };
        self.arms.iter().flat_map(tried).collect()
    }
}

/// One of the types of a union.
#[derive(Debug)]
pub struct UnionVariant {
    /// The variant.
    pub name: VariantName,
    /// What it holds.
    pub slot: ConstrainedType,
    /// Its schema's pointer.
    pub schema: String,
    /// Whether the schema says all that it says by the type and its checks.
    pub is_carried: bool,
    /// The members that it has fields for.
    pub members: Vec<String>,
    /// Title and description of its schema.
    pub docs: Docs,
}

/// How the variant is found among those that hold values of these kinds.
#[derive(Debug)]
pub struct Arm {
    /// The kinds of JSON.
    pub kinds: Vec<Kind>,
    /// How the variant is found.
    pub choice: Choice,
}

/// How a variant is found. The numbers are indices of [`Union::variants`].
#[derive(Debug)]
pub enum Choice {
    /// There is but one.
    Only(usize),
    /// This member says which: each of its values belongs to one variant.
    Member {
        /// The member's name in JSON.
        name: String,
        /// Its values, as text.
        values: Vec<(String, usize)>,
        /// The variant of objects without the member, or with another value.
        otherwise: Option<usize>,
    },
    /// All are tried.
    Trial {
        /// The variants, those that ask for most first.
        variants: Vec<usize>,
        /// Whether a value that fits several is refused (`oneOf`).
        exactly_one: bool,
    },
}

/// A kind of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "they are what they say")]
pub enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];
}
