//! What is wrong with a document is told at its place, all at once.

mod diagnostics {
    mod left_out;
    mod schemas;
}

use buildflow_gen::diagnostic::Severity;
use buildflow_gen::read::{Pointer, to_json};
use buildflow_gen::render::{Dependency, Layout};
use buildflow_gen::{Compiled, compile};
use buildflow_tests::{scratch, workspace};

/// A document that is compiled in a folder of its test's own: other tests run at the same time.
fn compiled(folder: &str, text: &str, skip_unsupported: bool) -> Compiled {
    let path = scratch(&format!("diagnostics-{folder}")).join("a.yaml");
    std::fs::write(&path, text).expect("it can be written");
    compile(&path, Some("test"), skip_unsupported)
}

/// A line a mistake: the mistake's name, and where it is.
fn told(text: &str) -> Vec<String> {
    let compiled = compiled(&format!("{:x}", text.len()), text, false);
    let spoken = compiled.diagnostics.iter().map(|diagnostic| {
        let place = diagnostic.span.map(|span| compiled.sources.position(span));
        place.map_or_else(
            || diagnostic.code.to_owned(),
            |place| format!("{}:{} {}", place.line, place.column, diagnostic.code),
        )
    });
    spoken.collect()
}

#[test]
fn twenty_mistakes_are_twenty_diagnostics_at_their_places() {
    let path = workspace().join("tests/golden/mistakes.yaml");
    let text = std::fs::read_to_string(&path).expect("the document is there");
    let expected: Vec<String> = text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let code = line.split_once("# WRONG ")?.1;
            Some(format!("{} {code}", index + 1))
        })
        .collect();
    assert_eq!(expected.len(), 20);
    let compiled = compile(&path, None, false);
    // A schema that nothing satisfies is a mistake that a document may make.
    assert_eq!(compiled.diagnostics.error_count(), 19, "{}", compiled.report(false));
    let found = compiled.diagnostics.iter().map(|diagnostic| {
        let place = diagnostic.span.map(|span| compiled.sources.position(span).line);
        format!("{} {}", place.unwrap_or_default(), diagnostic.code)
    });
    assert_eq!(found.collect::<Vec<_>>(), expected, "{}", compiled.report(false));
}

#[test]
fn unsupported_features_are_refused_at_their_places() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a/{x}{y}:
    get:
      parameters:
        - { name: x, in: path, required: true, schema: { type: string } }
        - { name: y, in: path, required: true, schema: { type: string } }
        - { name: grid, in: query, schema: { type: array, items: { type: array, items: { type: integer } } } }
      responses:
        '200': { description: a, headers: { X A: { schema: { type: string } } } }
";
    let expected = ["4:3 unsupported-path", "9:11 unsupported-parameter", "11:45 invalid-header-name"];
    assert_eq!(told(text), expected);
}

#[test]
fn what_an_extension_of_ours_cannot_say_is_an_error() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a:
    get:
      x-buildflow-request: whole
      x-buildflow-reqest: raw
      x-other: 1
      responses: { '204': { description: a } }
    put: { x-buildflow-request: [raw], responses: { '204': { description: a } } }
    post: { x-buildflow-websocket: true, responses: { '204': { description: a } } }
  /b: { get: { x-buildflow-websocket: 1, responses: { '204': { description: a } } } }
  /c: { get: { x-buildflow-websocket: true, x-buildflow-request: raw, responses: { '204': { description: a } } } }
";
    let expected = [
        "6:28 invalid-value",
        "7:7 unknown-extension",
        "10:33 wrong-type",
        "11:36 invalid-websocket",
        "12:39 wrong-type",
        "13:39 invalid-websocket",
    ];
    assert_eq!(told(text), expected);
}

#[test]
fn an_extension_of_ours_is_known_and_in_its_place_everywhere() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1', x-buildflow-types: {} }
x-buildflow-servce: {}
x-other: 1
paths:
  /a:
    x-rust-name: a
    get: { x-rust-name: list, x-rust-struct: 1, x-rust-nmae: b, responses: { '204': { description: a } } }
components:
  schemas:
    A: { type: string, x-buildflow-unknwn: keep, x-buildflow-stream: true, x-rust-other: 1 }
";
    let expected = [
        "2:33 misplaced-extension",
        "3:1 unknown-extension",
        "7:5 misplaced-extension",
        "8:31 unknown-extension",
        "8:49 unknown-extension",
        "11:24 unknown-extension",
        "11:50 misplaced-extension",
        "11:76 unknown-extension",
    ];
    assert_eq!(told(text), expected);
    // Other tools may have extensions that begin with `x-rust-`.
    assert_eq!(compiled("own-extensions", text, false).diagnostics.error_count(), 2);
}

