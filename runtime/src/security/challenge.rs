//! Where the credentials of each scheme stand, and how a refusal asks for them (RFC 9110 §11.6.1).

use http::header::{HeaderValue, WWW_AUTHENTICATE};

use super::{SchemeRequirement, Security};
use crate::protocol::HttpError;

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
    /// A bearer token that stands for scopes: OAuth 2 and OpenID Connect.
    OAuth,
    /// The certificate of the connection's client.
    #[cfg(feature = "tls")]
    Certificate,
    /// Another HTTP authentication scheme, of this name.
    Http(&'static str),
}

/// What a refusal says of credentials that were sent (RFC 6750 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// They are not valid.
    Invalid,
    /// They are, and lack a scope.
    Insufficient,
}

/// Says in a 401 what would be accepted; in a 403, which scopes the token that was sent would need. A handler
/// that has said so itself is left its word.
pub(super) fn challenged(error: HttpError, security: Security, sent: &'static [SchemeRequirement]) -> HttpError {
    if error.has_header(&WWW_AUTHENTICATE) {
        return error;
    }
    let schemes: Vec<&'static SchemeRequirement> = match error.status() {
        http::StatusCode::UNAUTHORIZED => security.iter().copied().flatten().collect(),
        http::StatusCode::FORBIDDEN => sent.iter().filter(|asked| asked.1 == Challenge::OAuth).collect(),
        _ => return error,
    };
    let fault = match error.status() {
        http::StatusCode::FORBIDDEN => Fault::Insufficient,
        _ => Fault::Invalid,
    };
    let mut texts: Vec<String> = Vec::new();
    for asked in schemes {
        let was_sent = sent.iter().any(|one| one.0 == asked.0);
        let text = asked.1.text(asked.2, was_sent.then_some(fault));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let values = texts.into_iter().filter_map(|text| HeaderValue::try_from(text).ok());
    values.fold(error, |error, value| error.header(WWW_AUTHENTICATE, value))
}

impl Challenge {
    fn text(self, scopes: &[&str], fault: Option<Fault>) -> String {
        match self {
            Self::Basic => "Basic realm=\"api\", charset=\"UTF-8\"".to_owned(),
            Self::Bearer => bearer(&[], fault),
            Self::OAuth => bearer(scopes, fault),
            // Parameters, such as Digest's nonce, are for the handler to say.
            Self::Http(name) => name.to_owned(),
            // No registered scheme, and no header that it is sent in: the name says what is missing.
            #[cfg(feature = "tls")]
            Self::Certificate => "ClientCertificate".to_owned(),
            // No registered scheme: the name says what is missing, no more.
            Self::HeaderKey(_) | Self::QueryKey(_) | Self::CookieKey(_) => "ApiKey".to_owned(),
        }
    }
}

/// The challenge of a bearer token (RFC 6750 §3).
fn bearer(scopes: &[&str], fault: Option<Fault>) -> String {
    let mut text = "Bearer realm=\"api\"".to_owned();
    match fault {
        Some(Fault::Invalid) => text.push_str(", error=\"invalid_token\""),
        Some(Fault::Insufficient) => text.push_str(", error=\"insufficient_scope\""),
        None => {}
    }
    // What no scope can be, and what would end the quotes, is left out.
    let is_scope = |scope: &&str| {
        !scope.is_empty() && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    };
    if !scopes.is_empty() && scopes.iter().all(is_scope) {
        text.push_str(&format!(", scope=\"{}\"", scopes.join(" ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_challenge_says_what_is_wrong_and_what_is_asked_for() {
        assert_eq!(Challenge::Bearer.text(&["admin"], None), "Bearer realm=\"api\"");
        assert_eq!(Challenge::OAuth.text(&["read", "a:b"], None), "Bearer realm=\"api\", scope=\"read a:b\"");
        assert_eq!(
            Challenge::OAuth.text(&["read"], Some(Fault::Insufficient)),
            "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"read\""
        );
        assert_eq!(Challenge::Bearer.text(&[], Some(Fault::Invalid)), "Bearer realm=\"api\", error=\"invalid_token\"");
    }

    #[test]
    fn scopes_of_a_document_cannot_end_the_quotes() {
        for scope in ["a\"b", "a\\", "a b", "", "ä", "a\r\nb"] {
            assert_eq!(Challenge::OAuth.text(&["read", scope], None), "Bearer realm=\"api\"", "{scope:?}");
        }
    }
}
