//! Middleware over HTTP.

mod certificates;
mod code;
mod compression;
mod cors;
mod decompression;
mod headers;
mod hosts;
mod limits;
mod secrets;
mod session;
mod starlette;

use std::process::Command;

use served::Served;

const SECRET: &str = "the first secret of this test, which guards nothing";
const OLD_SECRET: &str = "the second secret of this test, which guards nothing";

/// The application, with its secrets in the environment.
fn program(secret: Option<&str>, old_secret: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guarded"));
    command.env_remove("GUARDED_SECRET").env("GUARDED_OLD_SECRET", old_secret).env("RUST_LOG", "info");
    if let Some(secret) = secret {
        command.env("GUARDED_SECRET", secret);
    }
    command
}

fn start() -> Served {
    Served::program(program(Some(SECRET), OLD_SECRET)).expect("the application starts")
}
