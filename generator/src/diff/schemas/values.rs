//! What differs between two schemas in the values themselves: types, listed values, limits, formats.

use std::collections::{BTreeSet, HashSet};

use indexmap::IndexSet;

use super::Fact;
use super::view::View;
use crate::diff::change::{Effect, Level, shortened};
use crate::lift::schemas::{Keywords, Type, Types, formats};
use crate::read::{Node, Number, to_json};

/// What differs, but for members, items and choices.
pub(super) fn compare(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    if old.is_never() || new.is_never() {
        if old.is_never() != new.is_never() {
            let (effect, text) = match new.is_never() {
                true => (Effect::Narrows, "has no valid value any more"),
                false => (Effect::Widens, "may have values, and had no valid one"),
            };
            facts.push(Fact::new("values-changed", effect, text, (old, new), &[]));
        }
        return;
    }
    let before = facts.len();
    let (listed, wanted) = (old.values(), new.values());
    types((old, new), listed.is_some() && wanted.is_some(), facts);
    enumeration((old, new), (listed.as_deref(), wanted.as_deref()), facts);
    // Where values are listed before and after, their limits say no more than the lists.
    if listed.is_some() && wanted.is_some() {
        return;
    }
    let shared = old.types().and(new.types());
    if shared.contains(Type::String) {
        counts(LENGTHS, (old, new), facts);
        texts("pattern", |keywords| keywords.string.pattern.as_deref(), (old, new), facts);
    }
    format(old, new, facts);
    if shared.contains(Type::Number) || shared.contains(Type::Integer) {
        numbers(old, new, facts);
    }
    if shared.contains(Type::Array) {
        counts(ITEMS, (old, new), facts);
        unique(old, new, facts);
    }
    if shared.contains(Type::Object) {
        counts(PROPERTIES, (old, new), facts);
    }
    opaque(old, new, facts);
    known_values(old, new, facts);
    // A list of values that the other side accepts, each of them, is within it whatever its limits.
    if facts.len() > before {
        let all = |values: Option<Vec<&Node>>, view: &View<'_>| {
            values.is_some_and(|values| values.iter().all(|node| accepts(view, node) == Some(true)))
        };
        if all(listed, new) {
            facts[before..].iter_mut().for_each(|fact| fact.effect = Effect::Widens);
        } else if all(wanted, old) {
            facts[before..].iter_mut().for_each(|fact| fact.effect = Effect::Narrows);
        }
    }
}

/// Whether a value of no members or items is valid; `None` where that cannot be told here.
fn accepts(view: &View<'_>, node: &Node) -> Option<bool> {
    if !Types::of_value(node).is_within(view.types()) {
        return Some(false);
    }
    if !view.choices.is_empty() || view.keywords().any(|keywords| !keywords.validator_only.is_empty()) {
        return None;
    }
    if let Some(values) = view.values() {
        return Some(values.iter().any(|value| key(value) == key(node)));
    }
    if let Some(text) = node.as_str() {
        let length = text.chars().count() as u64;
        let fits = view.most(LENGTHS[0].of).is_none_or(|min| length >= min)
            && view.fewest(LENGTHS[1].of).is_none_or(|max| length <= max);
        let is_open = view.keywords().all(|keywords| keywords.string.pattern.is_none() && keywords.format.is_none());
        return if is_open || !fits { Some(fits) } else { None };
    }
    if let Some(number) = node.as_number() {
        let bounds = view.least().is_none_or(|bound| bound.is_below(number))
            && view.greatest().is_none_or(|bound| bound.is_above(number));
        let is_open = view.keywords().all(|keywords| keywords.number.multiple_of.is_none());
        return if is_open || !bounds { Some(bounds) } else { None };
    }
    matches!(node.kind(), "null" | "a boolean").then_some(true)
}

fn types((old, new): (&View<'_>, &View<'_>), are_listed: bool, facts: &mut Vec<Fact>) {
    // What differs between choices is told of their variants.
    let has_choices = !old.choices.is_empty() && !new.choices.is_empty();
    let of = |view: &View<'_>| if has_choices { view.said_types() } else { view.types() };
    let (before, after) = (of(old), of(new));
    if before == after || are_listed {
        return;
    }
    if before.without(Type::Null) == after.without(Type::Null) {
        let (id, effect, text) = match after.contains(Type::Null) {
            true => ("became-nullable", Effect::Widens, "may be null, and might not"),
            false => ("became-not-nullable", Effect::Narrows, "may not be null any more"),
        };
        return facts.push(Fact::new(id, effect, text, (old, new), &["type", "nullable"]));
    }
    let effect = match (before.is_within(after), after.is_within(before)) {
        (true, _) => Effect::Widens,
        (_, true) => Effect::Narrows,
        _ => Effect::Replaces,
    };
    let text = format!("is {}, and was {}", spoken(after), spoken(before));
    facts.push(Fact::new("type-changed", effect, text, (old, new), &["type"]));
}