#[test]
fn a_misspelt_protection_is_an_error() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a: { get: { secruity: [{ token: [] }], responses: { '204': { description: a } } } }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
";
    assert_eq!(told(text), ["4:16 unknown-field"]);
    assert_eq!(compiled("misspelt-protection", text, false).diagnostics.error_count(), 1);
}

#[test]
fn what_is_no_document_is_told_and_not_more() {
    assert_eq!(told("[1, 2]"), ["1:1 not-openapi"]);
    assert_eq!(told("swagger: '2.0'"), ["1:10 unsupported-version"]);
    assert_eq!(told("openapi: 4.0.0"), ["1:10 unsupported-version"]);
}

#[test]
fn options_that_are_impossible_or_contradict_each_other_are_told() {
    let text = |options: &str| {
        format!("openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\nx-buildflow-service:\n{options}paths: {{}}\n")
    };
    let impossible = "  num_cpus: 0\n  log_level: loud\n  max_replicas: 0\n  max_concurrent_queries: 1.5\n  \
                      upscale_delay: -1\n  max_queued_requests: -1\n  target_num_ongoing_requests_per_replica: '1'\n  \
                      upload_limit: 1 GiB\n  part_limit: 0\n  field_limit: -1\n  body_limit: 1.5\n  traits: per_path\n";
    let places = ["4:13", "5:14", "6:17", "7:27", "8:18", "9:24", "10:44", "11:17", "12:15", "13:16", "14:15", "15:11"];
    assert_eq!(told(&text(impossible)), places.map(|place| format!("{place} invalid-option")));
    let few = text("  min_replicas: 3\n  max_replicas: 2\n  num_replicas: 1\n");
    assert_eq!(told(&few), ["4:17 contradictory-options", "6:17 contradictory-options"]);
    assert_eq!(told(&text("  num_replicas: 3\n")), ["4:17 contradictory-options"]);
    assert_eq!(told(&text("  tags: pets\n")), ["4:9 invalid-option"]);
    assert_eq!(told(&text("  tags: []\n")), ["4:9 invalid-option"]);
    assert_eq!(told(&text("  tags: [pets, 7]\n")), ["4:16 wrong-type"]);
    assert_eq!(told(&text("  tags: [pets]\n")), ["4:10 invalid-option"]);
    assert_eq!(told(&text("  max_replica: 3\n")), ["4:3 unknown-option"]);
    let all = "  num_cpus: 0.5\n  log_level: warn\n  num_replicas: 2\n  min_replicas: 1\n  max_replicas: 4\n  \
               max_concurrent_queries: 10\n  max_queued_requests: 0\n  target_num_ongoing_requests_per_replica: 2.5\n  \
               upscale_delay: 0.5\n  downscale_delay: 60\n  look_back_period: 10\n  body_limit: 1000\n  upload_limit: 5000000000\n  \
               part_limit: 5\n  field_limit: 1\n  traits: per_service\n";
    assert_eq!(told(&text(all)), [""; 0]);
}

#[test]
fn crates_are_asked_for_in_one_version_and_a_crate_of_its_own_knows_which() {
    let document = |a: &str, b: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  /a:\n    post:\n      requestBody: \
             {{ content: {{ application/json: {{ schema: {{ prefixItems: [\n        {{ x-rust-type: {a} }},\n        \
             {{ x-rust-type: {b} }}], minItems: 2, maxItems: 2, type: array }} }} }} }}\n      \
             responses: {{ '204': {{ description: a }} }}\n"
        )
    };
    assert_eq!(told(&document("'a::A@1'", "'a::B@2'")), ["8:9 conflicting-versions"]);
    let path = scratch("diagnostics-out-of-reach").join("a.yaml");
    std::fs::write(&path, document("'crate::A'", "'a::B'")).expect("it can be written");
    let compiled = compile(&path, None, false);
    assert!(compiled.render(&Layout::Include).is_ok(), "{}", compiled.report(false));
    let layout = Layout::Crate { package: "a".to_owned(), runtime: Dependency::Version };
    let report = compiled.render(&layout).expect_err("the crate does not see them").to_string();
    assert!(report.contains("a.yaml:7:9") && report.contains("a.yaml:8:9"), "{report}");
}

#[test]
fn defaults_that_are_not_applied_are_told() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a:
    put:
      parameters:
        - { name: a, in: query, schema: { type: integer, default: many } }
        - { name: b, in: query, schema: { type: integer, default: 7 } }
        - { name: c, in: query, schema: { type: string, format: date, default: '2026-02-30' } }
        - { name: d, in: query, schema: { type: string, format: date, default: '2026-02-28' } }
        - { name: e, in: query, schema: { type: string, enum: [a, b], default: c, pattern: '^(?!x)' } }
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } }
      responses: { '204': { description: a } }
