//! References to other machines: only on request, and then pinned.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use buildflow_gen::read::Remote;
use buildflow_gen::{CompileOptions, Compiled, compile_with};

use super::{Project, document};

/// A server of one file, which counts its requests.
struct Server {
    url: String,
    text: Arc<Mutex<String>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(text: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let (text, requests) = (Arc::new(Mutex::new(text.to_owned())), Arc::new(Mutex::new(Vec::new())));
        let (served, seen) = (Arc::clone(&text), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut head = [0; 4096];
                let length = stream.read(&mut head).expect("a request");
                let line = String::from_utf8_lossy(&head[..length]).lines().next().unwrap_or_default().to_owned();
                let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                let body = served.lock().expect("the text").clone();
                let status = if path.ends_with("missing.yaml") { "404 Not Found" } else { "200 OK" };
                seen.lock().expect("the list").push(path);
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                stream.write_all((head + &body).as_bytes()).expect("an answer");
            }
        });
        Self { url, text, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("the list").clone()
    }

    fn change(&self, text: &str) {
        text.clone_into(&mut self.text.lock().expect("the text"));
    }
}

fn compiled(project: &Project, remote: Remote) -> Compiled {
    let options = CompileOptions { remote, ..CompileOptions::default() };
    compile_with(&project.folder.join("api.yaml"), &options)
}

fn codes(compiled: &Compiled) -> Vec<&'static str> {
    compiled.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

fn project(name: &str, url: &str) -> Project {
    let text = document(&format!("{{ $ref: '{url}/v1/pet.yaml' }}"), "");
    Project::new(name, &[("api.yaml", &text)])
}

const PET: &str = "{ type: object, properties: { friend: { $ref: './pet.yaml' } } }";

#[test]
fn nothing_is_fetched_unless_it_is_asked_for() {
    let server = Server::start(PET);
    let project = project("remote-refused", &server.url);
    for remote in [Remote::Stored, Remote::Pinned] {
        assert_eq!(codes(&compiled(&project, remote)), ["remote-reference"]);
    }
    let report = compiled(&project, Remote::Stored).report(false);
    assert!(report.contains("pass `--allow-remote` to fetch it once"), "{report}");
    assert_eq!(server.requests(), [""; 0]);
}

#[test]
fn what_was_fetched_is_pinned_and_then_read_without_a_network() {
    let server = Server::start(PET);
    let project = project("remote-pinned", &server.url);
    let first = compiled(&project, Remote::Pinning);
    assert!(first.diagnostics.is_empty(), "{}", first.report(false));
    assert_eq!(server.requests(), ["/v1/pet.yaml"], "a file that refers to itself is fetched once");
    let lock = fs::read_to_string(project.folder.join("api.yaml.lock")).expect("there is a lock file");
    let (digest, url) = lock.trim_end().split_once("  ").expect("a digest and a URL");
    assert_eq!(url, format!("{}/v1/pet.yaml", server.url));
    let stored = project.folder.join("api.yaml.remote").join(digest);
    assert_eq!(fs::read_to_string(&stored).expect("it is stored"), PET);

    server.change("changed");
    for remote in [Remote::Stored, Remote::Pinned, Remote::Pinning] {
        assert!(compiled(&project, remote).diagnostics.is_empty());
    }
    assert_eq!(server.requests().len(), 1);
    let compiled = compiled(&project, Remote::Stored);
    let types = &compiled.outcome().expect("it is understood").1.service.types;
    assert_eq!(types.iter().map(|made| made.name.to_string()).collect::<Vec<_>>(), ["Body"]);
}

#[test]
fn what_is_no_longer_what_was_pinned_is_refused() {
    let server = Server::start(PET);
    let project = project("remote-changed", &server.url);
    assert!(compiled(&project, Remote::Pinning).diagnostics.is_empty());
    let store = project.folder.join("api.yaml.remote");
    let stored = fs::read_dir(&store).expect("the store").flatten().next().expect("a file").path();
    fs::write(&stored, "{ type: string }").expect("it can be written");
    assert_eq!(codes(&compiled(&project, Remote::Stored)), ["remote-reference"], "what was tampered with is not read");
    assert!(compiled(&project, Remote::Pinned).diagnostics.is_empty(), "it is fetched again");
    server.change("{ type: string }");
    for remote in [Remote::Pinned, Remote::Pinning] {
        assert_eq!(codes(&compiled(&project, remote)), ["changed-reference"]);
    }
}

#[test]
fn what_cannot_be_fetched_is_told() {
    let server = Server::start(PET);
    let body = format!("{{ properties: {{ a: {{ $ref: '{}/missing.yaml' }} }} }}", server.url);
    let project = Project::new("remote-missing", &[("api.yaml", &document(&body, ""))]);
    let compiled_ = compiled(&project, Remote::Pinning);
    assert_eq!(codes(&compiled_), ["unreachable-reference"]);
    assert!(compiled_.report(false).contains("404"), "{}", compiled_.report(false));
    assert!(!project.folder.join("api.yaml.lock").exists());
    fs::write(project.folder.join("api.yaml.lock"), "../../etc/passwd  https://example.com\n").expect("written");
    assert_eq!(codes(&compiled(&project, Remote::Pinning)), ["invalid-lock"]);
}

#[test]
fn a_file_of_another_machine_reads_none_of_this_one() {
    let server = Server::start("{ properties: { a: { $ref: 'file:///etc/hostname' } } }");
    let project = project("remote-local", &server.url);
    assert_eq!(codes(&compiled(&project, Remote::Pinning)), ["absolute-reference"]);
}
