//! Reads OpenAPI documents and writes complete, typed Rust servers.
//!
//! In a build script, use [`Generator`]. It is all that most applications need:
//!
//! ```no_run
//! fn main() -> Result<(), buildflow_gen::GenerateError> {
//!     buildflow_gen::Generator::new().spec("specs/pets.yaml").build_script()
//! }
//! ```
//!
//! Programs that look at documents use the stages: [`compile`] gives diagnostics and the [IR](ir), and [`Compiled::render`] the
//! text.
//!
//! ```no_run
//! use std::path::Path;
//!
//! let compiled = buildflow_gen::compile(Path::new("pets.yaml"), None, false);
//! print!("{}", compiled.report(false));
//! for (_, lowered) in &compiled.services {
//!     println!("{} has {} operations", lowered.service.title, lowered.service.endpoints.len());
//! }
//! ```
//!
//! Each stage can be used alone:
//!
//! ```text
//!  read           lift              lower               render                 write
//!  files ─► Source ─► Document + Schemas ─► Service (the IR) ─► templates ─► files
//! ```
//!
//! Several documents are services of one [`flow`].
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `cli` | the command line, and what it uses: `deploy`, `diff`, `example`, `explain` | yes |
//! | `remote` | references to other machines | no |
#![cfg_attr(docsrs, feature(doc_cfg))]

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
