//! How to do what applications do: one page per task.
//!
