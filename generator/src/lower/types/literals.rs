//! Values of the document that generated code spells out: defaults.

use super::Types;
use super::enums::constant;
use crate::ir::{
    Arm, Bound, Check, Choice, ConstantMember, ConstrainedType, FieldPresence, Integer, Kind, Literal, ObjectLiteral,
    Scalar, Struct, Type, TypeBody, Union, Unknown,
};
use crate::lift::schemas::{SchemaId, format_check, pattern};
use crate::read::{Map, Member, Node, Value};

impl Literal {
    /// Whether a type and its checks say all that there is to say of such a value.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Object(_) => false,
            // What is listed is listed, whatever else a schema says.
            Self::Of(_, value) => matches!(**value, Self::Variant(..)),
            _ => true,
        }
    }
}

impl Types<'_> {
    /// A value of the document as one of this place, where generated code can spell it out.
    pub(crate) fn literal(&self, node: &Node, slot: &ConstrainedType) -> Option<Literal> {
        let literal = self.of_type(node, &slot.ty)?;
        let valued = if let Literal::NotNull(inner) = &literal { inner } else { &literal };
        let is_valid = *valued == Literal::Null || slot.checks.iter().all(|check| self.accepts(check, valued));
        is_valid.then_some(literal)
    }

    /// The check that a default does not pass.
    pub(crate) fn broken_check<'c>(&self, node: &Node, slot: &'c ConstrainedType) -> Option<&'c Check> {
        let literal = self.of_type(node, &slot.ty)?;
        slot.checks.iter().find(|check| !self.accepts(check, &literal))
    }

    /// Whether values of a type may be any JSON, at some place.
    pub(crate) fn holds_json(&self, ty: &Type) -> bool {
        match ty {
            Type::Json | Type::JsonObject | Type::External(_) => true,
            Type::List(slot) | Type::Map(slot) => self.holds_json(&slot.ty),
            Type::Tuple(positions) => positions.iter().any(|slot| self.holds_json(&slot.ty)),
            Type::Nullable(inner) | Type::Boxed(inner) => self.holds_json(inner),
            // A type that is not made yet holds itself.
            Type::Named(id) => self.body(*id).is_none_or(|body| match body {
                TypeBody::Alias(slot) => self.holds_json(&slot.ty),
                TypeBody::Newtype(_) => true,
                TypeBody::Struct(_) | TypeBody::Enum(_) | TypeBody::Union(_) => false,
            }),
            Type::Scalar(_) => false,
        }
    }

    /// Whether types and checks say all that these schemas say.
    pub(crate) fn are_carried(&self, ids: &[SchemaId]) -> bool {
        ids.iter().all(|id| self.is_carried(*id))
    }

    fn of_type(&self, node: &Node, ty: &Type) -> Option<Literal> {
        match (ty, &node.value) {
            (Type::Scalar(scalar), _) => of_scalar(*scalar, &node.value),
            (Type::Json, value) => of_json(value),
            (Type::JsonObject | Type::Map(_), Value::Map(members)) if members.is_empty() => Some(Literal::Empty),
            (Type::Map(slot), Value::Map(members)) => self.entries(members.iter(), slot).map(Literal::Map),
            (Type::Nullable(_), Value::Null) => Some(Literal::Null),
            (Type::Nullable(inner), _) => self.of_type(node, inner).map(|literal| Literal::NotNull(Box::new(literal))),
            (Type::Boxed(inner), _) => self.of_type(node, inner),
            (Type::List(item), Value::List(nodes)) => {
                nodes.iter().map(|node| self.literal(node, item)).collect::<Option<_>>().map(Literal::List)
            }
            (Type::Tuple(positions), Value::List(nodes)) if positions.len() == nodes.len() => {
                let items = nodes.iter().zip(positions).map(|(node, position)| self.literal(node, position));
                items.collect::<Option<_>>().map(Literal::Tuple)
            }
            (Type::Named(id), value) => match (self.body(*id)?, value) {
                (TypeBody::Enum(enumeration), _) => {
                    let value = constant(node)?;
                    let variant = enumeration.variants.iter().find(|variant| variant.value == value)?;
                    Some(Literal::Variant(*id, variant.name.clone()))
                }
                (TypeBody::Alias(slot), _) => self.literal(node, slot),
                (TypeBody::Struct(structure), Value::Map(members)) if members.is_empty() => {
                    structure.may_be_empty().then_some(Literal::Empty)
                }
                (TypeBody::Struct(structure), Value::Map(members)) => self.object(members, structure),
                (TypeBody::Union(union), _) => self.variant(node, union),
                _ => None,
            },
            _ => None,
        }
    }

    fn entries<'n>(
        &self,
        members: impl Iterator<Item = (&'n String, &'n Member)>,
        slot: &ConstrainedType,
    ) -> Option<Vec<(String, Literal)>> {
        members.map(|(name, member)| Some((name.clone(), self.literal(&member.node, slot)?))).collect()
    }

    fn object(&self, members: &Map, structure: &Struct) -> Option<Literal> {
        let fields = structure.fields.iter().map(|field| match (members.get(&field.wire_name), &field.presence) {
            (Some(member), _) => self.literal(&member.node, &field.slot).map(Some),
            (None, FieldPresence::Required) => None,
            (None, FieldPresence::Optional) => Some(None),
            (None, FieldPresence::Default(literal)) => Some(Some(literal.clone())),
        });
        let fields = fields.collect::<Option<_>>()?;
        let is_same = |member: &ConstantMember| {
            members.get(&member.wire_name).and_then(|one| constant(&one.node)).is_some_and(|one| one == member.value)
        };
        if !structure.constants.iter().all(is_same) {
            return None;
        }
        let has_field = |name: &String| {
            structure.fields.iter().any(|field| field.wire_name == *name)
                || structure.constants.iter().any(|member| member.wire_name == *name)
        };
        let mut others = members.iter().filter(|(name, _)| !has_field(name) && !structure.omitted.contains(name));
        let others = match &structure.unknown {
            Unknown::Kept(_, slot) => self.entries(others, slot)?,
            Unknown::Refused if others.next().is_some() => return None,
            Unknown::Refused | Unknown::Ignored => Vec::new(),
        };
        Some(Literal::Object(ObjectLiteral { fields, others }))
    }

    /// The variant of a union that takes the value, where there is no doubt.
    fn variant(&self, node: &Node, union: &Union) -> Option<Literal> {
        let fits = |arm: &&Arm| arm.kinds.contains(&kind(node));
        let candidates: Vec<usize> = match &union.arms.iter().find(fits)?.choice {
            Choice::Only(index) => vec![*index],
            Choice::Member { name, values, otherwise } => {
                let text = node.get(name).map(crate::lift::text);
                let told = values.iter().find(|(value, _)| Some(value) == text.as_ref()).map(|(_, index)| *index);
                told.or(*otherwise).into_iter().collect()
            }
            Choice::Trial { variants, .. } => variants.clone(),
        };
        let made = |index: &usize| {
            let variant = union.variants.get(*index)?;
            let value = self.literal(node, &variant.slot)?;
            Some((variant, Literal::Of(variant.name.clone(), Box::new(value))))
        };
        let made: Vec<_> = candidates.iter().filter_map(made).collect();
        // Where types and checks do not say all, another variant may fit, or none.
        match <[_; 1]>::try_from(made) {
            Ok([(variant, literal)]) if variant.is_carried || literal.is_plain() => Some(literal),
            _ => None,
        }
    }

    /// Whether a value satisfies a check; not so where that is not easily told.
    fn accepts(&self, check: &Check, literal: &Literal) -> bool {
        match (check, literal) {
            (Check::Format(format), Literal::Text(text)) => format_check::is_in_format(format, text),
            (Check::Pattern(index), Literal::Text(text)) => {
                self.patterns.get(*index).is_some_and(|pattern| pattern::is_match(pattern, text))
            }
            (Check::MultipleOf(Bound::Integer(divisor)), Literal::Integer(value)) => {
                value.checked_rem(*divisor) == Some(0)
            }
            (Check::MultipleOf(Bound::Float(divisor)), Literal::Float(value)) => is_multiple(*value, *divisor),
            (Check::UniqueItems, Literal::List(items)) => {
                items.iter().enumerate().all(|(index, item)| !items[..index].contains(item))
            }
            (check, literal) => is_sized(check, literal) || is_bounded(check, literal),
        }
    }
}

