//! x
pub mod diagnostic;
pub mod ir;
pub mod lift;
pub mod lower;
pub mod read;
pub mod render;
pub mod unsupported;
