//! Servers that tests compile and run.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ureq::http::{HeaderMap, Request};

/// A server that is running; killed when it is dropped.
pub struct Running {
    process: Child,
    agent: ureq::Agent,
    /// `http://127.0.0.1:…`
    pub url: String,
}

/// An answer, read whole.
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as text.
    pub body: String,
}

impl Running {
    /// Runs a program that serves a flow, on a free port.
    pub fn start(program: &Path) -> Self {
        let mut command = Command::new(program);
        command.args(["--bind", "127.0.0.1:0"]);
        Self::of(command)
    }

    /// Runs a command that, sooner or later, serves a flow.
    pub fn of(mut command: Command) -> Self {
        command.env("RUST_LOG", "buildflow_runtime::flow=info").stderr(Stdio::piped());
        let mut process = command.spawn().expect("the server can be started");
        let log = process.stderr.take().expect("its log is piped");
        let mut lines = BufReader::new(log).lines().map_while(Result::ok);
        let mut seen = Vec::new();
        let address = lines.find_map(|line| {
            let address = line.split("listening on ").nth(1).map(|address| address.trim().to_owned());
            seen.push(line);
            address
        });
        let Some(url) = address else { panic!("the server does not say where it listens:\n{}", seen.join("\n")) };
        // Nobody reads the rest; the pipe must not fill up.
        std::thread::spawn(move || lines.for_each(drop));
        let agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Self { process, agent, url }
    }

    /// Gets a path; the status, and the body of the answer.
    pub fn get(&self, path: &str) -> (u16, String) {
        let reply = self.send(("GET", path), &[], String::new());
        (reply.status, reply.body)
    }

    /// Posts JSON; the status, and the body of the answer.
    pub fn post(&self, path: &str, json: &str) -> (u16, String) {
        let reply = self.send(("POST", path), &[("content-type", "application/json")], json.to_owned());
        (reply.status, reply.body)
    }

    /// Sends a request of any method to a path.
    pub fn send(&self, (method, path): (&str, &str), headers: &[(&str, &str)], body: String) -> Reply {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(body).expect("the request is well-formed");
        let mut response = self.agent.run(request).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.body_mut().read_to_string().unwrap_or_default(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
