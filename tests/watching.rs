//! `watch`: a program is compiled and started again when its files change, and no connection is refused meanwhile.
//!
//! Cargo is a script here, which "compiles" the shop that the tests of this workspace have compiled.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::spawn;
use std::time::{Duration, Instant};

use buildflow_tests::{program, scratch};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// An application's folder, and what plays cargo: it fails while there is a file `broken.rs`.
fn application(name: &str) -> PathBuf {
    let folder = scratch(name);
    fs::create_dir_all(folder.join("src")).expect("the folder can be made");
    fs::write(folder.join("Cargo.toml"), "").expect("it can be written");
    fs::write(folder.join("src/main.rs"), "1").expect("it can be written");
    let shop = program().with_file_name("shop");
    assert!(shop.exists(), "build it first: cargo test --workspace");
    let script = format!(
        "#!/bin/sh\nif [ -e src/broken.rs ]; then echo 'error: no such thing' >&2; exit 101; fi\necho '{{\"reason\":\"compiler-artifact\",\"executable\":\"{}\"}}'\n",
        shop.display()
    );
    let cargo = folder.join(".cargo-script");
    fs::write(&cargo, script).expect("it can be written");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("it can be run");
    folder
}

/// `watch` in a folder, and the lines that it says.
struct Watching {
    process: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(program());
        command.args(["watch", "--bind", "127.0.0.1:0"]).current_dir(folder).env("CARGO", folder.join(".cargo-script"));
        let mut process = command.stderr(Stdio::piped()).spawn().expect("it can be run");
        let (said, lines) = channel();
        let stderr = BufReader::new(process.stderr.take().expect("its lines"));
        spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
        Self { process, lines }
    }

    /// Waits for a line that has this text.
    fn wait(&self, text: &str) -> String {
        let began = Instant::now();
        let mut before = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE.saturating_sub(began.elapsed())) {
            if line.contains(text) {
                return line;
            }
            before.push(line);
        }
        panic!("nothing says `{text}`:\n{}", before.join("\n"));
    }
}

impl Drop for Watching {
    /// Nothing that it runs is left behind, also where a test fails.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-s", "TERM", &self.process.id().to_string()]).status();
        let began = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
    }
}

fn address(line: &str) -> String {
    let rest = line.split_once("http://").expect("an address").1;
    rest.split(' ').next().expect("an address").to_owned()
}

#[test]
fn a_change_is_built_and_served_while_the_server_before_answers() {
    let folder = application("watching");
    let mut watching = Watching::start(&folder);
    let url = format!("http://{}/products", address(&watching.wait("serving on")));
    let stopped = Arc::new(AtomicBool::new(false));
    let calls = {
        let (url, stopped) = (url.clone(), Arc::clone(&stopped));
        spawn(move || {
            let (mut answered, mut failures) = (0, Vec::new());
            while !stopped.load(Ordering::Relaxed) {
                // Each is a connection of its own.
                match ureq::get(&url).call() {
                    Ok(_) => answered += 1,
                    Err(error) => failures.push(error.to_string()),
                }
            }
            (answered, failures)
        })
    };
    fs::write(folder.join("src/main.rs"), "22").expect("it can be written");
    watching.wait("changed; building");
    watching.wait("serving on");
    fs::write(folder.join("src/broken.rs"), "").expect("it can be written");
    watching.wait("error: no such thing");
    watching.wait("not built; what is running goes on");
    assert!(ureq::get(&url).call().is_ok());
    fs::remove_file(folder.join("src/broken.rs")).expect("it can be removed");
    watching.wait("serving on");
    stopped.store(true, Ordering::Relaxed);
    let (answered, failures) = calls.join().expect("it calls");
    assert!(answered > 10 && failures.is_empty(), "{answered} answers, and {failures:#?}");

    // It ends with what it runs.
    let ended = Command::new("kill").args(["-s", "TERM", &watching.process.id().to_string()]).status();
    assert!(ended.is_ok_and(|status| status.success()));
    watching.wait("stopped");
    assert_eq!(watching.process.wait().expect("it ends").code(), Some(143));
    assert!(ureq::get(&url).call().is_err());
}

#[test]
fn a_build_that_writes_sources_itself_does_not_go_on_for_ever() {
    let folder = application("watching-loop");
    let script = folder.join(".cargo-script");
    let text = fs::read_to_string(&script).expect("it is there");
    fs::write(&script, text.replacen("\n", "\ndate +%N > src/made.rs\n", 1)).expect("it can be written");
    let watching = Watching::start(&folder);
    watching.wait("changes whenever it is built");
    // Quiet, until somebody changes something.
    std::thread::sleep(Duration::from_secs(1));
    while watching.lines.try_recv().is_ok() {}
    std::thread::sleep(Duration::from_secs(1));
    assert!(watching.lines.try_recv().is_err(), "it builds again");
    fs::write(folder.join("src/main.rs"), "333").expect("it can be written");
    watching.wait("changed; building");
}

#[test]
fn a_log_is_no_source_and_a_server_that_has_ended_is_told() {
    let folder = application("watching-log");
    let watching = Watching::start(&folder);
    watching.wait("waiting for changes");
    fs::write(folder.join("app.log"), "1").expect("it can be written");
    let servers = Command::new("pkill").args(["-9", "-P", &watching.process.id().to_string()]).status();
    assert!(servers.is_ok_and(|status| status.success()));
    let line = watching.wait("the server has ended");
    assert!(line.contains("signal"), "{line}");
    fs::write(folder.join("src/main.rs"), "4444").expect("it can be written");
    watching.wait("serving on");
}

#[test]
fn what_cannot_be_watched_is_told() {
    let folder = scratch("watching-nothing");
    let run = |arguments: &[&str]| {
        let output = Command::new(program()).arg("watch").args(arguments).current_dir(&folder).output();
        let output = output.expect("it can be run");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = run(&[]);
    assert!(code == Some(1) && told.contains("there is no Cargo.toml in ."), "{told}");
    fs::write(folder.join("Cargo.toml"), "").expect("it can be written");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let (code, told) = run(&["--bind", &address]);
    assert!(code == Some(1) && told.contains(&format!("cannot listen on {address}")), "{told}");
}
