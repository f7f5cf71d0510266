//! Documents as they are found: what is not as the specification has it, and plain all the same, is taken as it was
//! meant, with a warning at its place.

use std::fs;
use std::path::Path;

use buildflow_gen::diagnostic::Severity;
use buildflow_gen::{Compiled, compile};

fn compiled(text: &str) -> Compiled {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("found");
    fs::create_dir_all(&folder).expect("the folder can be made");
    let digest = text.bytes().fold(7u64, |digest, byte| digest.wrapping_mul(31).wrapping_add(byte.into()));
    let path = folder.join(format!("{digest:x}.yaml"));
    fs::write(&path, text).expect("the document can be written");
    compile(&path, Some("found"), false)
}

/// Compiles a document that is plain; `line code` of each warning.
fn understood(text: &str) -> (Compiled, Vec<String>) {
    let compiled = compiled(text);
    assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
    let warnings = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
    let told = warnings.map(|diagnostic| {
        let line = diagnostic.span.map(|span| compiled.sources.position(span).line);
        format!("{} {}", line.unwrap_or_default(), diagnostic.code)
    });
    let told = told.collect();
    (compiled, told)
}

/// The codes of a document's errors.
fn refused(text: &str) -> Vec<&'static str> {
    let compiled = compiled(text);
    let errors = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|diagnostic| diagnostic.code).collect()
}

/// What a document's endpoints are called, and their parameters.
fn endpoints(compiled: &Compiled) -> Vec<(String, Vec<String>)> {
    let service = &compiled.outcome().expect("the document is understood").1.service;
    let endpoints = service.endpoints.iter().map(|endpoint| {
        let parameters = endpoint.parameters.iter().map(|parameter| parameter.wire_name.clone());
        (format!("{} {}", endpoint.route.method, endpoint.route.path), parameters.collect())
    });
    endpoints.collect()
}

const HEAD: &str = "openapi: 3.0.3\ninfo: { title: a, version: '1' }\n";

#[test]
fn what_is_required_only_formally_may_be_missing() {
    let text = "openapi: 3.0.3\npaths:\n  /a:\n    get:\n      responses:\n        '204': {}\n    put: {}\n    post: { requestBody: {}, responses: {} }\n";
    let (compiled, told) = understood(text);
    assert_eq!(told, ["1 missing-field", "6 missing-field", "7 missing-field", "8 missing-field"]);
    assert_eq!(endpoints(&compiled).len(), 3);
}

#[test]
fn a_document_may_have_components_or_webhooks_only() {
    let components = "components:\n  schemas:\n    A: { type: string }\n";
    assert_eq!(understood(&format!("{HEAD}{components}")).1, ["1 missing-field"]);
    let head = HEAD.replace("3.0.3", "3.1.0");
    assert_eq!(understood(&format!("{head}{components}")).1, [""; 0]);
    assert_eq!(refused(&head), ["missing-field"], "one that has neither says nothing");
    let webhooks = "webhooks:\n  new:\n    post: { responses: { '204': { description: a } } }\n";
    let (compiled, told) = understood(&format!("{head}{webhooks}"));
    assert_eq!((endpoints(&compiled).len(), told.len()), (0, 0), "a webhook is no public route");
}

#[test]
fn empty_fields_are_ignored() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      description:\n      tags:\n      parameters:\n      security:\n      responses: []\ncomponents: []\n"
    );
    let lines = [6, 7, 8, 9, 10, 11].map(|line| format!("{line} empty-value"));
    assert_eq!(understood(&text).1, lines);
}

