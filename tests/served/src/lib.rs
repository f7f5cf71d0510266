//! Serves a flow on a free port for the length of a test, and talks HTTP to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use buildflow_runtime::Flow;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use ureq::http::{HeaderMap, Request};

/// A flow, or a program, that is being served; stopped when it is dropped.
pub struct Served {
    address: SocketAddr,
    running: Running,
}

enum Running {
    /// In this process; dropping the sender stops it.
    Flow(Option<(oneshot::Sender<()>, JoinHandle<()>, Runtime)>),
    /// A program of its own, and what it has logged.
    Program(Child, Arc<Mutex<String>>),
}

/// An answer, read whole.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header's text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What is wrong with the request: place and code of each violation, sorted.
    pub fn violations(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let spoken = errors.iter().map(|error| {
            let place = if error["in"] == "body" { text(&error["pointer"]) } else { text(&error["name"]) };
            format!("{} {place} {}", text(&error["in"]), text(&error["code"]))
        });
        let mut spoken: Vec<String> = spoken.collect();
        spoken.sort();
        spoken
    }
}

impl Served {
    /// Starts serving.
    pub fn start(flow: Flow) -> Self {
        let runtime = Runtime::new().expect("threads can be started");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let address = listener.local_addr().expect("the listener has an address");
        let (stop, stopped) = oneshot::channel();
        let stopping = async move {
            let _ = stopped.await;
        };
        let serving = async move { flow.serve(listener, stopping).await.expect("the flow can be served") };
        let serving = runtime.spawn(serving);
        Self { address, running: Running::Flow(Some((stop, serving, runtime))) }
    }

    /// Starts a program that runs a flow; what it writes to standard error where it does not serve.
    pub fn program(mut command: Command) -> Result<Self, String> {
        let mut child =
            command.args(["--bind", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().expect("the program can be run");
        let mut log = BufReader::new(child.stderr.take().expect("standard error is piped"));
        let mut text = String::new();
        while log.read_line(&mut text).expect("the program writes text") > 0 {
            let Some((_, address)) = text.rsplit_once("listening on http://") else { continue };
            let address = address.trim().parse().expect("the address is one");
            let kept = Arc::new(Mutex::new(text));
            let further = Arc::clone(&kept);
            // It should not wait for somebody to read on.
            std::thread::spawn(move || {
                for line in log.lines().map_while(Result::ok) {
                    further.lock().expect("nobody panics with it").push_str(&(line + "\n"));
                }
            });
            return Ok(Self { address, running: Running::Program(child, kept) });
        }
        let _ = child.wait();
        Err(text)
    }

    /// What a program has logged, once this text is in it; all of it, should that never be.
    pub fn log_with(&self, text: &str) -> String {
        let Running::Program(_, log) = &self.running else { return String::new() };
        let kept = || log.lock().expect("nobody panics with it").clone();
        for _ in 0..200 {
            if kept().contains(text) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        kept()
    }

    /// Asks a program to end, by SIGTERM, and waits until it does.
    pub fn terminate(mut self) -> ExitStatus {
        let Running::Program(child, _) = &mut self.running else { panic!("it is no program") };
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("`kill` is there");
        assert!(asked.success());
        child.wait().expect("it has been started")
    }

    /// Asks a flow to stop, and waits until it has.
    pub fn stop(mut self) {
        let Running::Flow(flow) = &mut self.running else { panic!("it is no flow") };
        let (stop, serving, runtime) = flow.take().expect("only a drop ends it before");
        drop(stop);
        runtime.block_on(serving).expect("nothing panics");
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request without a body.
    pub fn send(&self, method: &str, path: &str) -> Answer {
        self.request(method, path, &[], None)
    }

    /// Sends JSON.
    pub fn send_json(&self, method: &str, path: &str, body: &str) -> Answer {
        self.request(method, path, &[("content-type", "application/json")], Some(body))
    }

    /// Sends text as it is, on a connection of its own; gives the start of the answer.
    pub fn raw(&self, request: &str) -> String {
        self.raw_bytes(request.as_bytes())
    }

    /// Sends bytes as they are, on a connection of their own; gives the start of the answer.
    pub fn raw_bytes(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        // The server may answer, and close, before it has all.
        let _ = stream.write_all(request);
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).expect("the server answers");
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    /// Sends any request.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        self.request_bytes(method, path, headers, body.map(str::as_bytes))
    }

    /// Sends any request, with a body of any bytes.
    pub fn request_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .build()
            .into();
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => agent.run(request.body(body.to_owned()).expect("the request is well-formed")),
            None => agent.run(request.body(()).expect("the request is well-formed")),
        };
        let (parts, mut body) = response.expect("the server answers").into_parts();
        let body = body.read_to_vec().expect("the body can be read");
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Flow(running) => {
                if let Some((stop, _, runtime)) = running.take() {
                    drop(stop);
                    runtime.shutdown_background();
                }
            }
            Running::Program(child, _) => {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}