/// `a string`, `an integer or null`, `anything`.
fn spoken(types: Types) -> String {
    if types == Types::ALL {
        return "anything".to_owned();
    }
    let name = |kind: Type| match kind {
        Type::Null => "null",
        Type::Boolean => "a boolean",
        Type::Object => "an object",
        Type::Array => "an array",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Integer => "an integer",
    };
    let mut names: Vec<&str> = types.without(Type::Null).iter().map(name).collect();
    if types.contains(Type::Null) {
        names.push("null");
    }
    match names.as_slice() {
        [] => "nothing".to_owned(),
        names => names.join(" or "),
    }
}

fn enumeration(
    (old, new): (&View<'_>, &View<'_>),
    values: (Option<&[&Node]>, Option<&[&Node]>),
    facts: &mut Vec<Fact>,
) {
    const KEYWORDS: [&str; 2] = ["enum", "const"];
    match values {
        (None, None) => {}
        (None, Some(values)) => {
            let text = format!("is one of {}, and was not held to a list", listed(values));
            facts.push(Fact::new("became-enum", Effect::Narrows, text, (old, new), &KEYWORDS));
        }
        (Some(values), None) => {
            let text = format!("is not held to a list any more, and was one of {}", listed(values));
            facts.push(Fact::new("became-not-enum", Effect::Widens, text, (old, new), &KEYWORDS));
        }
        (Some(before), Some(after)) => {
            let keys = |list: &[&Node]| list.iter().map(|node| key(node)).collect::<HashSet<String>>();
            let (known, wanted) = (keys(before), keys(after));
            let added: Vec<&Node> = after.iter().copied().filter(|node| !known.contains(&key(node))).collect();
            let removed: Vec<&Node> = before.iter().copied().filter(|node| !wanted.contains(&key(node))).collect();
            if !removed.is_empty() {
                let text = format!("may not be {} any more", listed(&removed));
                facts.push(Fact::new("enum-value-removed", Effect::Narrows, text, (old, new), &KEYWORDS));
            }
            if !added.is_empty() {
                let text = format!("may be {} as well", listed(&added));
                facts.push(Fact::new("enum-value-added", Effect::Widens, text, (old, new), &KEYWORDS));
            }
        }
    }
}

/// What is the same for values that are the same, wherever they stand and however numbers are written.
fn key(node: &Node) -> String {
    node.as_number().map_or_else(|| to_json(node), |number| format!("{:?}", number.as_f64()))
}

/// How many values are named before the rest is counted.
const NAMED: usize = 6;

fn listed(values: &[&Node]) -> String {
    shortened(values.iter().map(|node| format!("`{}`", to_json(node))), NAMED)
}

/// A limit of how many there are of something.
#[derive(Clone, Copy)]
pub(super) struct Count {
    keyword: &'static str,
    id: &'static str,
    noun: &'static str,
    is_upper: bool,
    of: for<'k> fn(&'k Keywords) -> Option<u64>,
}

const LENGTHS: [Count; 2] = [
    Count { keyword: "minLength", id: "min-length", noun: "characters", is_upper: false, of: |all| all.string.min },
    Count { keyword: "maxLength", id: "max-length", noun: "characters", is_upper: true, of: |all| all.string.max },
];
const ITEMS: [Count; 2] = [
    Count { keyword: "minItems", id: "min-items", noun: "items", is_upper: false, of: |all| all.array.min },
    Count { keyword: "maxItems", id: "max-items", noun: "items", is_upper: true, of: |all| all.array.max },
];
const PROPERTIES: [Count; 2] = [
    Count {
        keyword: "minProperties",
        id: "min-properties",
        noun: "members",
        is_upper: false,
        of: |all| all.object.min,
    },
    Count { keyword: "maxProperties", id: "max-properties", noun: "members", is_upper: true, of: |all| all.object.max },
];

