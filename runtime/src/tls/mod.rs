//! TLS: certificates from files, which may change while the server runs.

mod acceptor;
mod material;
mod pending;

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
            handshake_timeout: Duration::from_secs(10),
            pending_handshakes: 1024,
            reload_every: Duration::from_secs(10),
        }
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

    /// The same with other files, where the command line or the environment name some.
    pub(crate) fn or_files(tls: Option<Self>, certificate: Option<String>, key: Option<String>) -> Option<Self> {
        match (tls, certificate, key) {
            (None, None, None) => None,
            // What is missing is told when the file is read.
            (None, certificate, key) => Some(Self::files(certificate.unwrap_or_default(), key.unwrap_or_default())),
            (Some(mut tls), certificate, key) => {
                tls.certificate = certificate.map_or(tls.certificate, PathBuf::from);
                tls.key = key.map_or(tls.key, PathBuf::from);
                Some(tls)
            }
        }
    }
}
