//! JSON Web Tokens (RFC 7519) as bearer tokens: verified with keys that an issuer may rotate.
//!
//! A [`Verifier`] takes tokens of the algorithms that it was made for and no others, whatever a token says of
//! itself; it checks the signature, `exp`, `nbf`, and issuer and audience. Where a token would be checked with
//! a key that it brings along or points to (`jwk`, `jku`, `x5u`), it is not: keys come from [`Keys`] alone.
//!
//! ```
//! use buildflow_runtime::jwt::{Algorithm, Keys, Verifier};
//! use buildflow_runtime::{BearerToken, HttpError, RequestContext};
//!
//! /// Who calls, as the issuer says.
//! #[derive(serde::Deserialize)]
//! struct User {
//!     sub: String,
//! }
//!
//! struct Shop {
//!     tokens: Verifier,
//! }
//!
//! impl Shop {
//!     fn open() -> Result<Self, buildflow_runtime::jwt::KeyError> {
//!         let keys = Keys::jwks_url("https://login.example.com/.well-known/jwks.json")?;
//!         let tokens = Verifier::new(keys, &[Algorithm::RS256])
//!             .issuer("https://login.example.com/")
//!             .audience("https://api.example.com/");
//!         Ok(Self { tokens })
//!     }
//!
//!     // As the method of the service's trait that checks the scheme's credentials.
//!     async fn bearer_auth(&self, credentials: BearerToken, scopes: &[&str], _: &RequestContext) -> Result<User, HttpError> {
//!         self.tokens.verify(&credentials, scopes).await
//!     }
//! }
//! # assert!(Shop::open().is_ok());
//! # assert!(Keys::jwks_url("http://login.example.com/jwks.json").is_err());
//! ```

mod keys;
mod remote;

use std::time::Duration;

pub use jsonwebtoken::Algorithm;
use jsonwebtoken::{Header, Validation};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use keys::{KeyError, Keys};

use super::BearerToken;
use crate::protocol::HttpError;

/// A token longer than this is refused before it is looked at.
const LONGEST_TOKEN: usize = 16 * 1024;

/// Verifies tokens.
#[derive(Debug)]
pub struct Verifier {
    keys: Keys,
    validation: Validation,
}

/// Why a token is refused. Clients hear no more than that it is.
#[derive(Debug)]
enum Refusal {
    /// It is not what it should be.
    Token(&'static str),
    /// Signature or claims are not right.
    Invalid(jsonwebtoken::errors::Error),
    /// There are no keys to tell.
    NoKeys,
}

impl From<jsonwebtoken::errors::Error> for Refusal {
    fn from(error: jsonwebtoken::errors::Error) -> Self {
        Self::Invalid(error)
    }
}

impl Verifier {
    /// Takes tokens that are signed by one of these keys, with one of these algorithms. A token must have `exp`,
    /// and its times are right to within 60 seconds. One that is meant for an audience is refused unless
    /// [`audience`](Self::audience) names it.
    pub fn new(keys: Keys, algorithms: &[Algorithm]) -> Self {
        // Another crate may have chosen an implementation, which will do as well; without this, one that merely
        // turns a feature of `jsonwebtoken` on would leave it without any.
        let _ = jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default();
        let algorithms = algorithms.to_vec();
        Self { keys, validation: Validation { algorithms, validate_nbf: true, ..Validation::default() } }
    }

    /// Takes tokens of this issuer only: their `iss`.
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.validation.set_issuer(&[issuer]);
        self.validation.required_spec_claims.insert("iss".to_owned());
        self
    }

    /// Takes tokens for this audience only: `aud` is it, or a list that has it.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.validation.set_audience(&[audience]);
        self.validation.required_spec_claims.insert("aud".to_owned());
        self
    }

    /// How far the clocks of issuer and server may be apart; by default 60 seconds.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.validation.leeway = leeway.as_secs();
        self
    }

    /// The claims of a token that is valid and has all these scopes: in `scope`, separated by spaces (RFC 8693
    /// §4.2), or in `scp`, as a list or the same.
    ///
    /// # Errors
    ///
    /// 401 where the token is not valid or its claims are no `C`, 403 where it lacks a scope, and 503 where there
    /// are no keys. The reason is logged at the level DEBUG, without anything of the token.
    pub async fn verify<C: DeserializeOwned>(&self, token: &BearerToken, scopes: &[&str]) -> Result<C, HttpError> {
        let claims = self.claims(token.as_str()).await.map_err(|refusal| match refusal {
            Refusal::NoKeys => HttpError::service_unavailable(),
            refusal => {
                tracing::debug!(reason = refusal.reason(), "a token was refused");
                HttpError::unauthorized()
            }
        })?;
        if let Some(lacking) = scopes.iter().find(|scope| !has_scope(&claims, scope)) {
            tracing::debug!(scope = lacking, "a token lacks a scope");
            return Err(HttpError::forbidden());
        }
        serde_json::from_value(claims).map_err(|_| {
            tracing::debug!("the claims of a token are not what the application takes");
            HttpError::unauthorized()
        })
    }

    async fn claims(&self, token: &str) -> Result<Value, Refusal> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refusal::Token("it is too long"));
        }
        let header = jsonwebtoken::decode_header(token)?;
        self.check_header(&header)?;
        let key = self.keys.find(&header).await?;
        // What the token says of its algorithm counts within what was pinned, and for this key.
        let algorithms = vec![header.alg];
        let validation = Validation { algorithms, ..self.validation.clone() };
        Ok(jsonwebtoken::decode::<Value>(token, &key, &validation)?.claims)
    }

    fn check_header(&self, header: &Header) -> Result<(), Refusal> {
        if !self.validation.algorithms.contains(&header.alg) {
            return Err(Refusal::Token("its algorithm is not one that is taken"));
        }
        // Extensions that must be understood (RFC 7515 §4.1.11): none are.
        if header.crit.is_some() {
            return Err(Refusal::Token("it has critical extensions"));
        }
        Ok(())
    }
}

impl Refusal {
    /// The reason, without anything that the token says.
    fn reason(&self) -> &'static str {
        use jsonwebtoken::errors::ErrorKind;
        match self {
            Self::Token(reason) => reason,
            Self::NoKeys => "there are no keys",
            Self::Invalid(error) => match error.kind() {
                ErrorKind::InvalidSignature => "its signature is wrong",
                ErrorKind::ExpiredSignature => "it has expired",
                ErrorKind::ImmatureSignature => "it is not valid yet",
                ErrorKind::InvalidIssuer => "it is of another issuer",
                ErrorKind::InvalidAudience => "it is for another audience",
                ErrorKind::MissingRequiredClaim(_) => "it lacks a claim",
                ErrorKind::InvalidAlgorithm => "its algorithm is not the key's",
                _ => "it is no token that can be verified",
            },
        }
    }
}

fn has_scope(claims: &Value, scope: &str) -> bool {
    ["scope", "scp"].into_iter().filter_map(|name| claims.get(name)).any(|granted| match granted {
        Value::String(text) => text.split(' ').any(|granted| granted == scope),
        Value::Array(list) => list.iter().any(|granted| granted == scope),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
