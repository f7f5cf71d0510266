//! What is around a generated crate: the runtime that it links against, and a workspace that it may stand in.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{Failure, local_runtime};
use crate::render::Dependency;

/// The runtime for a crate in this folder: in a clone, the one beside the generator, by the way that leads there.
pub(super) fn runtime_for(folder: &Path) -> Result<Dependency, Failure> {
    let Dependency::Path(runtime) = local_runtime() else { return Ok(Dependency::Version) };
    let folder = resolved(&std::path::absolute(folder)?);
    Ok(Dependency::Path(relative(&folder, Path::new(&runtime)).display().to_string().replace('\\', "/")))
}

/// A path without links, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(found) = ancestor.canonicalize() {
            return missing.iter().rev().fold(found, |path, name| path.join(name));
        }
        missing.extend(ancestor.file_name());
    }
    path.to_owned()
}

/// The way from one folder to another.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// What a workspace lacks to have a crate in it, where it stands in one that does not name it: cargo refuses it then.
pub(super) fn missing_member(folder: &Path) -> Option<String> {
    let folder = resolved(&std::path::absolute(folder).ok()?);
    let (root, manifest) = folder.ancestors().skip(1).find_map(|ancestor| {
        let text = fs::read_to_string(ancestor.join("Cargo.toml")).ok()?;
        let is_workspace = text.lines().any(|line| line.trim_start().starts_with("[workspace"));
        is_workspace.then_some((ancestor, text))
    })?;
    let inner = folder.strip_prefix(root).ok()?.display().to_string().replace('\\', "/");
    if is_named(&manifest, &inner) {
        return None;
    }
    let manifest = root.join("Cargo.toml");
    Some(format!(
        "{} does not name this crate: add \"{inner}\" to `members` of its `[workspace]`, or to `exclude`",
        manifest.display()
    ))
}

/// Whether a manifest has the path among its strings: as it is, or by a pattern such as `crates/*`.
fn is_named(manifest: &str, path: &str) -> bool {
    let lines = manifest.lines().filter(|line| !line.trim_start().starts_with('#'));
    let strings = lines.flat_map(|line| line.split(['"', '\'']).skip(1).step_by(2));
    strings.map(|text| text.trim_start_matches("./").trim_end_matches('/')).any(|text| {
        let folders = (text.split('/').count(), path.split('/').count());
        let fits = |(pattern, name): (&str, &str)| match pattern.split_once('*') {
            Some((before, after)) => name.starts_with(before) && name.ends_with(after),
            None => pattern == name,
        };
        // What is excluded is named by a folder above it, too.
        path.strip_prefix(text).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            || folders.0 == folders.1 && text.split('/').zip(path.split('/')).all(fits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_leads_to_another() {
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).display().to_string();
        assert_eq!(way("/a/crates/api", "/a/runtime"), "../../runtime");
        assert_eq!(way("/b", "/a/runtime"), "../a/runtime");
    }

    #[test]
    fn a_workspace_names_its_members_one_by_one_or_by_a_pattern() {
        let manifest = "[workspace]\nmembers = [\"app\", './crates/*']\n# \"\nexclude = [\"old\"]\n";
        assert!(["app", "crates/api", "old", "old/api"].iter().all(|path| is_named(manifest, path)));
        assert!(!["api", "crates", "crates/a/b", "apps"].iter().any(|path| is_named(manifest, path)));
    }
}
