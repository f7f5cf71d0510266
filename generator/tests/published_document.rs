//! The document as it is served: one file that says what the files it was made of said.

use std::fs;
use std::path::{Path, PathBuf};

use buildflow_gen::compile;
use buildflow_gen::render::Layout;
use serde_json::{Value, json};

/// Files in a folder of their own, of which `api.yaml` is the document.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("served").join(name);
    let _ = fs::remove_dir_all(&folder);
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }
    folder
}

fn served_of(name: &str, files: &[(&str, &str)]) -> Option<Value> {
    let compiled = compile(&folder(name, files).join("api.yaml"), None, true);
    assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
    let (_, lowered) = compiled.outcome().expect("it is understood");
    lowered.service.document.as_ref().map(|text| serde_json::from_str(text).expect("it is JSON"))
}

fn served(name: &str, document: &str) -> Value {
    served_of(name, &[("api.yaml", document)]).expect("it is served")
}

#[test]
fn what_clients_have_no_use_for_is_left_out() {
    let document = "
x-buildflow-service: { service_id: a }
x-logo: { url: 'https://example.com/logo.png' }
$self: https://example.com/api
servers: [{ url: 'https://example.com/v1' }]
info: { title: a, version: '1', x-rust-crate: a }
openapi: 3.2.0
paths:
  /a:
    servers: [{ url: 'https://example.com/v2' }]
    get:
      x-rust-name: read_a
      servers: [{ url: 'https://example.com/v3' }]
      responses: { '204': { description: a, x-rust-a: 1, x-more: 2 } }
components:
  schemas:
    A:
      $id: https://example.com/a
      type: object
      properties: { x-rust-name: { type: string, x-rust-a: 1 }, b: { $ref: b } }
      example: { x-rust-name: a, servers: [] }
    B: { $id: https://example.com/b, $anchor: b, x-rust-name: Bee }
";
    let expected = json!({
        "openapi": "3.2.0",
        "x-logo": {"url": "https://example.com/logo.png"},
        "info": {"title": "a", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"204": {"description": "a", "x-more": 2}}}}},
        "components": {"schemas": {
            "A": {
                "type": "object",
                "properties": {"x-rust-name": {"type": "string"}, "b": {"$ref": "#/components/schemas/B"}},
                "example": {"x-rust-name": "a", "servers": []},
            },
            "B": {},
        }},
    });
    let served = served("left-out", document);
    assert_eq!(served, expected);
    // Maps keep their order here. The runtime adds `servers` behind the first.
    let first: Vec<&String> = served.as_object().into_iter().flatten().map(|(key, _)| key).take(3).collect();
    assert_eq!(first, ["openapi", "x-logo", "info"]);
}

#[test]
fn mistakes_are_mended_as_they_were_understood() {
    let document = "
openapi: 3.0.3
info: { title: a, version: 1.10 }
paths:
  pets/{id}:
    get:
      summary:
      parameters: [{ name: limit, in: query, type: integer }]
      responses: { '200': { content: { application/json: { schema: { type: string, nullable: true, maxLength: '5' } } } } }
  /empty:
    get: {}
";
    let served = served("mended", document);
    assert_eq!(served["info"]["version"], "1.10");
    let expected = json!({
        "parameters": [
            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
        ],
        "responses": {"200": {
            "content": {"application/json": {"schema": {"type": "string", "nullable": true, "maxLength": 5}}},
            "description": "",
        }},
    });
    assert_eq!(served["paths"]["/pets/{id}"]["get"], expected);
    assert_eq!(served["paths"]["/empty"]["get"], json!({"responses": {}}));
}

