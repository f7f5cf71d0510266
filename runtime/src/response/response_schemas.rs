//! Checks JSON responses against the document (in debug builds, or with `Flow::check_answers`): violations are logged, and
//! the response does not change.

use std::sync::OnceLock;

use axum::body::{Body, HttpBody as _};
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::protocol::{
    Violation,
    media_type::{essence, is_json},
};
use crate::validation::Schemas;

/// The member of the text beside the schemas: for each endpoint a list of status, media type and the pointer of a schema.
const MEMBER: &str = "x-buildflow-answers";

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
            tracing::error!(status, pointer, code, "an answer is not what its document says: it {message}");
        }
        Response::from_parts(parts, Body::from(bytes))
    }

    fn violations(&'static self, pointer: &'static str, bytes: &[u8]) -> Vec<Violation> {
        let Ok(value) = serde_json::from_slice(bytes) else { return Vec::new() };
        self.schemas.violations(pointer, &value).unwrap_or_default()
    }

    /// The schema of a JSON answer: that of its status, or else of its range, or else of `default`.
    fn schema_of(&'static self, endpoint: usize, response: &Response) -> Option<&'static str> {
        let media_type = response.headers().get(CONTENT_TYPE)?.to_str().ok().filter(|name| is_json(name))?;
        let status = response.status();
        let range = format!("{}XX", status.as_u16() / 100);
        let documented = self.endpoints.get_or_init(|| self.read()).get(endpoint)?;
        let is_documented = |said: &&str| documented.iter().any(|(status, ..)| status == said);
        let said = [status.as_str(), &range, "default"].into_iter().find(is_documented)?;
        let is_of_type = |name: &str| essence(name).eq_ignore_ascii_case(essence(media_type));
        let mut fitting = documented.iter().filter(|(status, name, _)| status == said && is_of_type(name));
        fitting.next().map(|(.., pointer)| pointer.as_str())
    }

    fn read(&self) -> Vec<Vec<Documented>> {
        let read = serde_json::from_str::<Value>(self.text)
            .and_then(|mut text| serde_json::from_value(text.get_mut(MEMBER).map(Value::take).unwrap_or_default()));
        read.inspect_err(|error| tracing::error!(%error, "what answers are to be cannot be read")).unwrap_or_default()
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
    use http::StatusCode;

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
