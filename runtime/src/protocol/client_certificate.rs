//! The certificate that a client proves with who it is.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::pki_types::CertificateDer;

/// The certificate of a client (mutual TLS). That an authority of [`Tls::client_ca`](crate::Tls::client_ca) stands for
/// it, that it is valid now and that the client has its key is certain; whom it is for is for the handler to see.
///
/// Whether it was revoked is not asked anywhere.
#[derive(Clone)]
pub struct ClientCertificate(Arc<[CertificateDer<'static>]>);

impl ClientCertificate {
    /// The chain that a client has sent, its own first; `None` where it has sent none.
    pub(crate) fn from_chain(chain: Option<&[CertificateDer<'static>]>) -> Option<Self> {
        chain.filter(|chain| !chain.is_empty()).map(|chain| Self(chain.into()))
    }

    /// The certificate in DER.
    pub fn der(&self) -> &[u8] {
        self.0.first().map_or(&[], AsRef::as_ref)
    }

    /// The certificate, and then those that the client has sent with it, in DER.
    pub fn chain(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The SHA-256 of the certificate, by which it may be known.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.der()).into()
    }

    /// The DNS names that it is for (RFC 5280 §4.2.1.6), also with a wildcard.
    pub fn dns_names(&self) -> Vec<String> {
        self.parsed().map_or_else(Vec::new, |parsed| parsed.valid_dns_names().map(str::to_owned).collect())
    }

    /// The URIs that it is for (RFC 5280 §4.2.1.6), such as a SPIFFE id.
    pub fn uris(&self) -> Vec<String> {
        self.parsed().map_or_else(Vec::new, |parsed| parsed.valid_uri_names().map(str::to_owned).collect())
    }

    fn parsed(&self) -> Option<webpki::EndEntityCert<'_>> {
        webpki::EndEntityCert::try_from(self.0.first()?).ok()
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientCertificate(…)")
    }
}
