//! The error that a handler answers with.

use std::borrow::Cow;
use std::fmt;

use axum::response::{IntoResponse, Response};
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::error_map::{Cause, ErrorMap, chain};
use super::{BoxError, Problem, Violation, problem_format};

/// An error response: a status, and a problem document (RFC 9457).
///
/// `?` turns any error into one: a `std` error, a `Box<dyn Error + Send + Sync>`, an `anyhow::Error`, an `eyre::Report`. It is
/// a 500 without detail, unless [`Service::map_error`](crate::Service::map_error) says which problem it is. Clients never see
/// the error itself. It is logged once, with its causes: at ERROR if the status is 5xx, else at DEBUG.
///
/// For `?` to work like that, this type is not a `std` error itself. An error type that is not one either can implement `From`:
///
/// ```
/// use buildflow_runtime::HttpError;
///
/// enum OrderError {
///     SoldOut,
///     Closed,
/// }
///
/// impl From<OrderError> for HttpError {
///     fn from(error: OrderError) -> Self {
///         match error {
///             OrderError::SoldOut => Self::conflict().detail("Nothing is left."),
///             OrderError::Closed => Self::service_unavailable(),
///         }
///     }
/// }
///
/// fn order() -> Result<(), HttpError> {
///     Err(OrderError::SoldOut)?
/// }
///
/// assert_eq!(order().unwrap_err().status(), 409);
/// ```
pub struct HttpError(Box<Content>);

struct Content {
    problem: Problem,
    headers: HeaderMap,
    cause: Option<Cause>,
}

