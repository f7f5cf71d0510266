//! Changes for pull requests.

use std::fmt::Write as _;

use super::{Report, method, operations};
use crate::diff::Level;

/// How many operations are named at a change.
const OPERATIONS: usize = 5;

pub(super) fn render(report: &Report<'_>) -> String {
    if report.changes.is_empty() && report.implementation.is_empty() {
        return "The API has not changed.\n".to_owned();
    }
    let mut text = String::new();
    let counts = Level::ALL.map(|level| (level, report.of(level).count()));
    let spoken = counts.iter().filter(|(_, count)| *count > 0).map(|(level, count)| format!("{count} {level}"));
    let _ = writeln!(text, "**Changes of the API:** {}", spoken.collect::<Vec<_>>().join(", "));
    for (level, count) in counts {
        if count == 0 {
            continue;
        }
        let heading = match level {
            Level::Breaking => "Breaking",
            Level::Unclear => "May break clients",
            Level::Compatible => "Compatible",
            Level::Documentation => "Documentation",
        };
        let _ = writeln!(text, "\n### {heading}\n");
        for told in report.of(level) {
            let change = &told.change;
            let _ = write!(text, "- {} (`{}`)", safe(&change.message), change.id);
            if !change.operations.is_empty() {
                let _ = write!(text, "<br>{}", safe(&operations(&change.operations, OPERATIONS)));
            }
            if let Some(place) = told.new.as_ref().or(told.old.as_ref()) {
                let _ = write!(text, "<br>`{}`", place.replace('`', "'"));
            }
            if let Some(reason) = told.allowed {
                let _ = write!(text, "<br>*allowed: {}*", safe(reason));
            }
            text.push('\n');
        }
    }
    for (service, told) in &report.implementation {
        let _ = writeln!(text, "\n### Implementation of `{service}`\n");
        for change in &told.methods {
            let (word, signatures) = method(change);
            let signatures =
                signatures.iter().map(|signature| format!("`{signature}`")).collect::<Vec<_>>().join(" → ");
            let _ = writeln!(text, "- {word} method, for {}: {signatures}", safe(&change.operation.to_string()));
        }
        for change in &told.types {
            let _ = writeln!(text, "- `{}`: {}", change.name, safe(&change.lines.join("; ")));
        }
    }
    text
}

/// Text of a document that must not become markup. What stands between backticks is code, and stays as it is.
fn safe(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // An odd number of backticks is none of ours.
    let has_code = parts.len() % 2 == 1;
    let mut safe = String::with_capacity(text.len());
    for (number, part) in parts.iter().enumerate() {
        match (number % 2, has_code) {
            (1, true) if !part.is_empty() => safe.push_str(&format!("`{part}`")),
            (1, true) => safe.push_str("``"),
            (0, true) => safe.push_str(&escaped(part)),
            _ if number == 0 => safe.push_str(&escaped(part)),
            _ => safe.push_str(&format!("\\`{}", escaped(part))),
        }
    }
    safe
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '[' | ']' | '*' | '_' | '|' | '#' | '!' | '\\' | '~' => {
                safe.push('\\');
                safe.push(character);
            }
            // A mention needs a name right after it, and a link what follows the colon.
            '@' => safe.push_str("@\u{200b}"),
            ':' => safe.push_str("&#58;"),
            character => safe.push(character),
        }
    }
    safe
}
