//! Says that operations should not be called any more.

use std::ops::ControlFlow;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::response::Response;
use http::header::{HeaderName, HeaderValue, LINK};

use super::around::{AroundMiddleware, layers};
use crate::observe;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// Tells clients that what it stands around is deprecated, and since when: `deprecation`.
///
/// Every answer has the header `Deprecation` (RFC 9745), `Sunset` if the end is known (RFC 8594), and `Link` if there is a
/// page about it, unless it has its own. With an admin listener, the metric `buildflow_deprecated_requests_total` says how
/// often each client still calls, by method, route and the product that `User-Agent` names.
#[derive(Debug, Clone)]
pub struct Deprecation {
    since: HeaderValue,
    sunset: Option<HeaderValue>,
    link: Option<HeaderValue>,
}

impl Deprecation {
    /// Deprecated since, or from, this time.
    pub fn since(time: SystemTime) -> Self {
        let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self { since: value(format!("@{seconds}")), sunset: None, link: None }
    }

    /// When it will be gone.
    #[must_use]
    pub fn sunset(self, time: SystemTime) -> Self {
        Self { sunset: Some(value(httpdate::fmt_http_date(time.max(UNIX_EPOCH)))), ..self }
    }

    /// The page about it, as a value of `Link`: `<https://example.com/moved>; rel="deprecation"`.
    #[must_use]
    pub fn link(self, link: HeaderValue) -> Self {
        Self { link: Some(link), ..self }
    }
}

/// Digits, letters and punctuation of dates are values of headers.
fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("@0"))
}

layers!(Deprecation);

impl AroundMiddleware for Deprecation {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        observe::deprecated(request);
        ControlFlow::Continue(())
    }

    fn after(&self, (): (), response: &mut Response) {
        let headers = response.headers_mut();
        headers.entry(DEPRECATION).or_insert_with(|| self.since.clone());
        if let Some(sunset) = &self.sunset {
            headers.entry(SUNSET).or_insert_with(|| sunset.clone());
        }
        if let Some(link) = &self.link {
            headers.append(LINK, link.clone());
        }
    }
}
