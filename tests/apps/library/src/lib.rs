//! A library over SQLite. The service is the crate `library-api`, generated from `specs/library.yaml`
//! and committed.

mod catalogue;

use buildflow_runtime::http::StatusCode;
use buildflow_runtime::{ApiKey, Bytes, HttpError, RequestContext};
use library_api::types::Refusal;
use library_api::{
    AddBookRequest, AddBookResponse, GetBookRequest, GetBookResponse, GetCoverRequest, GetCoverResponse, Library,
    ListSubjectsRequest, ListSubjectsResponse, PutSubjectRequest, PutSubjectResponse,
};

pub use catalogue::Catalogue;

/// The handlers: a catalogue, and the key of those who may change it.
pub struct Branch {
    catalogue: Catalogue,
    key: String,
}

impl Branch {
    /// Handlers over this catalogue; whoever has the key may change it.
    pub fn new(catalogue: Catalogue, key: impl Into<String>) -> Self {
        Self { catalogue, key: key.into() }
    }
}

/// Who may change the catalogue.
#[derive(Debug)]
pub struct Librarian;

impl Library for Branch {
    type Principal = Librarian;

    async fn list_subjects(&self, _request: ListSubjectsRequest) -> Result<ListSubjectsResponse, HttpError> {
        Ok(self.catalogue.subjects()?.into())
    }

    async fn put_subject(&self, request: PutSubjectRequest, _: Librarian) -> Result<PutSubjectResponse, HttpError> {
        self.catalogue.put_subject(&request.body)?;
        Ok(PutSubjectResponse::NoContent)
    }

    async fn add_book(&self, request: AddBookRequest, _: Librarian) -> Result<AddBookResponse, HttpError> {
        if self.catalogue.add(&request.body)? {
            return Ok(AddBookResponse::Created(request.body));
        }
        let refusal = Refusal { reason: "There is a book of that ISBN.".to_owned() };
        Ok(AddBookResponse::Default(StatusCode::CONFLICT, refusal))
    }

    async fn get_book(&self, request: GetBookRequest) -> Result<GetBookResponse, HttpError> {
        if let Some(book) = self.catalogue.book(&request.isbn)? {
            return Ok(book.into());
        }
        let reason = match request.x_language.as_str() {
            "de" => "Dieses Buch gibt es nicht.",
            _ => "There is no such book.",
        };
        Ok(GetBookResponse::ClientError(StatusCode::NOT_FOUND, Refusal { reason: reason.to_owned() }))
    }

    async fn get_cover(&self, request: GetCoverRequest) -> Result<GetCoverResponse, HttpError> {
        Ok(match self.catalogue.book(&request.isbn)? {
            Some(_) => GetCoverResponse::Ok(Bytes::from_static(b"\x89PNG\r\n\x1a\n").into()),
            None => GetCoverResponse::NotFound,
        })
    }

    async fn librarian_auth(&self, key: ApiKey, _: &[&str], _: &RequestContext) -> Result<Librarian, HttpError> {
        if key.matches(&self.key) { Ok(Librarian) } else { Err(HttpError::unauthorized()) }
    }
}
