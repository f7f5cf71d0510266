//! Errors of the application: what an [`HttpError`] was made of, and which problem it is.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use std::{fmt, io};

#[cfg(feature = "websocket")]
use super::Disconnected;
use super::{BodyError, BoxError, HttpError};

/// The error behind an [`HttpError`].
pub(super) enum Cause {
    /// A handler's `?` has raised it; which problem it is was not asked yet.
    Raised(Box<dyn Raised>),
    /// It is for the log alone.
    Known(BoxError),
}

/// Of what was raised, only the type is known without taking it.
impl fmt::Debug for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raised(raised) => write!(formatter, "raised as {}", raised.type_name()),
            Self::Known(error) => error.fmt(formatter),
        }
    }
}

/// An error of any type that can be logged.
pub(super) trait Raised: Send + Sync {
    fn as_any(&self) -> &dyn Any;

    fn type_name(&self) -> &'static str;

    fn into_error(self: Box<Self>) -> BoxError;
}

impl<E: Into<BoxError> + Send + Sync + 'static> Raised for E {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<E>()
    }

    fn into_error(self: Box<Self>) -> BoxError {
        (*self).into()
    }
}

/// Which errors of the application are which problems.
#[derive(Clone, Default)]
pub(crate) struct ErrorMap(Vec<Mapping>);

/// What says which problem an error is, if it knows.
#[derive(Clone)]
enum Mapping {
    /// An error, or one that has caused it.
    Error(Arc<OfError>),
    /// The value that was raised, which need be no `std` error.
    Report(Arc<OfReport>),
}

type OfError = dyn Fn(&(dyn Error + 'static)) -> Option<HttpError> + Send + Sync;
type OfReport = dyn Fn(&dyn Any) -> Option<HttpError> + Send + Sync;

impl ErrorMap {
    /// Knows no errors of the application.
    pub(super) const EMPTY: Self = Self(Vec::new());

    /// Maps errors of this type, also where they have caused others.
    pub(crate) fn error<E, P>(&mut self, map: impl Fn(&E) -> P + Send + Sync + 'static)
    where
        E: Error + 'static,
        P: Into<Option<HttpError>>,
    {
        self.0.push(Mapping::Error(Arc::new(move |error| map(error.downcast_ref()?).into())));
    }

    /// Maps raised values of this type.
    pub(crate) fn report<R, P>(&mut self, map: impl Fn(&R) -> P + Send + Sync + 'static)
    where
        R: 'static,
        P: Into<Option<HttpError>>,
    {
        self.0.push(Mapping::Report(Arc::new(move |raised| map(raised.downcast_ref()?).into())));
    }

    /// These mappings, and behind them others.
    pub(crate) fn or(mut self, others: &Self) -> Self {
        self.0.extend(others.0.iter().cloned());
        self
    }

    /// The problem that a raised error is, if a mapping knows it, and the error for the log.
    pub(super) fn find(&self, raised: Box<dyn Raised>) -> (Option<HttpError>, BoxError) {
        let of_report = self.0.iter().find_map(|mapping| match mapping {
            Mapping::Report(map) => map(raised.as_any()),
            Mapping::Error(_) => None,
        });
        let error = raised.into_error();
        let found = of_report.or_else(|| chain(&*error).find_map(|link| self.of_link(link)));
        (found, error)
    }

    fn of_link(&self, link: &(dyn Error + 'static)) -> Option<HttpError> {
        let of_error = |mapping: &Mapping| match mapping {
            Mapping::Error(map) => map(link),
            Mapping::Report(_) => None,
        };
        self.0.iter().find_map(of_error).or_else(|| clients_doing(link))
    }
}

impl fmt::Debug for ErrorMap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} error mappings", self.0.len())
    }
}

/// The problem that an error of the runtime is, where it is the client's doing: a body that did not come whole, a client
/// that is gone.
fn clients_doing(error: &(dyn Error + 'static)) -> Option<HttpError> {
    #[cfg(feature = "websocket")]
    if error.is::<Disconnected>() {
        return Some(HttpError::bad_request().detail("The client is gone."));
    }
    match error.downcast_ref()? {
        BodyError::TooLarge => Some(HttpError::content_too_large()),
        BodyError::BrokenOff => Some(HttpError::bad_request().detail("The body broke off.")),
        BodyError::Other(_) => None,
    }
}

/// An error, and what has caused it, and so on.
pub(super) fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let link = next?;
        // An `io::Error` tells not what it was made of, but what has caused that.
        let made_of = link.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = made_of.map(|error| error as _).or_else(|| link.source());
        Some(link)
    })
}
