//! Notices that files change.
//!
//! Their times are looked at four times a second. That works on every file system, in containers and over networks as well,
//! and costs a thousandth of a second for a thousand files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

const PAUSE: Duration = Duration::from_millis(250);

/// What applications are written in: what they write themselves, such as logs and databases, is no change.
const SOURCES: [&str; 15] = [
    "askama", "css", "graphql", "html", "jinja", "js", "json", "md", "proto", "rs", "sql", "toml", "ts", "yaml", "yml",
];

/// How many files are looked at.
const MOST: usize = 20_000;

/// Files, with their times and lengths.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Snapshot {
    /// Of files, and of all that is in folders but what cargo, git and others make.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        let mut files = BTreeMap::new();
        paths.iter().for_each(|path| look(path, &mut files));
        Self(files)
    }

    /// The files that are others than before, that are new, or that are gone.
    pub(super) fn changed_since(&self, before: &Self) -> BTreeSet<PathBuf> {
        let paths = self.0.keys().chain(before.0.keys());
        paths.filter(|path| self.0.get(*path) != before.0.get(*path)).cloned().collect()
    }

    /// Takes over how some files are by now.
    pub(super) fn accept(&mut self, now: &Self, files: &[&PathBuf]) {
        for file in files {
            match now.0.get(*file) {
                Some(state) => drop(self.0.insert((*file).clone(), *state)),
                None => drop(self.0.remove(*file)),
            }
        }
    }

    /// Waits until something is different, and then until nothing is written any more. Between looks, it is asked whether
    /// something else is to be done.
    pub(super) fn wait(&mut self, paths: &[PathBuf], mut meanwhile: impl FnMut()) {
        let mut latest = Self::of(paths);
        while latest == *self {
            meanwhile();
            sleep(PAUSE);
            latest = Self::of(paths);
        }
        loop {
            sleep(PAUSE / 2);
            let now = Self::of(paths);
            if now == latest {
                break;
            }
            latest = now;
        }
        *self = latest;
    }
}

fn look(path: &Path, files: &mut BTreeMap<PathBuf, (Option<SystemTime>, u64)>) {
    let Ok(metadata) = fs::metadata(path) else { return };
    if !metadata.is_dir() {
        files.insert(path.to_owned(), (metadata.modified().ok(), metadata.len()));
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_made = name.to_string_lossy().starts_with('.') || name == "target" || name == "node_modules";
        let path = entry.path();
        let is_source = || path.extension().is_some_and(|ending| SOURCES.iter().any(|known| ending == *known));
        if !is_made && !path.is_symlink() && files.len() < MOST && (path.is_dir() || is_source()) {
            look(&path, files);
        }
    }
}
