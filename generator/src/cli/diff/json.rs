//! Changes for programs.

use serde_json::{Value, json};

use super::Report;
use crate::diff::Level;

/// Beside the changes, `implementation` has a list of services, each with changed `methods` and `types`.
///
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
    let implementation = report.implementation.iter().map(|(service, told)| {
        let methods = told
            .methods
            .iter()
            .map(|change| json!({ "operation": change.operation.to_string(), "old": change.old, "new": change.new }));
        let types = told
            .types
            .iter()
            .map(|change| json!({ "name": change.name, "changes": change.lines, "methods": change.methods }));
        json!({ "service": service, "methods": methods.collect::<Vec<_>>(), "types": types.collect::<Vec<_>>() })
    });
    let implementation = implementation.collect::<Vec<_>>();
    let all = json!({ "summary": summary, "changes": changes.collect::<Vec<_>>(), "implementation": implementation });
    format!("{all:#}\n")
}
