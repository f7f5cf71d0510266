//! Security requirements: credentials are taken from the request and checked by the handler before
//! anything else of the request is read.
//!
//! Uses the rooms up to `request`. Decides no policy: who may do what is for the handler.

mod challenge;
mod credentials;
#[cfg(feature = "jwt")]
pub mod jwt;

use futures_util::future::BoxFuture;
use http::StatusCode;
use http::header::AUTHORIZATION;

use crate::protocol::{HttpError, exactly_one};
use crate::request::{Decoder, RequestContext};

pub use challenge::Challenge;
pub use credentials::{ApiKey, BasicCredentials, BearerToken, Credentials, HttpCredentials};

/// Who may call an endpoint: whoever satisfies all schemes of one of these alternatives, which are in the
/// order of the document. An alternative without schemes, which everybody satisfies, is none of them.
pub type Security = &'static [&'static [SchemeRequirement]];

/// A scheme's number, where its credentials stand, and the scopes that are asked for.
pub type SchemeRequirement = (usize, Challenge, &'static [&'static str]);

/// What has a handler `H` check credentials: generated code.
pub trait Guard<H>: Sync + 'static {
    /// Who calls, as the handler sees it.
    type Principal: Send + 'static;

    /// Checks the credentials of a scheme.
    fn check<'a>(
        &self,
        handler: &'a H,
        scheme: usize,
        credentials: Credentials,
        scopes: &'static [&'static str],
        context: &'a RequestContext,
    ) -> BoxFuture<'a, Result<Self::Principal, HttpError>>;

    /// Makes one of the principals of two schemes that are asked for together. It is called only where a
    /// document does that, and refuses unless it is written.
    fn combine<'a>(
        &self,
        _handler: &'a H,
        _first: Self::Principal,
        _second: Self::Principal,
    ) -> BoxFuture<'a, Result<Self::Principal, HttpError>> {
        Box::pin(std::future::ready(Err(HttpError::forbidden())))
    }
}

/// The credentials that a request came with, for each alternative that has all of its own.
#[derive(Debug)]
pub(crate) struct PresentedCredentials {
    context: RequestContext,
    security: Security,
    alternatives: Vec<(&'static [SchemeRequirement], Vec<Credentials>)>,
}

/// Who calls an endpoint that not everybody may call, or why it is refused.
///
/// Alternatives are checked in the order of the document, and the first that the handler accepts counts. Where
/// it accepts none, the refusal is what it said of the first, or 401 where no alternative has all its
/// credentials.
///
/// # Errors
///
/// The refusal. An error that is neither 401 nor 403 says nothing about the client, so it ends the matter: nobody
/// gets in by another way because a database is down.
pub(crate) async fn authorize<H: Sync, G: Guard<H>>(
    guard: &G,
    handler: &H,
    presented: PresentedCredentials,
) -> Result<G::Principal, HttpError> {
    let PresentedCredentials { context, security, alternatives } = presented;
    let mut refusal = None;
    for (schemes, credentials) in alternatives {
        let checked = check_all(guard, handler, (schemes, credentials), &context).await;
        match checked.map_err(|error| context.map(error)) {
            Ok(principal) => return Ok(principal),
            Err(error) if !is_refusal(&error) => return Err(error),
            Err(error) => refusal = refusal.or(Some((error, schemes))),
        }
    }
    let (error, sent) = refusal.unwrap_or_else(|| (HttpError::unauthorized(), &[]));
    Err(challenge::challenged(error, security, sent))
}

/// Who calls an endpoint that everybody may call; `None` where that is nobody whom the handler knows.
///
/// # Errors
///
/// What [`authorize`] has for errors that are no refusal.
pub(crate) async fn identify<H: Sync, G: Guard<H>>(
    guard: &G,
    handler: &H,
    presented: PresentedCredentials,
) -> Result<Option<G::Principal>, HttpError> {
    match authorize(guard, handler, presented).await {
        Ok(principal) => Ok(Some(principal)),
        Err(error) if is_refusal(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Checks each scheme; `None` of them accepts nobody.
async fn check_all<H: Sync, G: Guard<H>>(
    guard: &G,
    handler: &H,
    (schemes, credentials): (&'static [SchemeRequirement], Vec<Credentials>),
    context: &RequestContext,
) -> Result<G::Principal, HttpError> {
    let mut known = None;
    for ((scheme, _, scopes), credentials) in schemes.iter().zip(credentials) {
        let principal = guard.check(handler, *scheme, credentials, scopes, context).await?;
        known = Some(match known {
            None => principal,
            Some(first) => guard.combine(handler, first, principal).await?,
        });
    }
    known.ok_or_else(HttpError::unauthorized)
}

/// Whether the error says that the client is not who may call.
fn is_refusal(error: &HttpError) -> bool {
    matches!(error.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

impl Decoder {
    /// The credentials of the request that the endpoint asks for. Nothing else of the request is read.
    pub(crate) fn presented(&self, security: Security) -> PresentedCredentials {
        let alternatives = security.iter().filter_map(|schemes| {
            let credentials = schemes.iter().map(|(_, challenge, _)| self.credentials(*challenge));
            Some((*schemes, credentials.collect::<Option<Vec<_>>>()?))
        });
        let context = self.context().clone();
        PresentedCredentials { context, security, alternatives: alternatives.collect() }
    }

    /// The credentials, if they are there once: which of two would count, two programs may see differently.
    fn credentials(&self, challenge: Challenge) -> Option<Credentials> {
        let key = |text: String| (!text.is_empty()).then_some(Credentials::ApiKey(ApiKey(text)));
        match challenge {
            Challenge::HeaderKey(name) => key(self.single_header(name)?.to_owned()),
            Challenge::QueryKey(name) => key(self.query_value(name)?),
            Challenge::CookieKey(name) => key(self.cookie_value(name)?),
            Challenge::Basic => BasicCredentials::decoded(self.authorization("basic")?).map(Credentials::Basic),
            Challenge::Bearer | Challenge::OAuth => {
                Some(Credentials::Bearer(BearerToken(self.authorization("bearer")?.to_owned())))
            }
            #[cfg(feature = "tls")]
            Challenge::Certificate => self.context().client_certificate().cloned().map(Credentials::Certificate),
            Challenge::Http(scheme) => {
                let parameters = self.authorization(scheme)?.to_owned();
                Some(Credentials::Http(HttpCredentials { scheme, parameters }))
            }
        }
    }

    /// What follows the scheme's name in the `Authorization` header; never empty.
    fn authorization(&self, scheme: &str) -> Option<&str> {
        let (name, rest) = self.single_header(AUTHORIZATION.as_str())?.split_once(' ')?;
        let rest = rest.trim();
        (name.eq_ignore_ascii_case(scheme) && !rest.is_empty()).then_some(rest)
    }

    fn single_header(&self, name: &str) -> Option<&str> {
        exactly_one(self.parts().headers.get_all(name).iter())?.to_str().ok()
    }
}
