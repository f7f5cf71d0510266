//! The service that requests are sent to: each endpoint answers with what it has read.

use std::sync::LazyLock;

use buildflow_runtime::jwt::{Algorithm, Keys, Verifier};
use buildflow_runtime::middleware::{SecretKey, Session};
use buildflow_runtime::{BasicCredentials, BearerToken, FlowService, HttpError, RequestContext, Service};
use futures_util::StreamExt as _;
use tokio::runtime::Runtime;

mod api {
    buildflow_runtime::include_api!("fuzzed");
}

use api::*;

/// What tokens are signed with.
pub(crate) const SECRET: &[u8] = b"a secret that is long enough for HS256";

/// Where requests are answered.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
});

/// The service, in process.
pub(crate) static SERVICE: LazyLock<FlowService> = LazyLock::new(|| {
    let _inside = RUNTIME.enter();
    service().into_service().expect("the service starts")
});

pub(crate) fn service() -> Service {
    let key = SecretKey::new("a secret for sessions, which is long enough").expect("a key");
    let tokens = Verifier::new(Keys::secret(SECRET).expect("a key"), &[Algorithm::HS256]);
    api::service(Fuzzed { tokens }).layer(Session::new(key))
}

struct Fuzzed {
    tokens: Verifier,
}

#[derive(serde::Deserialize)]
struct Claims {
    sub: String,
}

impl api::Fuzzed for Fuzzed {
    type Principal = String;

    async fn thing(&self, request: ThingRequest) -> Result<ThingResponse, HttpError> {
        Ok(request.body.into())
    }

    async fn query(&self, request: QueryRequest) -> Result<QueryResponse, HttpError> {
        Ok(format!("{request:?}").into())
    }

    async fn cookies(&self, request: CookiesRequest) -> Result<CookiesResponse, HttpError> {
        let session = request.context.session();
        let visits = session.get::<u64>("visits").unwrap_or_default();
        session.insert("visits", visits.wrapping_add(1))?;
        Ok(format!("{request:?}").into())
    }

    async fn form(&self, request: FormRequest) -> Result<FormResponse, HttpError> {
        Ok(format!("{request:?}").into())
    }

    async fn parts(&self, request: PartsRequest) -> Result<PartsResponse, HttpError> {
        Ok(format!("{request:?}").into())
    }

    async fn text(&self, request: TextRequest) -> Result<TextResponse, HttpError> {
        match request.body {
            TextBody::Text(text) => Ok(text.into()),
            TextBody::Bytes(mut stream) => {
                let mut length = 0;
                while let Some(piece) = stream.next().await {
                    length += piece?.len();
                }
                Ok(length.to_string().into())
            }
        }
    }

    async fn me(&self, _request: MeRequest, principal: String) -> Result<MeResponse, HttpError> {
        Ok(principal.into())
    }

    async fn token_auth(
        &self,
        credentials: BearerToken,
        scopes: &[&str],
        _: &RequestContext,
    ) -> Result<String, HttpError> {
        self.tokens.verify::<Claims>(&credentials, scopes).await.map(|claims| claims.sub)
    }

    async fn basic_auth(
        &self,
        credentials: BasicCredentials,
        _: &[&str],
        _: &RequestContext,
    ) -> Result<String, HttpError> {
        Ok(credentials.username().to_owned())
    }
}
