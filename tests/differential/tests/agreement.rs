//! On random values near validity, a generated server, a validator of JSON Schema, and, where it is installed, that of
//! Python agree. `BUILDFLOW_SEED` makes other schemas, `BUILDFLOW_VALUES` more values of each, and `BUILDFLOW_PYTHON`
//! names the Python.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use buildflow_gen::compile;
use buildflow_gen::ir::Validation;
use buildflow_runtime::Flow;
use buildflow_runtime::axum::Router;
use buildflow_runtime::axum::body::{Body, to_bytes};
use buildflow_runtime::http::{Request, StatusCode};
use differential::random::Random;
use differential::schemas::with_ranges;
use differential::values::Values;
use differential::{DOCUMENT, SEED};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

/// How many values of each schema, where `BUILDFLOW_VALUES` says no other number.
const VALUES: usize = 160;

/// What a validator of JSON Schema says of a schema's values.
fn validator(schemas: &Map<String, Value>, name: &str) -> jsonschema::Validator {
    let ranged: BTreeMap<&String, Value> = schemas.iter().map(|(name, schema)| (name, with_ranges(schema))).collect();
    let schema = json!({"$ref": format!("#/components/schemas/{name}"), "components": {"schemas": ranged}});
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    let options = options.should_ignore_unknown_formats(true);
    options.build(&schema).expect("the schema is one of JSON Schema")
}

