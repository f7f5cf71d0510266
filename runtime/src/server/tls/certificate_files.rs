//! What the files hold, and the configuration that it makes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};

use super::Tls;

/// The protocols that can be agreed on, best first (RFC 7301 §6, RFC 9113 §3.2).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The contents of the files.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CertificateFiles {
    certificate: Vec<u8>,
    key: Vec<u8>,
    client_ca: Option<Vec<u8>>,
}

impl CertificateFiles {
    /// Reads the files, or says which cannot be read.
    pub(super) fn read(tls: &Tls) -> Result<Self, String> {
        let client_ca = tls.client_ca.as_deref().map(|path| read("authority of clients", path)).transpose()?;
        Ok(Self { certificate: read("certificate", &tls.certificate)?, key: read("key", &tls.key)?, client_ca })
    }

    /// What connections are made with, or what is wrong with which file.
    pub(super) fn config(&self, tls: &Tls) -> Result<Arc<ServerConfig>, String> {
        let chain = certificates(&self.certificate, &tls.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| format!("`{}` has no private key in PEM that is not encrypted", tls.key.display()))?;
        let unusable = |error: rustls::Error| {
            let (certificate, key) = (tls.certificate.display(), tls.key.display());
            format!("the certificate `{certificate}` cannot be used with the key `{key}`: {error}")
        };
        let provider = Arc::new(ring::default_provider());
        let clients = match (&self.client_ca, &tls.client_ca) {
            (Some(pem), Some(path)) => clients(pem, path, Arc::clone(&provider))?,
            _ => WebPkiClientVerifier::no_client_auth(),
        };
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().map_err(unusable)?;
        let mut config = builder.with_client_cert_verifier(clients).with_single_cert(chain, key).map_err(unusable)?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).into();
        Ok(Arc::new(config))
    }
}

fn read(what: &str, path: &Path) -> Result<Vec<u8>, String> {
    if path.as_os_str().is_empty() {
        return Err(format!("no file is named for the {what}"));
    }
    fs::read(path).map_err(|error| format!("the {what} `{}` cannot be read: {error}", path.display()))
}

/// What certificates of clients must be; a client may have none.
fn clients(pem: &[u8], path: &Path, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(pem, path)? {
        let unusable = |error| format!("`{}` has a certificate that cannot be used: {error}", path.display());
        authorities.add(certificate).map_err(unusable)?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider);
    let unusable = |error| format!("`{}` cannot be used for clients: {error}", path.display());
    builder.allow_unauthenticated().build().map_err(unusable)
}

/// The certificates of a PEM file, of which there must be one.
fn certificates(pem: &[u8], path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| format!("`{}` is not PEM as it should be: {error}", path.display()))?;
    if found.is_empty() { Err(format!("`{}` has no certificate in PEM", path.display())) } else { Ok(found) }
}
