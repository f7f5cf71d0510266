//! Bodies and answers of every kind, over HTTP.

mod answers;
mod bodies;
mod checked;
mod files;
mod streams;
mod uploads;
