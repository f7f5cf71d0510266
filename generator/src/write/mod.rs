//! write: text becomes files. Only what changed is touched, and nothing that was not made here.
//!
//! A file is written beside its place and then moved there, so that it is never there in part; and it is listed as made
//! here before that, so that a run that was cut off can be run again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::render::Files;

/// Lists the files that were made, so that those no longer made can be removed.
const MANIFEST: &str = ".buildflow-gen";

/// Begins the line with the version that has made them.
const VERSION: &str = "# Version: ";

/// The version of the generator that has written a folder, if it is known.
#[cfg(feature = "cli")]
pub(crate) fn written_by(folder: &Path) -> Option<String> {
    let text = read(&folder.join(MANIFEST)).ok()??;
    text.lines().find_map(|line| line.strip_prefix(VERSION)).map(|version| version.trim().to_owned())
}

/// What writing did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Written {
    /// Files that are new or different.
    pub written: Vec<PathBuf>,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files that are no longer made.
    pub removed: Vec<PathBuf>,
}

/// How a folder differs from what would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file.
    pub path: PathBuf,
    /// What it is now; `None` where it does not exist.
    pub now: Option<String>,
    /// What it should be; `None` where it should not exist.
    pub wanted: Option<String>,
}

/// Writes what was generated into `folder`, which may have other files as well: a crate, or manifests.
///
/// # Errors
///
/// A file cannot be written, or one that was not made here would be overwritten.
pub fn write_folder(folder: &Path, files: &Files) -> io::Result<Written> {
    let made = made_before(folder)?;
    for path in files.keys().filter(|path| !made.contains(*path)) {
        let place = folder.join(path);
        if read(&place)?.is_some_and(|now| Some(&now) != files.get(path)) {
            let message = format!(
                "{} exists and was not made by buildflow-gen; move it away or choose another folder",
                place.display()
            );
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
    }
    let all = files.keys().chain(&made);
    write_if_changed(&folder.join(MANIFEST), &manifest(all.collect::<BTreeSet<_>>()))?;
    let mut report = write_files(folder, files)?;
    for path in made.iter().filter(|path| !files.contains_key(*path) && is_inside(path)) {
        let place = folder.join(path);
        if place.is_file() {
            fs::remove_file(&place).map_err(|error| named(&place, &error))?;
            report.removed.push(place);
        }
    }
    write_if_changed(&folder.join(MANIFEST), &manifest(files.keys()))?;
    Ok(report)
}

/// Writes files into a folder that is ours alone, such as `OUT_DIR`.
///
/// # Errors
///
/// A file cannot be written.
pub fn write_files(folder: &Path, files: &Files) -> io::Result<Written> {
    let mut report = Written::default();
    for (path, text) in files {
        let place = folder.join(path);
        if write_if_changed(&place, text)? {
            report.written.push(place);
        } else {
            report.unchanged += 1;
        }
    }
    Ok(report)
}

/// How `folder` differs from what [`write_folder`] would leave there.
///
/// # Errors
///
/// A file cannot be read.
pub fn differences(folder: &Path, files: &Files) -> io::Result<Vec<Difference>> {
    let mut wanted: Vec<(String, Option<String>)> =
        with_manifest(files).map(|(path, text)| (path.to_owned(), Some(text.into_owned()))).collect();
    let stale = made_before(folder)?.into_iter().filter(|path| !files.contains_key(path) && is_inside(path));
    wanted.extend(stale.map(|path| (path, None)));
    let mut differences = Vec::new();
    for (path, wanted) in wanted {
        let path = folder.join(path);
        let now = read(&path)?;
        if now != wanted {
            differences.push(Difference { path, now, wanted });
        }
    }
    Ok(differences)
}

fn made_before(folder: &Path) -> io::Result<BTreeSet<String>> {
    let text = read(&folder.join(MANIFEST))?.unwrap_or_default();
    Ok(text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect())
}

/// The files that a folder has in the end.
pub(crate) fn with_manifest(files: &Files) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    let made = files.iter().map(|(path, text)| (path.as_str(), Cow::Borrowed(text.as_str())));
    made.chain([(MANIFEST, Cow::Owned(manifest(files.keys())))])
}

