//! The keys that tokens are verified with: given once, or a JWK set (RFC 7517) that is fetched again.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Header};
use serde::Deserialize;
use serde_json::Value;

use super::Refusal;
use super::remote::Remote;

/// The shortest secret: as long as the hash of HS256 (RFC 7518 §3.2).
const SHORTEST_SECRET: usize = 32;

/// More keys than this no set has that is meant for this.
const MOST_KEYS: usize = 100;

/// The keys that tokens are verified with.
pub struct Keys(Kind);

enum Kind {
    /// One key, for all tokens.
    One(Box<DecodingKey>),
    /// A set that is fetched, and fetched again.
    Fetched(Box<Remote>),
}

/// Why keys cannot be used.
#[derive(Debug)]
pub struct KeyError(pub(super) String);

impl fmt::Display for KeyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for KeyError {}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            Kind::One(_) => "Keys(one)",
            Kind::Fetched(_) => "Keys(fetched)",
        })
    }
}

impl Keys {
    /// A secret that issuer and server share, for HS256, HS384 and HS512.
    ///
    /// # Errors
    ///
    /// It has less than 32 bytes, so that it may be guessed.
    pub fn secret(secret: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let secret = secret.as_ref();
        if secret.len() < SHORTEST_SECRET {
            return Err(KeyError(format!("a secret should have at least {SHORTEST_SECRET} bytes")));
        }
        Ok(Self(Kind::One(Box::new(DecodingKey::from_secret(secret)))))
    }

    /// A public key in PEM: of RSA, of the curves P-256 or P-384, or of Ed25519.
    ///
    /// # Errors
    ///
    /// It is none of these.
    pub fn pem(pem: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        let pem = pem.as_ref();
        let key = DecodingKey::from_rsa_pem(pem)
            .or_else(|_| DecodingKey::from_ec_pem(pem))
            .or_else(|_| DecodingKey::from_ed_pem(pem))
            .map_err(|_| KeyError("this is no public key in PEM of RSA, EC or Ed25519".to_owned()))?;
        Ok(Self(Kind::One(Box::new(key))))
    }

    /// The JWK set of a file, which is read when the first token comes, and again when it may have changed.
    pub fn jwks_file(path: impl Into<PathBuf>) -> Self {
        let path: PathBuf = path.into();
        Self::jwks_from(move || {
            let path = path.clone();
            async move { Ok(tokio::task::spawn_blocking(move || super::remote::read(&path)).await??) }
        })
    }

    /// The JWK set of a URL, which is fetched when the first token comes, and again when it may have changed.
    ///
    /// # Errors
    ///
    /// The URL is not `https:`. Only a server on this machine may be asked without.
    pub fn jwks_url(url: &str) -> Result<Self, KeyError> {
        if !super::remote::is_safe(url) {
            return Err(KeyError(format!("keys from `{url}` could be anybody's: use https")));
        }
        let url = url.to_owned();
        Ok(Self::jwks_from(move || {
            let url = url.clone();
            async move { Ok(tokio::task::spawn_blocking(move || super::remote::get(&url)).await??) }
        }))
    }

    /// The JWK set that a function fetches, as JSON: for a client of your own. It is called when the first token
    /// comes, and again when the keys may have changed.
    pub fn jwks_from<F, T>(fetch: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<String, Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        Self(Kind::Fetched(Box::new(Remote::new(Box::new(move || Box::pin(fetch()))))))
    }

    /// How old a fetched set may be before it is fetched again; by default 10 minutes. While that fails, the
    /// keys are used for a day, and not longer.
    #[must_use]
    pub fn refresh_after(mut self, age: Duration) -> Self {
        if let Kind::Fetched(remote) = &mut self.0 {
            remote.refresh_after = age;
        }
        self
    }

    /// How long to wait at least between two attempts to fetch a set; by default 30 seconds. A token of a key
    /// that is not in the set is reason for an attempt, so that new keys are known at once.
    #[must_use]
    pub fn retry_after(mut self, pause: Duration) -> Self {
        if let Kind::Fetched(remote) = &mut self.0 {
            remote.retry_after = pause;
        }
        self
    }

    /// The key of a token.
    pub(super) async fn find(&self, header: &Header) -> Result<DecodingKey, Refusal> {
        let key = match &self.0 {
            Kind::One(key) => DecodingKey::clone(key),
            Kind::Fetched(remote) => remote.find(header).await?,
        };
        if key.family() != header.alg.family() {
            return Err(Refusal::Token("its algorithm is not the key's"));
        }
        Ok(key)
    }
}

/// Keys of a set that signatures are verified with.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    /// The only algorithm that it is for, if the set says so.
    algorithm: Option<Algorithm>,
    key: DecodingKey,
}

impl KeySet {
    /// Reads a JWK set. Keys that are not understood, or are for something else, are passed over (RFC 7517 §5).
    pub(super) fn parse(json: &str) -> Result<Self, KeyError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_str(json).map_err(|_| KeyError("this is no JWK set".to_owned()))?;
        let keys = set.keys.into_iter().take(MOST_KEYS).filter_map(key);
        Ok(Self(keys.collect()))
    }

    /// The key that a token names; where it names none, the only one that its algorithm fits.
    pub(super) fn find(&self, header: &Header) -> Option<DecodingKey> {
        let fits = |key: &&Key| {
            key.key.family() == header.alg.family() && key.algorithm.is_none_or(|algorithm| algorithm == header.alg)
        };
        let mut fitting = self.0.iter().filter(fits);
        match &header.kid {
            Some(id) => fitting.find(|key| key.id.as_ref() == Some(id)).map(|key| key.key.clone()),
            None => fitting.next().filter(|_| fitting.next().is_none()).map(|key| key.key.clone()),
        }
    }
}

fn key(json: Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(json).ok()?;
    let common = &jwk.common;
    let signs = common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature);
    let verifies = common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    let algorithm = match common.key_algorithm {
        Some(algorithm) => Some(Algorithm::try_from(algorithm).ok()?),
        None => None,
    };
    let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| signs && verifies)?;
    // A secret that is in a set is no secret.
    let is_public = key.family() != AlgorithmFamily::Hmac;
    is_public.then(|| Key { id: common.key_id.clone(), algorithm, key })
}
