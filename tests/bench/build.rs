//! Generates the services that are measured.

use std::path::{Path, PathBuf};
use std::{env, fs};

use buildflow_gen::Generator;
use buildflow_gen::render::{Dependency, Layout};
use serde_json::{Map, Value, json};

/// The sizes of the objects that `wide.json` is about.
const WIDTHS: [usize; 3] = [25, 50, 100];

/// The operations that stay of GitHub's where seven stay.
const KEPT: [(&str, &str); 7] = [
    ("/", "get"),
    ("/gists", "post"),
    ("/orgs/{org}/members/{username}", "get"),
    ("/repos/{owner}/{repo}", "get"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/labels", "get"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}/files", "get"),
    ("/users/{username}/repos", "get"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    Generator::new().spec("shop.yaml").build_script()?;
    let wide = out.join("wide.json");
    write(&wide, &wide_document())?;
    Generator::new().spec(&wide).build_script()?;
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_GITHUB").is_some() {
        println!("cargo::rerun-if-env-changed=BUILDFLOW_CORPUS");
        let corpus = env::var("BUILDFLOW_CORPUS")?;
        let whole: Value = serde_json::from_slice(&fs::read(Path::new(&corpus).join("big/github.json"))?)?;
        routes(&out, "github", &whole)?;
        routes(&out, "github_seven", &cut(whole))?;
    }
    Ok(())
}

/// Writes what only changes when it has changed.
fn write(path: &Path, document: &Value) -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    if fs::read_to_string(path).is_ok_and(|old| old == text) { Ok(()) } else { fs::write(path, text) }
}

/// `POST /wide/100` takes an object of 100 members, and so on.
fn wide_document() -> Value {
    let paths = WIDTHS.map(|width| {
        let schema = json!({ "$ref": format!("#/components/schemas/Wide{width}") });
        let post = json!({
            "operationId": format!("post_{width}"),
            "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
            "responses": { "204": { "description": "It was understood." } },
        });
        (format!("/wide/{width}"), json!({ "post": post }))
    });
    let schemas = WIDTHS.map(|width| {
        let names: Vec<String> = (0..width).map(|number| format!("member_{number:03}")).collect();
        let member = |(number, name): (usize, &String)| {
            let schema = match number % 3 {
                0 => json!({ "type": "string", "maxLength": 40 }),
                1 => json!({ "type": "integer", "format": "int32", "minimum": 0 }),
                _ => json!({ "type": "boolean" }),
            };
            (name.clone(), schema)
        };
        let properties: Map<String, Value> = names.iter().enumerate().map(member).collect();
        (format!("Wide{width}"), json!({ "type": "object", "required": names, "properties": properties }))
    });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Wide", "version": "1.0.0" },
        "x-buildflow-service": { "docs": false },
        "paths": Map::from_iter(paths),
        "components": { "schemas": Map::from_iter(schemas) },
    })
}

/// The document with seven operations.
fn cut(mut document: Value) -> Value {
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let kept = KEPT.map(|(path, method)| {
        let mut item = paths[path].clone();
        item.as_object_mut().expect("it is an object").retain(|key, _| key == method || key == "parameters");
        (path.to_owned(), item)
    });
    document["paths"] = Map::from_iter(kept).into();
    document
}

/// Generates the routes of a document, and nothing else of it.
fn routes(out: &Path, name: &str, document: &Value) -> Result<(), Box<dyn std::error::Error>> {
    let path = out.join(format!("{name}.json"));
    write(&path, document)?;
    let layout = Layout::Crate { package: name.to_owned(), runtime: Dependency::Version };
    let files = buildflow_gen::compile(&path, None, true).render(&layout)?;
    let routes = files.get("src/routes.rs").ok_or("there are no routes")?;
    Ok(fs::write(out.join(format!("{name}.routes.rs")), routes)?)
}
