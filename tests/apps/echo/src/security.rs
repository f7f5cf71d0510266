//! A service whose endpoints say who has called them.

use buildflow_runtime::{ApiKey, BasicCredentials, BearerToken, HttpCredentials, HttpError, RequestContext};

mod api {
    buildflow_runtime::include_api!("security");
}

pub use api::service;

/// Handlers that know who is right, who lacks a scope, and for whom they cannot say.
pub struct Doorman;

/// What a secret stands for: the scheme's name where it is right.
fn known(scheme: &str, secret: &str, scopes: &[&str]) -> Result<String, HttpError> {
    let granted = if scopes.is_empty() { String::new() } else { format!("({})", scopes.join(" ")) };
    match secret {
        "right" => Ok(format!("{scheme}{granted}")),
        "lacking" => Err(HttpError::forbidden()),
        "broken" => Err(HttpError::service_unavailable()),
        _ => Err(HttpError::unauthorized()),
    }
}

macro_rules! doorman {
    ($($method:ident($request:ident) -> $response:ident $([$($principal:tt)+])?)*) => {
        impl api::Security for Doorman {
            type Principal = String;

            $(doorman!(@ $method $request $response $([$($principal)+])?);)*

            async fn key_auth(&self, credentials: ApiKey, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known("key", credentials.as_str(), scopes)
            }

            async fn query_auth(&self, credentials: ApiKey, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known("query", credentials.as_str(), scopes)
            }

            async fn cookie_auth(&self, credentials: ApiKey, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known("cookie", credentials.as_str(), scopes)
            }

            async fn basic_auth(&self, credentials: BasicCredentials, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known("basic", credentials.password(), scopes)
            }

            async fn bearer_auth(&self, credentials: BearerToken, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known("bearer", credentials.as_str(), scopes)
            }

            async fn digest_auth(&self, credentials: HttpCredentials, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known(credentials.scheme(), credentials.parameters(), scopes)
            }

            async fn token_auth(&self, credentials: BearerToken, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known("token", credentials.as_str(), scopes)
            }

            async fn connect_auth(&self, credentials: BearerToken, scopes: &[&str], _: &RequestContext) -> Result<String, HttpError> {
                known("connect", credentials.as_str(), scopes)
            }

            async fn combine_principals(&self, first: String, second: String) -> Result<String, HttpError> {
                Ok(format!("{first}+{second}"))
            }
        }
    };
    (@ $method:ident $request:ident $response:ident) => {
        async fn $method(&self, _: api::$request) -> Result<api::$response, HttpError> {
            Ok(api::$response::Ok("nobody".to_owned()))
        }
    };
    (@ $method:ident $request:ident $response:ident [perhaps]) => {
        async fn $method(&self, _: api::$request, principal: Option<String>) -> Result<api::$response, HttpError> {
            Ok(api::$response::Ok(principal.unwrap_or_else(|| "nobody".to_owned())))
        }
    };
    (@ $method:ident $request:ident $response:ident [known]) => {
        async fn $method(&self, _: api::$request, principal: String) -> Result<api::$response, HttpError> {
            Ok(api::$response::Ok(principal))
        }
    };
}

doorman! {
    inherited(InheritedRequest) -> InheritedResponse [known]
    open(OpenRequest) -> OpenResponse
    anybody(AnybodyRequest) -> AnybodyResponse
    one(OneRequest) -> OneResponse [known]
    both(BothRequest) -> BothResponse [known]
    either(EitherRequest) -> EitherResponse [known]
    all(AllRequest) -> AllResponse [known]
    both_or_one(BothOrOneRequest) -> BothOrOneResponse [known]
    one_or_more(OneOrMoreRequest) -> OneOrMoreResponse [known]
    perhaps(PerhapsRequest) -> PerhapsResponse [perhaps]
    perhaps_both(PerhapsBothRequest) -> PerhapsBothResponse [perhaps]
    query(QueryRequest) -> QueryResponse [known]
    scopes(ScopesRequest) -> ScopesResponse [known]
    connect(ConnectRequest) -> ConnectResponse [known]
    roles(RolesRequest) -> RolesResponse [known]
    digest(DigestRequest) -> DigestResponse [known]
    uri(UriRequest) -> UriResponse [known]
    body(BodyRequest) -> BodyResponse [known]
}