#[test]
fn an_empty_security_requirement_opens_nothing() {
    let schemes = "components:\n  securitySchemes:\n    key: { type: apiKey, in: header, name: K }\n";
    let paths = "paths:\n  /a:\n    get:\n      security:\n      responses: { '204': { description: a } }\n";
    let (compiled, told) = understood(&format!("{HEAD}security:\n  - key:\n{paths}{schemes}"));
    assert_eq!(told, ["4 empty-value", "8 empty-value"]);
    let service = &compiled.outcome().expect("understood").1.service;
    assert_eq!(service.endpoints[0].security.len(), 1, "it is protected as the document says");
    for open in ["security:\n  -\n", "security: [[]]\n", "security: {}\n"] {
        assert_eq!(refused(&format!("{HEAD}{open}{paths}{schemes}")), ["wrong-type"], "{open}");
    }
}

#[test]
fn what_asks_for_an_unknown_security_scheme_is_not_served() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get: {{ security: [{{ nobody: [] }}], responses: {{ '204': {{ description: a }} }} }}\n"
    );
    assert_eq!(refused(&text), ["unknown-security-scheme"]);
}

#[test]
fn path_parameters_and_templates_need_not_agree() {
    let text = format!(
        "{HEAD}paths:\n  /a/{{id}}/{{name}}:\n    get:\n      parameters:\n        - {{ name: id, in: path, required: true, schema: {{ type: integer }} }}\n        - {{ name: other, in: path, required: true, schema: {{ type: integer }} }}\n      responses: {{ '204': {{ description: a }} }}\n"
    );
    let (compiled, told) = understood(&text);
    assert_eq!(told, ["4 undeclared-path-parameter", "8 unknown-path-parameter"]);
    assert_eq!(endpoints(&compiled), [("GET /a/{id}/{name}".to_owned(), vec!["id".to_owned(), "name".to_owned()])]);
}

#[test]
fn a_path_may_lack_its_slash_or_name_a_parameter_twice() {
    let responses = "responses: { '204': { description: a } }";
    let parameter = "parameters: [{ name: id, in: path, required: true, schema: { type: string } }]";
    let text = format!("{HEAD}paths:\n  a/{{id}}/b/{{id}}:\n    get: {{ {parameter}, {responses} }}\n");
    let (compiled, told) = understood(&text);
    assert_eq!(told, ["4 invalid-path", "4 repeated-path-parameter"]);
    assert_eq!(endpoints(&compiled), [("GET /a/{id}/b/{id}".to_owned(), vec!["id".to_owned()])]);
    let twice = format!("{HEAD}paths:\n  a: {{ get: {{ {responses} }} }}\n  /a: {{ get: {{ {responses} }} }}\n");
    assert_eq!(refused(&twice), ["invalid-path"]);
}

#[test]
fn a_parameter_may_lack_its_schema() {
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get:\n      parameters:\n        - {{ name: a, in: query }}\n        - {{ name: b, in: query, type: integer, maximum: 5 }}\n      responses: {{ '204': {{ description: a }} }}\n"
    );
    let (compiled, told) = understood(&text);
    let expected = ["7 invalid-parameter", "8 invalid-parameter", "8 unknown-field", "8 unknown-field"];
    assert_eq!(told, expected);
    assert_eq!(endpoints(&compiled)[0].1, ["a", "b"]);
}

#[test]
fn what_is_declared_twice_is_taken_once_where_it_is_the_same() {
    let document = |second: &str| {
        format!(
            "{HEAD}paths:\n  /a:\n    get:\n      parameters:\n        - {{ name: a, in: query, schema: {{ type: string }} }}\n        - {{ name: a, in: query, schema: {{ type: {second} }} }}\n      responses: {{ '204': {{ description: a }} }}\n"
        )
    };
    let (compiled, told) = understood(&document("string"));
    assert_eq!((told, endpoints(&compiled)[0].1.len()), (vec!["8 duplicate-parameter".to_owned()], 1));
    assert_eq!(refused(&document("integer")), ["duplicate-parameter"]);
}