components:
  schemas:
    A:
      type: object
      properties:
        mail: { type: string, format: email, default: nobody }
        short: { type: string, maxLength: 2, default: long }
        fine: { type: string, maxLength: 4, default: long }
";
    let told = told(text);
    assert_eq!(
        told,
        [
            "7:67 invalid-default",
            "9:80 unapplied-default",
            "11:80 invalid-default",
            "11:92 backtracking-pattern",
            "19:55 unapplied-default",
            "20:55 invalid-default"
        ]
    );
}

#[test]
fn informational_statuses_are_no_answers() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a: { get: { responses: { '100': { description: a }, '200': { description: a } } } }
  /b: { get: { responses: { 1XX: { description: a } } } }
  /c: { get: { x-buildflow-websocket: true, responses: { '101': { description: a } } } }
";
    assert_eq!(told(text), ["4:36 informational-status", "5:34 informational-status"]);
}

#[test]
fn path_parameters_that_do_not_fit_their_path_are_told() {
    let text = |path: &str, name: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  {path}:\n    get:\n      parameters:\n        \
             - {{ name: {name}, in: path, required: true, schema: {{ type: string }} }}\n        \
             - {{ name: id, in: path, required: true, schema: {{ type: string }} }}\n      \
             responses: {{ '204': {{ description: a }} }}\n"
        )
    };
    let slip = text("/pets/{id}/{kind}", "kinds");
    assert_eq!(told(&slip), ["4:3 undeclared-path-parameter", "7:11 unknown-path-parameter"]);
    // Left over, or named twice: no more than a warning.
    let left_over = text("/pets/{id}", "schema_name");
    assert_eq!(told(&left_over), ["7:11 unknown-path-parameter"]);
    let twice = text("/pets/{id}/{id}/{name}", "name");
    assert_eq!(told(&twice), ["4:3 repeated-path-parameter"]);
    let errors = [slip, left_over, twice];
    let errors = errors.map(|text| compiled("path-parameters", &text, false).diagnostics.error_count());
    assert_eq!(errors, [1, 0, 0]);
}

#[test]
fn middleware_is_checked_at_its_place() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
x-buildflow-service:
  middleware:
    - crs: {}
    - cors: { allow_origin: '*', allow_origins: 'https://a.com/', allow_methods: [get] }
    - cors: { allow_origin_regex: '(?=a)', allow_credentials: 'yes', max_age: -1 }
    - { cors: {}, timeout: { seconds: 1 } }
    - session: { max_age: 60 }
    - session: { secret_key: hunter2, same_site: none }
    - session: { secret_key: { env: A=B }, path: 'a;b' }
    - trusted_host: { allowed_hosts: ['a.*.com', 'a.com:80'] }
    - compression: { encodings: [], level: 9 }
    - timeout: 5
    - timeout: { seconds: 0 }
    - rate_limit: { requests: 4294967295, seconds: 0.001, key: { cookie: a } }
    - security_headers: { referrer_policy: \"a\\nb\" }
    - 7
paths:
  /a:
    get:
      x-buildflow-middleware: { body_limit: {} }
      responses: { '204': { description: a } }
    put:
      x-buildflow-middleware: [body_limit, request_id: { header: 'a b' }]
      responses: { '204': { description: a } }
";
    let expected = [
        "5:7 unknown-middleware",
        "6:15 unknown-option",
        "6:49 invalid-option",
        "6:83 invalid-option",
        "7:35 invalid-option",
        "7:63 invalid-option",
        "7:79 invalid-option",
        "8:7 wrong-type",
        "9:7 missing-option",
        "10:30 invalid-option",
        "10:30 secret-in-document",
        "10:50 invalid-option",
        "11:30 invalid-option",
        "11:50 invalid-option",
        "12:39 invalid-option",
        "12:50 invalid-option",
        "13:33 invalid-option",
        "13:44 invalid-option",
        "14:16 wrong-type",
        "15:27 invalid-option",
        "16:31 invalid-option",
        "16:64 invalid-option",
        "17:44 invalid-option",
        "18:7 wrong-type",
    ];
    assert_eq!(told(text), expected);
    // Those of operations are told where the rest is in order.
    let (before, rest) = text.split_once("x-buildflow-service").expect("it has a block");
    let (_, paths) = rest.split_once("    - 7\n").expect("it ends there");
    let expected = ["6:31 wrong-type", "9:32 missing-option", "9:66 invalid-option"];
    assert_eq!(told(&format!("{before}{paths}")), expected);
    let misplaced = "x-buildflow-middleware: [cors]\n";
    let around_a_path =
        format!("{before}paths:\n  /a:\n    {misplaced}    get: {{ responses: {{ '204': {{ description: a }} }} }}\n");
    for text in [around_a_path, format!("{before}{misplaced}paths: {{}}\n")] {
        assert!(told(&text).iter().any(|told| told.ends_with("misplaced-extension")), "{:?}", told(&text));
    }
}

