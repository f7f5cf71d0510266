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
    fs::write(folder.join("handler.rs"), handler(&schemas))?;
    // Random schemas contradict themselves, and random defaults are not applied: nobody needs to be told.
    let compiled = buildflow_gen::compile(&path, None, false);
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
        "info": {"title": "Random", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

/// An implementation of the service's trait.
fn handler(schemas: &Map<String, Value>) -> String {
    let method = |name: &String| {
        let method = name.to_lowercase();
        format!(
            "async fn {method}(&self, _: api::{name}Request) -> Result<api::{name}Response, HttpError> {{\n\
             Ok(api::{name}Response::NoContent)\n}}\n"
        )
    };
    let methods: String = schemas.keys().map(method).collect();
    format!("impl api::Random for Valid {{\n{methods}}}\n")
}
