//! Servers that tests compile and run.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that is running; killed when it is dropped.
pub struct Running {
    process: Child,
    /// `http://127.0.0.1:…`
    pub url: String,
}

impl Running {
    /// Runs a program that serves a flow, on a free port.
    pub fn start(program: &Path) -> Self {
        let mut command = Command::new(program);
        command.args(["--bind", "127.0.0.1:0"]).env("RUST_LOG", "buildflow_runtime::flow=info").stderr(Stdio::piped());
        let mut process = command.spawn().expect("the server can be started");
        let log = process.stderr.take().expect("its log is piped");
        let mut lines = BufReader::new(log).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("http://")).expect("the server says where it listens");
        let url = line.split("http://").last().map(|address| format!("http://{}", address.trim()));
        // Nobody reads the rest; the pipe must not fill up.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url: url.expect("the line has an address") }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
