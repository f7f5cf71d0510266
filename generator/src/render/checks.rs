//! Checks as expressions.

use super::text::{Code, Literal};
use crate::ir::{Bound, Check, ConstrainedType, Scalar, Type, TypeBody, TypeDef};
use crate::lower::needs;

/// An expression of the value that is checked.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Of the value itself: `self.name`.
    Place(String),
    /// Of a reference to it: a closure's parameter.
    Reference(&'static str),
}

impl Value {
    /// As the receiver of a method.
    fn receiver(&self) -> &str {
        match self {
            Self::Place(place) => place,
            Self::Reference(name) => name,
        }
    }

    /// As an argument that is a reference.
    fn argument(&self) -> String {
        match self {
            Self::Place(place) => format!("&{place}"),
            Self::Reference(name) => (*name).to_owned(),
        }
    }

    /// What a box holds.
    fn unboxed(&self) -> Self {
        Self::Place(match self {
            Self::Place(place) => format!("(*{place})"),
            Self::Reference(name) => format!("(**{name})"),
        })
    }
}

/// What the closures below call the value.
pub(super) const VALUE: Value = Value::Reference("value");

/// What must hold of `value` for it to be valid here.
pub(super) fn conditions(slot: &ConstrainedType, value: &Value, types: &[TypeDef]) -> Vec<Code> {
    match &slot.ty {
        // The checks are those of the value that is not null.
        Type::Nullable(inner) => {
            let inside = ConstrainedType { ty: (**inner).clone(), checks: slot.checks.clone() };
            predicate(&inside, types)
                .map(|valid| Code::new(format!("check::unless_null({}, {valid})", value.argument())))
                .into_iter()
                .collect()
        }
        _ => {
            let own = slot.checks.iter().map(|check| condition(check, value, &slot.ty));
            own.chain(parts(&slot.ty, value, types)).collect()
        }
    }
}

/// The checks as a function of a reference to the value; `None` where nothing must hold.
pub(super) fn predicate(slot: &ConstrainedType, types: &[TypeDef]) -> Option<Code> {
    let all = joined(slot, &VALUE, types)?;
    Some(named(slot, types).unwrap_or_else(|| Code::new(format!("|value| {all}"))))
}

/// The function that makes all of the checks, of which there are some, if one does. A path is easier to read than a closure,
/// and compiles faster.
pub(super) fn named(slot: &ConstrainedType, types: &[TypeDef]) -> Option<Code> {
    match (&slot.ty, slot.checks.as_slice()) {
        (Type::Named(id), []) => match &types[id.0].body {
            TypeBody::Alias(slot) => named(slot, types),
            _ => Some(Code::new("Validate::is_valid")),
        },
        (Type::Scalar(Scalar::String), [Check::Format(name)]) => Some(Code::new(format_check(name))),
        _ => None,
    }
}

/// The checks as one expression; `None` where nothing must hold.
pub(super) fn joined(slot: &ConstrainedType, value: &Value, types: &[TypeDef]) -> Option<Code> {
    let all = conditions(slot, value, types);
    let texts: Vec<&str> = all.iter().map(Code::as_str).collect();
    (!texts.is_empty()).then(|| Code::new(texts.join(" && ")))
}

