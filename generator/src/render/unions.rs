//! Unions as text.

use std::collections::HashMap;

use askama::Template;
use indexmap::IndexMap;

use super::checks::{self, VALUE};
use super::docs::DocText;
use super::docs::described;
use super::text::{Code, Literal};
use super::types::{expression, without_aliases};
use crate::ir::{Arm, Choice, Kind, Scalar, Type, TypeDef, TypeName, Union, UnionVariant, VariantName};

/// A value of one of several types.
#[derive(Template)]
#[template(path = "type_union.rs.askama", escape = "none")]
pub(super) struct UnionView<'i> {
    docs: DocText,
    name: &'i TypeName,
    variants: Vec<VariantView<'i>>,
    /// The variants whose type no other has.
    distinct: String,
    /// The one of them that holds any string.
    text: Option<&'i VariantName>,
    arms: Vec<ArmView<'i>>,
    covers_all_kinds: bool,
    is_checked: bool,
    checks_all: bool,
}

struct VariantView<'i> {
    docs: DocText,
    name: &'i VariantName,
    ty: Code,
    /// What must hold of `value`.
    check: Option<Code>,
}

struct ArmView<'i> {
    /// A pattern of the kinds.
    kinds: Code,
    choice: ChoiceView<'i>,
}

enum ChoiceView<'i> {
    Only(&'i VariantName),
    Member { name: Literal, cases: Vec<(Vec<Literal>, &'i VariantName)>, otherwise: Option<&'i VariantName> },
    Trial { exactly_one: bool, tries: Vec<TrialView<'i>>, is_ranked: bool },
}

struct TrialView<'i> {
    variant: &'i VariantName,
    members: Vec<Literal>,
    /// The call that decodes and checks the value.
    decode: Code,
    /// The schema that the validator is asked about.
    schema: Option<Literal>,
}

pub(super) fn view<'i>(def: &'i TypeDef, union: &'i Union, docs: DocText, types: &[TypeDef]) -> UnionView<'i> {
    let held = union.variants.iter().map(|variant| without_aliases(&variant.slot.ty, types));
    let held: Vec<(String, Type)> = held.map(|ty| (expression(&ty, types).to_string(), ty)).collect();
    let variants: Vec<VariantView<'i>> = union
        .variants
        .iter()
        .map(|variant| VariantView {
            docs: variant_docs(variant, types),
            name: &variant.name,
            ty: expression(&variant.slot.ty, types),
            check: checks::joined(&variant.slot, &VALUE, types),
        })
        .collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (text, _) in &held {
        *counts.entry(text).or_default() += 1;
    }
    let distinct = variants.iter().zip(&held).filter(|(_, (text, _))| counts[text.as_str()] == 1);
    let mut texts = distinct.clone().filter(|(_, (_, own))| *own == Type::Scalar(Scalar::String));
    UnionView {
        docs,
        text: texts.next().map(|(variant, _)| variant.name),
        distinct: distinct
            .map(|(variant, _)| format!("{}({})", variant.name, variant.ty))
            .collect::<Vec<_>>()
            .join(", "),
        name: &def.name,
        arms: union.arms.iter().map(|arm| arm_view(arm, union, types)).collect(),
        covers_all_kinds: union.arms.iter().map(|arm| arm.kinds.len()).sum::<usize>() == Kind::ALL.len(),
        is_checked: def.checked,
        checks_all: variants.iter().all(|variant| variant.check.is_some()),
        variants,
    }
}

/// What is said of a variant, where its type does not say the same.
fn variant_docs(variant: &UnionVariant, types: &[TypeDef]) -> DocText {
    let ty = match &variant.slot.ty {
        Type::Boxed(inner) => inner,
        ty => ty,
    };
    match ty {
        Type::Named(id) if types[id.0].docs == variant.docs => DocText::default(),
        _ => described(&variant.docs, variant.name.as_str()),
    }
}

fn arm_view<'i>(arm: &'i Arm, union: &'i Union, types: &[TypeDef]) -> ArmView<'i> {
    let kinds: Vec<String> = arm.kinds.iter().map(|kind| format!("json::Kind::{}", kind_name(*kind))).collect();
    let choice = match &arm.choice {
        Choice::Only(index) => ChoiceView::Only(&union.variants[*index].name),
        Choice::Member { name, values, otherwise } => {
            let mut cases: IndexMap<usize, Vec<Literal>> = IndexMap::new();
            for (value, index) in values {
                cases.entry(*index).or_default().push(Literal::new(value));
            }
            let cases = cases.into_iter().map(|(index, literals)| (literals, &union.variants[index].name));
            let otherwise = otherwise.map(|index| &union.variants[index].name);
            ChoiceView::Member { name: Literal::new(name), cases: cases.collect(), otherwise }
        }
        Choice::Trial { variants, exactly_one } => ChoiceView::Trial {
            exactly_one: *exactly_one,
            tries: variants.iter().map(|index| trial_view(&union.variants[*index], types)).collect(),
            is_ranked: arm.kinds == [Kind::Object] && !exactly_one,
        },
    };
    ArmView { kinds: Code::new(kinds.join(" | ")), choice }
}

fn trial_view<'i>(variant: &'i UnionVariant, types: &[TypeDef]) -> TrialView<'i> {
    let decode = match checks::joined(&variant.slot, &VALUE, types) {
        Some(all) => Code::new(format!("decode_if(|value: &{}| {all})", expression(&variant.slot.ty, types))),
        None => Code::new("decode()"),
    };
    TrialView {
        variant: &variant.name,
        members: variant.members.iter().map(|name| Literal::new(name)).collect(),
        decode,
        schema: (!variant.is_carried).then(|| Literal::new(&variant.schema)),
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "Null",
        Kind::Boolean => "Boolean",
        Kind::Number => "Number",
        Kind::String => "String",
        Kind::Array => "Array",
        Kind::Object => "Object",
    }
}
