//! What both crates depend on: nothing that they do not use, and only under licences that users can accept.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use buildflow_tests::workspace;
use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;

/// The licences that everything which users compile is under, or may be chosen to be.
const LICENCES: [&str; 11] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "CDLA-Permissive-2.0",
];

#[test]
fn every_dependency_is_used() {
    let metadata = metadata(&["--no-deps"]);
    for name in ["buildflow-gen", "buildflow-runtime"] {
        let package = package(&metadata, name);
        let folder = Path::new(text(package, "manifest_path")).parent().expect("a manifest is in a folder");
        let of_kind = |kind: Option<&str>| {
            let dependencies = package["dependencies"].as_array().expect("a list").iter();
            let names = dependencies.filter(move |dependency| dependency["kind"].as_str() == kind);
            names.map(|dependency| text(dependency, "name").replace('-', "_")).collect::<BTreeSet<_>>()
        };
        let mut words = BTreeSet::new();
        words_of(&folder.join("src"), &mut words);
        // What templates and features alone need is named in the manifest.
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("it can be read");
        let is_named = |dependency: &&String| {
            let renamed = if *dependency == "rustls_webpki" { "webpki" } else { dependency };
            words.contains(renamed) || manifest.contains(&format!("# {}: ", dependency.replace('_', "-")))
        };
        let normal = of_kind(None);
        let unused: Vec<&String> = normal.iter().filter(|dependency| !is_named(dependency)).collect();
        assert!(unused.is_empty(), "{name} does not use {unused:?}");
        words_of(&folder.join("tests"), &mut words);
        let unused: Vec<String> = of_kind(Some("dev")).into_iter().filter(|name| !words.contains(name)).collect();
        assert!(unused.is_empty(), "the tests of {name} do not use {unused:?}");
    }
}

#[test]
fn everything_is_under_a_licence_that_users_can_accept() {
    // Others are downloaded for other platforms alone.
    let metadata = metadata(&["--all-features", "--filter-platform", &host()]);
    let ours: BTreeSet<&str> = list(&metadata, "workspace_members").iter().filter_map(Value::as_str).collect();
    let mut foreign = 0;
    for package in list(&metadata, "packages") {
        if ours.contains(text(package, "id")) {
            continue;
        }
        foreign += 1;
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_acceptable(licence), "{} is under {licence}", text(package, "id"));
    }
    assert!(foreign > 50, "the list of packages is not whole: {foreign}");
}

/// Whether one of the alternatives has only licences of the list. (`/` is an older way to write `OR`.)
fn is_acceptable(expression: &str) -> bool {
    let parts = |text: &str| text.replace(['(', ')'], " ");
    let is_listed = |name: &str| LICENCES.contains(&name.trim());
    parts(expression).replace('/', " OR ").split(" OR ").any(|all| all.split(" AND ").all(is_listed))
}

#[test]
fn licence_expressions_are_understood() {
    for accepted in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR Apache-2.0) AND Unicode-3.0"] {
        assert!(is_acceptable(accepted), "{accepted}");
    }
    for refused in ["GPL-3.0", "none", "MIT AND GPL-3.0", "MPL-2.0"] {
        assert!(!is_acceptable(refused), "{refused}");
    }
}

/// The platform that this runs on.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("it says so").to_owned()
}

fn metadata(arguments: &[&str]) -> Value {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--offline"]).args(arguments);
    let output = cargo.current_dir(workspace()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn package<'m>(metadata: &'m Value, name: &str) -> &'m Value {
    let found = list(metadata, "packages").iter().find(|package| text(package, "name") == name);
    found.unwrap_or_else(|| panic!("there is no {name}"))
}

fn list<'v>(value: &'v Value, member: &str) -> &'v Vec<Value> {
    value[member].as_array().unwrap_or_else(|| panic!("there is no {member}"))
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_else(|| panic!("there is no {member}"))
}

/// The words of all sources below a folder, without those in comments and strings.
fn words_of(folder: &Path, words: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            words_of(&path, words);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = fs::read_to_string(&path).expect("it can be read");
            collect(source.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display())), words);
        }
    }
}

fn collect(tokens: TokenStream, words: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => drop(words.insert(word.to_string())),
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
