//! `buildflow-gen watch`, and `serve --watch`: a server that is compiled and started again when its files change.

mod changes;
mod proxy;
mod server;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use clap::Args;
use serde_json::Value;

use self::changes::Snapshot;
use self::proxy::Proxy;
pub(super) use self::server::Processes;
use super::serve::address;
use super::temporary_folder::TemporaryFolder;
use super::{Failure, cargo, say};

/// Run an application, and compile and start it again whenever its files change.
///
/// The server before answers until the next one is ready: no connection is refused. One build runs at a time, and what the
/// compiler says stands in the terminal.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  buildflow-gen watch                              in the folder of an application
  buildflow-gen watch --bind 127.0.0.1:3000 -- --workers 2")]
pub(super) struct WatchCommand {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8000", value_parser = address)]
    bind: String,
    /// The program, where the package has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// The folder of the package
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// What the program is started with, beside `--bind`
    #[arg(value_name = "ARGUMENTS", last = true)]
    arguments: Vec<String>,
}

/// What a build has made.
pub(super) struct Built {
    pub program: PathBuf,
    /// What to open in a browser.
    pub pages: Vec<String>,
}

/// What builds a server, again and again.
pub(super) trait Builds {
    /// Builds it, as one of these processes; `None` where that fails, which has been told.
    fn build(&mut self, processes: &Processes) -> Result<Option<Built>, Failure>;

    /// The files and folders that it is made of.
    fn watched(&self) -> Vec<PathBuf>;
}

impl WatchCommand {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        if !self.folder.join("Cargo.toml").is_file() {
            let shown = self.folder.display();
            return Err(format!("there is no Cargo.toml in {shown}: run this in an application's folder").into());
        }
        let (bind, arguments) = (self.bind.clone(), self.arguments.clone());
        keep_running(self, &bind, &arguments)
    }
}

impl Builds for WatchCommand {
    fn build(&mut self, processes: &Processes) -> Result<Option<Built>, Failure> {
        let mut cargo = cargo();
        cargo.args(["build", "--message-format=json-render-diagnostics"]).current_dir(&self.folder);
        if let Some(bin) = &self.bin {
            cargo.args(["--bin", bin]);
        }
        let output = processes.run(cargo.stderr(Stdio::inherit()));
        let output = output.map_err(|error| format!("cannot run cargo: {error}"))?;
        if !output.status.success() {
            return Ok(None);
        }
        let messages = output.stdout.split(|byte| *byte == b'\n');
        let messages = messages.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        let mut programs = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        match (programs.next(), programs.next()) {
            (Some(program), None) => Ok(Some(Built { program, pages: Vec::new() })),
            (None, _) => Err("the package has no program".into()),
            (Some(_), Some(_)) => Err("the package has several programs: say which one with `--bin`".into()),
        }
    }

    fn watched(&self) -> Vec<PathBuf> {
        vec![self.folder.clone()]
    }
}

/// Builds and runs a server until the process ends.
pub(super) fn keep_running(mut builds: impl Builds, bind: &str, arguments: &[String]) -> Result<ExitCode, Failure> {
    let proxy = Proxy::listen(bind).map_err(|error| format!("cannot listen on {bind}: {error}"))?;
    let (processes, folder) = (Processes::default(), TemporaryFolder::new()?);
    end_with_signals(&processes, folder.path().to_owned())?;
    // A build that changes files itself must not be built again for that, again and again.
    let mut changed_before = BTreeSet::new();
    for number in 0.. {
        let mut snapshot = Snapshot::of(&builds.watched());
        let began = Instant::now();
        let started = builds.build(&processes).and_then(|built| match built {
            Some(built) => {
                let program = server::kept(&built.program, folder.path(), number)?;
                Ok(Some((processes.start(program, arguments)?, built.pages)))
            }
            None => Ok(None),
        });
        match started {
            Ok(Some((server, pages))) => {
                proxy.lead_to(server.address);
                processes.replace(server);
                let seconds = began.elapsed().as_secs_f64();
                say(&format!("serving on http://{} (built in {seconds:.1} s); waiting for changes", proxy.address));
                // With `?watch`, the page loads itself again when the document is another.
                pages.iter().for_each(|page| say(&format!("docs on http://{}{page}?watch", proxy.address)));
            }
            Ok(None) => say("not built; what is running goes on. Waiting for changes"),
            Err(error) => say(&format!("error: {error}; what is running goes on. Waiting for changes")),
        }
        let paths = builds.watched();
        // What has changed while it was built is a change as well, but for the files that do so each time.
        let now = Snapshot::of(&paths);
        let changed = now.changed_since(&snapshot);
        let again: Vec<&PathBuf> = changed.intersection(&changed_before).collect();
        if let Some(file) = again.first() {
            let file = file.display();
            say(&format!(
                "warning: {file} changes whenever it is built: the build writes it itself, and that is no change"
            ));
            snapshot.accept(&now, &again);
        }
        changed_before = changed;
        snapshot.wait(&paths, || {
            if let Some(status) = processes.crashed() {
                say(&format!("error: the server has ended: {status}. Waiting for changes"));
            }
        });
        say("changed; building");
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends the server with this process.
#[cfg(unix)]
fn end_with_signals(processes: &Processes, folder: PathBuf) -> Result<(), Failure> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let processes = processes.clone();
    std::thread::spawn(move || {
        let mut signals = signals.forever();
        let Some(signal) = signals.next() else { return };
        let ending = std::thread::spawn(move || {
            processes.end();
            let _ = std::fs::remove_dir_all(folder);
            // As a shell says that a signal has ended a program.
            std::process::exit(128 + signal);
        });
        // Who asks twice does not want to wait.
        if let Some(signal) = signals.next() {
            std::process::exit(128 + signal);
        }
        let _ = ending.join();
    });
    Ok(())
}

#[cfg(not(unix))]
fn end_with_signals(_: &Processes, _: PathBuf) -> Result<(), Failure> {
    Ok(())
}
