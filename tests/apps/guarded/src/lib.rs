//! Services with middleware around them: of the document, of single operations, and of code.

/// What is generated from `specs/guarded.yaml`.
pub mod guarded {
    buildflow_runtime::include_api!("guarded");
}

/// What is generated from `tests/starlette/compared.yaml`.
pub mod compared {
    buildflow_runtime::include_api!("compared");
}

/// What is generated from `certified.yaml`.
pub mod certified {
    buildflow_runtime::include_api!("certified");
}

/// What is generated from `open.yaml`.
pub mod open {
    buildflow_runtime::include_api!("open");
}

use buildflow_runtime::types::ByteStream;
use buildflow_runtime::{ApiKey, BasicCredentials, BearerToken, ClientCertificate, HttpError, RequestContext};
use certified::{
    AnybodyRequest, AnybodyResponse, BothRequest, BothResponse, EitherRequest, EitherResponse, OnlyRequest,
    OnlyResponse, PerhapsRequest, PerhapsResponse,
};
use futures_util::TryStreamExt as _;
use guarded::{
    EventsRequest, EventsResponse, ForgetRequest, ForgetResponse, NoteRequest, NoteResponse, PackRequest, PackResponse,
    PackTightlyRequest, PackTightlyResponse, ScarceRequest, ScarceResponse, SecureRequest, SecureResponse, SlowRequest,
    SlowResponse, TextRequest, TextResponse, UnpackBody, UnpackRequest, UnpackResponse, VisitRequest, VisitResponse,
};
use open::{
    DeleteAnyRequest, DeleteAnyResponse, DescribeRequest, DescribeResponse, LoginRequest, LoginResponse, PublicRequest,
    PublicResponse, PutAnyRequest, PutAnyResponse,
};

/// The handler of all services.
pub struct Endpoints;

impl guarded::Guarded for Endpoints {
    async fn visit(&self, request: VisitRequest) -> Result<VisitResponse, HttpError> {
        let session = request.context.session();
        let visits = session.get::<i64>("visits").unwrap_or_default() + 1;
        session.insert("visits", visits)?;
        Ok(VisitResponse::Ok(visits))
    }

    async fn forget(&self, request: ForgetRequest) -> Result<ForgetResponse, HttpError> {
        request.context.session().clear();
        Ok(ForgetResponse::NoContent)
    }

    async fn text(&self, request: TextRequest) -> Result<TextResponse, HttpError> {
        Ok(TextResponse::Ok("a".repeat(usize::try_from(request.length)?)))
    }

    async fn events(&self, _request: EventsRequest) -> Result<EventsResponse, HttpError> {
        Ok(EventsResponse::Ok(ByteStream::from("data: a\n\n".repeat(100))))
    }

    async fn slow(&self, _request: SlowRequest) -> Result<SlowResponse, HttpError> {
        std::future::pending::<()>().await;
        Ok(SlowResponse::NoContent)
    }

    async fn note(&self, _request: NoteRequest) -> Result<NoteResponse, HttpError> {
        Ok(NoteResponse::NoContent)
    }

    async fn pack(&self, request: PackRequest) -> Result<PackResponse, HttpError> {
        Ok(PackResponse::Ok(i64::try_from(request.body.len())?))
    }

    async fn pack_tightly(&self, request: PackTightlyRequest) -> Result<PackTightlyResponse, HttpError> {
        Ok(PackTightlyResponse::Ok(i64::try_from(request.body.len())?))
    }

    async fn unpack(&self, request: UnpackRequest) -> Result<UnpackResponse, HttpError> {
        let length = match request.body {
            UnpackBody::Json(texts) => texts.iter().map(String::len).sum(),
            UnpackBody::Form(form) => form.a.len(),
            UnpackBody::Multipart(form) => usize::try_from(form.file.len())?,
            UnpackBody::Bytes(mut stream) => {
                let mut length = 0;
                while let Some(piece) = stream.try_next().await? {
                    length += piece.len();
                }
                length
            }
        };
        Ok(UnpackResponse::Ok(i64::try_from(length)?))
    }

    async fn scarce(&self, _request: ScarceRequest) -> Result<ScarceResponse, HttpError> {
        Ok(ScarceResponse::NoContent)
    }

    async fn secure(&self, _request: SecureRequest) -> Result<SecureResponse, HttpError> {
        Ok(SecureResponse::NoContent)
    }
}

impl certified::Certified for Endpoints {
    type Principal = String;

    async fn only(&self, _request: OnlyRequest, principal: String) -> Result<OnlyResponse, HttpError> {
        Ok(OnlyResponse::Ok(principal))
    }

    async fn either(&self, _request: EitherRequest, principal: String) -> Result<EitherResponse, HttpError> {
        Ok(EitherResponse::Ok(principal))
    }

    async fn both(&self, _request: BothRequest, principal: String) -> Result<BothResponse, HttpError> {
        Ok(BothResponse::Ok(principal))
    }

    async fn perhaps(&self, request: PerhapsRequest, principal: Option<String>) -> Result<PerhapsResponse, HttpError> {
        let shown = request.context.client_certificate().map(|certificate| certificate.chain().count());
        Ok(PerhapsResponse::Ok(format!("{} {}", principal.as_deref().unwrap_or("nobody"), shown.unwrap_or_default())))
    }

    async fn anybody(&self, request: AnybodyRequest) -> Result<AnybodyResponse, HttpError> {
        Ok(AnybodyResponse::Ok(if request.context.is_secure() { "https" } else { "http" }.to_owned()))
    }

