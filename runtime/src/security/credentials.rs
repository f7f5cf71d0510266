//! What clients prove with who they are. None of it gets into logs by way of `Debug`, and all of it is
//! compared in a time that does not tell where two secrets differ.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq as _;

use crate::values::is_same;

/// An API key.
#[derive(Clone)]
pub struct ApiKey(pub(super) String);

/// A bearer token (RFC 6750), also of OAuth 2 and OpenID Connect.
#[derive(Clone)]
pub struct BearerToken(pub(super) String);

/// User name and password of HTTP Basic (RFC 7617).
#[derive(Clone)]
pub struct BasicCredentials {
    username: String,
    password: String,
}

/// Credentials of any other HTTP authentication scheme, such as Digest (RFC 7616), as they were sent.
#[derive(Clone)]
pub struct HttpCredentials {
    pub(super) scheme: &'static str,
    pub(super) parameters: String,
}

impl ApiKey {
    /// A key that came in another way, such as in a message, or in a test.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key, as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this key. The time that it takes tells nothing but whether the lengths differ; an empty
    /// key matches nothing.
    pub fn matches(&self, expected: impl AsRef<[u8]>) -> bool {
        is_same(&self.0, expected.as_ref())
    }
}

impl BearerToken {
    /// A token that came in another way, such as in a message, or in a test.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token, as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this token. The time that it takes tells nothing but whether the lengths differ; an
    /// empty token matches nothing.
    pub fn matches(&self, expected: impl AsRef<[u8]>) -> bool {
        is_same(&self.0, expected.as_ref())
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

    /// Whether it is this name and this password. The time that it takes tells nothing but whether lengths
    /// differ; an empty password matches nothing.
    pub fn matches(&self, username: impl AsRef<[u8]>, password: impl AsRef<[u8]>) -> bool {
        let named = self.username.as_bytes().ct_eq(username.as_ref());
        // Both are compared, whatever the first comparison has said.
        bool::from(named) & is_same(&self.password, password.as_ref())
    }

    /// Takes `name:password` apart.
    pub(super) fn decoded(encoded: &str) -> Option<Self> {
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (username, password) = decoded.split_once(':')?;
        Some(Self { username: username.to_owned(), password: password.to_owned() })
    }
}

impl HttpCredentials {
    /// The scheme's name, as the document has it.
    pub fn scheme(&self) -> &str {
        self.scheme
    }

    /// What follows the name: a token, or parameters separated by commas (RFC 9110 §11.4); never empty.
    pub fn parameters(&self) -> &str {
        &self.parameters
    }
}

macro_rules! redacted {
    ($($name:ident),*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}

redacted!(ApiKey, BearerToken, BasicCredentials, HttpCredentials);

/// Credentials of any scheme.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// An API key.
    ApiKey(ApiKey),
    /// HTTP Basic.
    Basic(BasicCredentials),
    /// A bearer token.
    Bearer(BearerToken),
    /// The certificate of the connection's client.
    #[cfg(feature = "tls")]
    Certificate(crate::protocol::ClientCertificate),
    /// Another HTTP authentication scheme.
    Http(HttpCredentials),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_match_themselves_and_nothing_else() {
        let (key, token) = (ApiKey("k1".to_owned()), BearerToken("t".to_owned()));
        assert!(key.matches("k1") && key.matches(b"k1"));
        assert!(!key.matches("k2") && !key.matches("k") && !key.matches("k11") && !key.matches(""));
        assert!(token.matches("t") && !token.matches("T"));
        let basic = BasicCredentials::decoded("YW5uOmE6Yg==").unwrap();
        assert!(basic.matches("ann", "a:b"));
        assert!(!basic.matches("ann", "a") && !basic.matches("bob", "a:b") && !basic.matches("", ""));
    }

    #[test]
    fn a_secret_that_is_not_set_lets_nobody_in() {
        assert!(!ApiKey(String::new()).matches(""));
        assert!(!BasicCredentials::decoded("OmE=").unwrap().matches("", ""));
        assert!(!BasicCredentials::decoded("YTo=").unwrap().matches("a", ""));
    }

    #[test]
    fn what_is_no_basic_is_none() {
        for text in ["", "YW5u", "!", "YW5uOmE6Yg", "/w=="] {
            assert!(BasicCredentials::decoded(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_output_tells_no_secret() {
        let http = HttpCredentials { scheme: "digest", parameters: "secret".to_owned() };
        let basic = BasicCredentials::decoded("c2VjcmV0OnNlY3JldA==").unwrap();
        let all = [
            Credentials::ApiKey(ApiKey("secret".to_owned())),
            Credentials::Bearer(BearerToken("secret".to_owned())),
            Credentials::Basic(basic),
            Credentials::Http(http),
        ];
        let shown = "[ApiKey(ApiKey(…)), Bearer(BearerToken(…)), Basic(BasicCredentials(…)), Http(HttpCredentials(…))]";
        assert_eq!(format!("{all:?}"), shown);
    }
}
