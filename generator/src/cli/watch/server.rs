//! A server as a process of its own, on a port that nobody else has; and all processes that end with this one.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::cli::Failure;

/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(60);

/// How long it may take until it ends: what a flow gives requests in flight, and some more.
const END: Duration = Duration::from_secs(40);

/// What connections that have just been made may need to bring their first requests.
const PAUSE: Duration = Duration::from_millis(500);

/// A server, and the copy of the program that it runs.
pub(super) struct Server {
    child: Child,
    program: PathBuf,
    pub address: SocketAddr,
}

/// The processes that there are: a build, or a server that starts, and the server that is there.
#[derive(Clone, Default)]
pub(in crate::cli) struct Processes(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The number of what is built or started now.
    beginning: Option<u32>,
    server: Option<Server>,
    /// The numbers of servers that were there before, and still have requests.
    leaving: Vec<u32>,
    has_ended: bool,
}

impl Processes {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a process that ends with this one.
    fn begin(&self, command: &mut Command) -> Result<Child, Failure> {
        let mut state = self.state();
        if state.has_ended {
            return Err("this is ending".into());
        }
        let child = command.spawn()?;
        state.beginning = Some(child.id());
        Ok(child)
    }

    /// Runs a build to its end.
    pub(super) fn run(&self, command: &mut Command) -> Result<Output, Failure> {
        let child = self.begin(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let output = child.wait_with_output();
        self.state().beginning = None;
        Ok(output?)
    }

    /// Starts a program, and waits until it listens.
    pub(super) fn start(&self, program: PathBuf, arguments: &[String]) -> Result<Server, Failure> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new(&program);
        let child = self.begin(command.args(["--bind", &address.to_string()]).args(arguments))?;
        let mut server = Server { child, program, address };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.ended() {
                return Err(format!("the server has ended: {status}").into());
            }
            if began.elapsed() > START {
                server.end();
                return Err("the server does not listen".into());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Takes the place of the server before, which ends when its requests are answered.
    pub(super) fn replace(&self, server: Server) {
        let mut state = self.state();
        state.beginning = None;
        if state.has_ended {
            return server.end();
        }
        if let Some(before) = state.server.replace(server) {
            let (number, processes) = (before.child.id(), self.clone());
            state.leaving.push(number);
            thread::spawn(move || {
                sleep(PAUSE);
                before.end();
                processes.state().leaving.retain(|process| *process != number);
            });
        }
    }

    /// Whether the server has ended by itself.
    pub(super) fn crashed(&self) -> Option<ExitStatus> {
        let mut state = self.state();
        let status = state.server.as_mut()?.ended()?;
        state.server = None;
        Some(status)
    }

    /// Ends all of them, and starts no more.
    pub(super) fn end(&self) {
        let (others, server) = {
            let mut state = self.state();
            state.has_ended = true;
            let others: Vec<u32> = state.beginning.take().into_iter().chain(state.leaving.drain(..)).collect();
            (others, state.server.take())
        };
        for process in others {
            ask_to_end(process);
        }
        server.into_iter().for_each(Server::end);
    }
}

impl Server {
    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Asks it to end, and waits for that; one that does not is killed.
    fn end(mut self) {
        let began = Instant::now();
        let is_asked = ask_to_end(self.child.id());
        while is_asked && began.elapsed() < END && self.ended().is_none() {
            sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.program);
    }
}

/// Whether a process could be asked.
fn ask_to_end(process: u32) -> bool {
    let asked = || Command::new("kill").args(["-s", "TERM", &process.to_string()]).stderr(Stdio::null()).status();
    cfg!(unix) && asked().is_ok_and(|status| status.success())
}

/// Copies a program, so that the next one can be compiled in its place while it runs.
pub(super) fn kept(program: &Path, folder: &Path, number: usize) -> Result<PathBuf, Failure> {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    let copy = folder.join(format!("{number}-{name}"));
    fs::copy(program, &copy).map_err(|error| format!("cannot copy {}: {error}", program.display()))?;
    Ok(copy)
}