/// Whether a number plainly is a multiple of another, both in decimal.
fn is_multiple(value: f64, divisor: f64) -> bool {
    let decimals = |number: f64| number.to_string().split_once('.').map_or(0, |(_, digits)| digits.len());
    let scale = 10_f64.powi(decimals(value).max(decimals(divisor)) as i32);
    let whole =
        |number: f64| Some((number * scale).round()).filter(|number| number.abs() < 1e15).map(|number| number as i64);
    whole(value).zip(whole(divisor)).is_some_and(|(value, divisor)| value.checked_rem(divisor) == Some(0))
}

fn is_sized(check: &Check, literal: &Literal) -> bool {
    let size = match literal {
        Literal::Text(text) => text.chars().count() as u64,
        Literal::List(items) => items.len() as u64,
        Literal::Map(members) => members.len() as u64,
        Literal::Empty => 0,
        _ => return false,
    };
    match check {
        Check::MinLength(least) | Check::MinItems(least) | Check::MinProperties(least) => size >= *least,
        Check::MaxLength(most) | Check::MaxItems(most) | Check::MaxProperties(most) => size <= *most,
        _ => false,
    }
}

fn is_bounded(check: &Check, literal: &Literal) -> bool {
    let number = match literal {
        Literal::Integer(value) => *value as f64,
        Literal::Float(value) => *value,
        _ => return false,
    };
    let value = |bound: &Bound| match bound {
        Bound::Integer(value) => *value as f64,
        Bound::Float(value) => *value,
        Bound::Exact(text) => text.parse().unwrap_or(f64::NAN),
    };
    match check {
        Check::Minimum(bound) => number >= value(bound),
        Check::Maximum(bound) => number <= value(bound),
        Check::Above(bound) => number > value(bound),
        Check::Below(bound) => number < value(bound),
        Check::OneOf(bounds) => bounds.iter().any(|bound| value(bound) == number),
        // What is not looked at here is not taken for granted.
        _ => false,
    }
}

