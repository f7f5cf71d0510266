//! Real documents are generated, compiled and served, and every endpoint of theirs answers over HTTP.

mod corpus {
    pub mod docs;
    pub mod forms;
    pub mod project;
    pub mod requests;
    pub mod untyped;
    pub mod written;
}

use std::path::{Path, PathBuf};

use buildflow_gen::compile;
use buildflow_gen::diagnostic::Severity;
use buildflow_gen::example::Examples;
use buildflow_gen::ir::Content;
use buildflow_gen::render::{Dependency, Layout};
use buildflow_tests::{corpus, workspace};
use corpus::docs;
use corpus::project::{Document, serve};
use corpus::{requests, untyped};

/// The documents that are served: a choice that is soon compiled, or, where `BUILDFLOW_CORPUS_ALL` is set, all.
fn documents(folder: &Path) -> Vec<PathBuf> {
    if std::env::var_os("BUILDFLOW_CORPUS_ALL").is_some() {
        let mut served = all(folder);
        // Mutual TLS is tested in an application of its own; without it such a service does not start.
        served.retain(|path| {
            let compiled = compile(path, None, true);
            let lowered = compiled.outcome().filter(|_| !compiled.diagnostics.has_errors());
            lowered.is_some_and(|(_, lowered)| !lowered.service.has_client_certificates())
        });
        return served;
    }
    let mut paths = vec![
        folder.join("big/museum.yaml"),
        folder.join("big/train-travel.yaml"),
        folder.join("ogen-examples/firecracker.json"),
        folder.join("ogen-examples/manga.json"),
        folder.join("ogen-positive/additional_operations.yml"),
        folder.join("ogen-positive/any_parameters.json"),
        folder.join("ogen-positive/form.json"),
        folder.join("ogen-positive/http_requests.json"),
        folder.join("ogen-positive/http_responses.json"),
        folder.join("ogen-positive/parameters.json"),
        folder.join("ogen-positive/sum_type_params.yaml"),
        folder.join("ogen-positive/wildcard_content_types.json"),
        folder.join("readme/3.0-json-file-uploads.json"),
        folder.join("readme/3.0-json-form-data.json"),
        folder.join("readme/3.0-json-parameters-style.json"),
        folder.join("readme/3.0-json-response-multiple-mediatypes.json"),
        folder.join("readme/3.1-json-parameters-style.json"),
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

/// Documents that FastAPI, Litestar, Django Ninja and drf-spectacular have written of applications that use much of what
/// these frameworks have.
fn frameworks() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(workspace().join("tests/corpus/frameworks")).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.sort();
    assert_eq!(paths.len(), 4);
    paths
}

#[test]
fn documents_of_python_frameworks_have_no_warning() {
    for path in frameworks() {
        let compiled = compile(&path, None, false);
        let told = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity < Severity::Note).count();
        assert_eq!(told, 0, "{}", compiled.report(false));
    }
}