#[test]
fn two_operations_of_one_name_get_different_methods() {
    let operation = "{ operationId: get, responses: { '204': { description: a } } }";
    let text = format!("{HEAD}paths:\n  /a: {{ get: {operation} }}\n  /b: {{ get: {operation} }}\n");
    let (compiled, told) = understood(&text);
    assert_eq!(told, ["5 duplicate-operation-id"]);
    let service = &compiled.outcome().expect("understood").1.service;
    let methods: Vec<String> = service.endpoints.iter().map(|endpoint| endpoint.method_name.to_string()).collect();
    assert_eq!(methods, ["get", "get_2"]);
}

#[test]
fn yaml_as_it_is_written() {
    let text = "\
openapi: 3.1
info: { title: 2024, version: 1.0 }
x-base: &base
  description: a
  headers: {}
paths:
  /a/:
    get:
      responses:
        200: { <<: *base }
        4XX: *base
    put:
      parameters:
        - { name: n, in: query, schema: { type: number, maximum: 1e300, multipleOf: 1e-3, default: 1e2 } }
        - { name: i, in: query, schema: { type: integer, maximum: 99999999999999999999999 } }
      responses: { default: *base }
";
    let compiled = compiled(text);
    let told: Vec<_> = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(told, ["unquoted-text"; 3], "{}", compiled.report(false));
    let routes: Vec<String> = endpoints(&compiled).into_iter().map(|(route, _)| route).collect();
    assert_eq!(routes, ["GET /a/", "PUT /a/"]);
    let twice = format!("{HEAD}paths: {{}}\npaths: {{}}\n");
    assert_eq!(refused(&twice), ["duplicate-key"]);
}

#[test]
fn openapi_3_2_is_understood_whole() {
    let text = "\
openapi: 3.2.0
$self: https://example.com/api.yaml
info: { title: a, version: '1', summary: An API. }
servers: [{ url: 'https://example.com', name: live }]
tags:
  - { name: pets, summary: Pets, kind: nav }
  - { name: dogs, parent: pets }
paths:
  /a:
    query:
      tags: [dogs]
      parameters:
        - { name: c, in: cookie, style: cookie, schema: { type: string } }
      responses:
        '200':
          summary: Found.
          content:
            application/json: { $ref: '#/components/mediaTypes/Pet' }
    additionalOperations:
      COPY: { responses: { '204': {} } }
components:
  mediaTypes:
    Pet:
      schema: { type: object, properties: { name: { type: string } } }
      examples: { one: { dataValue: { name: Rex } }, two: { serializedValue: '{}' } }
  securitySchemes:
    device:
      type: oauth2
      deprecated: true
      oauth2MetadataUrl: https://example.com/oauth
      flows: { deviceAuthorization: { deviceAuthorizationUrl: https://example.com/d, tokenUrl: https://example.com/t, scopes: {} } }
";
    let (compiled, told) = understood(text);
    assert_eq!(told, [""; 0]);
    let routes: Vec<String> = endpoints(&compiled).into_iter().map(|(route, _)| route).collect();
    assert_eq!(routes, ["QUERY /a", "COPY /a"]);
}

#[test]
fn names_that_begin_like_extensions_are_names_all_the_same() {
    let text = format!(
        "{HEAD}security: [{{ x-key: [] }}]\npaths:\n  x-note: 1\n  /a:\n    get:\n      responses:\n        x-note: 1\n        \
         '204': {{ description: a, headers: {{ x-rate: {{ schema: {{ type: integer }} }} }} }}\n\
         components:\n  securitySchemes: {{ x-key: {{ type: apiKey, in: header, name: x-key }} }}\n"
    );
    let (compiled, told) = understood(&text);
    assert_eq!(told, [""; 0]);
    let service = &compiled.outcome().expect("the document is understood").1.service;
    let endpoint = &service.endpoints[0];
    // Nobody gets in without the key.
    assert_eq!(endpoint.security.iter().map(|asked| asked.schemes.len()).collect::<Vec<_>>(), [1]);
    let headers = endpoint.answers[0].headers.as_ref().expect("its headers are typed");
    assert_eq!(headers.fields[0].wire_name, "x-rate");
}
