//! Whole requests, and WebSockets, over HTTP.

mod endpoints;
mod sockets;
