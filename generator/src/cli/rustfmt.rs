//! The toolchain's rustfmt.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The text as rustfmt lays it out in a folder, whose settings it follows; `None` where there is no rustfmt, or the text is no
/// Rust.
pub(super) fn rustfmt(folder: &Path, text: &str) -> Option<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    let text = text.to_owned();
    let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().ok()?;
    writing.join().ok()?.ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}
