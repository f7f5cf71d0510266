//! Who is connected, and by what.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

#[cfg(feature = "tls")]
use super::ClientCertificate;
use super::forwarded::Forwarded;

/// Who is connected to the server.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub address: SocketAddr,
    pub channel: Channel,
    /// What a trusted proxy says, where it is one.
    pub forwarded: Option<Arc<Forwarded>>,
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
    /// Who is connected by this.
    pub(crate) fn new(address: SocketAddr, channel: Channel) -> Self {
        Self { address, channel, forwarded: None }
    }

    /// Who has sent the request: before trusted proxies, where it came through some.
    pub(crate) fn client(&self) -> IpAddr {
        self.forwarded.as_ref().map_or(self.address.ip().to_canonical(), |forwarded| forwarded.client)
    }

    /// Whether nobody between the client and the server, or the trusted proxy in front, can read along.
    pub(crate) fn is_secure(&self) -> bool {
        let said = self.forwarded.as_ref().and_then(|forwarded| forwarded.is_secure);
        said.unwrap_or(!matches!(self.channel, Channel::Tcp))
    }

    /// What the path began with before a trusted proxy took it away.
    pub(crate) fn prefix(&self) -> Option<&str> {
        Some(self.forwarded.as_ref()?.prefix.as_ref()?.as_str())
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
