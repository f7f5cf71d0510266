//! Reads OpenAPI documents and writes complete, typed Rust servers.
//!
//! The stages, each a room of its own, and each usable alone:
//!
//! ```text
//!  read           lift              lower               render                 write
//!  files ─► Source ─► Document + Schemas ─► Service (the IR) ─► templates ─► files
//! ```
//!
//! A build script uses [`Generator`]; the command line is behind the feature `cli`.

#[cfg(feature = "cli")]
pub mod cli;
pub mod diagnostic;
#[cfg(feature = "cli")]
pub mod example;
mod generator;
pub mod ir;
pub mod lift;
pub mod lower;
pub mod read;
pub mod render;
pub mod unsupported;
pub mod write;

pub use generator::{CompileOptions, Compiled, GenerateError, Generator, compile, compile_with};
