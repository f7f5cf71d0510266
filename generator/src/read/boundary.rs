//! The folder that references do not lead out of: what a document can read, anybody who writes it can publish.

use std::path::{Path, PathBuf};

/// The folder around the files of a document in `folder`: the repository's root, or else the root of the cargo workspace or
/// package, or else the folder itself.
pub(super) fn around(folder: &Path) -> PathBuf {
    let has = |name: &'static str| folder.ancestors().filter(move |above| above.join(name).exists());
    let repository = has(".git").next();
    repository.or_else(|| has("Cargo.toml").last()).unwrap_or(folder).to_owned()
}
