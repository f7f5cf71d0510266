//! Reads OpenAPI documents and writes complete, typed Rust servers.
//!
//! The stages, each a room of its own, and each usable alone:
//!
//! ```text
//!  read           lift              lower               render                 write
//!  files ─► Source ─► Document + Schemas ─► Service (the IR) ─► templates ─► files
//! ```
//!
//! Several documents are services of one [`flow`]. A build script uses [`Generator`]; the command line is behind the feature `cli`.

#[cfg(feature = "cli")]
pub mod cli;
mod compile;
#[cfg(feature = "cli")]
pub mod deploy;
pub mod diagnostic;
#[cfg(feature = "cli")]
pub mod diff;
#[cfg(feature = "cli")]
pub mod example;
#[cfg(feature = "cli")]
pub mod explain;
pub mod flow;
mod generator;
pub mod ir;
pub mod lift;
pub mod lower;
pub mod read;
pub mod render;
pub mod source;
mod threads;
pub mod unsupported;
pub mod write;

pub use compile::{CompileOptions, Compiled, GenerateError, compile, compile_all, compile_with};
pub use generator::Generator;
