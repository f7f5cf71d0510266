//! What tests of the whole product share: places, nested runs of cargo, and servers that are running.

mod markdown;
mod running;
mod serving;

pub use markdown::{Block, blocks, document_of, is_fence};
pub use running::{Reply, Running};
pub use serving::serve;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// The pages that people read: READMEs, and the guide.
pub fn pages() -> Vec<PathBuf> {
    let readmes =
        ["", "generator", "runtime", "tests/bench", "tests/fuzz"].map(|folder| folder.to_owned() + "/README.md");
    let others = ["generator/FIELDS.md", ".github/CONTRIBUTING.md"].map(str::to_owned);
    let named = readmes.iter().chain(&others).map(|page| workspace().join(page.trim_start_matches('/')));
    let guide = std::fs::read_dir(workspace().join("runtime/src/guide")).expect("there is a guide").flatten();
    let guide = guide.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let mut pages: Vec<PathBuf> = named.chain(guide).collect();
    pages.sort();
    pages
}

/// Fails where a file, which `BLESS` writes, is not this text.
pub fn assert_written(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).expect("it can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "{} is not as it should be; run this test with BLESS=1 to write it", path.display());
}

/// A folder for what a test makes, inside cargo's target folder; empty at first.
pub fn scratch(name: &str) -> PathBuf {
    let folder = target().join("nested/scratch").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The target folder: nested runs of cargo find there what is compiled already.
pub fn target() -> PathBuf {
    let executable = std::env::current_exe().expect("a test has an executable");
    // `target/debug/deps/test`. Cargo marks only a target folder that it made itself, so there is no mark to look for.
    executable.ancestors().nth(3).expect("a test's executable is in the target folder").to_owned()
}

/// Cargo in a folder, as who runs the tests has called it.
pub fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", target());
    // What cargo tells a test of its package would have build scripts of others run again.
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let told =
        |name: &String| name == "OUT_DIR" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    names.filter(told).for_each(|name| {
        cargo.env_remove(name);
    });
    cargo
}

/// Builds the package of a folder, with the workspace's versions of all dependencies.
pub fn build(folder: &Path) -> Output {
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        std::fs::copy(workspace().join("Cargo.lock"), lock).expect("the workspace has a lock file");
    }
    let mut cargo = cargo(folder);
    cargo.args(["build", "--quiet"]).env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "false");
    cargo.env_remove("RUSTFLAGS").output().expect("cargo can be run")
}

/// The program that was built with these tests.
pub fn program() -> PathBuf {
    let executable = std::env::current_exe().expect("a test has an executable");
    let folder = executable.parent().and_then(Path::parent).expect("a test is in the target folder");
    let program = folder.join(format!("buildflow-gen{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "build it first: cargo test --workspace");
    program
}

/// Where real documents are, if anywhere.
pub fn corpus() -> Option<PathBuf> {
    folder("BUILDFLOW_CORPUS", "documents")
}

/// Where the official test suite of JSON Schema is, if anywhere.
pub fn json_schema_suite() -> Option<PathBuf> {
    folder("BUILDFLOW_JSON_SCHEMA_SUITE", "tests of JSON Schema")
}

/// Where the official definitions of resources of clusters are, if anywhere.
pub fn crds() -> Option<PathBuf> {
    folder("BUILDFLOW_CRDS", "CustomResourceDefinitions")
}

/// The folder that a variable of the environment names.
fn folder(variable: &str, holds: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("SKIPPED: {variable} is not set to a folder of {holds}");
    }
    folder
}
