//! The tracker over HTTP.

mod answers;
mod background;
mod command_line;
mod errors;
mod handlers;
mod login;
mod replicas;

use std::process::Command;

use served::{Answer, Served};

/// The application, with a secret for its sessions.
fn start() -> Served {
    start_with(&[])
}

/// The application, with these environment variables.
fn start_with(variables: &[(&str, &str)]) -> Served {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tracker"));
    command.env("TRACKER_SECRET", "a secret of this test, which guards nothing").env("RUST_LOG", "debug");
    command.envs(variables.iter().copied());
    Served::program(command).expect("the application starts")
}

/// Logs in by the form; the cookie of the session.
fn log_in(server: &Served, name: &str) -> String {
    let answer = send_form(server, &format!("name={name}&password=secret"));
    assert_eq!((answer.status, answer.header("location")), (303, "/me"));
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

fn send_form(server: &Served, form: &str) -> Answer {
    server.request("POST", "/login", &[("content-type", "application/x-www-form-urlencoded")], Some(form))
}

/// Sends a request with a session.
fn ask(server: &Served, cookie: &str, method: &str, path: &str) -> Answer {
    server.request(method, path, &[("cookie", cookie)], None)
}

/// Opens an issue.
fn open(server: &Served, cookie: &str, issue: &str) -> Answer {
    server.request("POST", "/issues", &[("cookie", cookie), ("content-type", "application/json")], Some(issue))
}
