//! The keys that sessions are signed with.

use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::protocol::Error;

/// A signature's length: 32 bytes in base64.
pub(super) const SIGNATURE_LENGTH: usize = 43;

/// A shorter key than the hash is long could be guessed (RFC 2104 §3).
const SHORTEST: usize = 32;

/// A secret that sessions are signed with, by HMAC with SHA-256 (RFC 2104): 32 bytes or more. It is never shown.
#[derive(Clone)]
pub struct SecretKey(Hmac<Sha256>);

impl SecretKey {
    /// A key that is known here.
    ///
    /// # Errors
    ///
    /// It is too short.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, Error> {
        Self::from_bytes(secret.as_ref(), || "the secret".to_owned())
    }

    /// The key in an environment variable.
    ///
    /// # Errors
    ///
    /// It is not set, or too short.
    pub fn env(variable: &str) -> Result<Self, Error> {
        let place = || format!("the environment variable {variable}");
        match std::env::var(variable) {
            Ok(secret) if !secret.is_empty() => Self::from_bytes(secret.as_bytes(), place),
            Ok(_) | Err(std::env::VarError::NotPresent) => Err(unusable(&place(), "is not set")),
            Err(std::env::VarError::NotUnicode(_)) => Err(unusable(&place(), "is not Unicode")),
        }
    }

    /// The key in a file, without the spaces and line ends around it.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is too short.
    pub fn file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let place = || format!("the file {}", path.display());
        let secret = std::fs::read(path).map_err(|error| unusable(&place(), &format!("cannot be read ({error})")))?;
        Self::from_bytes(secret.trim_ascii(), place)
    }

    fn from_bytes(secret: &[u8], place: impl FnOnce() -> String) -> Result<Self, Error> {
        let short = || format!("has {} bytes, where {SHORTEST} are asked for", secret.len());
        match Hmac::new_from_slice(secret) {
            Ok(keyed) if secret.len() >= SHORTEST => Ok(Self(keyed)),
            _ => Err(unusable(&place(), &short())),
        }
    }

    pub(super) fn sign(&self, text: &str) -> String {
        encode(&self.0.clone().chain_update(text).finalize().into_bytes())
    }

    /// Whether this key has signed the text; it takes as long either way.
    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        let Some(signature) = decode(signature) else { return false };
        self.0.clone().chain_update(text).verify_slice(&signature).is_ok()
    }
}

fn unusable(place: &str, how: &str) -> Error {
    let reason = format!("{place} {how}; it should hold a random secret, such as `openssl rand -hex 32` gives");
    Error::Option { name: "secret_key", reason }
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_short_secret_is_an_error_that_says_what_to_set() {
        let missing = SecretKey::env("BUILDFLOW_NO_SUCH_SECRET").unwrap_err().to_string();
        assert!(missing.contains("BUILDFLOW_NO_SUCH_SECRET is not set") && missing.contains("openssl"), "{missing}");
        let short = SecretKey::new("hunter2").unwrap_err().to_string();
        assert!(short.contains("7 bytes") && !short.contains("hunter2"), "{short}");
        let unread = SecretKey::file("/no/such/secret").unwrap_err().to_string();
        assert!(unread.contains("/no/such/secret cannot be read"), "{unread}");
        assert_eq!(format!("{:?}", SecretKey::new([7; 32]).unwrap()), "SecretKey(…)");
    }
}
