//! What a command has made of what: where nothing has changed since, there is nothing to do.
//!
//! A command has a record in the user's cache folder, with the SHA-256 of each file that it read or made. The command
//! does its work unless all of them, and the program itself, are as they were.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::cache;
use crate::compile::Compiled;
use crate::read::digest;
use crate::render::Files;
use crate::write::with_manifest;

/// The record of a command.
pub(super) struct Record {
    /// `None` where there is no place for it.
    place: Option<PathBuf>,
    /// Which program this is: another one may make other things.
    program: Option<String>,
}

impl Record {
    /// That of this process: its arguments, and the folder that it runs in.
    pub(super) fn of_this_command() -> Self {
        let folder = env::current_dir().map(PathBuf::into_os_string).unwrap_or_default();
        let place = cache().ok().map(|cache| cache.join("records").join(key(env::args_os().skip(1).chain([folder]))));
        Self { place, program: program() }
    }

    /// What the command told when it did its work, if there is nothing to do since; in colour for a terminal.
    pub(super) fn unchanged(&self) -> Option<String> {
        let kept: Value = serde_json::from_slice(&fs::read(self.place.as_ref()?).ok()?).ok()?;
        let is_kept = |path: &str, hash: &Value| fs::read(path).is_ok_and(|bytes| *hash == digest(&bytes));
        if kept["program"] != *self.program.as_ref()?
            || !kept["files"].as_object()?.iter().all(|(path, hash)| is_kept(path, hash))
        {
            return None;
        }
        let told = if std::io::stderr().is_terminal() { "in_colour" } else { "told" };
        kept[told].as_str().map(str::to_owned)
    }

    /// Remembers what was made of documents in this folder. Where that is not possible, the work is done again.
    pub(super) fn keep(&self, compiled: &Compiled, folder: &Path, files: &Files) {
        let Some(place) = &self.place else { return };
        let made = with_manifest(files).map(|(path, text)| (folder.join(path), digest(text.as_bytes())));
        let read = compiled.sources.texts().map(|(path, text)| (path.to_owned(), digest(text.as_bytes())));
        let paths = made.chain(read).map(|(path, hash)| Some((path.into_os_string().into_string().ok()?, hash)));
        let Some(files) = paths.collect::<Option<BTreeMap<_, _>>>() else { return };
        let (told, in_colour) = (compiled.report(false), compiled.report(true));
        let kept = json!({ "program": self.program, "files": files, "told": told, "in_colour": in_colour });
        if let Some(folder) = place.parent() {
            let _ = fs::create_dir_all(folder);
        }
        let _ = fs::write(place, kept.to_string());
    }
}

/// A file's name for texts.
fn key(texts: impl Iterator<Item = OsString>) -> String {
    let each = texts.map(|text| digest(text.as_encoded_bytes()));
    digest(each.collect::<String>().as_bytes())
}

/// This program's file, and when it was made.
fn program() -> Option<String> {
    let path = env::current_exe().ok()?;
    let metadata = path.metadata().ok()?;
    Some(format!("{} {} {:?}", path.display(), metadata.len(), metadata.modified().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;
    use crate::write::write_folder;

    #[test]
    fn nothing_is_to_be_done_until_a_file_changes_or_the_program_does() {
        let folder = env::temp_dir().join(format!("buildflow-record-{}", std::process::id()));
        let (document, out) = (folder.join("a.yaml"), folder.join("out"));
        fs::create_dir_all(&folder).expect("the folder can be made");
        // What is told once is told again.
        let text = "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: {}\nunknown: 1\n";
        fs::write(&document, text).expect("it can be written");
        let compiled = compile(&document, None, false);
        let files = Files::from([("lib.rs".to_owned(), "// Generated.".to_owned())]);
        let record = || Record { place: Some(folder.join("records/1")), program: Some("this".to_owned()) };
        assert_eq!(record().unchanged(), None);
        write_folder(&out, &files).expect("it can be written");
        record().keep(&compiled, &out, &files);
        assert_eq!(record().unchanged(), Some(compiled.report(std::io::stderr().is_terminal())));

        assert_eq!(Record { program: Some("another".to_owned()), ..record() }.unchanged(), None);
        for path in [document, out.join("lib.rs"), out.join(".buildflow-gen")] {
            let as_it_was = fs::read(&path).expect("it can be read");
            fs::write(&path, "other").expect("it can be written");
            assert_eq!(record().unchanged(), None, "{path:?} is different");
            fs::remove_file(&path).expect("it can be removed");
            assert_eq!(record().unchanged(), None, "{path:?} is missing");
            fs::write(&path, as_it_was).expect("it can be written");
            assert!(record().unchanged().is_some(), "{path:?} is as it was");
        }
        fs::remove_dir_all(&folder).expect("it can be removed");
    }
}