fn of_scalar(scalar: Scalar, value: &Value) -> Option<Literal> {
    match (scalar, value) {
        (Scalar::String, Value::String(text)) => Some(Literal::Text(text.clone())),
        (scalar, Value::String(text)) if format_check::is_read_as(scalar, text) => Some(Literal::Read(text.clone())),
        (Scalar::Bool, Value::Bool(value)) => Some(Literal::Bool(*value)),
        (Scalar::Integer(integer), Value::Number(number)) => {
            number.as_integer().filter(|value| fits(integer, *value)).map(Literal::Integer)
        }
        (Scalar::F32 | Scalar::F64, Value::Number(number)) => Some(Literal::Float(number.as_f64())),
        _ => None,
    }
}

/// A value without parts where any JSON may stand.
fn of_json(value: &Value) -> Option<Literal> {
    let scalar = match value {
        Value::String(_) => Scalar::String,
        Value::Bool(_) => Scalar::Bool,
        Value::Number(number) if number.as_integer().is_some() => Scalar::Integer(Integer::I64),
        Value::Number(_) => Scalar::F64,
        Value::Null | Value::List(_) | Value::Map(_) => return None,
    };
    of_scalar(scalar, value)
}

fn fits(integer: Integer, value: i128) -> bool {
    let (least, greatest) = integer.range();
    (least..=greatest).contains(&value)
}

fn kind(node: &Node) -> Kind {
    match node.value {
        Value::Null => Kind::Null,
        Value::Bool(_) => Kind::Boolean,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::String,
        Value::List(_) => Kind::Array,
        Value::Map(_) => Kind::Object,
    }
}
