//! What can go wrong in the tracker, and which problem each of it is to clients.

use std::fmt;

use buildflow_runtime::HttpError;

/// Why a request to the tracker fails.
#[derive(Debug)]
pub enum TrackerError {
    /// The password is wrong, or there is no such user.
    WrongPassword,
    /// The session is none, or of somebody who is no user any more.
    NotLoggedIn,
    /// There is no such issue, or none that the user may see.
    NoSuchIssue(i64),
    /// The issue is closed.
    AlreadyClosed {
        /// The issue.
        id: i64,
        /// Who has closed it.
        by: String,
    },
    /// The issues cannot be read or written.
    Storage(std::io::Error),
}

/// The problem that clients see. This is the only place that knows.
pub(crate) fn problem(error: &TrackerError) -> HttpError {
    match error {
        TrackerError::WrongPassword => HttpError::unauthorized().detail("The name or the password is wrong."),
        TrackerError::NotLoggedIn => HttpError::unauthorized(),
        TrackerError::NoSuchIssue(_) => HttpError::not_found(),
        TrackerError::AlreadyClosed { id, by } => HttpError::conflict()
            .type_uri("https://tracker.example/problems/already-closed")
            .title("The issue is closed already")
            .extension("issue", *id)
            .extension("closed_by", by.as_str()),
        TrackerError::Storage(_) => HttpError::service_unavailable(),
    }
}

impl fmt::Display for TrackerError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongPassword => formatter.write_str("wrong name or password"),
            Self::NotLoggedIn => formatter.write_str("nobody is logged in"),
            Self::NoSuchIssue(id) => write!(formatter, "no issue {id}"),
            Self::AlreadyClosed { id, by } => write!(formatter, "issue {id} is closed already, by {by}"),
            Self::Storage(_) => formatter.write_str("the issues cannot be stored"),
        }
    }
}

impl std::error::Error for TrackerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Storage(error) => Some(error),
            _ => None,
        }
    }
}

impl From<std::io::Error> for TrackerError {
    fn from(error: std::io::Error) -> Self {
        Self::Storage(error)
    }
}
