//! Writes a document of random schemas, an endpoint each, and a handler that has nothing to say of what is valid.
//!
//! The schemas are the same in every build; `BUILDFLOW_SEED` makes others.

// The tests use what this script does not.
#![allow(dead_code)]

#[path = "src/random.rs"]
mod random;
#[path = "src/schemas.rs"]
mod schemas;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use buildflow_gen::ir::{Endpoint, Service};
use buildflow_gen::render::Layout;
use random::Random;
use schemas::Schemas;
use serde_json::{Map, Value, json};

/// How many schemas.
const SCHEMAS: usize = 32;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs\ncargo::rerun-if-changed=src");
    println!("cargo::rerun-if-env-changed=BUILDFLOW_SEED");
    let seed = std::env::var("BUILDFLOW_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_251_123);
    println!("cargo::rustc-env=SEED={seed}");

    let mut random = Random::of(seed);
    let schemas: Map<String, Value> =
        (0..SCHEMAS).map(|index| (format!("S{index}"), schema(index, &mut random))).collect();
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo runs build scripts with OUT_DIR")?);
    let path = folder.join("random.json");
    fs::write(&path, document(&schemas).to_string())?;
    // Random schemas contradict themselves, and random defaults are not applied: nobody needs to be told.
    // What cannot be sent in one of the ways is skipped.
    let compiled = buildflow_gen::compile(&path, None, true);
    let (_, lowered) = compiled.outcome().ok_or_else(|| compiled.report(false))?;
    fs::write(folder.join("handler.rs"), handler(&lowered.service))?;
    for (name, text) in compiled.render(&Layout::Include)? {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// One of the schemas; half of them are plain, and refer to plain ones only.
fn schema(index: usize, random: &mut Random) -> Value {
    let plain = index < SCHEMAS / 2;
    let others = if plain { 0..SCHEMAS / 2 } else { 0..SCHEMAS };
    Schemas { random, others, plain }.schema()
}

/// A document with an endpoint per schema for JSON, and one for each other way to send a value.
fn document(schemas: &Map<String, Value>) -> Value {
    let endpoints = |name: &String| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        let post = |id: String, content: Value| {
            let body = json!({"required": true, "content": content});
            json!({"post": {"operationId": id, "requestBody": body, "responses": {"204": {"description": "Valid."}}}})
        };
        let get = |id: String, parameter: Value| json!({"get": {"operationId": id, "parameters": [parameter], "responses": {"204": {"description": "Valid."}}}});
        let upload = json!({"type": "object", "properties": {
            "file": {"type": "string", "format": "binary"}, "value": schema,
        }});
        [
            (format!("/{name}"), post(name.clone(), json!({"application/json": {"schema": schema}}))),
            (
                format!("/{name}/form"),
                post(format!("{name}Form"), json!({"application/x-www-form-urlencoded": {"schema": schema}})),
            ),
            (
                format!("/{name}/upload"),
                post(format!("{name}Upload"), json!({"multipart/form-data": {"schema": upload}})),
            ),
            (
                format!("/{name}/query"),
                get(format!("{name}Query"), json!({"name": "value", "in": "query", "schema": schema})),
            ),
            (
                format!("/{name}/deep"),
                get(
                    format!("{name}Deep"),
                    json!({"name": "value", "in": "query", "style": "deepObject", "explode": true, "schema": schema}),
                ),
            ),
            (
                format!("/{name}/header"),
                get(format!("{name}Header"), json!({"name": "X-Value", "in": "header", "schema": schema})),
            ),
        ]
    };
    let paths: Map<String, Value> = schemas.keys().flat_map(endpoints).collect();
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Random", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// An implementation of the service's trait.
fn handler(service: &Service) -> String {
    let method = |endpoint: &Endpoint| {
        let Endpoint { method_name, request, response, .. } = endpoint;
        format!(
            "async fn {method_name}(&self, _: api::{request}) -> Result<api::{response}, HttpError> {{\n\
             Ok(api::{response}::NoContent)\n}}\n"
        )
    };
    let methods: String = service.endpoints.iter().map(method).collect();
    format!("impl api::{} for Valid {{\n{methods}}}\n", service.handler)
}
