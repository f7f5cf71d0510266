//! How the variant of a union's value is found, and why that is sound.

use std::fmt::Write as _;

use crate::example::overlap;
use crate::ir::{Arm, Choice, Kind, Service, TypeBody, Union};
use crate::lift::Document;

/// Shows every union of the service.
pub(super) fn show(out: &mut String, document: &Document, service: &Service) -> std::fmt::Result {
    let unions = service.types.iter().filter_map(|def| match &def.body {
        TypeBody::Union(union) => Some((&def.name, union)),
        _ => None,
    });
    let unions: Vec<_> = unions.collect();
    if unions.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nUnions ({}), and how a value's variant is found", unions.len())?;
    for (name, union) in unions {
        writeln!(out, "  {name}")?;
        for arm in &union.arms {
            show_arm(out, document, union, arm)?;
        }
    }
    Ok(())
}

fn show_arm(out: &mut String, document: &Document, union: &Union, arm: &Arm) -> std::fmt::Result {
    let kinds: Vec<&str> = arm.kinds.iter().map(|kind| spoken(*kind)).collect();
    let kinds = kinds.join(", ");
    let name = |index: usize| union.variants[index].name.as_str();
    match &arm.choice {
        Choice::Only(index) => writeln!(out, "    {kinds}: {}, as no other variant holds any", name(*index)),
        Choice::Member { name: member, values, otherwise } => {
            writeln!(out, "    {kinds}: by the member `{member}`, whose values no two variants share")?;
            for (value, index) in values {
                writeln!(out, "      {value:?}: {}", name(*index))?;
            }
            if let Some(index) = otherwise {
                writeln!(out, "      any other value, or none: {}", name(*index))?;
            }
            Ok(())
        }
        Choice::Trial { variants, exactly_one } => {
            let names: Vec<&str> = variants.iter().map(|index| name(*index)).collect();
            let rule = match exactly_one {
                true => "exactly one must fit",
                false if arm.kinds == [Kind::Object] => "of those that fit, the one with fields for most members",
                false => "the first that fits",
            };
            writeln!(out, "    {kinds}: by trying {}; {rule}", names.join(", "))?;
            show_overlaps(out, document, union, variants)
        }
    }
}

/// A value that two variants share, for each two where one is found.
fn show_overlaps(out: &mut String, document: &Document, union: &Union, variants: &[usize]) -> std::fmt::Result {
    /// Past this many pairs it takes too long to look.
    const MOST: usize = 100;
    let pairs =
        variants.iter().enumerate().flat_map(|(at, left)| variants[at + 1..].iter().map(move |right| (left, right)));
    for (left, right) in pairs.take(MOST) {
        let (left, right) = (&union.variants[*left], &union.variants[*right]);
        if let Some(value) = overlap(document, &left.schema, &right.schema) {
            writeln!(out, "      {} and {} overlap: {value}", left.name, right.name)?;
        }
    }
    Ok(())
}

fn spoken(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Boolean => "booleans",
        Kind::Number => "numbers",
        Kind::String => "strings",
        Kind::Array => "arrays",
        Kind::Object => "objects",
    }
}
