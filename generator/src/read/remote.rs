//! Files of other machines: pinned by their SHA-256 beside the document, so that every build reads the same bytes.
//!
//! `pets.yaml.lock` has a line a URL, as `sha256sum` writes it; `pets.yaml.remote` holds what is pinned, each file
//! under its digest. They belong to the document: with them, nothing is fetched.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Span;
use super::sources::read_regular;
use crate::diagnostic::Diagnostic;

/// How large a file of another machine may be: the largest published document has a sixth of it.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// What may be fetched from other machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Remote {
    /// Nothing: only what is pinned and stored is read.
    #[default]
    Stored,
    /// What is pinned, and not stored here; it must be what was pinned. Nothing is written.
    Pinned,
    /// Anything; what is new is pinned and stored.
    Pinning,
}

/// What a document has pinned.
#[derive(Debug)]
pub(super) struct Pins {
    remote: Remote,
    lock: PathBuf,
    store: PathBuf,
    /// The digests, by URL; the line that is no pin, if the lock file has one.
    pins: Result<BTreeMap<String, String>, usize>,
}

impl Pins {
    pub(super) fn of_document(document: &Path, remote: Remote) -> Self {
        let beside = |ending: &str| {
            let mut name: OsString = document.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        let lock = beside(".lock");
        let pins = parse(&fs::read_to_string(&lock).unwrap_or_default());
        Self { remote, lock, store: beside(".remote"), pins }
    }

    /// The lock file.
    pub(super) fn lock(&self) -> &Path {
        &self.lock
    }

    /// What is at `url`, which a reference at `span` leads to.
    pub(super) fn read(&mut self, url: &str, span: Span) -> Result<Vec<u8>, Box<Diagnostic>> {
        let refuse = |code, message: String, help: String| Box::new(Diagnostic::error(code, span, message).help(help));
        let lock = self.lock.display();
        let pins = self.pins.as_ref().map_err(|line| {
            let help = "write the digest and the URL, as `sha256sum` does, or delete the file";
            refuse("invalid-lock", format!("line {line} of `{lock}` is not a pin"), help.to_owned())
        })?;
        let pinned = pins.get(url).cloned();
        let stored = pinned.as_ref().and_then(|digest| self.stored(digest));
        if let Some(bytes) = stored {
            return Ok(bytes);
        }
        match (&pinned, self.remote) {
            (None, Remote::Stored) => {
                let help = format!("pass `--allow-remote` to fetch it once: it is then pinned in `{lock}`");
                return Err(refuse("remote-reference", format!("`{url}` is on another machine"), help));
            }
            (None, Remote::Pinned) => {
                let help = "run `buildflow-gen generate --allow-remote`, and keep the lock file with the document";
                return Err(refuse("remote-reference", format!("`{url}` is not pinned in `{lock}`"), help.to_owned()));
            }
            (Some(_), Remote::Stored) => {
                let message = format!("`{url}` is pinned, and not stored in `{}`", self.store.display());
                return Err(refuse("remote-reference", message, "pass `--allow-remote` to fetch it again".to_owned()));
            }
            (_, Remote::Pinning) | (Some(_), Remote::Pinned) => {}
        }
        let bytes = fetch(url).map_err(|reason| {
            refuse("unreachable-reference", format!("cannot fetch `{url}`: {reason}"), "check the URL".to_owned())
        })?;
        let digest = digest(&bytes);
        if pinned.is_some_and(|pinned| pinned != digest) {
            let help = format!("to accept what it is now, delete its line from `{lock}`");
            return Err(refuse("changed-reference", format!("`{url}` is no longer what was pinned"), help));
        }
        if self.remote == Remote::Pinning {
            self.pin(url, digest, &bytes).map_err(|error| {
                let message = format!("cannot pin `{url}` in `{}`: {error}", self.lock.display());
                refuse("unwritable-lock", message, "check the permissions of its folder".to_owned())
            })?;
        }
        Ok(bytes)
    }

    /// What is stored under a digest, if it still is that.
    fn stored(&self, wanted: &str) -> Option<Vec<u8>> {
        read_regular(&self.store.join(wanted), MAX_BYTES).ok().filter(|bytes| digest(bytes) == wanted)
    }

    fn pin(&mut self, url: &str, digest: String, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.store)?;
        fs::write(self.store.join(&digest), bytes)?;
        let Ok(pins) = &mut self.pins else { return Ok(()) };
        pins.insert(url.to_owned(), digest);
        let lines: String = pins.iter().map(|(url, digest)| format!("{digest}  {url}\n")).collect();
        fs::write(&self.lock, lines)
    }
}

/// The digests by URL, or the number of the line that is no pin.
fn parse(lock: &str) -> Result<BTreeMap<String, String>, usize> {
    let pins = lock.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(index, line)| {
        let pin = line.split_once("  ").filter(|(digest, _)| is_digest(digest));
        pin.map(|(digest, url)| (url.to_owned(), digest.to_owned())).ok_or(index + 1)
    });
    pins.collect()
}

/// Digests name files: nothing else may.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The SHA-256, in hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hmac_sha256::Hash::hash(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is at a URL.
#[cfg(feature = "remote")]
pub(crate) fn fetch(url: &str) -> Result<Vec<u8>, String> {
    use std::time::Duration;

    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).max_redirects(5).build().into();
    let mut response = agent.get(url).call().map_err(|error| error.to_string())?;
    response.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map_err(|error| error.to_string())
}

#[cfg(not(feature = "remote"))]
pub(crate) fn fetch(_url: &str) -> Result<Vec<u8>, String> {
    Err("buildflow-gen was built without its feature `remote`; `cargo install --features remote` has it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_is_read_line_by_line() {
        let digest = "0".repeat(64);
        let pins = parse(&format!("{digest}  https://example.com/a b.yaml\n\n"));
        assert_eq!(pins, Ok(BTreeMap::from([("https://example.com/a b.yaml".to_owned(), digest.clone())])));
        assert_eq!(parse(&format!("{digest}  https://example.com\n../../etc/passwd  https://example.com\n")), Err(2));
    }

    #[test]
    fn a_digest_is_that_of_sha256sum() {
        assert_eq!(digest(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
