//! What differs between choices, `anyOf` and `oneOf`: which variant became which, and which came or went.

use std::collections::{BTreeSet, HashSet};

use super::view::View;
use super::{Compared, Fact, Schemas, subject};
use crate::diff::change::Effect;
use crate::lift::schemas::{SchemaId, Type, Types};
use crate::lift::{Direction, Document};
use crate::read::Pointer;

impl Schemas<'_> {
    /// Compares what tells variants apart.
    pub(super) fn discriminators(old: &View<'_>, new: &View<'_>, into: &mut Compared) {
        let (before, after) = (tags(old), tags(new));
        let (id, effect, text) = match (&before, &after) {
            (None, Some((name, _))) => {
                ("discriminator-added", Effect::Nothing, format!("is told apart by `{name}`, and was not"))
            }
            (Some((name, _)), None) => {
                ("discriminator-removed", Effect::Unknown, format!("is not told apart by `{name}` any more"))
            }
            (Some((before, _)), Some((after, _))) if before != after => {
                let text = format!("is told apart by `{after}`, and was by `{before}`");
                ("discriminator-property-changed", Effect::Replaces, text)
            }
            // Where variants came or went, that is told of them.
            (Some((_, before)), Some((name, after))) if before.len() == after.len() && before != after => {
                let spoken = |tags: std::collections::btree_set::Difference<'_, String>| {
                    tags.map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", ")
                };
                let (was, is) = (spoken(before.difference(after)), spoken(after.difference(before)));
                ("discriminator-mapping-changed", Effect::Replaces, format!("has `{name}` {is}, where it had {was}"))
            }
            _ => return,
        };
        into.facts.push(Fact::new(id, effect, text, (old, new), &["discriminator"]));
    }

    /// Compares choices; whether what stands beside them is still to be compared.
    pub(super) fn choices(&mut self, old: &View<'_>, new: &View<'_>, into: &mut Compared) -> bool {
        match (old.choices.as_slice(), new.choices.as_slice()) {
            ([], []) => true,
            (before, after) if before.len() == after.len() => {
                let mut left: Vec<&Vec<SchemaId>> = after.iter().collect();
                for before in before {
                    // Of several choices, the one that names the same schemas.
                    let names = |document: &Document, ids: &[SchemaId]| {
                        let places = ids.iter().map(|id| place(document, *id));
                        places.filter(|place| place.as_str().starts_with("/components/")).collect::<HashSet<Pointer>>()
                    };
                    let own = names(self.old, before);
                    let at = left.iter().position(|after| names(self.new, after) == own).unwrap_or_default();
                    let after = left.remove(at);
                    self.variants((before, after), (old, new), into);
                }
                if old.has_one_of() != new.has_one_of() {
                    let (is, was) = if new.has_one_of() { ("oneOf", "anyOf") } else { ("anyOf", "oneOf") };
                    let text =
                        format!("is a choice by `{is}`, and was by `{was}`: whether that matters cannot be told");
                    into.facts.push(Fact::new("choice-kind-changed", Effect::Unknown, text, (old, new), &KEYWORDS));
                }
                true
            }
            ([], [after]) => {
                let whole = old.ids().to_vec();
                self.one_of_several((&whole, after), (old, new), true, into);
                false
            }
            ([before], []) => {
                let whole = new.ids().to_vec();
                self.one_of_several((&whole, before), (old, new), false, into);
                false
            }
            _ => {
                let text = "has other choices: which values they let through is not looked into";
                into.facts.push(Fact::new("choices-changed", Effect::Unknown, text, (old, new), &KEYWORDS));
                true
            }
        }
    }

    /// Finds what each variant became.
    fn variants(
        &mut self,
        (before, after): (&[SchemaId], &[SchemaId]),
        (old, new): (&View<'_>, &View<'_>),
        into: &mut Compared,
    ) {
        let direction = old.side.direction;
        let (mut gone, mut come) = (before.to_vec(), after.to_vec());
        type Matches<'m, 'd> = &'m dyn Fn(&mut Schemas<'d>, SchemaId, SchemaId) -> bool;
        let by_name: Matches<'_, '_> = &|all, one, other| {
            let (one, other) = (all.old.schemas.resolve(one), all.new.schemas.resolve(other));
            let pointer = &all.old.schemas.get(one).pointer;
            pointer.as_str().starts_with("/components/") && *pointer == all.new.schemas.get(other).pointer
        };
        let by_values: Matches<'_, '_> = &|all, one, other| all.is_same((vec![one], vec![other]), direction);
        let by_title: Matches<'_, '_> = &|all, one, other| {
            let title = |schemas: &crate::lift::schemas::Schemas, id| {
                schemas.keywords(schemas.resolve(id)).and_then(|keywords| keywords.notes.title.clone())
            };
            let one = title(&all.old.schemas, one);
            one.is_some() && one == title(&all.new.schemas, other)
        };
        let types = |view: &View<'_>, ids: &[SchemaId]| {
            ids.iter().map(|id| (*id, view.side.view(&[*id]).types())).collect::<Vec<_>>()
        };
        let (old_types, new_types) = (types(old, before), types(new, after));
        let alone = |all: &[(SchemaId, Types)], types: Types| all.iter().filter(|(_, one)| *one == types).count() == 1;
        let of = |all: &[(SchemaId, Types)], id| all.iter().find(|(known, _)| *known == id).map(|(_, types)| *types);
        let by_type: Matches<'_, '_> = &|_, one, other| {
            let types = of(&old_types, one);
            types.is_some_and(|types| {
                of(&new_types, other) == Some(types) && alone(&old_types, types) && alone(&new_types, types)
            })
        };
        for matches in [by_name, by_values, by_title, by_type] {
            gone.retain(|one| match come.iter().position(|other| matches(self, *one, *other)) {
                Some(at) => {
                    into.children.push((vec![*one], vec![come.remove(at)]));
                    false
                }
                None => true,
            });
        }
        // One that is left on either side is the same one, changed.
        if let ([one], [other]) = (gone.as_slice(), come.as_slice()) {
            into.children.push((vec![*one], vec![*other]));
            return;
        }
        self.told((&gone, old), "variant-removed", Effect::Narrows, (old, new), into);
        self.told((&come, new), "variant-added", Effect::Widens, (old, new), into);
    }

    /// A schema that is, or was, one of several.
    fn one_of_several(
        &mut self,
        (whole, variants): (&[SchemaId], &[SchemaId]),
        (old, new): (&View<'_>, &View<'_>),
        is_more: bool,
        into: &mut Compared,
    ) {
        let direction = old.side.direction;
        let pair = |id: SchemaId| if is_more { (whole.to_vec(), vec![id]) } else { (vec![id], whole.to_vec()) };
        let kept = self.kept(whole, variants, is_more, direction, &pair);
        let Some(kept) = kept else {
            let text = "has other choices: which values they let through is not looked into";
            into.facts.push(Fact::new("choices-changed", Effect::Unknown, text, (old, new), &KEYWORDS));
            return;
        };
        into.children.push(pair(kept));
        let others: Vec<SchemaId> = variants.iter().copied().filter(|id| *id != kept).collect();
        match is_more {
            true => {
                self.told((&others, new), "variant-added", Effect::Widens, (old, new), into);
                // Where another variant takes values of the first as well, `oneOf` refuses what both take.
                let types = |id: SchemaId| new.side.view(&[id]).types();
                let overlaps = others.iter().any(|other| types(*other).and(types(kept)).contains(Type::Object));
                if overlaps && new.is_exclusive() {
                    let text =
                        "is one of several, of which only one may fit: whether that refuses values cannot be told";
                    into.facts.push(Fact::new("became-exclusive-choice", Effect::Unknown, text, (old, new), &KEYWORDS));
                }
            }
            false => self.told((&others, old), "variant-removed", Effect::Narrows, (old, new), into),
        }
    }

    fn kept(
        &mut self,
        whole: &[SchemaId],
        variants: &[SchemaId],
        is_more: bool,
        direction: Direction,
        pair: &dyn Fn(SchemaId) -> super::Pair,
    ) -> Option<SchemaId> {
        let (of_whole, of_variants) = if is_more { (self.old, self.new) } else { (self.new, self.old) };
        let named = match whole {
            [only] => {
                let own = place(of_whole, *only);
                variants.iter().copied().find(|id| place(of_variants, *id) == own)
            }
            _ => None,
        };
        named.or_else(|| variants.iter().copied().find(|id| self.is_same(pair(*id), direction)))
    }

    fn told(
        &self,
        (variants, view): (&[SchemaId], &View<'_>),
        id: &str,
        effect: Effect,
        (old, new): (&View<'_>, &View<'_>),
        into: &mut Compared,
    ) {
        for variant in variants {
            let schemas = view.side.schemas();
            let placed = schemas.get(schemas.resolve(*variant));
            let title =
                schemas.keywords(schemas.resolve(*variant)).and_then(|keywords| keywords.notes.title.as_deref());
            let name = match title {
                Some(title) => format!("`{title}`"),
                None if placed.pointer.as_str().starts_with("/components/schemas/") => {
                    subject::spoken(view.side.document, &placed.pointer)
                }
                None => format!("what its variant {} says", number(&placed.pointer)),
            };
            let text = match effect {
                Effect::Narrows => format!("may not be {name} any more"),
                _ => format!("may be {name} as well"),
            };
            let fact = Fact::new(id, effect, text, (old, new), &KEYWORDS);
            let span = Some(view.side.schemas().get(*variant).span);
            into.facts.push(match effect {
                Effect::Narrows => Fact { old: span, ..fact },
                _ => Fact { new: span, ..fact },
            });
        }
    }
}

