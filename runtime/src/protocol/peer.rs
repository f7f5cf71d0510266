//! Who is connected, and by what.

use std::net::SocketAddr;

#[cfg(feature = "tls")]
use super::ClientCertificate;

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
    /// What nobody between them reads; with the client's certificate, where it has shown one that is valid.
    #[cfg(feature = "tls")]
    Tls(Option<ClientCertificate>),
}

impl Peer {
    /// Whether nobody between the client and the server can read along.
    pub(crate) fn is_secure(&self) -> bool {
        !matches!(self.channel, Channel::Tcp)
    }

    /// The client's certificate.
    #[cfg(feature = "tls")]
    pub(crate) fn certificate(&self) -> Option<&ClientCertificate> {
        match &self.channel {
            Channel::Tls(certificate) => certificate.as_ref(),
            Channel::Tcp => None,
        }
    }
}