/// What Python's validator says of values; `None` where it is not installed.
fn by_python(schemas: &Map<String, Value>, values: &[(String, Value)]) -> Option<Vec<bool>> {
    let python = std::env::var("BUILDFLOW_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let ranged: BTreeMap<&String, Value> = schemas.iter().map(|(name, schema)| (name, with_ranges(schema))).collect();
    let asked = json!({"schemas": ranged, "values": values}).to_string();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("values.json");
    std::fs::write(&file, asked).expect("it can be written");
    let mut command = Command::new(&python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/validate.py"));
    command.stdin(std::fs::File::open(&file).expect("it was written"));
    let output = command.output().ok()?;
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    if error.contains("ModuleNotFoundError") {
        return None;
    }
    assert!(output.status.success(), "{error}");
    Some(serde_json::from_slice(&output.stdout).expect("it writes booleans"))
}

/// How many of the endpoints' bodies types and generated checks validate alone.
fn carried() -> usize {
    let compiled = compile(Path::new(DOCUMENT), None, true);
    let (_, lowered) = compiled.outcome().expect("the document was generated");
    let of_json = lowered.service.endpoints.iter().filter(|endpoint| endpoint.route.segments.len() == 1);
    let bodies = of_json.filter_map(|endpoint| endpoint.body());
    bodies.flat_map(|body| &body.alternatives).filter(|body| body.validation == Validation::Static).count()
}

/// The schemas of the document that is served.
fn schemas() -> Map<String, Value> {
    let document = std::fs::read_to_string(DOCUMENT).expect("the build script has written it");
    let document: Value = serde_json::from_str(&document).expect("the document is JSON");
    document["components"]["schemas"].as_object().expect("there are schemas").clone()
}

fn server() -> Router {
    Flow::new().add_service(differential::service()).into_router().expect("the flow is sound")
}

fn values_of_each() -> usize {
    std::env::var("BUILDFLOW_VALUES").map_or(VALUES, |text| text.parse().expect("it is a number"))
}

/// Posts a value to a schema's endpoint.
async fn post(server: &Router, name: &str, value: &Value) -> (StatusCode, String) {
    let request = Request::post(format!("/{name}")).header("content-type", "application/json");
    let request = request.body(Body::from(value.to_string())).expect("the request is well-formed");
    let (parts, body) = server.clone().oneshot(request).await.expect("a router answers").into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body can be read");
    (parts.status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_server_and_a_validator_agree_on_random_values() {
    let schemas = &schemas();
    let server = server();

    let mut random = Random::of(SEED.parse().expect("the seed is a number"));
    let values = values_of_each();
    let (mut told, mut judged) = (Vec::new(), Vec::new());
    let (mut valid, mut invalid, mut verdicts) = (0, 0, Vec::new());
    for (name, schema) in schemas {
        let validator = validator(schemas, name);
        for _ in 0..values {
            let value = Values { random: &mut random, schemas }.value(schema);
            let is_valid = validator.is_valid(&value);
            *(if is_valid { &mut valid } else { &mut invalid }) += 1;
            let (status, answer) = post(&server, name, &value).await;
            let expected = if is_valid { StatusCode::NO_CONTENT } else { StatusCode::UNPROCESSABLE_ENTITY };
            if status != expected {
                told.push(format!("{name} {schema}\n  {value} is valid: {is_valid}, and answered {status} {answer}"));
            }
            judged.push((name.clone(), value));
            verdicts.push(is_valid);
        }
    }
    match by_python(schemas, &judged) {
        None => println!("SKIPPED: Python's jsonschema is not installed"),
        Some(others) => {
            for ((other, verdict), (name, value)) in others.into_iter().zip(verdicts).zip(&judged) {
                if other != verdict {
                    told.push(format!("{name} {}\n  {value} is valid: {verdict}, by Python {other}", schemas[name]));
                }
            }
            println!("Python's jsonschema was asked as well");
        }
    }
    let (count, carried) = (schemas.len(), carried());
    println!("seed {SEED}: {valid} valid and {invalid} invalid values of {count} schemas, {carried} by types alone");
    assert!(told.is_empty(), "seed {SEED}: {} disagreements\n{}", told.len(), told.join("\n"));
    assert!(valid > 1000 && invalid > 1000 && carried > count / 16, "the values or schemas are too much alike");
}

/// A value as pairs of a form or a query: members in brackets, lists repeated.
fn pairs(name: &str, value: &Value, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| pairs(&format!("{name}[{member}]"), value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| pairs(name, item, into)),
        value => into.push((name.to_owned(), text(value))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

fn encoded(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// The requests that send a value in other ways than as JSON.
fn otherwise(name: &str, value: &Value, random: &mut Random) -> Vec<Request<Body>> {
    let mut members = Vec::new();
    match value.as_object() {
        Some(object) => object.iter().for_each(|(member, value)| pairs(member, value, &mut members)),
        None => pairs("value", value, &mut members),
    }
    let mut whole = Vec::new();
    pairs("value", value, &mut whole);
    let post = |path: String, content_type: &str, body: String| {
        Request::post(path).header("content-type", content_type).body(Body::from(body)).expect("it is well-formed")
    };
    let get = |uri: String| Request::get(uri).body(Body::empty()).expect("it is well-formed");
    let parts: Vec<String> = match random.once_in(2) {
        true => vec![format!("; name=\"value\"\r\nContent-Type: application/json\r\n\r\n{value}")],
        false => whole.iter().map(|(name, text)| format!("; name=\"{name}\"\r\n\r\n{text}")).collect(),
    };
    let file = random.once_in(2).then(|| "; name=\"file\"; filename=\"a\"\r\n\r\nabc".to_owned());
    let parts = parts.into_iter().chain(file);
    let form: String = parts.map(|part| format!("--cut\r\nContent-Disposition: form-data{part}\r\n")).collect();
    let mut requests = vec![
        post(format!("/{name}/form"), "application/x-www-form-urlencoded", encoded(&members)),
        post(format!("/{name}/upload"), "multipart/form-data; boundary=cut", format!("{form}--cut--\r\n")),
        get(format!("/{name}/query?{}", encoded(if random.once_in(2) { &members } else { &whole }))),
        get(format!("/{name}/deep?{}", encoded(&whole))),
    ];
    if let Ok(header) = buildflow_runtime::http::HeaderValue::from_str(&text(value)) {
        let request = Request::get(format!("/{name}/header")).header("x-value", header);
        requests.push(request.body(Body::empty()).expect("it is well-formed"));
    }
    requests
}

/// However a value is sent: what its schema allows its type takes, and nobody wonders whether it is valid.
#[tokio::test]
async fn types_take_what_schemas_allow_in_forms_and_parameters() {
    let schemas = &schemas();
    let server = server();
    let mut random = Random::of(SEED.parse().expect("the seed is a number"));
    let values = values_of_each();
    let (mut told, mut taken, mut refused) = (Vec::new(), 0, 0);
    for (name, schema) in schemas {
        for _ in 0..values / 4 {
            let value = Values { random: &mut random, schemas }.value(schema);
            for request in otherwise(name, &value, &mut random) {
                let uri = request.uri().to_string();
                let answer = server.clone().oneshot(request).await.expect("a router answers");
                let status = answer.status();
                let body = to_bytes(answer.into_body(), usize::MAX).await.expect("the body can be read");
                let body = String::from_utf8_lossy(&body);
                *(if status.is_success() { &mut taken } else { &mut refused }) += 1;
                if status == StatusCode::INTERNAL_SERVER_ERROR || body.contains("cannot take it") {
                    told.push(format!("{uri} {value} is answered {status} {body}\n  {schema}"));
                }
            }
        }
    }
    println!("seed {SEED}: {taken} requests of forms and parameters were taken, and {refused} refused");
    assert!(told.is_empty(), "seed {SEED}: {} disagreements\n{}", told.len(), told.join("\n"));
    assert!(taken > 500 && refused > 500, "the values are too much alike");
}
