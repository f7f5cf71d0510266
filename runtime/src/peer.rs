//! Who is connected, and by what.

use std::net::SocketAddr;

/// Who is connected to the server.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub address: SocketAddr,
    pub channel: Channel,
}

/// What goes between a client and the server.
#[derive(Debug, Clone)]
pub(crate) enum Channel {
    /// Bytes as they are.
    Tcp,
    /// What nobody between them reads.
    #[cfg(feature = "tls")]
    Tls,
}

impl Peer {
    /// Whether nobody between the client and the server can read along.
    pub fn is_secure(&self) -> bool {
        !matches!(self.channel, Channel::Tcp)
    }
}
