//! Keywords become checks that generated code makes.

use crate::ir::{Bound, Check, ConstrainedType, Integer, Scalar, Type, TypeBody, TypeDef};
use crate::lift::schemas::effective_schema::EffectiveSchema;
use crate::lift::schemas::{Keywords, NumberKeywords, formats};
use crate::read::{Node, Number};

/// The checks of a place, and whether they are only a part of what its schema says.
#[derive(Debug, Default)]
pub(in crate::lower) struct Carried {
    pub checks: Vec<Check>,
    pub partial: bool,
}

/// The checks for a value of type `ty` that must satisfy `view`.
pub(in crate::lower) fn carry(view: &EffectiveSchema<'_>, ty: &Type, patterns: &mut Vec<String>) -> Carried {
    let mut carried = Carried::default();
    for (_, keywords) in &view.leaves {
        match ty {
            Type::Scalar(Scalar::String | Scalar::Password) => carried.strings(keywords, patterns),
            Type::Scalar(Scalar::Integer(integer)) => carried.integers(&keywords.number, *integer),
            Type::Scalar(Scalar::F32 | Scalar::F64) => carried.floats(&keywords.number),
            Type::Scalar(Scalar::BigInteger | Scalar::Decimal) => carried.exact(&keywords.number),
            Type::List(_) => carried.lists(keywords),
            Type::Map(_) | Type::JsonObject => carried.maps(keywords),
            // Of a UUID or a date, no length or pattern is checked but by the validator.
            _ => carried.partial |= keywords.string.pattern.is_some() || has_length(keywords),
        }
    }
    if let Some(values) = view.enumerated() {
        carried.values(&values, ty);
    }
    carried.once_each();
    carried
}

fn has_length(keywords: &Keywords) -> bool {
    keywords.string.min.is_some() || keywords.string.max.is_some()
}

impl Carried {
    /// Leaves a check out, so that the validator has to make it.
    pub(super) fn leave_to_validator(&mut self, check: Check) {
        let before = self.checks.len();
        self.checks.retain(|made| *made != check);
        self.partial |= self.checks.len() < before;
    }

    /// Several schemas may say the same.
    fn once_each(&mut self) {
        let mut distinct: Vec<Check> = Vec::with_capacity(self.checks.len());
        for check in self.checks.drain(..) {
            if !distinct.contains(&check) {
                distinct.push(check);
            }
        }
        self.checks = distinct;
    }

    fn strings(&mut self, keywords: &Keywords, patterns: &mut Vec<String>) {
        let string = &keywords.string;
        self.checks.extend(string.min.filter(|min| *min > 0).map(Check::MinLength));
        self.checks.extend(string.max.map(Check::MaxLength));
        self.checks.extend(keywords.format.as_deref().and_then(formats::asserted).map(Check::Format));
        if let Some(pattern) = &string.pattern {
            let known = patterns.iter().position(|other| other == pattern);
            self.checks.push(Check::Pattern(known.unwrap_or_else(|| {
                patterns.push(pattern.clone());
                patterns.len() - 1
            })));
        }
    }

    fn lists(&mut self, keywords: &Keywords) {
        let array = &keywords.array;
        self.checks.extend(array.min.filter(|min| *min > 0).map(Check::MinItems));
        self.checks.extend(array.max.map(Check::MaxItems));
        self.checks.extend(array.unique.then_some(Check::UniqueItems));
    }

    fn maps(&mut self, keywords: &Keywords) {
        let object = &keywords.object;
        self.checks.extend(object.min.filter(|min| *min > 0).map(Check::MinProperties));
        self.checks.extend(object.max.map(Check::MaxProperties));
    }

    fn floats(&mut self, number: &NumberKeywords) {
        let bound = |number: &Option<Number>| {
            number.as_ref().map(Number::as_f64).filter(|value| value.is_finite()).map(Bound::Float)
        };
        self.checks.extend(bound(&number.min).map(Check::Minimum));
        self.checks.extend(bound(&number.max).map(Check::Maximum));
        self.checks.extend(bound(&number.above).map(Check::Above));
        self.checks.extend(bound(&number.below).map(Check::Below));
        self.checks.extend(bound(&number.multiple_of).map(Check::MultipleOf));
    }

    fn exact(&mut self, number: &NumberKeywords) {
        let bound = |number: &Option<Number>| number.as_ref().map(exact);
        self.checks.extend(bound(&number.min).map(Check::Minimum));
        self.checks.extend(bound(&number.max).map(Check::Maximum));
        self.checks.extend(bound(&number.above).map(Check::Above));
        self.checks.extend(bound(&number.below).map(Check::Below));
        match &number.multiple_of {
            // What 64 bits hold in digits.
            Some(divisor) if divisor.as_str().bytes().filter(u8::is_ascii_digit).count() < 20 => {
                self.checks.push(Check::MultipleOf(exact(divisor)));
            }
            other => self.partial |= other.is_some(),
        }
    }