fn counts(counts: [Count; 2], (old, new): (&View<'_>, &View<'_>), facts: &mut Vec<Fact>) {
    for Count { keyword, id, noun, is_upper, of } in counts {
        let limits = |view: &View<'_>| if is_upper { view.fewest(of) } else { view.most(of).filter(|min| *min > 0) };
        let (before, after) = (limits(old), limits(new));
        let effect = if is_upper { Effect::of_upper(before, after) } else { Effect::of_lower(before, after) };
        let Some(effect) = effect else { continue };
        let most = if is_upper { "most" } else { "least" };
        let text = limit_text(before.map(|count| count.to_string()), after.map(|count| count.to_string()), |count| {
            format!("at {most} {count} {noun}")
        });
        let id = limit_id(id, before.is_some(), after.is_some(), effect, is_upper);
        facts.push(Fact::new(id, effect, format!("has {text}"), (old, new), &[keyword]));
    }
}

/// `min-length-increased`, `max-items-set`, `minimum-removed`.
fn limit_id(name: &str, had: bool, has: bool, effect: Effect, is_upper: bool) -> String {
    let how = match (had, has, (effect == Effect::Narrows) == is_upper) {
        (false, _, _) => "set",
        (_, false, _) => "removed",
        (_, _, true) => "decreased",
        (_, _, false) => "increased",
    };
    format!("{name}-{how}")
}

fn limit_text(before: Option<String>, after: Option<String>, spoken: impl Fn(&str) -> String) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{}, and had {}", spoken(&after), spoken(&before)),
        (None, Some(after)) => format!("{}, and had no such limit", spoken(&after)),
        (Some(before), None) => format!("no such limit any more, and had {}", spoken(&before)),
        (None, None) => String::new(),
    }
}

fn numbers(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    let (least, most) = ([old.least(), new.least()], [old.greatest(), new.greatest()]);
    let lower = Effect::of_lower(old.strictness(least[0], 1.0), new.strictness(least[1], 1.0));
    // From above, the sign turns the order around.
    let upper = Effect::of_lower(old.strictness(most[0], -1.0), new.strictness(most[1], -1.0));
    let limits = [
        (lower, least, "minimum", "a minimum of", "exclusiveMinimum", false),
        (upper, most, "maximum", "a maximum of", "exclusiveMaximum", true),
    ];
    for (effect, [before, after], name, spoken, exclusive, is_upper) in limits {
        let Some(effect) = effect else { continue };
        let said = |bound: Option<super::view::Bound<'_>>| {
            bound.map(|bound| bound.spoken(if is_upper { "less than" } else { "more than" }))
        };
        let text = limit_text(said(before), said(after), |number| format!("{spoken} {number}"));
        let id = limit_id(name, before.is_some(), after.is_some(), effect, is_upper);
        facts.push(Fact::new(id, effect, format!("has {text}"), (old, new), &[name, exclusive]));
    }
    multiples(old, new, facts);
}

fn multiples(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    let all = |view: &View<'_>| {
        let said = view.keywords().filter_map(|keywords| keywords.number.multiple_of.as_ref());
        said.map(Number::as_f64).collect::<Vec<f64>>()
    };
    let (before, after) = (all(old), all(new));
    if before.len() > 1 || after.len() > 1 {
        if before != after {
            let text = "is held to other multiples: which numbers that lets through is not looked into";
            facts.push(Fact::new("multiple-of-changed", Effect::Unknown, text, (old, new), &["multipleOf"]));
        }
        return;
    }
    // Floats of such ratios are off by very little.
    let is_multiple = |one: f64, other: f64| (one / other - (one / other).round()).abs() < 1e-9;
    let (effect, text) = match (before.first().copied(), after.first().copied()) {
        (None, Some(step)) => (Effect::Narrows, format!("is a multiple of {step}, and might be any number")),
        (Some(step), None) => (Effect::Widens, format!("may be any number, and was a multiple of {step}")),
        (Some(before), Some(after)) if before != after => {
            let effect = match (is_multiple(after, before), is_multiple(before, after)) {
                (true, _) => Effect::Narrows,
                (_, true) => Effect::Widens,
                _ => Effect::Replaces,
            };
            (effect, format!("is a multiple of {after}, and was one of {before}"))
        }
        _ => return,
    };
    facts.push(Fact::new("multiple-of-changed", effect, text, (old, new), &["multipleOf"]));
}

fn unique(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    let is = |view: &View<'_>| view.keywords().any(|keywords| keywords.array.unique);
    let (id, effect, text) = match (is(old), is(new)) {
        (false, true) => ("unique-items-set", Effect::Narrows, "may not have an item twice any more"),
        (true, false) => ("unique-items-removed", Effect::Widens, "may have an item twice, and might not"),
        _ => return,
    };
    facts.push(Fact::new(id, effect, text, (old, new), &["uniqueItems"]));
}