#[test]
fn what_stands_in_other_files_is_put_among_the_components() {
    let api = "
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /pets/{id}: { $ref: paths/pet.yaml }
components:
  schemas: { pet: { type: string }, Other: { $ref: 'schemas/pet.yaml' } }
";
    let path = "
parameters: [{ $ref: '../common.yaml#/id' }]
put:
  requestBody: { $ref: '../common.yaml#/body' }
  responses: { '200': { $ref: '../common.yaml#/answers/a~1b' } }
  callbacks: { done: { $ref: '../common.yaml#/unread' } }
";
    let common = "
id: { name: id, in: path, required: true, schema: { type: integer } }
body: { content: { application/json: { schema: { $ref: schemas/pet.yaml } } } }
answers: { a/b: { description: A pet., content: { application/json: { schema: { $ref: 'schemas/pet.yaml#/properties/friend' } } } } }
unread: {}
";
    let pet = "{ type: object, properties: { friend: { oneOf: [{ $ref: pet.yaml }, { type: 'null' }] } } }";
    let files = [("api.yaml", api), ("paths/pet.yaml", path), ("common.yaml", common), ("schemas/pet.yaml", pet)];
    let served = served_of("files", &files).expect("it is served");
    let expected = json!({
        "parameters": [{"$ref": "#/components/parameters/id"}],
        "put": {
            "requestBody": {"$ref": "#/components/requestBodies/body"},
            "responses": {"200": {"$ref": "#/components/responses/a-b"}},
        },
    });
    assert_eq!(served["paths"]["/pets/{id}"], expected);
    let pet_2 = json!({"$ref": "#/components/schemas/pet2"});
    let friend = json!({"oneOf": [pet_2, {"type": "null"}]});
    let answer = json!({"schema": {"$ref": "#/components/schemas/friend"}});
    let components = json!({
        "schemas": {
            "pet": {"type": "string"},
            "Other": pet_2,
            "pet2": {"type": "object", "properties": {"friend": friend}},
            "friend": friend,
        },
        "parameters": {"id": {"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}},
        "requestBodies": {"body": {"content": {"application/json": {"schema": pet_2}}}},
        "responses": {"a-b": {"description": "A pet.", "content": {"application/json": answer}}},
    });
    assert_eq!(served["components"], components);
}

#[test]
fn operations_that_are_skipped_are_not_shown() {
    let document = "
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a/{b}{c}: { get: { responses: { '200': { $ref: '#/components/responses/Ok' } } } }
  /b:
    get: { security: [{ key: [] }], responses: { '200': { description: a, content: { text/plain: { schema: { type: string } } } } } }
    put: { responses: { '200': { $ref: '#/paths/~1b/get/responses/200' } } }
components:
  responses: { Ok: { description: Fine. } }
  securitySchemes: { key: { type: apiKey, in: header, name: no token } }
";
    let served = served("skipped", document);
    let put = json!({"responses": {"200": {"$ref": "#/components/responses/200"}}});
    assert_eq!(served["paths"], json!({"/b": {"put": put}}));
    assert_eq!(served["components"]["responses"]["200"]["description"], "a");
}

#[test]
fn the_service_block_says_whether_and_where_documents_are_shown() {
    let document = |docs: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths: {{}}\nx-buildflow-service: {{ docs: {docs} }}\n"
        )
    };
    let is_served = |docs: &str| served_of("service-block", &[("api.yaml", &document(docs))]).is_some();
    for shown in [
        "true",
        "{}",
        "{ path: /reference, redoc: false }",
        "{ path: false, redoc: /a/b, openapi: /api }",
        "{ redoc: true }",
    ] {
        assert!(is_served(shown), "{shown}");
    }
    for hidden in ["false", "{ openapi: false }"] {
        assert!(!is_served(hidden), "{hidden}");
    }
    let code = |docs: &str| {
        let compiled =
            compile(&folder("service-block", &[("api.yaml", &document(docs))]).join("api.yaml"), None, false);
        compiled.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>()
    };
    assert_eq!(code("{ paths: /a }"), ["unknown-option"]);
    assert_eq!(code("1"), ["wrong-type"]);
    for wrong in [
        "{ path: docs }",
        "{ path: / }",
        "{ path: /a/ }",
        "{ path: '/{a}' }",
        "{ redoc: /docs }",
        "{ path: /openapi.json }",
    ] {
        assert_eq!(code(wrong), ["invalid-option"], "{wrong}");
    }
}

#[test]
fn paths_of_the_document_that_hide_its_docs_are_told() {
    let told = |path: &str, docs: &str| {
        let document = format!(
            "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  {path}: {{ post: {{ responses: {{ '204': {{ description: a \
             }} }} }} }}\nx-buildflow-service: {{ docs: {docs} }}\n"
        );
        let compiled = compile(&folder("hidden", &[("api.yaml", &document)]).join("api.yaml"), None, true);
        let hidden = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.code == "hidden-docs");
        hidden.map(|diagnostic| diagnostic.message.clone()).collect::<Vec<_>>()
    };
    let hides = |paths: &str| vec![format!("this path hides the docs at {paths}")];
    assert_eq!(told("/docs", "true"), hides("`/docs`"));
    assert_eq!(told("/{file}.json", "true"), hides("`/openapi.json`"));
    assert_eq!(told("/{id}", "{ redoc: true }"), hides("`/docs`, `/redoc`, `/openapi.json`, `/openapi.yaml`"));
    assert_eq!(told("/a/{id}", "{ path: /a/reference }"), hides("`/a/reference`"));
    for (path, docs) in
        [("/{id}", "false"), ("/docs", "{ path: /reference }"), ("/docs/{id}", "true"), ("/docs?a", "true")]
    {
        assert_eq!(told(path, docs), Vec::<String>::new(), "{path} {docs}");
    }
}

#[test]
fn the_same_server_is_generated_from_the_document_that_is_served() {
    let Some(corpus) = std::env::var_os("BUILDFLOW_CORPUS").map(PathBuf::from).filter(|folder| folder.is_dir()) else {
        eprintln!("SKIPPED: BUILDFLOW_CORPUS is not set to a folder of documents");
        return;
    };
    let folder = folder("same", &[]);
    fs::create_dir_all(&folder).expect("the folder can be made");
    let mut seen = 0;
    for path in documents(&corpus) {
        let first = compile(&path, Some("api"), false);
        let Ok(expected) = first.render(&Layout::Include) else { continue };
        let copy = folder.join("api.json");
        fs::write(&copy, &expected["api.openapi.json"]).expect("the file can be written");
        let again = compile(&copy, Some("api"), false);
        let again = again.render(&Layout::Include).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (name, text) in &expected {
            assert!(again.get(name) == Some(text), "{}: {name} differs", path.display());
        }
        seen += 1;
    }
    println!("{seen} documents");
    assert!(seen > 150, "only {seen} documents are there");
}

/// The files of a folder; those that take long to compile stand for nothing that others do not.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(documents(&path));
        } else if entry.metadata().is_ok_and(|file| file.len() < 1_000_000) {
            found.push(path);
        }
    }
    found.sort();
    found
}