#[test]
fn a_mistake_is_reported_once_and_called_what_it_is() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
security: [{ api_key: [] }]
paths:
  /a:
    get:
      responses:
        '200':
          description: a
          headers:
            'X-Ev\"il':
              schema: { type: string }
  /b:
    get:
      security: [{ api_kay: [] }, {}]
      responses: { '200': { description: a } }
  /c: { get: { responses: { '200': { description: a } } } }
";
    let expected = ["3:14 unknown-security-scheme", "11:13 invalid-header-name", "15:20 unknown-security-scheme"];
    assert_eq!(told(text), expected);
}

#[test]
fn what_stands_beside_a_reference_is_merged_or_told() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a:
    $ref: '#/components/pathItems/A'
    get: { responses: { '204': { description: Done. } } }
    parameters:
      - { name: x, in: query, schema: { type: integer } }
      - $ref: '#/components/parameters/Y'
        required: true
        description: Words for readers may stand here.
components:
  pathItems:
    A:
      get: { responses: { '204': { description: Done. } } }
      parameters: [{ name: x, in: query, schema: { type: string } }]
  parameters:
    Y: { name: y, in: query, schema: { type: string } }
";
    assert_eq!(told(text), ["6:5 path-item-clash", "8:9 path-item-clash", "10:9 ignored-beside-reference"]);
}

#[test]
fn numbers_in_the_place_of_texts_are_taken_as_they_are_written() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a:
    get:
      parameters: [{ name: code, in: query, schema: { type: string, enum: [012, 1.10, 0x1F] } }]
      responses:
        '200':
          description: Found.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Place' }
              example: { code: 007, street: [{ number: 1.0 }] }
components:
  schemas:
    Place:
      type: object
      properties:
        code: { type: string, example: 1_0, default: 010 }
        street: { type: array, items: { type: object, properties: { number: { type: string, example: 12 } } } }
      examples: [{ code: 08 }]
";
    let compiled = compiled("written", text, false);
    let (document, lowered) = &compiled.services[0];
    let node = |pointer: &str| {
        let pointer = Pointer::parse(pointer).expect("it is a pointer");
        to_json(document.node(&pointer).expect("it is there"))
    };
    assert_eq!(node("/paths/~1a/get/parameters/0/schema/enum"), r#"["012","1.10","0x1F"]"#);
    let media_type = "/paths/~1a/get/responses/200/content/application~1json/example";
    assert_eq!(node(media_type), r#"{"code":"007","street":[{"number":"1.0"}]}"#);
    assert_eq!(node("/components/schemas/Place/examples"), r#"[{"code":"08"}]"#);
    assert_eq!(node("/components/schemas/Place/properties/code/default"), r#""010""#);
    assert_eq!(lowered.service.endpoints.len(), 1);
    assert!(!compiled.report(false).contains("error"), "{}", compiled.report(false));
}

#[test]
fn what_speaks_of_nothing_is_told() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema: { type: object, properties: { picture: { type: string, format: binary } } }
            encoding: { pictur: { contentType: image/png } }
      responses: { '200': { description: a, content: { textplain: {} } } }
";
    assert_eq!(told(text), ["10:25 unknown-encoding", "11:56 invalid-media-type"]);
}

#[test]
fn a_mistyped_field_is_an_error_where_the_one_that_was_meant_must_be_there() {
    let severity = |operation: &str| {
        let text = format!("openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  /a:\n    get: {operation}\n");
        let compiled = compiled(&format!("mistyped-{:x}", text.len()), &text, false);
        let found = compiled.diagnostics.iter().find(|diagnostic| diagnostic.code == "unknown-field");
        found.map(|diagnostic| (diagnostic.severity, diagnostic.help.clone()))
    };
    let meant = |name: &str| Some(format!("did you mean `{name}`?"));
    let answer = "{ '200': { description: a } }";
    assert_eq!(severity(&format!("{{ repsonses: {answer} }}")), Some((Severity::Error, meant("responses"))));
    // What may be absent, or is there beside it, is ignored.
    let tagged = format!("{{ tag: [a], responses: {answer} }}");
    assert_eq!(severity(&tagged), Some((Severity::Warning, meant("tags"))));
    let both = format!("{{ repsonses: {answer}, responses: {answer} }}");
    assert_eq!(severity(&both).map(|(severity, _)| severity), Some(Severity::Warning));
}
