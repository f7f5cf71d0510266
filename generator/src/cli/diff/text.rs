//! Changes for people at a terminal: how many there are of what level, by operation, and then each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Report, method, operations};
use crate::diff::{Change, Level, shortened};

/// How many operations are named at a change.
const OPERATIONS: usize = 8;

/// How many operations the summary names.
const LINES: usize = 30;

pub(super) fn render(report: &Report<'_>, color: bool) -> String {
    if report.changes.is_empty() && report.implementation.is_empty() {
        return "nothing has changed\n".to_owned();
    }
    let mut text = summary(report.changes.iter().map(|told| &told.change));
    for level in Level::ALL {
        for told in report.of(level) {
            let change = &told.change;
            let _ = write!(text, "\n{}: {} [{}]\n", painted(level, color), change.message, change.id);
            if !change.operations.is_empty() {
                let _ = writeln!(text, "  in   {}", operations(&change.operations, OPERATIONS));
            }
            for (word, place) in [("was", &told.old), ("now", &told.new)] {
                if let Some(place) = place {
                    let _ = writeln!(text, "  {word}  {place}");
                }
            }
            if let Some(reason) = told.allowed {
                let _ = writeln!(text, "  allowed: {reason}");
            }
        }
    }
    text + &implementation(report)
}

/// What the compiler will say of the implementation.
fn implementation(report: &Report<'_>) -> String {
    let mut text = String::new();
    for (service, told) in &report.implementation {
        let _ = writeln!(text, "\nfor the implementation of `{service}`:");
        for change in &told.methods {
            let (word, signatures) = method(change);
            let _ = writeln!(text, "  {word} method, for {}", change.operation);
            let signs: &[&str] = match word {
                "new" => &["+"],
                "gone" => &["-"],
                _ => &["-", "+"],
            };
            for (sign, signature) in signs.iter().zip(signatures) {
                let _ = writeln!(text, "    {sign} {signature}");
            }
        }
        for change in &told.types {
            let _ = writeln!(text, "  changed type `{}`, of {}", change.name, methods(&change.methods));
            for line in &change.lines {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    text
}

/// The methods of a type; of many, how many more there are.
fn methods(names: &[String]) -> String {
    shortened(names.iter().map(|name| format!("`{name}`")), OPERATIONS)
}

/// A level in its colour.
fn painted(level: Level, color: bool) -> String {
    let code = match level {
        Level::Breaking => "31",
        Level::Unclear => "33",
        Level::Compatible => "32",
        Level::Documentation => "36",
    };
    if color { format!("\x1b[1;{code}m{level}\x1b[0m") } else { level.to_string() }
}

/// The summary, and a line for each change.
pub(super) fn brief(changes: &[Change]) -> String {
    let mut text = summary(changes.iter());
    for change in changes {
        let operations = match change.operations.as_slice() {
            [] => String::new(),
            all => format!(" in {}", operations(all, 3)),
        };
        let _ = writeln!(text, "{}: {}{operations}", change.level, change.message);
    }
    text
}

/// `POST /tasks | 2 breaking, 1 compatible` for each operation, and the sum.
fn summary<'c>(changes: impl Iterator<Item = &'c Change>) -> String {
    let (mut counts, mut sums): (BTreeMap<String, [usize; 4]>, [usize; 4]) = Default::default();
    for change in changes {
        let place = Level::ALL.iter().position(|level| *level == change.level).unwrap_or_default();
        let names: Vec<String> = match change.operations.as_slice() {
            [] => vec!["the service".to_owned()],
            all => all.iter().map(ToString::to_string).collect(),
        };
        for name in names {
            counts.entry(name).or_default()[place] += 1;
        }
        sums[place] += 1;
    }
    // The worst first; of alike ones, those with more.
    let mut lines: Vec<(String, [usize; 4])> = counts.into_iter().collect();
    lines.sort_by(|(one, before), (other, after)| after.cmp(before).then_with(|| one.cmp(other)));
    let width = lines.iter().take(LINES).map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, counts) in lines.iter().take(LINES) {
        let _ = writeln!(text, " {name:width$} | {}", spoken(counts));
    }
    if let Some(rest) = lines.len().checked_sub(LINES).filter(|rest| *rest > 0) {
        let _ = writeln!(text, " {rest} more operations");
    }
    let sum: usize = sums.iter().sum();
    let changes = if sum == 1 { "change" } else { "changes" };
    let _ = writeln!(text, " {sum} {changes}: {}", spoken(&sums));
    text
}

fn spoken(counts: &[usize; 4]) -> String {
    let each = Level::ALL.iter().zip(counts).filter(|(_, count)| **count > 0);
    each.map(|(level, count)| format!("{count} {level}")).collect::<Vec<_>>().join(", ")
}
