//! Handshakes, with the certificate of the moment.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use super::Tls;
use super::certificate_files::CertificateFiles;
use super::handshake_limit::HandshakeLimit;
use crate::protocol::Error;

/// What makes TLS connections of TCP connections.
pub(crate) struct Acceptor {
    tls: Tls,
    /// What the files held at the start.
    first: CertificateFiles,
    config: RwLock<Arc<ServerConfig>>,
    pending: HandshakeLimit,
}

impl Acceptor {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// They cannot be read, or not be used.
    pub(crate) fn new(tls: Tls) -> Result<Self, Error> {
        let refused = |reason| Error::Option { name: "tls", reason };
        let first = CertificateFiles::read(&tls).map_err(refused)?;
        let config = RwLock::new(first.config(&tls).map_err(refused)?);
        let pending = HandshakeLimit::new(tls.pending_handshakes);
        Ok(Self { tls, first, config, pending })
    }

    /// Makes the handshake; `None` where the client does not.
    pub(crate) async fn accept(&self, tcp: TcpStream) -> Option<TlsStream<TcpStream>> {
        let mut place = self.pending.enter();
        let config = Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner));
        let handshake = tokio::time::timeout(self.tls.handshake_timeout, TlsAcceptor::from(config).accept(tcp));
        let reason = tokio::select! {
            shaken = handshake => match shaken {
                Ok(Ok(stream)) => return Some(stream),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "it took too long".to_owned(),
            },
            () = place.lost() => "there were too many at once".to_owned(),
        };
        tracing::debug!(reason, "a TLS handshake failed");
        None
    }

    /// Looks at the files again and again, and takes over what is new in them.
    pub(crate) async fn watch(&self) -> Infallible {
        let mut last = Ok(self.first.clone());
        loop {
            tokio::time::sleep(self.tls.reload_every).await;
            let tls = self.tls.clone();
            // The runtime is shutting down where the files are not read.
            let Ok(read) = tokio::task::spawn_blocking(move || CertificateFiles::read(&tls)).await else { continue };
            // What was wrong the last time is not said again.
            if read == last {
                continue;
            }
            match read.as_ref().map_err(String::clone).and_then(|material| material.config(&self.tls)) {
                Ok(config) => {
                    *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
                    tracing::info!("the TLS certificate has changed");
                }
                Err(reason) => tracing::error!(reason, "the TLS certificate stays as it was: the new one is unusable"),
            }
            last = read;
        }
    }
}
