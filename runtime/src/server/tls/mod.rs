//! TLS: certificates from files, which may change while the server runs.

mod acceptor;
mod certificate_files;
mod handshake_limit;

use std::path::PathBuf;
use std::time::Duration;

pub(crate) use acceptor::Acceptor;

/// TLS 1.2 and 1.3 for the connections of a flow, which speak HTTP/2 or HTTP/1.1 as they agree on (RFC 7301).
///
/// ```no_run
/// use buildflow_runtime::{Flow, Tls};
///
/// let flow = Flow::new().tls(Tls::files("server.pem", "server.key"));
/// ```
///
/// The files are looked at again and again; when they change, connections that are made from then on get what is new,
/// and those there are stay. Files that cannot be used are an error at the start; later they are logged, and what
/// was there before goes on.
#[derive(Debug, Clone)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    /// The authorities of clients.
    client_ca: Option<PathBuf>,
    handshake_timeout: Duration,
    pending_handshakes: usize,
    reload_every: Duration,
}

impl Tls {
    /// A certificate and its key, as PEM files. The server's certificate stands first in the one, followed by those
    /// that lead to an authority which clients know; the key in the other is PKCS #8, PKCS #1 or SEC 1, and not
    /// encrypted.
    pub fn files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self {
            certificate: certificate.into(),
            key: key.into(),
            client_ca: None,
            handshake_timeout: Duration::from_secs(10),
            pending_handshakes: 1024,
            reload_every: Duration::from_secs(10),
        }
    }

    /// Asks clients for a certificate (mutual TLS) of one of the authorities in a PEM file, which is looked at like the
    /// others. A client with none is let in, as nobody in particular: which endpoints are for clients with one, the
    /// document says. A certificate that is not valid ends the connection.
    #[must_use]
    pub fn client_ca(mut self, authorities: impl Into<PathBuf>) -> Self {
        self.client_ca = Some(authorities.into());
        self
    }

    /// Whether clients are asked for certificates.
    pub(crate) fn knows_clients(&self) -> bool {
        self.client_ca.is_some()
    }

    /// How long a client may take for the handshake, else it is disconnected; by default 10 s.
    #[must_use]
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout = timeout;
        self
    }

    /// The most handshakes that may be under way, at least one; by default 1024. When one more begins, the one that
    /// has taken longest is broken off, so that clients that never finish keep nobody out.
    #[must_use]
    pub fn pending_handshakes(mut self, most: usize) -> Self {
        self.pending_handshakes = most.max(1);
        self
    }

    /// How often the files are looked at; by default every 10 s.
    #[must_use]
    pub fn reload_every(mut self, interval: Duration) -> Self {
        self.reload_every = interval;
        self
    }

    /// Takes the files that the command line or the environment name, instead of those from code.
    pub(crate) fn or_files(tls: Option<Self>, named: Files) -> Option<Self> {
        let Files { certificate, key, client_ca } = named;
        if tls.is_none() && certificate.is_none() && key.is_none() && client_ca.is_none() {
            return None;
        }
        // What is missing is told when the file is read.
        let mut tls = tls.unwrap_or_else(|| Self::files("", ""));
        tls.certificate = certificate.map_or(tls.certificate, PathBuf::from);
        tls.key = key.map_or(tls.key, PathBuf::from);
        tls.client_ca = client_ca.map(PathBuf::from).or(tls.client_ca);
        Some(tls)
    }
}

/// The files that the command line or the environment name.
pub(crate) struct Files {
    pub certificate: Option<String>,
    pub key: Option<String>,
    pub client_ca: Option<String>,
}
