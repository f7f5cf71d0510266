//! On random values near validity, a generated server and a validator of JSON Schema agree.
//!
//! The schemas and values are the same in every run; `BUILDFLOW_SEED` makes others.

mod differential {
    pub mod random;
    pub mod schemas;
    pub mod values;
}

use std::collections::BTreeMap;
use std::fs;

use buildflow_gen::compile;
use buildflow_gen::ir::Validation;
use buildflow_tests::{scratch, serve};
use differential::random::Random;
use differential::schemas::{Schemas, with_ranges};
use differential::values::Values;
use serde_json::{Map, Value, json};

/// How many schemas, and how many values of each.
const SCHEMAS: usize = 56;
const VALUES: usize = 80;

/// One of the schemas; half of them are plain, and refer to plain ones only.
fn schema(index: usize, random: &mut Random) -> Value {
    let plain = index < SCHEMAS / 2;
    let others = if plain { 0..SCHEMAS / 2 } else { 0..SCHEMAS };
    Schemas { random, others, plain }.schema()
}

/// A document with an endpoint a schema.
fn document(schemas: &Map<String, Value>) -> Value {
    let endpoint = |name: &String| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        let body = json!({"required": true, "content": {"application/json": {"schema": schema}}});
        let post = json!({"operationId": name, "requestBody": body, "responses": {"204": {"description": "Valid."}}});
        (format!("/{name}"), json!({"post": post}))
    };
    let paths: Map<String, Value> = schemas.keys().map(endpoint).collect();
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Random schemas", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// What a validator of JSON Schema says of a schema's values.
fn validator(schemas: &Map<String, Value>, name: &str) -> jsonschema::Validator {
    let ranged: BTreeMap<&String, Value> = schemas.iter().map(|(name, schema)| (name, with_ranges(schema))).collect();
    let schema = json!({"$ref": format!("#/components/schemas/{name}"), "components": {"schemas": ranged}});
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    let options = options.should_ignore_unknown_formats(true);
    options.build(&schema).expect("the schema is one of JSON Schema")
}

#[test]
fn a_server_and_a_validator_agree_on_random_values() {
    let seed = std::env::var("BUILDFLOW_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_251_123);
    let mut random = Random::of(seed);
    let schemas: Map<String, Value> =
        (0..SCHEMAS).map(|index| (format!("S{index}"), schema(index, &mut random))).collect();

    let scratch = scratch("differential");
    let path = scratch.join("random.json");
    fs::write(&path, document(&schemas).to_string()).expect("the document can be written");
    let compiled = compile(&path, Some("random_api"), false);
    assert!(!compiled.diagnostics.has_errors(), "seed {seed}: {}", compiled.report(false));
    let server = serve("differential-server", &scratch, &[("random_api", &compiled)]);

    let mut told = Vec::new();
    let (mut valid, mut invalid) = (0, 0);
    for (name, schema) in &schemas {
        let validator = validator(&schemas, name);
        for _ in 0..VALUES {
            let value = Values { random: &mut random, schemas: &schemas }.value(schema);
            let is_valid = validator.is_valid(&value);
            *(if is_valid { &mut valid } else { &mut invalid }) += 1;
            let (status, answer) = server.post(&format!("/random_api/{name}"), &value.to_string());
            if status != if is_valid { 204 } else { 422 } {
                told.push(format!("{name} {schema}\n  {value} is valid: {is_valid}, and answered {status} {answer}"));
            }
        }
    }
    let endpoints = compiled.outcome().map(|(_, lowered)| lowered.service.endpoints.as_slice()).unwrap_or_default();
    let bodies = endpoints.iter().filter_map(|endpoint| endpoint.body()).flat_map(|body| &body.alternatives);
    let carried = bodies.filter(|body| body.validation == Validation::Static).count();
    println!("seed {seed}: {valid} valid and {invalid} invalid values of {SCHEMAS} schemas, {carried} by types alone");
    assert!(told.is_empty(), "seed {seed}: {} disagreements\n{}", told.len(), told.join("\n"));
    assert!(valid > 1000 && invalid > 1000 && carried > SCHEMAS / 4, "the values or schemas are too much alike");
}
