//! What is asked of connections.

use std::time::Duration;

/// How long connections and the server's end may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// For a request's head, once it has begun.
    pub header_read: Duration,
    /// Without a request.
    pub idle: Duration,
    /// For a client to take any of what it is sent.
    pub write: Duration,
    /// For a connection, after which it takes no further requests.
    pub age: Duration,
    /// For requests in flight when the server stops.
    pub shutdown_grace: Duration,
    /// How many connections there may be; by default, the files that the process may open say it.
    pub max_connections: Option<usize>,
    /// How many requests a connection of HTTP/2 may have in flight.
    pub max_concurrent_streams: u32,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            header_read: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            write: Duration::from_secs(60),
            age: Duration::from_secs(3600),
            shutdown_grace: Duration::from_secs(30),
            max_connections: None,
            max_concurrent_streams: 200,
        }
    }
}
