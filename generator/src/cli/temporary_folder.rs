//! A folder of this process's own, for as long as it is needed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Failure;

/// A folder that is removed in the end.
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(super) fn new() -> Result<Self, Failure> {
        for number in 0..1000 {
            let folder = std::env::temp_dir().join(format!("buildflow-gen-{}-{number}", std::process::id()));
            match create(&folder) {
                // Links on the way would hide that files are in it.
                Ok(()) => return Ok(Self(folder.canonicalize()?)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(format!("cannot make {}: {error}", folder.display()).into()),
            }
        }
        Err("there is no name left for a temporary folder".into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

/// Makes a folder that nobody else looks into.
fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // Nobody is left to tell.
        let _ = fs::remove_dir_all(&self.0);
    }
}
