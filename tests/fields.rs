//! What becomes of each field of OpenAPI: the table in the docs has all of them, and is true.
//!
//! `BLESS=1 cargo test -p buildflow-tests --test fields` writes the table.

use std::collections::BTreeMap;
use std::fs;

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::lift::{Effect, fields};
use buildflow_gen::read::{Sources, to_json};
use buildflow_gen::render::Layout;
use buildflow_gen::{Compiled, compile};
use buildflow_tests::{assert_written, scratch, workspace};
use serde_json::Value;

fn read(name: &str) -> Value {
    let mut diagnostics = Diagnostics::default();
    let path = workspace().join("tests/fields").join(name);
    let node = Sources::default().read(&path, &mut diagnostics).expect("it is YAML");
    serde_json::from_str(&to_json(&node)).expect("it is written as JSON")
}

/// A field, where its object stands, and two values that differ.
struct Sample {
    object: String,
    field: String,
    at: String,
    values: [Value; 2],
}

fn samples() -> Vec<Sample> {
    let values = read("values.yaml");
    let mut samples = Vec::new();
    for (name, rows) in values.as_object().expect("it has a row per object") {
        let object = name.split_inclusive("Object").next().expect("it names an object").to_owned();
        let at = rows["at"].as_str().expect("it says where the object stands").to_owned();
        for (field, pair) in rows.as_object().expect("it lists fields").iter().filter(|(field, _)| *field != "at") {
            let values = [pair[0].clone(), pair[1].clone()];
            samples.push(Sample { object: object.clone(), field: field.clone(), at: at.clone(), values });
        }
    }
    samples
}

/// The base with a field, or without it.
fn document(base: &Value, sample: &Sample, value: &Value) -> Value {
    let mut document = base.clone();
    let object = document.pointer_mut(&sample.at).expect("the object is there");
    let members = object.as_object_mut().expect("it is an object");
    match value {
        Value::Null => drop(members.remove(&sample.field)),
        value => drop(members.insert(sample.field.clone(), value.clone())),
    }
    document
}

/// What is generated, but for the document that is served, and that document.
fn generated(compiled: &Compiled) -> (BTreeMap<String, String>, String) {
    let files = compiled.render(&Layout::Include).expect("what is generated is Rust");
    let (shown, code): (BTreeMap<String, String>, _) =
        files.into_iter().partition(|(path, _)| path.ends_with("openapi.json"));
    (code, shown.into_values().collect())
}

/// What two values of a field make different.
fn effect(base: &Value, sample: &Sample) -> Result<Effect, String> {
    let [before, after] = sample.values.each_ref().map(|value| {
        let path = scratch("fields").join("api.json");
        fs::write(&path, document(base, sample, value).to_string()).expect("it can be written");
        compile(&path, Some("api"), true)
    });
    for compiled in [&before, &after] {
        if compiled.diagnostics.has_errors() {
            return Err(compiled.report(false));
        }
    }
    let told = |compiled: &Compiled| compiled.diagnostics.iter().any(|told| told.code == "ignored-field");
    if !told(&before) && told(&after) {
        return Ok(Effect::Ignored);
    }
    match (generated(&before), generated(&after)) {
        ((code, _), (other, _)) if code != other => Ok(Effect::Enforced),
        ((_, shown), (_, other)) if shown != other => Ok(Effect::Shown),
        _ => Err("it makes no difference".to_owned()),
    }
}

#[test]
fn each_field_has_the_effect_that_the_table_says() {
    let base = read("base.yaml");
    let samples = samples();
    let mut wrong = Vec::new();
    for (object, field, expected) in fields() {
        // A field of a server is told with the server.
        if object == "Server Object" {
            continue;
        }
        let of_field: Vec<&Sample> =
            samples.iter().filter(|sample| sample.object == object && sample.field == field).collect();
        if of_field.is_empty() {
            wrong.push(format!("{object} {field}: `tests/fields/values.yaml` has no values"));
        }
        for sample in of_field {
            // What is enforced is generated; whether requests are held to it, tests of that feature show.
            let expected = if expected == Effect::Generated { Effect::Enforced } else { expected };
            match effect(&base, sample) {
                Ok(found) if found == expected => {}
                found => wrong.push(format!("{object} {field}: should be {expected:?}, and is {found:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows are not true\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_docs_have_the_table() {
    let mut text = "# What becomes of each field\n\nThe fields of the objects of OpenAPI 3.0, 3.1 and 3.2, and what a generated server does with them. A test compares this\ntable with what is generated.\n\n- **enforced**: requests or responses are held to it.\n- **generated**: it is in generated code: types, names, and their docs.\n- **shown**: it is in the served document, and nowhere else.\n- **ignored**: nothing is done with it, and a note says so.\n".to_owned();
    let mut last = "";
    for (object, field, effect) in fields() {
        if object != last {
            text += &format!("\n## {object}\n\n| field | effect |\n| --- | --- |\n");
            last = object;
        }
        text += &format!("| `{field}` | {} |\n", format!("{effect:?}").to_lowercase());
    }
    assert_written(&workspace().join("generator/FIELDS.md"), &text);
}
