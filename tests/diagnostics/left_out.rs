//! What is wrong can be left out, and the rest is generated.

use crate::{compiled, told};

#[test]
fn a_skipped_operation_is_a_warning_and_answers_501() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /b:
    post:
      security: [{ certificate: [] }]
      responses: { '204': { description: a } }
components:
  securitySchemes: { certificate: { type: http, scheme: not a token } }
";
    let compiled = compiled("skipped", text, true);
    assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
    let lowered = &compiled.outcome().expect("the document is understood").1;
    assert_eq!((lowered.service.endpoints.len(), lowered.service.missing.len()), (0, 1));
    assert!(compiled.report(false).contains("this operation answers 501"), "{}", compiled.report(false));
}

#[test]
fn a_mistake_costs_the_smallest_part_that_can_be_left_out() {
    let text = "\
openapi: 3.1.0
info: { title: Skipped, version: '1' }
paths:
  /kept/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    get: { parameters: [{ name: x, in: query, style: simple, schema: {} }], responses: { '204': { description: a } } }
    post:
      requestBody: { content: { application/json: { schema: { type: string } }, examples: {} } }
      responses: { '204': { description: a } }
  /uses: { get: { responses: { '200': { description: a, content: { text/csv: { schema: { $ref: '#/components/schemas/Uses' } } } } } } }
  /shared:
    parameters: [{ name: y, in: querry, schema: {} }]
    get: { responses: { '204': { description: a } } }
  /secured: { get: { security: [{ broken: [] }], responses: { '204': { description: a } } } }
components:
  schemas:
    Broken: { type: string, pattern: '(' }
    Uses: { type: object, properties: { broken: { $ref: '#/components/schemas/Broken' } } }
  securitySchemes: { broken: { type: apiKey, in: header } }
";
    let skipped = compiled("smallest-part", text, true);
    assert!(!skipped.diagnostics.has_errors(), "{}", skipped.report(false));
    let service = &skipped.services[0].1.service;
    let routes = |route: &buildflow_gen::ir::Route| format!("{} {}", route.method, route.path);
    let endpoints: Vec<String> = service.endpoints.iter().map(|endpoint| routes(&endpoint.route)).collect();
    let missing: Vec<String> = service.missing.iter().map(|missing| routes(&missing.route)).collect();
    assert_eq!(endpoints, ["POST /kept/{id}"]);
    assert_eq!(missing, ["GET /kept/{id}", "GET /uses", "GET /shared", "GET /secured"]);
    let published = service.document.as_deref().expect("it is shown");
    assert!(!published.contains("/uses") && !published.contains("/secured"), "{published}");
    assert!(compiled("smallest-part", text, false).diagnostics.has_errors());
    // What concerns the whole document stays an error.
    let whole = text.replace("version: '1'", "version: { a: 1 }");
    assert!(compiled("smallest-part", &whole, true).diagnostics.has_errors());
}

#[test]
fn operations_that_no_request_can_tell_from_another_are_refused_or_skipped() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /a/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
    get: { responses: { '204': { description: a } } }
  /a/{name}:
    parameters: [{ name: name, in: path, required: true, schema: { type: string } }]
    get: { responses: { '204': { description: a } } }
    delete: { responses: { '204': { description: a } } }
";
    assert_eq!(told(text), ["7:3 ambiguous-paths"]);
    let compiled = compiled("same-path", text, true);
    assert!(!compiled.diagnostics.has_errors(), "{}", compiled.report(false));
    let (_, lowered) = compiled.outcome().expect("it is understood");
    let routes =
        lowered.service.endpoints.iter().map(|endpoint| format!("{} {}", endpoint.route.method, endpoint.route.path));
    assert_eq!(routes.collect::<Vec<_>>(), ["GET /a/{id}", "DELETE /a/{name}"]);
    assert!(lowered.service.missing.is_empty());
}

#[test]
fn what_is_left_out_leaves_the_rest_of_its_path_as_it_was() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths:
  /files/{path}:
    get:
      parameters: [{ name: path, in: path, required: true, x-multi-segment: true, schema: { type: string } }]
      responses: { '204': { description: a } }
    put:
      parameters: [{ name: path, in: path, required: true, x-multi-segment: true, schema: { type: string } }]
      responses: { '20x': { description: a } }
  /a: { post: { requestBody: { content: { json: { schema: { type: string } } } }, responses: { '204': { description: a } } } }
";
    let compiled = compiled("rest-of-a-path", text, true);
    let service = &compiled.services[0].1.service;
    let missing: Vec<_> = service.missing.iter().map(|missing| &missing.route).collect();
    assert_eq!(missing.len(), 2);
    assert_eq!(missing[0].segments, service.endpoints[0].route.segments);
    // A body of which nothing is left would not be checked.
    assert_eq!((missing[1].method.as_str(), missing[1].path.as_str()), ("POST", "/a"));
}
