//! Real documents are generated, compiled and served, and every endpoint of theirs answers over HTTP.

mod corpus {
    pub mod project;
    pub mod requests;
    pub mod written;
}

use std::path::{Path, PathBuf};

use buildflow_gen::compile;
use buildflow_gen::diagnostic::Severity;
use buildflow_tests::corpus;
use corpus::project::{Document, serve};
use corpus::requests;

/// The documents that this version serves.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut paths = vec![
        folder.join("big/museum.yaml"),
        folder.join("big/train-travel.yaml"),
        folder.join("ogen-examples/firecracker.json"),
        folder.join("ogen-positive/form.json"),
        folder.join("ogen-positive/http_requests.json"),
        folder.join("ogen-positive/http_responses.json"),
        folder.join("ogen-positive/wildcard_content_types.json"),
        folder.join("readme/3.0-json-file-uploads.json"),
        folder.join("readme/3.0-json-form-data.json"),
        folder.join("readme/3.0-json-response-multiple-mediatypes.json"),
        folder.join("readme/3.1-json-schema-encoding-style.json"),
    ];
    for (place, prefix) in [("oai-learn", ""), ("readme", "3.0-json-petstore"), ("ogen-examples", "petstore")] {
        let entries = std::fs::read_dir(folder.join(place)).into_iter().flatten().flatten();
        let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        paths.extend(named.map(|entry| entry.path()));
    }
    paths.sort();
    paths
}

#[test]
fn every_endpoint_of_real_documents_answers() {
    let Some(folder) = corpus() else { return };
    let documents: Vec<Document> = documents(&folder).iter().map(|path| Document::read(path)).collect();
    assert!(documents.len() >= 25, "only {} documents are there", documents.len());
    let server = serve(&documents);
    println!("{:<40} {:>9} {:>7} {:>7}", "document", "endpoints", "served", "skipped");
    for document in &documents {
        let service = document.service();
        let mut requests = requests::Requests::new(document);
        for endpoint in &service.endpoints {
            requests.check_answer(&server, endpoint);
            requests.check_refusals(&server, endpoint);
        }
        for missing in &service.missing {
            requests.check_missing(&server, missing);
        }
        let (served, missing) = (service.endpoints.len(), service.missing.len());
        println!("{:<40} {:>9} {served:>7} {missing:>7}", document.name, served + missing);
    }
}

#[test]
fn what_is_not_supported_is_refused_unless_it_is_skipped() {
    let Some(folder) = corpus() else { return };
    for path in documents(&folder) {
        let (strict, lenient) = (compile(&path, None, false), compile(&path, None, true));
        let gaps = lenient.outcome.as_ref().map_or(0, |(_, lowered)| lowered.unsupported.len());
        assert_eq!(strict.diagnostics.has_errors(), gaps > 0, "{}", path.display());
        assert!(!lenient.diagnostics.has_errors(), "{}", lenient.report(false));
    }
}

/// Documents whose meaning no reader can tell.
const MEANINGLESS: [(&str, &str); 2] = [
    // It was taken out of its folder: the file that it refers to is not there.
    ("ogen-positive/file_reference.yml", "unreadable-file"),
    // A part of a document.
    ("ogen-positive/file_reference_external-external.yml", "not-openapi"),
];

#[test]
fn every_document_with_a_meaning_is_understood() {
    let Some(folder) = corpus() else { return };
    let mut refused = Vec::new();
    for place in ["big", "oai-learn", "ogen-examples", "ogen-positive", "readme"] {
        for entry in std::fs::read_dir(folder.join(place)).into_iter().flatten().flatten() {
            let compiled = compile(&entry.path(), None, true);
            let errors = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
            let name = format!("{place}/{}", entry.file_name().display());
            refused.extend(errors.map(|diagnostic| (name.clone(), diagnostic.code)));
        }
    }
    refused.sort();
    assert_eq!(refused, MEANINGLESS.map(|(name, code)| (name.to_owned(), code)));
}

#[test]
fn no_document_of_the_corpus_makes_the_generator_panic() {
    let Some(folder) = corpus() else { return };
    let mut pending = vec![folder];
    let mut seen = 0;
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            seen += 1;
            let compiled = compile(&path, None, true);
            let layout = buildflow_gen::render::Layout::Include;
            // A document with errors is reported; any other comes out as Rust.
            match compiled.render(&layout) {
                Ok(files) => assert!(!files.is_empty()),
                Err(buildflow_gen::GenerateError::Document(report)) => assert!(report.contains("error["), "{report}"),
                Err(other) => panic!("{}: {other}", path.display()),
            }
        }
    }
    println!("{seen} documents");
    assert!(seen > 200, "only {seen} documents are there");
}
