//! What a document says, its types, its checks and its answers agree: each document of `tests/agreement` lists
//! requests, and what is answered to them.

use std::fs;
use std::path::{Path, PathBuf};

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::read::{Sources, to_json};
use buildflow_gen::{Compiled, compile};
use buildflow_tests::{Reply, Running, scratch, serve, workspace};
use serde_json::Value;

/// A document with the requests that it lists.
struct Document {
    /// The file's name, as one of a Rust module.
    name: String,
    compiled: Compiled,
    requests: Vec<Value>,
}

impl Document {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("the name is text").replace('-', "_");
        let mut diagnostics = Diagnostics::default();
        let node = Sources::default().read(path, &mut diagnostics).expect("it is YAML");
        let read: Value = serde_json::from_str(&to_json(&node)).expect("it is written as JSON");
        let requests = read["x-requests"].as_array().cloned().expect("it lists requests");
        assert!(!requests.is_empty(), "{name} lists no request");
        Self { compiled: compile(path, Some(&name), false), name, requests }
    }
}

#[test]
fn requests_are_answered_as_their_documents_say() {
    let documents: Vec<Document> = documents().iter().map(|path| Document::read(path)).collect();
    let services: Vec<_> = documents.iter().map(|document| (document.name.as_str(), &document.compiled)).collect();
    let server = serve("agreement-server", &scratch("agreement"), &services);
    let mut told = Vec::new();
    for document in &documents {
        for request in &document.requests {
            let reply = send(&server, &document.name, request);
            let differs = differences(request, &reply);
            if !differs.is_empty() {
                let answer = format!("{} {}", reply.status, reply.body);
                told.push(format!("{}: {request}\n  {}\n  {answer}", document.name, differs.join("\n  ")));
            }
        }
    }
    assert!(told.is_empty(), "{} requests are answered in another way\n{}", told.len(), told.join("\n"));
}

fn documents() -> Vec<PathBuf> {
    let folder = fs::read_dir(workspace().join("tests/agreement")).expect("the folder is there");
    let mut documents: Vec<PathBuf> = folder.map(|entry| entry.expect("it can be listed").path()).collect();
    documents.sort();
    documents
}

/// Sends a request: `send: POST /pets`, with `headers`, and `json`, the `text` of another type, or the `parts` of a form.
fn send(server: &Running, service: &str, request: &Value) -> Reply {
    let (method, path) = request["send"].as_str().and_then(|line| line.split_once(' ')).expect("a method and a path");
    let members = request["headers"].as_object().into_iter().flatten();
    let mut headers: Vec<(&str, &str)> =
        members.map(|(name, value)| (name.as_str(), value.as_str().expect("headers are text"))).collect();
    let body = match (request.get("json"), request["parts"].as_array()) {
        (Some(json), _) => {
            headers.push(("content-type", "application/json"));
            json.to_string()
        }
        (None, Some(parts)) => {
            headers.push(("content-type", "multipart/form-data; boundary=cut"));
            parts.iter().map(part).chain(["--cut--\r\n".to_owned()]).collect()
        }
        (None, None) => request["text"].as_str().unwrap_or_default().to_owned(),
    };
    server.send((method, &format!("/{service}{path}")), &headers, body)
}

/// A part of a form: its `name`, perhaps a `filename` and `headers`, and its `text`.
fn part(part: &Value) -> String {
    let text = |field: &str| part[field].as_str();
    let file_name = text("filename").map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
    let headers = part["headers"].as_object().into_iter().flatten();
    let headers: String =
        headers.map(|(name, value)| format!("{name}: {}\r\n", value.as_str().expect("headers are text"))).collect();
    let (name, text) = (text("name").expect("a name"), text("text").expect("a text"));
    format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n{headers}\r\n{text}\r\n")
}

/// How a reply differs from what the document says of it: `status`, `violations` as place and code and their
/// `messages`, `answer` as JSON or text, and headers `with` their values.
fn differences(request: &Value, reply: &Reply) -> Vec<String> {
    const KEYS: [&str; 10] =
        ["send", "headers", "json", "text", "parts", "status", "violations", "messages", "answer", "with"];
    let mut keys = request.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let unknown = keys.find(|key| !KEYS.contains(key));
    assert_eq!(unknown, None, "nothing is done with this: {request}");
    let mut differs = Vec::new();
    let mut compare = |what: &str, expected: Value, found: Value| {
        if expected != found {
            differs.push(format!("{what} should be {expected}, and is {found}"));
        }
    };
    compare("the status", request["status"].clone(), reply.status.into());
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_else(|_| reply.body.clone().into());
    if let Some(violations) = request.get("violations") {
        compare("the list of violations", violations.clone(), violations_of(&body));
    }
    if let Some(messages) = request.get("messages") {
        let errors = body["errors"].as_array().into_iter().flatten();
        compare("the messages", messages.clone(), errors.map(|error| error["message"].clone()).collect());
    }
    if let Some(answer) = request.get("answer") {
        compare("the answer", answer.clone(), body);
    }
    for (name, value) in request["with"].as_object().into_iter().flatten() {
        let found = reply.headers.get(name).and_then(|value| value.to_str().ok());
        compare(name, value.clone(), found.map_or(Value::Null, Value::from));
    }
    differs
}

/// Place and code of each violation, sorted.
fn violations_of(problem: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let errors = problem["errors"].as_array().into_iter().flatten();
    let mut listed: Vec<String> = errors
        .map(|error| {
            let place = if error["in"] == "body" { &error["pointer"] } else { &error["name"] };
            format!("{} {}", text(place), text(&error["code"]))
        })
        .collect();
    listed.sort();
    listed.into()
}
