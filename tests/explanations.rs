//! Each diagnostic has a page, whose examples have what it is about, and have it no more.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use buildflow_gen::compile;
use buildflow_gen::explain::{PAGES, page};
use buildflow_gen::render::{Dependency, Layout};
use buildflow_tests::{blocks, document_of, scratch, workspace};

#[test]
fn each_diagnostic_has_a_page_and_each_page_a_diagnostic() {
    let mut codes = BTreeSet::new();
    sources(&workspace().join("generator/src"), &mut |source| codes.extend(codes_of(source)));
    let pages: BTreeSet<String> = PAGES.iter().map(|(code, _)| (*code).to_owned()).collect();
    let missing: Vec<_> = codes.difference(&pages).collect();
    let stale: Vec<_> = pages.difference(&codes).collect();
    assert!(missing.is_empty() && stale.is_empty(), "without a page: {missing:?}; without a diagnostic: {stale:?}");
    assert!(pages.len() > 90);
}

#[test]
fn the_first_example_has_the_mistake_and_the_last_one_has_not() {
    let mut wrong = Vec::new();
    for (code, text) in PAGES {
        let examples = examples(text);
        let told: Vec<Vec<String>> = examples.iter().map(|example| told(code, example)).collect();
        if let [only] = &*told
            && *code == "empty-file"
        {
            assert!(only.is_empty(), "{only:?}");
            continue;
        }
        if let Some(first) = told.first()
            && !first.iter().any(|one| one == code)
        {
            wrong.push(format!("{code}: its example has {first:?}"));
        }
        if let [_, .., last] = &*told
            && last.iter().any(|one| one == code)
        {
            wrong.push(format!("{code}: what it says instead has it as well"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_are_found_by_their_code() {
    assert!(page("unknown-field").is_some_and(|page| page.contains("operationId")));
    assert_eq!(page("no-such-diagnostic"), None);
    assert!(PAGES.is_sorted());
}

/// The blocks of YAML.
fn examples(page: &str) -> Vec<String> {
    blocks(page).into_iter().filter(|block| block.language == "yaml").map(|block| block.text).collect()
}

/// The codes of what there is to tell of a document, or of a part of the smallest one.
fn told(code: &str, example: &str) -> Vec<String> {
    let path = scratch(&format!("explanations-{code}")).join("example.yaml");
    fs::write(&path, document_of(example)).expect("it can be written");
    let compiled = compile(&path, None, false);
    let codes = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.to_owned()).collect();
    let layout = Layout::Crate { package: "example".to_owned(), runtime: Dependency::Version };
    assert!(compiled.diagnostics.has_errors() || compiled.render(&layout).is_ok() || code.contains("rust-type"));
    codes
}

/// The codes that a source gives to diagnostics.
fn codes_of(source: &str) -> Vec<String> {
    let dense: String = source.split_whitespace().collect();
    let calls = [
        "Diagnostic::error(\"",
        "Diagnostic::warning(\"",
        "Diagnostic::note(\"",
        "constTOO_DEEP:&str=\"",
        "constTOO_LARGE:&str=\"",
        "=>\"",
    ];
    let of = |call: &str| {
        let is_feature = dense.contains("pubfncode(&self)->&'staticstr");
        let after = dense.split(call).skip(1).filter(|_| call != "=>\"" || is_feature);
        let names = after.filter_map(|rest| rest.split('"').next()).map(str::to_owned);
        names.filter(|name| is_code(name)).collect::<Vec<_>>()
    };
    calls.into_iter().flat_map(of).collect()
}

fn is_code(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn sources(folder: &Path, see: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).expect("a folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("diff") {
            sources(&path, see);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            see(&fs::read_to_string(path).expect("a source can be read"));
        }
    }
}
