//! What is wrong with schemas is told at its place.

use crate::told;

#[test]
fn schemas_without_end_are_refused() {
    let text = |schemas: &str| {
        format!(
            "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  /a:\n    post:\n      requestBody: \
             {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/A' }} }} }} }}\n      \
             responses: {{ '204': {{ description: a }} }}\ncomponents:\n  schemas:\n{schemas}"
        )
    };
    assert_eq!(told(&text("    A: { $ref: '#/components/schemas/A' }\n")), ["10:8 reference-cycle"]);
    let through_all_of = "    A: { allOf: [{ $ref: '#/components/schemas/B' }, { type: object }] }\n    B: { allOf: [{ $ref: '#/components/schemas/A' }, { type: object }] }\n";
    assert_eq!(told(&text(through_all_of)), ["10:8 infinite-schema"]);
    let through_a_choice = "    A: { oneOf: [{ $ref: '#/components/schemas/B' }, { type: string }] }\n    B: { allOf: [{ $ref: '#/components/schemas/A' }, { type: object }] }\n";
    assert_eq!(told(&text(through_a_choice)), ["10:8 infinite-schema"]);
    let with_discriminator = "    A: { type: object, discriminator: { propertyName: a }, oneOf: [{ $ref: '#/components/schemas/B' }] }\n    B: { allOf: [{ $ref: '#/components/schemas/A' }, { type: object }] }\n";
    assert_eq!(told(&text(with_discriminator)), [""; 0]);
    let through_items =
        "    A: { oneOf: [{ type: array, items: { $ref: '#/components/schemas/A' } }, { type: string }] }\n";
    assert_eq!(told(&text(through_items)), [""; 0]);
    let long: String = (0..3000)
        .map(|n| format!("    A{n}: {{ properties: {{ a: {{ $ref: '#/components/schemas/A{}' }} }} }}\n", n + 1))
        .collect();
    let chain =
        format!("    A: {{ properties: {{ a: {{ $ref: '#/components/schemas/A0' }} }} }}\n{long}    A3000: {{}}\n");
    assert!(told(&text(&chain)).iter().all(|told| told.ends_with("too-deep")));
}

#[test]
fn types_that_cannot_be_named_are_told() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
x-buildflow-types:
  format: {}
  formats: { decimal: Decimal, money: { path: 'a::Money', crate: b, version: '1' } }
paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } }
      responses: { '204': { description: a } }
components:
  schemas:
    A: { type: string, x-rust-type: 'a::B<fn()>' }
    B: { type: string, x-rust-type: { path: 'a::B', versoin: '1' } }
    C: { type: string, x-rust-type: { path: 'a::B', version: '1\", evil = { path = \"' } }
";
    let expected = ["4:3", "5:23", "5:39", "13:37", "14:53", "15:37"].map(|place| format!("{place} invalid-rust-type"));
    assert_eq!(told(text), expected);
}

#[test]
fn only_enums_of_strings_keep_other_values() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
components:
  schemas:
    A: { enum: [a, b], x-buildflow-unknown: keep }
    B: { enum: [1, 2], x-buildflow-unknown: keep }
    C: { type: string, x-buildflow-unknown: keep }
    D: { enum: [a, b], x-buildflow-unknown: drop }
";
    assert_eq!(told(text), ["6:45 invalid-value", "7:45 invalid-value", "8:45 invalid-value"]);
}

#[test]
fn schemas_that_no_server_could_read_are_refused() {
    let text = |depth: usize| {
        let schema = format!("{}{{ type: string }}{}", "{ not: ".repeat(depth), " }".repeat(depth));
        format!(
            "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  /a:\n    post:\n      requestBody: {{ content: \
             {{ application/json: {{ schema: {schema} }} }} }}\n      responses: {{ '204': {{ description: a }} }}\n"
        )
    };
    assert_eq!(told(&text(20)), [""; 0]);
    // What is around it is nested seven deep.
    assert_eq!(told(&text(119)), [""; 0]);
    assert_eq!(told(&text(120)), ["1:1 too-deep"]);
}

#[test]
fn a_discriminator_that_cannot_decide_is_told_at_its_places() {
    let text = "\
openapi: 3.2.0
info: { title: a, version: '1' }
paths: { /a: { get: { responses: { '200': { description: a } } } } }
components:
  schemas:
    Cat: { type: object, properties: { kind: { type: string } } }
    Rock: { type: object }
    Pet:
      oneOf: [{ $ref: '#/components/schemas/Cat' }]
      discriminator:
        propertyName: kynd
        mapping: { cat: Cat, dog: Dog, rock: Rock }
        defaultMapping: Rock
    Beside:
      type: object
      properties: { type: { type: string } }
      oneOf: [{ $ref: '#/components/schemas/Cat' }]
      discriminator: { propertyName: type, mapping: { a: Cat } }
";
    let expected = ["11:23 discriminator", "12:35 discriminator", "12:46 discriminator", "13:25 discriminator"];
    assert_eq!(told(text), expected);
}

