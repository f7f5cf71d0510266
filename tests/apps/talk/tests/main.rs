//! Whole requests, and WebSockets, over HTTP.

mod endpoints;
mod hooks;
mod parts;
mod sockets;
