//! A server as a process of its own, on a port that nobody else has.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::cli::Failure;

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(60);

/// How long it may take until it ends: what a flow gives requests in flight, and some more.
const END: Duration = Duration::from_secs(40);

/// The server that is there.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<Option<Child>>>);

impl Running {
    /// Takes the place of the server before, which ends when its requests are answered.
    pub(super) fn replace(&self, child: Child) {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(child);
        if let Some(before) = before {
            thread::spawn(move || end(before));
        }
    }

    /// Ends the server.
    pub(super) fn end(&self) {
        let child = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        child.into_iter().for_each(end);
    }
}

/// Starts a program, and waits until it listens.
pub(super) fn start(program: &Path, arguments: &[String]) -> Result<(Child, SocketAddr), Failure> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut command = Command::new(program);
    let mut child = command.args(["--bind", &address.to_string()]).args(arguments).spawn()?;
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Err(format!("the server has ended: {status}").into());
        }
        if TcpStream::connect(address).is_ok() {
            return Ok((child, address));
        }
        if began.elapsed() > START {
            end(child);
            return Err("the server does not listen".into());
        }
        sleep(Duration::from_millis(20));
    }
}

/// Asks a server to end, and waits for it; one that does not is killed.
fn end(mut child: Child) {
    #[cfg(unix)]
    let asked = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status();
    #[cfg(not(unix))]
    let asked: std::io::Result<std::process::ExitStatus> = Err(std::io::ErrorKind::Unsupported.into());
    let began = Instant::now();
    while asked.is_ok() && began.elapsed() < END {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Copies a program, so that the next one can be compiled in its place while it runs.
pub(super) fn kept(program: &Path, folder: &Path, number: usize) -> Result<std::path::PathBuf, Failure> {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let copy = folder.join(format!("{number}-{name}"));
    fs::copy(program, &copy).map_err(|error| format!("cannot copy {}: {error}", program.display()))?;
    Ok(copy)
}
