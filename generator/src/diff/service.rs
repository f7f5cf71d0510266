//! What is said of a service as a whole.

use super::Changes;
use super::change::{Change, Level};
use crate::lift::Document;
use crate::lower::Lowered;
use crate::read::{Pointer, to_json};

/// A change of a service.
pub(super) fn changed(id: &str, level: Level, lowered: &Lowered, how: &str) -> Change {
    let message = format!("the service `{}` {how}", lowered.service.module);
    Change { id: id.to_owned(), level, message, operations: Vec::new(), old: None, new: None }
}

pub(super) fn compare(
    (old, before): (&Document, &Lowered),
    (new, after): (&Document, &Lowered),
    changes: &mut Changes,
) {
    let base = |lowered: &Lowered| lowered.service.options.base_route.clone().unwrap_or_else(|| "/".to_owned());
    let block = Pointer::root().join("x-buildflow-service").join("base_route");
    if base(before) != base(after) {
        let how = format!("has the base route `{}`, and had `{}`", base(after), base(before));
        let change = changed("base-route-changed", Level::Breaking, after, &how);
        changes.push(Change { old: Some(old.span(&block)), new: Some(new.span(&block)), ..change });
    }
    let info = Pointer::root().join("info");
    let servers = Pointer::root().join("servers");
    for (at, id, level, how) in [
        (info.join("title"), "title-changed", Level::Documentation, "has another title"),
        (info.join("version"), "version-changed", Level::Documentation, "has another version"),
        (info.join("description"), "description-changed", Level::Documentation, "is described in other words"),
        (servers, "servers-changed", Level::Unclear, "has other `servers`"),
    ] {
        let text = |document: &Document| document.node(&at).map(to_json);
        if text(old) != text(new) {
            let change = changed(id, level, after, how);
            changes.push(Change { old: Some(old.span(&at)), new: Some(new.span(&at)), ..change });
        }
    }
}
