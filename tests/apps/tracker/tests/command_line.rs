//! How the application is started.

use std::net::TcpListener;
use std::process::{Command, Output};

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tracker"));
    command.env_clear().env("TRACKER_SECRET", "a secret of this test, which guards nothing");
    command.args(arguments).envs(variables.iter().copied()).output().expect("the application can be run")
}

/// The exit code, and what stands on standard error.
fn refused(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = run(arguments, variables);
    assert!(output.stdout.is_empty());
    (output.status.code(), String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

#[test]
fn help_lists_flags_variables_and_services_with_defaults() {
    let output = run(&["--help"], &[]);
    let help = String::from_utf8_lossy(&output.stdout);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    for told in [
        "Usage: tracker [OPTIONS]",
        "--bind <ADDRESS>                Listen on this address [env: BUILDFLOW_BIND, PORT] [default: 127.0.0.1:8000]",
        "--log-format <FORMAT>           Write logs as `compact`, `text` or `json` [env: BUILDFLOW_LOG_FORMAT]",
        "  tracker         /               BUILDFLOW_TRACKER_MAX_REPLICAS",
        "NUM_CPUS, LOG_LEVEL, NUM_REPLICAS, MIN_REPLICAS",
    ] {
        assert!(help.contains(told), "{told}\n{help}");
    }
    assert!(help.lines().all(|line| line.len() <= 120), "{help}");
}

#[test]
fn what_is_mistyped_is_refused_with_what_was_meant() {
    let told = (Some(2), "error: there is no `--bnid`; did you mean `--bind`?".to_owned());
    assert_eq!(refused(&["--bnid", "127.0.0.1:0"], &[]), told);
    let variable = "error: the environment variable `BUILDFLOW_TRACKER_MAX_REPLICA` says nothing; did you mean \
                    `BUILDFLOW_TRACKER_MAX_REPLICAS`?";
    assert_eq!(refused(&[], &[("BUILDFLOW_TRACKER_MAX_REPLICA", "2")]), (Some(2), variable.to_owned()));
}

#[test]
fn what_cannot_start_says_why_and_not_that_it_serves() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("it has an address").to_string();
    let (code, log) = refused(&["--bind", &address], &[]);
    assert_eq!(code, Some(2));
    assert!(log.starts_with(&format!("error: cannot listen on {address}: Address already in use")), "{log}");
    let (code, log) = refused(&["--bind", "127.0.0.1:0", "--admin", &address], &[]);
    assert!(
        code == Some(2) && !log.contains("serving") && log.contains(&format!("cannot listen on {address}")),
        "{log}"
    );
    let (code, log) = refused(&["--bind", "127.0.0.1:0"], &[("BUILDFLOW_TRACKER_NUM_CPUS", "many")]);
    assert!(code == Some(2) && log.contains("`num_cpus` cannot be used: \"many\""), "{log}");
}
