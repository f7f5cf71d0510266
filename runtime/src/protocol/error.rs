//! Why an application could not be served.

use std::fmt;

/// An error of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a flow could not be served. What `Debug` says is the sentence of `Display`, which is what a `main` that returns it
/// prints.
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened on.
    Bind {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// Two services stand under one base route.
    BaseRoute {
        /// The base route.
        base_route: String,
        /// The names of the two.
        services: [String; 2],
    },
    /// An option has a value that makes no sense.
    Option {
        /// The option.
        name: &'static str,
        /// Where the value comes from, and what is wrong with it.
        reason: String,
    },
    /// The threads could not be started, or the listener failed.
    Io(std::io::Error),
    /// The command line, or the environment, says what no flow understands.
    Usage(String),
    /// `--help` was asked for; this is it.
    Help(String),
    /// A blocking start was called where a tokio runtime runs already.
    InsideRuntime,
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { address, source } => write!(formatter, "cannot listen on {address}: {source}"),
            Self::BaseRoute { base_route, services: [first, second] } => write!(
                formatter,
                "the services `{first}` and `{second}` both have the base route `{base_route}`; give one another"
            ),
            Self::Option { name, reason } => write!(formatter, "the option `{name}` cannot be used: {reason}"),
            Self::Io(error) => write!(formatter, "the flow cannot be served: {error}"),
            Self::Usage(text) | Self::Help(text) => formatter.write_str(text),
            Self::InsideRuntime => formatter.write_str(
                "`Flow::run` starts threads of its own, and a tokio runtime runs here already; call `Flow::run_async` and \
                 await it instead",
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { source, .. } | Self::Io(source) => Some(source),
            _ => None,
        }
    }
}
