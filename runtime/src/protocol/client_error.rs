//! Errors that are the client's doing: [`HttpError`](crate::HttpError) answers them with a 4xx, not a 500.

use std::fmt;

/// Why a request's body did not come whole.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// It has more bytes than the flow allows: 413.
    TooLarge,
    /// The client went away, or broke the protocol: 400.
    BrokenOff,
    /// The application's own stream failed.
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for BodyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::TooLarge => "the body has more bytes than it may have",
            Self::BrokenOff => "the body broke off",
            Self::Other(_) => "the stream failed",
        })
    }
}

impl std::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Other(error) => Some(&**error),
            Self::TooLarge | Self::BrokenOff => None,
        }
    }
}

/// The client of a WebSocket is gone, or the server is stopping.
#[cfg(feature = "websocket")]
#[derive(Debug)]
pub struct Disconnected;

#[cfg(feature = "websocket")]
impl fmt::Display for Disconnected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the WebSocket is closed")
    }
}

#[cfg(feature = "websocket")]
impl std::error::Error for Disconnected {}