#[test]
fn every_endpoint_of_real_documents_answers() {
    let mut paths = frameworks();
    if let Some(folder) = corpus() {
        let chosen = documents(&folder);
        assert!(chosen.len() >= 25, "only {} documents are there", chosen.len());
        paths.extend(chosen);
    }
    let documents: Vec<Document> = paths.iter().map(|path| Document::read(path)).collect();
    let server = serve(&documents);
    let (mut wrong, mut unmade) = (Vec::new(), Vec::new());
    println!("{:<40} {:>9} {:>7} {:>7}", "document", "endpoints", "served", "skipped");
    for document in &documents {
        docs::check(&server, document);
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
        wrong.extend(requests.wrong);
        unmade.extend(requests.unmade);
    }
    println!("{} requests have no example, and were not made:\n{}", unmade.len(), unmade.join("\n"));
    assert!(wrong.is_empty(), "{} answers are not as expected:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unmade.len() < 20, "there are too few examples");
}

/// Documents that are refused, and the code: they are no valid documents, or ask for what cannot be enforced.
/// The list may only shrink.
const REFUSED: [(&str, &str); 3] = [
    // It was taken out of its folder: the file that it refers to is not there.
    ("ogen-positive/file_reference.yml", "unreadable-file"),
    // A part of a document.
    ("ogen-positive/file_reference_external-external.yml", "not-openapi"),
    // A scheme that is not there.
    ("readme/3.0-json-response-http-behavior.json", "unknown-security-scheme"),
];

/// How many fields of all documents are plain JSON although their schemas say more. The number may only fall.
const MOST_PLAIN: usize = 2;

#[test]
fn every_operation_is_generated_with_nothing_skipped() {
    let Some(folder) = corpus() else { return };
    let (mut documents, mut operations, mut in_part, mut wrong) = (0, 0, 0, Vec::new());
    let (mut plain, mut untold) = (0, Vec::new());
    for path in all(&folder) {
        let compiled = compile(&path, None, false);
        let name = path.strip_prefix(&folder).expect("it is in the folder").display().to_string();
        let errors = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let mut codes: Vec<&str> = errors.map(|diagnostic| diagnostic.code).collect();
        codes.dedup();
        let reviewed = REFUSED.iter().find(|(refused, _)| *refused == name).map(|(_, code)| *code);
        if codes.as_slice() != reviewed.as_slice() {
            wrong.push(format!("{name}: {codes:?}"));
        }
        if let Some((document, lowered)) = compiled.outcome().filter(|_| codes.is_empty()) {
            let fields = untyped::fields(document, lowered);
            plain += fields.len();
            let hidden = fields.iter().filter(|(_, is_told)| !is_told);
            untold.extend(hidden.map(|(place, _)| format!("{name} {place}")));
            documents += 1;
            operations += lowered.service.endpoints.len();
            in_part += lowered.support.iter().filter(|operation| !operation.untyped.is_empty()).count();
        }
    }
    println!("{documents} documents, {operations} operations, {in_part} of them in part untyped");
    println!("{plain} fields are plain JSON although their schemas say more, {} of them untold", untold.len());
    assert!(untold.is_empty(), "`inspect --support` does not tell of\n{}", untold.join("\n"));
    assert!(plain <= MOST_PLAIN, "{plain} fields are plain JSON");
    assert!(wrong.is_empty(), "not as reviewed:\n{}", wrong.join("\n"));
    assert!(documents > 180, "only {documents} documents are there");
}

/// Schemas that no answer of a typed server can satisfy: what satisfies one branch of `oneOf` satisfies another as well,
/// or nothing is left of what there must be. The list may only shrink.
const UNSATISFIABLE: [&str; 5] = [
    "ogen-examples/2ch.yml /paths/~1user~1posting/",
    "ogen-positive/issue1255.yaml /paths/~1test/",
    "ogen-positive/nullable_type_discrimination.json /paths/~1data/",
    "ogen-positive/unnamed_response_validation.json /paths/~1objects/",
    "readme/3.0-json-readme.json ",
];

#[test]
fn an_example_is_made_of_every_answer() {
    let Some(folder) = corpus() else { return };
    let (mut made, mut missing) = (0, Vec::new());
    for path in all(&folder) {
        let compiled = compile(&path, None, true);
        let Some((document, lowered)) = compiled.outcome() else { continue };
        let mut examples = Examples::new(document, &lowered.service.endpoints);
        for endpoint in &lowered.service.endpoints {
            for answer in &endpoint.answers {
                let Some(body) = answer.body.as_ref().filter(|body| body.schema.is_some()) else { continue };
                made += 1;
                if matches!(body.content, Content::Json(_) | Content::Items(..)) && examples.for_body(body).is_none() {
                    let name = path.strip_prefix(&folder).expect("it is in the folder").display();
                    missing.push(format!("{name} {}", body.schema.as_deref().unwrap_or_default()));
                }
            }
        }
    }
    println!("{made} answers with a schema, {} of them without an example", missing.len());
    missing.retain(|place| UNSATISFIABLE.iter().all(|known| !place.starts_with(known)));
    assert!(missing.is_empty(), "no example is made of\n{}", missing.join("\n"));
}

#[test]
fn code_is_dense() {
    let Some(folder) = corpus() else { return };
    let compiled = compile(&folder.join("big/github.json"), None, false);
    let layout = Layout::Crate { package: "github-api".to_owned(), runtime: Dependency::Version };
    let files = compiled.render(&layout).expect("what is generated is Rust");
    let sources = files.iter().filter(|(path, _)| path.ends_with(".rs"));
    let lines: usize = sources.map(|(_, text)| text.lines().count()).sum();
    assert!(lines < 77_000, "767 operations are {lines} lines");
}

/// Every document of the corpus, but for those that are meant to be refused.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut documents = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_document =
                path.extension().is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|it| ending == *it));
            if path.is_dir() && !path.ends_with("ogen-negative") {
                pending.push(path);
            } else if is_document {
                documents.push(path);
            }
        }
    }
    documents.sort();
    documents
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
