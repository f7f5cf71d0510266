//! What answers are by the document. JSON responses are checked against it (in debug builds, or with
//! `Flow::check_answers`): violations are logged, and the response does not change. Problems are written as it describes
//! errors.

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::body::{Body, HttpBody as _};
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use serde_json::value::RawValue;

use super::documented_problem;
use crate::protocol::{
    Violation,
    media_type::{essence, is_json},
    rewrite, told,
};
use crate::validation::Schemas;

/// The member of the text beside the schemas: for each endpoint a list of status, media type and the pointer of a schema.
const MEMBER: &str = "x-buildflow-answers";

/// The media type of problem documents (RFC 9457 §6.1).
const PROBLEM: &str = "application/problem+json";

/// A body of more bytes is not looked at.
const MOST: u64 = 8 * 1024 * 1024;

/// What the answers of a service are by its document: one JSON text of schemas, each at its pointer, and of what each
/// endpoint may answer.
///
/// Nothing of it is parsed before it is needed.
pub struct ResponseSchemas {
    text: &'static str,
    schemas: Schemas,
    endpoints: OnceLock<Vec<Vec<Documented>>>,
}

/// A documented answer: its status (`200`, `4XX`, `default`), its media type, and the pointer of its schema.
type Documented = (String, String, String);

impl ResponseSchemas {
    /// Takes the text.
    pub const fn new(text: &'static str) -> Self {
        Self { text, schemas: Schemas::new(text), endpoints: OnceLock::new() }
    }

    /// Checks a response, and logs where its body differs from the document. The response itself does not change.
    pub(crate) async fn check(&'static self, endpoint: usize, response: Response) -> Response {
        let is_whole = response.body().size_hint().exact().is_some_and(|length| (1..=MOST).contains(&length));
        let Some(pointer) = self.schema_of(endpoint, &response).filter(|_| is_whole) else { return response };
        let (parts, body) = response.into_parts();
        let bytes = match axum::body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => bytes,
            // Such a body would have failed later: what is left to say is that it does.
            Err(error) => return Response::from_parts(parts, Body::from_stream(failing(error))),
        };
        for violation in self.violations(pointer, &bytes) {
            let (status, pointer, message) = (parts.status.as_u16(), &*violation.at, &*violation.message);
            let code = &*violation.code;
            tracing::error!(status, pointer, code, "a response does not match the document: it {message}");
        }
        Response::from_parts(parts, Body::from(bytes))
    }

    fn violations(&'static self, pointer: &'static str, bytes: &[u8]) -> Vec<Violation> {
        let Ok(value) = serde_json::from_slice(bytes) else { return Vec::new() };
        self.schemas.violations(pointer, &value).unwrap_or_default()
    }

    /// Writes a problem as the document describes errors of its status, where it does and that is possible: in JSON, and
    /// not as `application/problem+json`. What the document has no place for is left out.
    pub(crate) fn describe(&'static self, endpoint: usize, response: &mut Response) {
        let Some(problem) = told(response) else { return };
        let documented: Vec<_> = self.documented(endpoint, response.status()).collect();
        if documented.iter().any(|(_, name, _)| essence(name).eq_ignore_ascii_case(PROBLEM)) {
            return;
        }
        let Some((_, media_type, pointer)) = documented.first() else { return };
        let candidates = documented_problem::candidates(self.schemas.document(), pointer, problem);
        let texts = candidates.iter().map(Value::to_string);
        let fits =
            |text: &String| serde_json::from_str(text).is_ok_and(|value| self.schemas.are_satisfied(pointer, &value));
        if let Some((text, media_type)) = texts.into_iter().find(fits).zip(HeaderValue::try_from(media_type).ok()) {
            rewrite(response, media_type, text.into());
        }
    }

    /// The schema of a JSON answer.
    fn schema_of(&'static self, endpoint: usize, response: &Response) -> Option<&'static str> {
        let media_type = response.headers().get(CONTENT_TYPE)?.to_str().ok().filter(|name| is_json(name))?;
        let mut documented = self.documented(endpoint, response.status());
        let fitting = documented.find(|(_, name, _)| essence(name).eq_ignore_ascii_case(essence(media_type)));
        fitting.map(|(.., pointer)| pointer.as_str())
    }

    /// The JSON answers of a status, or else of its range, or else of `default`.
    fn documented(&'static self, endpoint: usize, status: StatusCode) -> impl Iterator<Item = &'static Documented> {
        let range = format!("{}XX", status.as_u16() / 100);
        let documented =
            self.endpoints.get_or_init(|| self.read()).get(endpoint).map(Vec::as_slice).unwrap_or_default();
        let is_documented = |said: &&str| documented.iter().any(|(status, ..)| status == said);
        let said = [status.as_str(), &range, "default"].into_iter().find(is_documented).unwrap_or_default().to_owned();
        documented.iter().filter(move |(status, ..)| *status == said)
    }

    fn read(&self) -> Vec<Vec<Documented>> {
        // The schemas beside it are passed over.
        let read = serde_json::from_str::<HashMap<&str, &RawValue>>(self.text)
            .and_then(|members| members.get(MEMBER).map_or(Ok(Vec::new()), |table| serde_json::from_str(table.get())));
        read.inspect_err(|error| tracing::error!(%error, "the descriptions of responses cannot be read"))
            .unwrap_or_default()
    }
}

fn failing(error: axum::Error) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    futures_util::stream::once(std::future::ready(Err(error)))
}

impl std::fmt::Debug for ResponseSchemas {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ResponseSchemas(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ANSWERS: ResponseSchemas = ResponseSchemas::new(
        r#"{"a":{"type":"integer"},"b":{"required":["c"],"properties":{"c":{"type":"integer"}}},
        "x-buildflow-answers":[[["200","application/json","/a"],["2XX","application/json","/b"]]]}"#,
    );

    fn pointer_of(status: StatusCode, content_type: &'static str) -> Option<&'static str> {
        let response = super::super::json_as(status, content_type, &7);
        ANSWERS.schema_of(0, &response)
    }

    #[test]
    fn an_answer_has_the_schema_of_its_status_or_range() {
        assert_eq!(pointer_of(StatusCode::OK, "application/json; charset=utf-8"), Some("/a"));
        assert_eq!(pointer_of(StatusCode::CREATED, "application/json"), Some("/b"));
        assert_eq!(pointer_of(StatusCode::OK, "application/problem+json"), None);
        assert_eq!(pointer_of(StatusCode::NOT_FOUND, "application/json"), None);
    }

    #[tokio::test]
    async fn what_does_not_fit_has_a_pointer_and_goes_out_all_the_same() {
        let told = ANSWERS.violations("/b", br#"{"c":"x"}"#);
        let told: Vec<(&str, &str)> = told.iter().map(|found| (&*found.at, &*found.code)).collect();
        assert_eq!(told, [("/c", "type")]);
        assert!(ANSWERS.violations("/b", br#"{"c":1}"#).is_empty());
        let response = super::super::json(StatusCode::OK, &"x");
        let response = ANSWERS.check(0, response).await;
        assert_eq!(axum::body::to_bytes(response.into_body(), 10).await.unwrap(), "\"x\"");
    }
}