/// Where a schema stands, references followed.
fn place(document: &Document, id: SchemaId) -> Pointer {
    document.schemas.get(document.schemas.resolve(id)).pointer.clone()
}

/// The member that tells variants apart, and its values: those of `mapping`, and the names of schemas that it does not
/// name (OpenAPI 3.1.1 §4.8.25).
fn tags(view: &View<'_>) -> Option<(String, BTreeSet<String>)> {
    let discriminator = view.all_notes().find_map(|notes| notes.discriminator.as_ref())?;
    let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
    let mut named: HashSet<String> = HashSet::new();
    let mut tags: BTreeSet<String> = BTreeSet::new();
    for (value, target) in &discriminator.mapping {
        named.insert(last(target));
        tags.insert(value.clone());
    }
    let variants = view.choices.iter().flatten().map(|id| place(view.side.document, *id));
    let variants = variants.filter(|pointer| pointer.as_str().starts_with("/components/schemas/"));
    let names = variants.filter_map(|pointer| pointer.last().map(|name| name.into_owned()));
    tags.extend(names.filter(|name| !named.contains(name)));
    Some((discriminator.property.clone(), tags))
}

/// Which variant it is, counted from 1.
fn number(pointer: &Pointer) -> usize {
    pointer.last().and_then(|last| last.parse::<usize>().ok()).map_or(1, |place| place + 1)
}

const KEYWORDS: [&str; 2] = ["oneOf", "anyOf"];
