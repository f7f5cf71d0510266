//! The whole of JSON Schema 2020-12 holds over HTTP: every value of the official test suite is posted to an
//! endpoint whose body has its schema, and is answered 2xx or 422.
//!
//! `cargo test -p buildflow-tests --test json_schema -- --nocapture` prints a table, a line a file.

mod json_schema {
    pub mod documents;
    pub mod failing;
    pub mod suite;
}

use std::collections::BTreeMap;

use buildflow_tests::{Running, json_schema_suite, scratch, serve};
use json_schema::documents::Document;
use json_schema::suite::{Case, File};
use json_schema::{failing, suite};

#[test]
fn every_value_of_the_official_suite_is_answered_as_its_schema_says() {
    let Some(folder) = json_schema_suite() else { return };
    let files = suite::read(&folder);
    let cases = files.iter().flat_map(|file| &file.groups).map(|group| group.cases.len()).sum::<usize>();
    assert!(cases > 2000, "only {cases} cases are there");
    let scratch = scratch("json-schema");
    let remotes = folder.join("remotes");
    let documents: Vec<Document<'_>> = files.iter().map(|file| Document::of(file, &scratch, &remotes)).collect();
    let services: Vec<_> = documents.iter().map(|document| (document.name.as_str(), &document.compiled)).collect();
    let server = serve("json-schema-server", &scratch, &services);

    let mut failed = BTreeMap::new();
    println!("{:<40} {:>6} {:>6} {:>6}", "file", "cases", "passed", "failed");
    let line = |name: &str, cases: usize, failed: usize| {
        println!("{name:<40} {cases:>6} {:>6} {failed:>6}", cases - failed);
    };
    let mut totals = [("required", 0, 0), ("optional", 0, 0)];
    for document in &documents {
        let failures = failures(document, &server);
        let cases = document.file.groups.iter().map(|group| group.cases.len()).sum::<usize>();
        line(&document.file.name, cases, failures.len());
        let total = &mut totals[usize::from(document.file.name.starts_with("optional/"))];
        (total.1, total.2) = (total.1 + cases, total.2 + failures.len());
        failed.extend(failures);
    }
    totals.iter().for_each(|(name, cases, failed)| line(name, *cases, *failed));
    line("all", cases, failed.len());
    compare(&failed);
}

/// The cases that are not answered as they should be, with the answers.
fn failures(document: &Document<'_>, server: &Running) -> Vec<(String, String)> {
    let mut failures = Vec::new();
    for (index, group) in document.file.groups.iter().enumerate() {
        let path = format!("/{}/{index}", document.name);
        for case in &group.cases {
            let answer = match &document.refusals[index] {
                Some(report) => Err(format!("refused: {report}")),
                None => post(server, &path, case),
            };
            if let Err(answer) = answer {
                failures.push((name(document.file, &group.description, case), answer));
            }
        }
    }
    failures
}

/// Posts a value; the answer where it is not what is expected.
fn post(server: &Running, path: &str, case: &Case) -> Result<(), String> {
    let (status, body) = server.post(path, &case.data);
    let expected = if case.valid { 204 } else { 422 };
    if status == expected { Ok(()) } else { Err(format!("{status} for {}: {body}", case.data)) }
}

fn name(file: &File, group: &str, case: &Case) -> String {
    format!("{} | {group} | {}", file.name, case.description)
}

/// The cases that fail are those that are listed, neither more nor fewer.
fn compare(failed: &BTreeMap<String, String>) {
    let listed = failing::listed();
    let unlisted: BTreeMap<_, _> = failed.iter().filter(|(case, _)| !listed.contains(*case)).collect();
    assert!(unlisted.is_empty(), "{} cases fail: {unlisted:#?}", unlisted.len());
    let passing: Vec<&String> = listed.iter().filter(|case| !failed.contains_key(*case)).collect();
    assert!(passing.is_empty(), "take these out of failing_tests.txt, they pass: {passing:#?}");
}