#[test]
fn members_that_one_part_asks_for_and_another_forbids_are_told() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths: { /a: { get: { responses: { '200': { description: a } } } } }
components:
  schemas:
    Closed: { type: object, additionalProperties: false, required: [nmae], properties: { name: { type: string } } }
    Base: { type: object, additionalProperties: false, properties: { name: { type: string } } }
    Both:
      allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { age: { type: integer } } }]
    Fine:
      allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { name: { maxLength: 3 } } }]
";
    assert_eq!(told(text), ["6:13 contradiction", "9:7 contradiction"]);
}

#[test]
fn a_rust_type_of_another_generator_is_ignored_with_a_warning() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths: { /a: { get: { responses: { '200': { description: a } } } } }
components:
  schemas:
    Theirs: { type: string, x-rust-type: { crate: a, version: '*', path: 'a::B', parameters: [] } }
    Wrong: { type: string, x-rust-type: { crate: a, path: 'a::B', featurs: [] } }
";
    assert_eq!(told(text), ["6:82 foreign-rust-type", "7:67 invalid-rust-type"]);
}

#[test]
fn patterns_that_need_backtracking_are_noted() {
    let text = "\
openapi: 3.1.0
info: { title: a, version: '1' }
paths: {}
components:
  schemas:
    A: { type: string, pattern: '^(?=.*[0-9]).{8,}$' }
    B: { type: string, pattern: '^[a-z]+$' }
    C: { type: object, patternProperties: { '(a+)\\1x': { type: string } } }
";
    assert_eq!(told(text), ["6:33 backtracking-pattern", "8:45 backtracking-pattern"]);
}

/// A document whose only body is what these schemas call `A`.
fn with_body(schemas: &str) -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\npaths:\n  /a:\n    post:\n      requestBody: \
         {{ content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/A' }} }} }} }}\n      \
         responses: {{ '204': {{ description: a }} }}\ncomponents:\n  schemas:\n{schemas}"
    )
}

#[test]
fn choices_that_combine_in_too_many_ways_are_plain_json_and_told() {
    let begun = std::time::Instant::now();
    let choice = |n: usize| {
        format!(
            "        - {{ oneOf: [{{ required: [a{n}], properties: {{ a{n}: {{ type: string }} }} }}, \
             {{ required: [b{n}], properties: {{ b{n}: {{ type: integer }} }} }}] }}\n"
        )
    };
    let choices = |count: usize| (0..count).map(choice).collect::<String>();
    let text = |count: usize| with_body(&format!("    A:\n      type: object\n      allOf:\n{}", choices(count)));
    assert_eq!(told(&text(5)), [""; 0]);
    assert_eq!(told(&text(20)), ["11:7 too-many-combinations"]);
    // One in the other: each has two ways of two ways.
    let link = |n: usize| {
        let next = n + 1;
        let part = |name: &str| {
            format!(
                "{{ allOf: [{{ $ref: '#/components/schemas/L{next}' }}, {{ properties: {{ {name}{n}: {{ type: string }} }} }}] }}"
            )
        };
        format!("    L{n}: {{ oneOf: [{}, {}] }}\n", part("x"), part("y"))
    };
    let links: String = (0..24).map(link).collect();
    let chain = format!(
        "    A: {{ $ref: '#/components/schemas/L0' }}\n{links}    L24: {{ type: object, properties: {{ a: {{ type: string }} }} }}\n"
    );
    assert!(told(&with_body(&chain)).iter().all(|told| told.ends_with(" too-many-combinations")));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn schemas_that_are_named_again_and_again_are_looked_at_once() {
    let begun = std::time::Instant::now();
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let link = |n: usize| {
            let next = format!("{{ $ref: '#/components/schemas/L{}' }}", n + 1);
            format!("    L{n}: {{ {keyword}: [{next}, {next}] }}\n")
        };
        let links: String = (0..24).map(link).collect();
        let text = format!(
            "    A: {{ $ref: '#/components/schemas/L0' }}\n{links}    L24: {{ type: object, properties: {{ a: {{ type: string }} }} }}\n"
        );
        assert_eq!(told(&with_body(&text)), [""; 0], "{keyword}");
    }
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