/// Texts of which all must hold: patterns.
fn texts(
    keyword: &'static str,
    of: impl for<'k> Fn(&'k Keywords) -> Option<&'k str>,
    (old, new): (&View<'_>, &View<'_>),
    facts: &mut Vec<Fact>,
) {
    let (before, after) = (old.texts(&of), new.texts(&of));
    if before == after {
        return;
    }
    let spoken =
        |texts: &IndexSet<&str>| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" and ");
    let (how, effect, text) = match (before.is_subset(&after), after.is_subset(&before)) {
        (true, _) => {
            let text =
                if before.is_empty() { "and had none".to_owned() } else { format!("and had {}", spoken(&before)) };
            ("added", Effect::Narrows, format!("has the {keyword} {}, {text}", spoken(&after)))
        }
        (_, true) => ("removed", Effect::Widens, format!("has the {keyword} {} no more", spoken(&before))),
        // Whether one pattern matches all that another does is not looked into.
        _ => ("changed", Effect::Unknown, format!("has the {keyword} {}, and had {}", spoken(&after), spoken(&before))),
    };
    facts.push(Fact::new(format!("{keyword}-{how}"), effect, text, (old, new), &[keyword]));
}

fn format(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    // These say what a text stands for, and let all of them through.
    const WORDS: [&str; 4] = ["base64", "binary", "byte", "password"];
    let of = |keywords: &Keywords| keywords.format.clone().filter(|format| !WORDS.contains(&format.as_str()));
    let texts = |view: &View<'_>| view.keywords().filter_map(of).collect::<IndexSet<String>>();
    let (before, after) = (texts(old), texts(new));
    if before == after {
        return;
    }
    let spoken = |texts: &IndexSet<String>| match texts.first() {
        Some(text) => format!("`{text}`"),
        None => "none".to_owned(),
    };
    let range = |texts: &IndexSet<String>| texts.first().and_then(|text| formats::range(text));
    let effect = match (range(&before), range(&after)) {
        (Some(before), Some(after)) if after.0 >= before.0 && after.1 <= before.1 => Effect::Narrows,
        (Some(before), Some(after)) if before.0 >= after.0 && before.1 <= after.1 => Effect::Widens,
        _ if before.is_subset(&after) => Effect::Narrows,
        _ if after.is_subset(&before) => Effect::Widens,
        _ => Effect::Unknown,
    };
    let (id, text) = match (before.is_empty(), after.is_empty()) {
        (true, _) => ("format-set", format!("has the format {}, and had none", spoken(&after))),
        (_, true) => ("format-removed", format!("has the format {} no more", spoken(&before))),
        _ => ("format-changed", format!("has the format {}, and had {}", spoken(&after), spoken(&before))),
    };
    facts.push(Fact::new(id, effect, text, (old, new), &["format"]));
}

/// The values that are known of an open list.
fn known_values(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    const KEYWORD: &str = "x-extensible-enum";
    let of = |view: &View<'_>| {
        view.keywords().flat_map(|keywords| &keywords.string.listed).cloned().collect::<IndexSet<String>>()
    };
    let (before, after) = (of(old), of(new));
    let spoken =
        |values: IndexSet<String>| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    let (removed, added) = (spoken(&before - &after), spoken(&after - &before));
    if !removed.is_empty() {
        let fact = Fact::new(
            "known-value-removed",
            Effect::Unknown,
            format!("is not known to be {removed} any more"),
            (old, new),
            &[KEYWORD],
        );
        facts.push(fact);
    }
    if !added.is_empty() {
        let fact = Fact::new(
            "known-value-added",
            Effect::Nothing,
            format!("is known to be {added} as well"),
            (old, new),
            &[KEYWORD],
        );
        facts.push(Fact { levels: Some([Level::Compatible, Level::Compatible]), ..fact });
    }
}

/// Keywords that are compared by their text alone: what they let through is not looked into.
fn opaque(old: &View<'_>, new: &View<'_>, facts: &mut Vec<Fact>) {
    let (before, after) = (old.opaque(), new.opaque());
    let keywords: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    for keyword in keywords {
        let (how, effect, text) = match (before.get(keyword), after.get(keyword)) {
            (None, Some(_)) => ("added", Effect::Narrows, format!("has a rule `{keyword}`, and had none")),
            (Some(_), None) => ("removed", Effect::Widens, format!("has no rule `{keyword}` any more")),
            (before, after) if before != after => (
                "changed",
                Effect::Unknown,
                format!("has another rule `{keyword}`: what it lets through cannot be told"),
            ),
            _ => continue,
        };
        facts.push(Fact::new(format!("rule-{how}"), effect, text, (old, new), &[keyword]));
    }
}
