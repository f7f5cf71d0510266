//! Changes for programs.

use serde_json::{Value, json};

use super::Report;
use crate::diff::Level;

/// `{ "summary": { "breaking": 1, … }, "changes": [{ "id", "level", "message", "operations", "old", "new", "allowed" }] }`.
pub(super) fn render(report: &Report<'_>) -> String {
    let summary: serde_json::Map<String, Value> =
        Level::ALL.iter().map(|level| (level.name().to_owned(), report.of(*level).count().into())).collect();
    let changes = report.changes.iter().map(|told| {
        json!({
            "id": told.change.id,
            "level": told.change.level.name(),
            "message": told.change.message,
            "operations": told.change.operations.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "old": told.old,
            "new": told.new,
            "allowed": told.allowed,
        })
    });
    let all = json!({ "summary": summary, "changes": changes.collect::<Vec<_>>() });
    format!("{all:#}\n")
}