    async fn certificate_auth(
        &self,
        certificate: ClientCertificate,
        _: &[&str],
        _: &RequestContext,
    ) -> Result<String, HttpError> {
        match (certificate.dns_names().as_slice(), certificate.uris().as_slice()) {
            ([name], [uri]) if name != "stranger" => Ok(format!("{name} {uri}")),
            _ => Err(HttpError::forbidden()),
        }
    }

    async fn key_auth(&self, key: ApiKey, _: &[&str], _: &RequestContext) -> Result<String, HttpError> {
        if key.matches("k") { Ok("key".to_owned()) } else { Err(HttpError::unauthorized()) }
    }

    async fn combine_principals(&self, first: String, second: String) -> Result<String, HttpError> {
        Ok(format!("{first} + {second}"))
    }
}

impl open::Open for Endpoints {
    type Principal = ();

    async fn put_any(&self, _request: PutAnyRequest) -> Result<PutAnyResponse, HttpError> {
        Ok(PutAnyResponse::NoContent(open::PutAnyNoContentHeaders { x_total: Some(1) }))
    }

    async fn delete_any(&self, _request: DeleteAnyRequest) -> Result<DeleteAnyResponse, HttpError> {
        Ok(DeleteAnyResponse::NoContent)
    }

    async fn public(&self, _request: PublicRequest) -> Result<PublicResponse, HttpError> {
        Ok(PublicResponse::NoContent)
    }

    async fn describe(&self, _request: DescribeRequest) -> Result<DescribeResponse, HttpError> {
        Ok(DescribeResponse::Ok("described".to_owned()))
    }

    /// Logs all that it gets.
    async fn login(&self, request: LoginRequest, _: ()) -> Result<LoginResponse, HttpError> {
        eprintln!("{request:?}");
        Ok(LoginResponse::NoContent)
    }

    async fn basic_auth(&self, credentials: BasicCredentials, _: &[&str], _: &RequestContext) -> Result<(), HttpError> {
        eprintln!("{credentials:?}");
        if credentials.matches("ab", "Geheim-basic") { Ok(()) } else { Err(HttpError::unauthorized()) }
    }

    async fn bearer_auth(&self, token: BearerToken, _: &[&str], _: &RequestContext) -> Result<(), HttpError> {
        eprintln!("{token:?}");
        if token.matches("Geheim-token") { Ok(()) } else { Err(HttpError::unauthorized()) }
    }

    async fn cookie_auth(&self, key: ApiKey, _: &[&str], _: &RequestContext) -> Result<(), HttpError> {
        eprintln!("{key:?}");
        if key.matches("Geheim-cookie") { Ok(()) } else { Err(HttpError::unauthorized()) }
    }

    async fn query_auth(&self, key: ApiKey, _: &[&str], _: &RequestContext) -> Result<(), HttpError> {
        eprintln!("{key:?}");
        if key.matches("Geheim-query") { Ok(()) } else { Err(HttpError::unauthorized()) }
    }
}

impl compared::Compared for Endpoints {
    async fn listed(&self, _request: compared::ListedRequest) -> Result<compared::ListedResponse, HttpError> {
        Ok(compared::ListedResponse::Ok("a".to_owned()))
    }

    async fn not_allowed(
        &self,
        _request: compared::NotAllowedRequest,
    ) -> Result<compared::NotAllowedResponse, HttpError> {
        Ok(compared::NotAllowedResponse::Ok("a".to_owned()))
    }

    async fn any(&self, _request: compared::AnyRequest) -> Result<compared::AnyResponse, HttpError> {
        Ok(compared::AnyResponse::Ok("a".to_owned()))
    }

    async fn with_credentials(
        &self,
        _request: compared::WithCredentialsRequest,
    ) -> Result<compared::WithCredentialsResponse, HttpError> {
        Ok(compared::WithCredentialsResponse::Ok("a".to_owned()))
    }

    async fn visits(&self, request: compared::VisitsRequest) -> Result<compared::VisitsResponse, HttpError> {
        let visits = request.context.session().get::<i64>("visits").unwrap_or_default();
        Ok(compared::VisitsResponse::Ok(visits.to_string()))
    }

    async fn visit(&self, request: compared::VisitRequest) -> Result<compared::VisitResponse, HttpError> {
        let session = request.context.session();
        let visits = session.get::<i64>("visits").unwrap_or_default() + 1;
        session.insert("visits", visits)?;
        Ok(compared::VisitResponse::Ok(visits.to_string()))
    }

    async fn forget(&self, request: compared::ForgetRequest) -> Result<compared::ForgetResponse, HttpError> {
        request.context.session().clear();
        Ok(compared::ForgetResponse::Ok("0".to_owned()))
    }

    async fn gzip(&self, request: compared::GzipRequest) -> Result<compared::GzipResponse, HttpError> {
        Ok(match request.kind {
            compared::types::GzipKindKind::Short => compared::GzipResponse::Ok("a".repeat(10)),
            compared::types::GzipKindKind::Long => compared::GzipResponse::Ok("a".repeat(1000)),
            compared::types::GzipKindKind::Events => {
                compared::GzipResponse::OkEventStream(ByteStream::from("a".repeat(1000)))
            }
        })
    }

    async fn compression(
        &self,
        _request: compared::CompressionRequest,
    ) -> Result<compared::CompressionResponse, HttpError> {
        Ok(compared::CompressionResponse::Ok("a".repeat(1000)))
    }

    async fn hosts(&self, _request: compared::HostsRequest) -> Result<compared::HostsResponse, HttpError> {
        Ok(compared::HostsResponse::Ok("a".to_owned()))
    }

    async fn https(&self, _request: compared::HttpsRequest) -> Result<compared::HttpsResponse, HttpError> {
        Ok(compared::HttpsResponse::Ok("a".to_owned()))
    }
}
