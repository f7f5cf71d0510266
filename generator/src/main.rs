//! The command line of buildflow-gen.

use std::process::ExitCode;

/// The stages make and drop millions of small values on several threads; with the allocator of glibc, they take 1.7 times as long.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    buildflow_gen::cli::main()
}