fn manifest<'f>(files: impl IntoIterator<Item = &'f String>) -> String {
    let mut text = "# What buildflow-gen has made here. It removes what it no longer makes.\n".to_owned();
    text.push_str(&format!("{VERSION}{}\n", env!("CARGO_PKG_VERSION")));
    for path in files {
        text.push_str(path);
        text.push('\n');
    }
    text
}

/// Whether a listed path stays in its folder, whatever somebody wrote into the list.
fn is_inside(path: &str) -> bool {
    let path = Path::new(path);
    path.components().all(|component| matches!(component, std::path::Component::Normal(_)))
}

fn write_if_changed(place: &Path, text: &str) -> io::Result<bool> {
    if read(place)?.as_deref() == Some(text) {
        return Ok(false);
    }
    // What is linked is written where it is.
    let place = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
    replace(&place, text).map_err(|error| named(&place, &error))?;
    Ok(true)
}

/// Puts a whole file into a place, or leaves what is there.
fn replace(place: &Path, text: &str) -> io::Result<()> {
    let (folder, name) = (place.parent().unwrap_or(Path::new("")), place.file_name().unwrap_or_default());
    fs::create_dir_all(folder)?;
    let beside = folder.join(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, place));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The error with the file's name.
fn named(place: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", place.display()))
}

fn read(place: &Path) -> io::Result<Option<String>> {
    match fs::read(place) {
        // What is not UTF-8 was not made here, and is different.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(named(place, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("buildflow-gen-write-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn files(entries: &[(&str, &str)]) -> Files {
        entries.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_second_run_touches_nothing() -> io::Result<()> {
        let folder = folder("twice");
        let made = files(&[("Cargo.toml", "a"), ("src/lib.rs", "b")]);
        assert_eq!(write_folder(&folder, &made)?.written.len(), 2);
        let again = write_folder(&folder, &made)?;
        assert_eq!((again.written.len(), again.unchanged), (0, 2));
        assert_eq!(differences(&folder, &made)?, []);
        fs::remove_dir_all(folder)
    }

    #[test]
    fn what_is_no_longer_made_is_removed_and_what_is_not_ours_stays() -> io::Result<()> {
        let folder = folder("stale");
        write_folder(&folder, &files(&[("src/a.rs", "a"), ("src/b.rs", "b")]))?;
        fs::write(folder.join("src/mine.rs"), "mine")?;
        let report = write_folder(&folder, &files(&[("src/a.rs", "a")]))?;
        assert_eq!(report.removed, [folder.join("src/b.rs")]);
        assert!(folder.join("src/mine.rs").exists());
        fs::remove_dir_all(folder)
    }

    #[test]
    fn a_run_that_was_cut_off_can_be_run_again() -> io::Result<()> {
        let folder = folder("cut-off");
        let made = files(&[("a.rs", "a"), ("b.rs", "b")]);
        // What such a run leaves: the list, and a part of the files.
        write_if_changed(&folder.join(MANIFEST), &manifest(made.keys()))?;
        fs::write(folder.join("a.rs"), "")?;
        assert_eq!(write_folder(&folder, &made)?.written.len(), 2);
        fs::remove_dir_all(folder)
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() -> io::Result<()> {
        let folder = folder("whole");
        fs::create_dir_all(folder.join("a.rs"))?;
        let error = write_if_changed(&folder.join("a.rs/b/c.rs").join("d"), "d").and_then(|_| {
            // A folder cannot be replaced by a file.
            replace(&folder.join("a.rs"), "a").map_err(|error| named(&folder.join("a.rs"), &error))
        });
        assert!(error.is_err_and(|error| error.to_string().contains("a.rs")));
        let left: Vec<_> = fs::read_dir(&folder)?.flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["a.rs"], "nothing is left beside it");
        fs::remove_dir_all(folder)
    }

    #[test]
    fn a_file_that_is_not_ours_is_not_overwritten() -> io::Result<()> {
        let folder = folder("foreign");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("Cargo.toml"), "mine")?;
        let refused = write_folder(&folder, &files(&[("Cargo.toml", "a")]));
        assert!(refused.is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists));
        assert_eq!(fs::read_to_string(folder.join("Cargo.toml"))?, "mine");
        fs::remove_dir_all(folder)
    }
}
