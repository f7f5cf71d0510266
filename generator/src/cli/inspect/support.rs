//! The ledger: operation by operation, what is typed, what is not, and what is refused.

use std::fmt::Write as _;

use crate::compile::Compiled;
use crate::lift::Document;
use crate::lower::Lowered;

/// Shows every operation with what it lacks, and counts them.
pub(super) fn show(out: &mut String, compiled: &Compiled, document: &Document, lowered: &Lowered) -> std::fmt::Result {
    let (mut typed, mut untyped, mut refused) = (0, 0, 0);
    for operation in &lowered.support {
        let name = format!("{} {}", operation.route.method, operation.route.path);
        let is_missing = lowered.endpoint(&operation.route.method, &operation.route.path).is_none();
        let lacks: Vec<_> = lowered.unsupported.iter().filter(|part| part.operation.as_ref() == Some(&name)).collect();
        let (count, state) = match (is_missing, lacks.is_empty() && operation.untyped.is_empty()) {
            (true, _) => (&mut refused, "refused"),
            (false, true) => (&mut typed, "typed"),
            (false, false) => (&mut untyped, "untyped"),
        };
        *count += 1;
        writeln!(out, "{state:8}{name}")?;
        for part in lacks {
            let place = compiled.sources.position(part.span);
            writeln!(
                out,
                "          {}:{}:{}: {}",
                place.file,
                place.line,
                place.column,
                part.diagnostic(true).message
            )?;
        }
        for part in &operation.untyped {
            let place = compiled.sources.position(document.span(&part.pointer));
            writeln!(out, "          {}:{}:{}: {}", place.file, place.line, place.column, part.why)?;
        }
    }
    writeln!(out, "{} operations: {typed} typed, {untyped} in part untyped, {refused} refused", lowered.support.len())
}
