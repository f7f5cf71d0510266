//! The command line of buildflow-gen.

use std::process::ExitCode;

fn main() -> ExitCode {
    buildflow_gen::cli::main()
}