fn parts(ty: &Type, value: &Value, types: &[TypeDef]) -> Option<Code> {
    let text = match ty {
        Type::Scalar(_) | Type::Json | Type::JsonObject | Type::External(_) => return None,
        Type::List(slot) => format!("check::items({}, {})", value.argument(), predicate(slot, types)?),
        Type::Map(slot) => format!("check::members({}, {})", value.argument(), predicate(slot, types)?),
        Type::Tuple(slots) => {
            let place = |index: usize| Value::Place(format!("{}.{index}", value.receiver()));
            let all = slots.iter().enumerate().filter_map(|(index, slot)| joined(slot, &place(index), types));
            let all: Vec<String> = all.map(|code| code.to_string()).collect();
            if all.is_empty() {
                return None;
            }
            all.join(" && ")
        }
        Type::Nullable(_) => return joined(&ConstrainedType::plain(ty.clone()), value, types),
        Type::Boxed(inner) => match &**inner {
            Type::Named(id) if matches!(types[id.0].body, TypeBody::Alias(_)) => {
                return joined(&ConstrainedType::plain((**inner).clone()), &value.unboxed(), types);
            }
            inner => return joined(&ConstrainedType::plain(inner.clone()), value, types),
        },
        Type::Named(id) => {
            let def = &types[id.0];
            match &def.body {
                TypeBody::Alias(slot) if needs(slot, types) => return joined(slot, value, types),
                _ if !def.checked => return None,
                _ => format!("{}.is_valid()", value.receiver()),
            }
        }
    };
    Some(Code::new(text))
}

fn condition(check: &Check, value: &Value, ty: &Type) -> Code {
    let receiver = value.receiver();
    let value = match ty {
        Type::Scalar(Scalar::Password) => format!("{receiver}.as_str()"),
        _ => value.argument(),
    };
    let is_object = matches!(ty, Type::JsonObject | Type::Map(_));
    let text = match check {
        Check::MinLength(length) => format!("check::min_length({value}, {length})"),
        Check::MaxLength(length) => format!("check::max_length({value}, {length})"),
        Check::Format(name) => format!("{}({value})", format_check(name)),
        Check::Pattern(index) => format!("check::pattern({value}, &validation::PATTERN_{})", index + 1),
        Check::Minimum(bound) => format!("check::{}({value}, {})", check_function("minimum", bound), number(bound, ty)),
        Check::Maximum(bound) => format!("check::{}({value}, {})", check_function("maximum", bound), number(bound, ty)),
        Check::Above(bound) => {
            format!("check::{}({value}, {})", check_function("exclusive_minimum", bound), number(bound, ty))
        }
        Check::Below(bound) => {
            format!("check::{}({value}, {})", check_function("exclusive_maximum", bound), number(bound, ty))
        }
        Check::MultipleOf(bound) => {
            format!("check::{}({value}, {})", check_function("multiple_of", bound), number(bound, ty))
        }
        Check::OneOf(bounds) => {
            let numbers: Vec<String> = bounds.iter().map(|bound| number(bound, ty)).collect();
            let check = bounds.first().map_or_else(|| "one_of".to_owned(), |first| check_function("one_of", first));
            format!("check::{check}({value}, &[{}])", numbers.join(", "))
        }
        Check::MinItems(count) => format!("check::min_items({value}, {count})"),
        Check::MaxItems(count) => format!("check::max_items({value}, {count})"),
        Check::UniqueItems => format!("check::unique_items({value})"),
        Check::MinProperties(1) if is_object => format!("!{receiver}.is_empty()"),
        Check::MinProperties(count) => format!("{receiver}.len() >= {count}"),
        Check::MaxProperties(0) => format!("{receiver}.is_empty()"),
        Check::MaxProperties(count) => format!("{receiver}.len() <= {count}"),
    };
    Code::new(text)
}

/// The check of a format.
fn format_check(name: &str) -> String {
    format!("check::format::{}", name.replace('-', "_"))
}

/// The check of this name for numbers such as the bound.
fn check_function(check: &str, bound: &Bound) -> String {
    match bound {
        Bound::Integer(_) | Bound::Float(_) => check.to_owned(),
        Bound::Exact(_) => format!("exact::{check}"),
    }
}

fn number(bound: &Bound, ty: &Type) -> String {
    match (bound, ty) {
        (Bound::Integer(value), _) => value.to_string(),
        (Bound::Float(value), Type::Scalar(Scalar::F32)) => format!("{:?}", *value as f32),
        (Bound::Float(value), _) => format!("{value:?}"),
        (Bound::Exact(text), _) => Literal::new(text).to_string(),
    }
}