    fn integers(&mut self, number: &NumberKeywords, integer: Integer) {
        let (least, greatest) = integer.range();
        let low = [number.min.as_ref().map(ceiling), number.above.as_ref().map(|bound| floor(bound).saturating_add(1))];
        for bound in low.into_iter().flatten().filter(|bound| *bound > least) {
            self.in_range(bound, (least, greatest), Check::Minimum);
        }
        let high =
            [number.max.as_ref().map(floor), number.below.as_ref().map(|bound| ceiling(bound).saturating_sub(1))];
        for bound in high.into_iter().flatten().filter(|bound| *bound < greatest) {
            self.in_range(bound, (least, greatest), Check::Maximum);
        }
        match number.multiple_of.as_ref().map(|divisor| (divisor.as_integer(), divisor.as_f64())) {
            None | Some((Some(1), _)) => {}
            Some((Some(divisor), _)) if divisor <= greatest => {
                self.checks.push(Check::MultipleOf(Bound::Integer(divisor)));
            }
            // Whole numbers are multiples of 0.5, 0.25, 0.1, …
            Some((None, divisor)) if divisor < 1.0 && (1.0 / divisor).fract() == 0.0 => {}
            Some(_) => self.partial = true,
        }
    }

    /// A bound that the type cannot hold is left to the validator.
    fn in_range(&mut self, bound: i128, (least, greatest): (i128, i128), check: fn(Bound) -> Check) {
        if (least..=greatest).contains(&bound) {
            self.checks.push(check(Bound::Integer(bound)));
        } else {
            self.partial = true;
        }
    }

    /// `enum` and `const` of numbers.
    fn values(&mut self, values: &[&Node], ty: &Type) {
        let bounds: Option<Vec<Bound>> = match ty {
            Type::Scalar(Scalar::Integer(integer)) => {
                let (least, greatest) = integer.range();
                let fits = |value: &i128| (least..=greatest).contains(value);
                let numbers = values.iter().filter_map(|node| node.as_number());
                numbers.map(|number| number.as_integer().filter(fits).map(Bound::Integer)).collect()
            }
            Type::Scalar(Scalar::F32 | Scalar::F64) => {
                let numbers = values.iter().filter_map(|node| node.as_number()).map(Number::as_f64);
                numbers.map(|number| number.is_finite().then_some(Bound::Float(number))).collect()
            }
            Type::Scalar(Scalar::BigInteger | Scalar::Decimal) => {
                Some(values.iter().filter_map(|node| node.as_number()).map(exact).collect())
            }
            _ => None,
        };
        match bounds {
            Some(bounds) => self.checks.push(Check::OneOf(bounds)),
            None => self.partial = true,
        }
    }
}

fn exact(number: &Number) -> Bound {
    Bound::Exact(number.as_str().to_owned())
}

fn ceiling(number: &Number) -> i128 {
    number.as_integer().unwrap_or_else(|| number.as_f64().ceil() as i128)
}

fn floor(number: &Number) -> i128 {
    number.as_integer().unwrap_or_else(|| number.as_f64().floor() as i128)
}

/// Marks the types of which some values need checks.
pub(in crate::lower) fn mark_checked(types: &mut [TypeDef]) {
    loop {
        let checked: Vec<bool> = types.iter().map(|def| def.checked || body_needs(&def.body, types)).collect();
        let changed = checked.iter().zip(types.iter()).any(|(now, def)| *now != def.checked);
        for (def, now) in types.iter_mut().zip(checked) {
            def.checked = now;
        }
        if !changed {
            return;
        }
    }
}

fn body_needs(body: &TypeBody, types: &[TypeDef]) -> bool {
    body.slots().into_iter().any(|slot| needs(slot, types))
}

/// Whether values at this place need checks, going by what is marked so far.
pub(crate) fn needs(slot: &ConstrainedType, types: &[TypeDef]) -> bool {
    !slot.checks.is_empty() || type_needs(&slot.ty, types)
}

fn type_needs(ty: &Type, types: &[TypeDef]) -> bool {
    match ty {
        Type::Scalar(_) | Type::Json | Type::JsonObject | Type::External(_) => false,
        Type::List(slot) | Type::Map(slot) => needs(slot, types),
        Type::Tuple(slots) => slots.iter().any(|slot| needs(slot, types)),
        Type::Named(id) => types[id.0].checked,
        Type::Nullable(inner) | Type::Boxed(inner) => type_needs(inner, types),
    }
}
