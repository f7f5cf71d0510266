//! Security requirements: credentials are taken from the request and checked by the handler before
//! anything else of the request is read.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};

use crate::decode::Decoder;
use crate::error::HttpError;
use crate::service::BoxFuture;

/// An API key.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// A bearer token (RFC 6750).
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String);

/// User name and password of HTTP Basic (RFC 7617).
#[derive(Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    username: String,
    password: String,
}

impl ApiKey {
    /// The key, as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BearerToken {
    /// The token, as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BasicCredentials {
    /// The user's name.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The password.
    pub fn password(&self) -> &str {
        &self.password
    }
}

/// Secrets do not get into logs by way of `Debug`.
macro_rules! redacted {
    ($($name:ident),*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}

redacted!(ApiKey, BearerToken, BasicCredentials);

/// Credentials of any scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// An API key.
    ApiKey(ApiKey),
    /// HTTP Basic.
    Basic(BasicCredentials),
    /// A bearer token.
    Bearer(BearerToken),
}

/// Where the credentials of a scheme stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// A key in this header.
    HeaderKey(&'static str),
    /// A key in this query parameter.
    QueryKey(&'static str),
    /// A key in this cookie.
    CookieKey(&'static str),
    /// HTTP Basic.
    Basic,
    /// A bearer token.
    Bearer,
}

/// Who may call an endpoint: whoever satisfies one of the alternatives.
#[derive(Debug)]
pub struct Security {
    /// The alternatives, in the order of the document.
    pub alternatives: &'static [Alternative],
}

/// Schemes that must all be satisfied; none of them: everybody may call.
#[derive(Debug)]
pub struct Alternative {
    /// The scheme's number, where its credentials stand, and the scopes that are asked for.
    pub schemes: &'static [(usize, Challenge, &'static [&'static str])],
}

/// What checks credentials: generated code, which passes them on to the handler.
pub trait Guard: Send + Sync {
    /// Checks the credentials of a scheme.
    fn check<'a>(
        &'a self,
        scheme: usize,
        credentials: Credentials,
        scopes: &'a [&'a str],
    ) -> BoxFuture<'a, Result<(), HttpError>>;
}

impl Decoder {
    /// Lets the request through, or says why not: 401 with what is asked for where no alternative has
    /// all its credentials, else what the handler said of the first that had.
    pub async fn authorize(&mut self, security: &'static Security, guard: &dyn Guard) -> Result<(), HttpError> {
        let mut refusal = None;
        for alternative in security.alternatives {
            let Some(presented) = self.presented(alternative) else { continue };
            match check_all(presented, guard).await {
                Ok(()) => return Ok(()),
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        let error = refusal.unwrap_or_else(HttpError::unauthorized);
        let unauthorized = error.status() == http::StatusCode::UNAUTHORIZED;
        Err(if unauthorized { challenged(error, security) } else { error })
    }

    /// The credentials of every scheme, if all are there.
    fn presented(&mut self, alternative: &'static Alternative) -> Option<Vec<Presented>> {
        let schemes = alternative.schemes.iter();
        schemes.map(|(scheme, challenge, scopes)| Some((*scheme, self.credentials(*challenge)?, *scopes))).collect()
    }

    fn credentials(&mut self, challenge: Challenge) -> Option<Credentials> {
        let key = |text: String| Credentials::ApiKey(ApiKey(text));
        match challenge {
            Challenge::HeaderKey(name) => self.parts().headers.get(name)?.to_str().ok().map(str::to_owned).map(key),
            Challenge::QueryKey(name) => self.query_value(name).map(key),
            Challenge::CookieKey(name) => self.cookie_value(name).map(key),
            Challenge::Basic => basic(self.authorization("basic")?).map(Credentials::Basic),
            Challenge::Bearer => {
                let token = self.authorization("bearer")?;
                (!token.is_empty()).then(|| Credentials::Bearer(BearerToken(token.to_owned())))
            }
        }
    }

    /// What follows the scheme's name in the `Authorization` header.
    fn authorization(&self, scheme: &str) -> Option<&str> {
        let (name, rest) = self.parts().headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        name.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }
}

type Presented = (usize, Credentials, &'static [&'static str]);

async fn check_all(presented: Vec<Presented>, guard: &dyn Guard) -> Result<(), HttpError> {
    for (scheme, credentials, scopes) in presented {
        guard.check(scheme, credentials, scopes).await?;
    }
    Ok(())
}

fn basic(encoded: &str) -> Option<BasicCredentials> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    Some(BasicCredentials { username: username.to_owned(), password: password.to_owned() })
}

/// 401 says what would be accepted (RFC 9110 §11.6.1).
fn challenged(error: HttpError, security: &'static Security) -> HttpError {
    let schemes = security.alternatives.iter().flat_map(|alternative| alternative.schemes);
    let mut named: Vec<&'static str> = schemes
        .map(|(_, challenge, _)| match challenge {
            Challenge::Basic => "Basic realm=\"api\", charset=\"UTF-8\"",
            Challenge::Bearer => "Bearer",
            // No registered scheme: the name says what is missing, no more.
            Challenge::HeaderKey(_) | Challenge::QueryKey(_) | Challenge::CookieKey(_) => "ApiKey",
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    named.into_iter().fold(error, |error, name| error.header(WWW_AUTHENTICATE, HeaderValue::from_static(name)))
}