macro_rules! statuses {
    ($($(#[$doc:meta])* $name:ident => $status:ident;)*) => {
        $($(#[$doc])* pub fn $name() -> Self { Self::new(StatusCode::$status) })*
    };
}

impl HttpError {
    /// Makes an error of this status. A status below 400 becomes 500.
    pub fn new(status: StatusCode) -> Self {
        let is_error = status.is_client_error() || status.is_server_error();
        let status = if is_error { status } else { StatusCode::INTERNAL_SERVER_ERROR };
        Self(Box::new(Content { problem: Problem::new(status), headers: HeaderMap::new(), cause: None }))
    }

    statuses! {
        /// 400 Bad Request.
        bad_request => BAD_REQUEST;
        /// 401 Unauthorized: the client has not authenticated.
        unauthorized => UNAUTHORIZED;
        /// 403 Forbidden: the client is not allowed to do this.
        forbidden => FORBIDDEN;
        /// 404 Not Found.
        not_found => NOT_FOUND;
        /// 405 Method Not Allowed.
        method_not_allowed => METHOD_NOT_ALLOWED;
        /// 406 Not Acceptable.
        not_acceptable => NOT_ACCEPTABLE;
        /// 408 Request Timeout.
        request_timeout => REQUEST_TIMEOUT;
        /// 409 Conflict.
        conflict => CONFLICT;
        /// 410 Gone.
        gone => GONE;
        /// 413 Content Too Large.
        content_too_large => PAYLOAD_TOO_LARGE;
        /// 415 Unsupported Media Type.
        unsupported_media_type => UNSUPPORTED_MEDIA_TYPE;
        /// 422 Unprocessable Content.
        unprocessable => UNPROCESSABLE_ENTITY;
        /// 429 Too Many Requests.
        too_many_requests => TOO_MANY_REQUESTS;
        /// 500 Internal Server Error, without detail.
        internal => INTERNAL_SERVER_ERROR;
        /// 501 Not Implemented.
        not_implemented => NOT_IMPLEMENTED;
        /// 502 Bad Gateway: another server returned an invalid response.
        bad_gateway => BAD_GATEWAY;
        /// 503 Service Unavailable.
        service_unavailable => SERVICE_UNAVAILABLE;
        /// 504 Gateway Timeout: another server did not respond in time.
        gateway_timeout => GATEWAY_TIMEOUT;
    }

    /// Says what happened this time. It is sent to the client.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.problem.detail = Some(detail.into());
        self
    }

    /// Says what kind of problem it is, in a few words.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.problem.title = title.into();
        self
    }

    /// Names the kind of problem by a URI; without one it is `about:blank`.
    #[must_use]
    pub fn type_uri(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.problem.type_uri = uri.into();
        self
    }

    /// Names this occurrence by a URI.
    #[must_use]
    pub fn instance(mut self, uri: impl Into<String>) -> Self {
        self.0.problem.instance = Some(uri.into());
        self
    }

    /// Adds a member to the problem document.
    #[must_use]
    pub fn extension(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.problem.extensions.insert(name.into(), value.into());
        self
    }

    /// Adds a violation of the request.
    #[must_use]
    pub fn violation(mut self, violation: Violation) -> Self {
        self.0.problem.errors.push(violation);
        self
    }

    /// Sets a header of the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// Says which error is behind it, for the log. Clients see nothing of it.
    #[must_use]
    pub fn cause(mut self, error: impl Into<BoxError>) -> Self {
        self.0.cause = Some(Cause::Known(error.into()));
        self
    }

    /// The problem that the application has said for the error behind it; once, and unless [`cause`](Self::cause) has set
    /// that.
    pub(crate) fn mapped(mut self, map: &ErrorMap) -> Self {
        let raised = match self.0.cause.take() {
            Some(Cause::Raised(raised)) => raised,
            cause => {
                self.0.cause = cause;
                return self;
            }
        };
        let (found, error) = map.find(raised);
        let mut mapped = found.unwrap_or(self);
        mapped.0.cause.get_or_insert(Cause::Known(error));
        mapped
    }

    /// The error behind it, with what has caused that.
    fn told_cause(&self) -> Option<String> {
        let Some(Cause::Known(error)) = &self.0.cause else { return None };
        let mut links: Vec<String> = chain(&**error).map(ToString::to_string).collect();
        // Some say no more than what they were made of.
        links.dedup();
        Some(links.join(": "))
    }

    /// Logs it as what has ended a background task.
    pub(crate) fn log_task(self) {
        let failed = self.mapped(&ErrorMap::EMPTY);
        let error = failed.told_cause().unwrap_or_else(|| failed.to_string());
        tracing::error!(error, "a background task failed");
    }

    /// Logs the error behind it.
    pub(crate) fn log(&self) {
        let Some(error) = self.told_cause() else { return };
        let status = self.status().as_u16();
        match self.status().is_server_error() {
            true => tracing::error!(status, error, "a handler failed"),
            false => tracing::debug!(status, error, "a handler refused"),
        }
    }

    /// The answer's status.
    pub fn status(&self) -> StatusCode {
        self.0.problem.status
    }

    pub(crate) fn has_header(&self, name: &HeaderName) -> bool {
        self.0.headers.contains_key(name)
    }

    /// The problem document.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }
}

/// Not for `std` errors alone: `anyhow` and `eyre` have reports that are none, and that become boxed errors.
impl<E: Into<BoxError> + Send + Sync + 'static> From<E> for HttpError {
    fn from(error: E) -> Self {
        let mut raised = Self::internal();
        raised.0.cause = Some(Cause::Raised(Box::new(error)));
        raised
    }
}

impl fmt::Debug for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_tuple("HttpError");
        shown.field(&self.0.problem);
        if let Some(cause) = &self.0.cause {
            shown.field(cause);
        }
        shown.finish()
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { status, title, detail, .. } = &self.0.problem;
        write!(formatter, "{} {title}", status.as_u16())?;
        detail.as_ref().map_or(Ok(()), |detail| write!(formatter, ": {detail}"))
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let error = self.mapped(&ErrorMap::EMPTY);
        error.log();
        let Content { problem, headers, .. } = *error.0;
        let mut response = (&problem).into_response();
        response.headers_mut().extend(headers);
        problem_format::note(&mut response, problem);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONTENT_TYPE;

    use crate::protocol::BodyError;
    use serde_json::json;

    fn document(error: &HttpError) -> Value {
        serde_json::to_value(error.problem()).unwrap()
    }

    #[test]
    fn a_status_alone_is_a_problem() {
        let problem = document(&HttpError::conflict());
        assert_eq!(problem, json!({"type": "about:blank", "title": "Conflict", "status": 409}));
    }

    #[test]
    fn a_problem_says_what_it_was_told_and_keeps_its_own_members() {
        let error = HttpError::new(StatusCode::PAYMENT_REQUIRED)
            .type_uri("https://example.com/credit")
            .title("No credit")
            .detail("The balance is 30.")
            .instance("/accounts/1")
            .extension("balance", 30)
            .extension("status", 200);
        let expected = json!({
            "type": "https://example.com/credit", "title": "No credit", "status": 402,
            "detail": "The balance is 30.", "instance": "/accounts/1", "balance": 30,
        });
        assert_eq!(document(&error), expected);
        assert_eq!(error.to_string(), "402 No credit: The balance is 30.");
    }

    #[test]
    fn a_status_that_is_no_error_is_a_500() {
        assert_eq!(HttpError::new(StatusCode::OK).status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn any_std_error_is_a_500_without_detail() {
        let failing = || -> Result<i64, HttpError> { Ok("secret".parse()?) };
        let error = failing().unwrap_err();
        assert_eq!(document(&error), json!({"type": "about:blank", "title": "Internal Server Error", "status": 500}));
    }

    #[test]
    fn what_the_application_says_is_the_problem_of_an_error_and_of_what_it_has_caused() {
        let mut map = ErrorMap::default();
        map.error(|error: &std::num::ParseIntError| {
            (error.kind() != &std::num::IntErrorKind::Empty).then(HttpError::conflict)
        });
        map.error(|_: &std::num::ParseIntError| HttpError::gone());
        map.report(|text: &String| (text == "x").then(HttpError::forbidden));
        let status = |error: HttpError| error.mapped(&map).status().as_u16();
        let number = |text: &str| text.parse::<i64>().unwrap_err();
        assert_eq!((status(number("a").into()), status(number("").into())), (409, 410));
        let outer = std::io::Error::other(number("a"));
        assert_eq!(status(std::io::Error::other(outer).into()), 409);
        assert_eq!((status("x".to_owned().into()), status("y".to_owned().into())), (403, 500));
        assert_eq!(status(anyhow::Error::from(number("a")).context("reading").into()), 409);
        // What the handler itself says of an error counts.
        assert_eq!(status(HttpError::bad_gateway().cause(number("a"))), 502);
        assert_eq!(status(HttpError::from(number("a")).mapped(&ErrorMap::EMPTY)), 500);
    }

    #[test]
    fn a_body_that_did_not_come_whole_is_the_clients_doing() {
        let status = |error: HttpError| error.into_response().status().as_u16();
        assert_eq!(status(BodyError::TooLarge.into()), 413);
        assert_eq!(status(std::io::Error::other(BodyError::BrokenOff).into()), 400);
        assert_eq!(status(BodyError::Other("own".into()).into()), 500);
    }

    #[test]
    fn headers_go_with_the_answer_and_a_result_stays_small() {
        let retry = HeaderValue::from_static("5");
        let response = HttpError::too_many_requests().header(http::header::RETRY_AFTER, retry).into_response();
        assert_eq!(response.headers()["retry-after"], "5");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(size_of::<HttpError>(), size_of::<usize>());
    }
}
