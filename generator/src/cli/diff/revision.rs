//! A version of a document: a file, or a file of a revision of git.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::temporary_folder::TemporaryFolder;
use crate::cli::{Failure, Reading};
use crate::compile::Compiled;

/// A version of a document.
pub(super) enum Version {
    /// A file as it is.
    File(PathBuf),
    /// A file of a revision, which is written down for as long as it is looked at.
    Revision {
        /// The folder that stands for the repository, and what it is called in reports.
        folder: TemporaryFolder,
        shown: String,
        path: PathBuf,
    },
}

impl Version {
    /// Opens what a person named.
    pub(super) fn open(text: &str) -> Result<Self, Failure> {
        let Some((revision, path)) = text.strip_prefix("git:").and_then(|rest| rest.split_once(':')) else {
            return Ok(Self::File(PathBuf::from(text)));
        };
        if revision.is_empty() || revision.starts_with('-') || path.is_empty() {
            return Err(format!("`{text}` should be `git:REVISION:PATH`, as in `git:main:specs/todo.yaml`").into());
        }
        let folder = TemporaryFolder::new()?;
        let path = from_root(path)?;
        write_revision(revision, folder.path())?;
        if !folder.path().join(&path).is_file() {
            return Err(format!("there is no {} in the revision {revision}", path.display()).into());
        }
        let shown = format!("git:{revision}:");
        Ok(Self::Revision { path: folder.path().join(path), folder, shown })
    }

    pub(super) fn compiled(&self, reading: &Reading) -> Compiled {
        match self {
            Self::File(path) => reading.read(std::slice::from_ref(path)),
            Self::Revision { folder, path, .. } => {
                // What documents may refer to is what the revision has.
                let reading = Reading { root: Some(folder.path().to_owned()), ..reading.clone() };
                reading.read(std::slice::from_ref(path))
            }
        }
    }

    /// A text that has places of the version, as people know them.
    pub(super) fn shown(&self, text: &str) -> String {
        match self {
            Self::File(_) => text.to_owned(),
            Self::Revision { folder, shown, .. } => {
                let prefix = format!("{}{}", folder.path().display(), std::path::MAIN_SEPARATOR);
                text.replace(&prefix, shown)
            }
        }
    }
}

fn git(arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = Command::new("git").args(arguments).output().map_err(|error| format!("cannot run git: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned().into()),
    }
}

/// A path as the repository has it: from its root, or with `./` from the current folder.
fn from_root(path: &str) -> Result<PathBuf, Failure> {
    let path = match path.strip_prefix("./") {
        Some(inner) => {
            let prefix = String::from_utf8(git(&["rev-parse", "--show-prefix"])?)?;
            PathBuf::from(prefix.trim()).join(inner)
        }
        None => PathBuf::from(path),
    };
    match path.components().all(|part| matches!(part, Component::Normal(_))) {
        true => Ok(path),
        false => Err(format!("{} should be a path from the root of the repository", path.display()).into()),
    }
}

/// Writes what documents may consist of: the files of a revision that are YAML or JSON.
fn write_revision(revision: &str, folder: &Path) -> Result<(), Failure> {
    let listed = git(&["ls-tree", "-r", "-z", "--full-tree", revision, "--"])?;
    let entries = listed.split(|byte| *byte == 0).filter_map(|entry| Entry::read(std::str::from_utf8(entry).ok()?));
    let entries: Vec<Entry<'_>> = entries.collect();
    let mut batch = Command::new("git")
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run git: {error}"))?;
    let (input, output) = (batch.stdin.take(), batch.stdout.take());
    let (Some(mut input), Some(output)) = (input, output) else { return Err("git cannot be talked to".into()) };
    let mut output = BufReader::new(output);
    for entry in &entries {
        writeln!(input, "{}", entry.object)?;
        input.flush()?;
        let mut header = String::new();
        output.read_line(&mut header)?;
        let size = header.trim().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let size = size.ok_or_else(|| format!("git does not know {}", entry.object))?;
        let mut bytes = vec![0; size + 1];
        output.read_exact(&mut bytes)?;
        bytes.pop();
        let place = folder.join(entry.path);
        fs::create_dir_all(place.parent().unwrap_or(folder))?;
        fs::write(place, bytes)?;
    }
    drop(input);
    batch.wait()?;
    Ok(())
}

/// A file of a revision.
struct Entry<'l> {
    object: &'l str,
    path: &'l Path,
}

impl<'l> Entry<'l> {
    /// Of a line such as `100644 blob 8f2… specs/todo.yaml`: links and modules are left out.
    fn read(line: &'l str) -> Option<Self> {
        let (head, path) = line.split_once('\t')?;
        let mut head = head.split(' ');
        let (mode, kind, object) = (head.next()?, head.next()?, head.next()?);
        let path = Path::new(path);
        let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        let is_data =
            path.extension().is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending == *known));
        (mode.starts_with("100") && kind == "blob" && is_plain && is_data).then_some(Self { object, path })
    }
}
