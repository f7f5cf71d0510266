//! What the files hold, and the configuration that it makes.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use super::Tls;

/// The protocols that can be agreed on, best first (RFC 7301 §6, RFC 9113 §3.2).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The contents of the files.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Material {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Material {
    /// Reads the files, or says which cannot be read.
    pub fn read(tls: &Tls) -> Result<Self, String> {
        Ok(Self { certificate: read("certificate", &tls.certificate)?, key: read("key", &tls.key)? })
    }

    /// What connections are made with, or what is wrong with which file.
    pub fn config(&self, tls: &Tls) -> Result<Arc<ServerConfig>, String> {
        let chain = certificates(&self.certificate, &tls.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| format!("`{}` has no private key in PEM that is not encrypted", tls.key.display()))?;
        let unusable = |error: rustls::Error| {
            let (certificate, key) = (tls.certificate.display(), tls.key.display());
            format!("the certificate `{certificate}` cannot be used with the key `{key}`: {error}")
        };
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(unusable)?;
        let mut config = builder.with_no_client_auth().with_single_cert(chain, key).map_err(unusable)?;
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

/// The certificates of a PEM file, of which there must be one.
fn certificates(pem: &[u8], path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|error| format!("`{}` is not PEM as it should be: {error}", path.display()))?;
    if found.is_empty() { Err(format!("`{}` has no certificate in PEM", path.display())) } else { Ok(found) }
}
