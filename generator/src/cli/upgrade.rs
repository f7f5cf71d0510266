//! What a newer version of the generator changes in a folder that an older one has written, and what it can keep.

use std::path::Path;

use clap::ValueEnum;

use crate::write::written_by;

/// The version whose names, types and signatures generated code has.
///
/// A release writes its own, and that of the minor version before it.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(super) enum Shape {
    /// The first version
    #[default]
    #[value(name = "0.1")]
    V0_1,
}

impl Shape {
    /// The last version that has this shape.
    fn version(self) -> &'static str {
        match self {
            Self::V0_1 => env!("CARGO_PKG_VERSION"),
        }
    }
}

/// What each version changed in generated code, the newest first: what somebody who reads the diff wants to know.
const CHANGES: [(&str, &str); 1] = [("0.1.0", "the first version")];

/// What there is to tell where another version has written the folder.
pub(super) fn told(folder: &Path, shape: Shape) -> Option<String> {
    between(&written_by(folder)?, shape.version())
}

fn between(then: &str, now: &str) -> Option<String> {
    if then == now {
        return None;
    }
    if number(then) > number(now) {
        return Some(format!("warning: a newer version has written this, {then}, and this is {now}"));
    }
    let since = CHANGES.into_iter().filter(|(version, _)| number(version) > number(then));
    let lines: String = since.map(|(version, change)| format!("\n  {version}: {change}")).collect();
    Some(format!("note: version {then} has written this, and this is {now}. Generated code has changed since:{lines}"))
}

/// A version's numbers, in order.
fn number(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_says_what_it_changes() {
        assert_eq!(between("0.1.0", "0.1.0"), None);
        let older = between("0.0.9", "0.1.0").unwrap_or_default();
        assert!(older.starts_with("note: version 0.0.9") && older.ends_with("\n  0.1.0: the first version"), "{older}");
        assert!(between("0.10.0", "0.9.1").is_some_and(|told| told.starts_with("warning: a newer version")));
    }

    #[test]
    fn the_newest_version_is_told_of() {
        assert_eq!(CHANGES[0].0, env!("CARGO_PKG_VERSION"), "say what this version changes in generated code");
    }
}
