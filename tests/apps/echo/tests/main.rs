//! What is decoded, and how it is written again, over HTTP.

mod defaults;
mod directions;
mod enums;
mod large;
mod named_types;
mod numbers;
mod paths;
mod security;
mod styles;
mod unions;
mod values;
