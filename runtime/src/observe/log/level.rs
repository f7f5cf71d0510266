//! How much a service logs.

use std::fmt;
use std::str::FromStr;

/// How much of what happens in a service is logged: what is at least this bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// What may be a mistake as well.
    Warn,
    /// What happens as it should, as well.
    #[default]
    Info,
    /// What helps to find mistakes, as well.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The level of a number of Python's `logging`: 10 is `DEBUG`, 20 `INFO`, 30 `WARNING`, 40 `ERROR`.
    const fn from_python(number: u8) -> Self {
        match number {
            0..10 => Self::Trace,
            10..20 => Self::Debug,
            20..30 => Self::Info,
            30..40 => Self::Warn,
            40.. => Self::Error,
        }
    }

    /// The level of this number.
    #[cfg(feature = "admin")]
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        NAMES.into_iter().map(|(_, level)| level).find(|level| *level as u8 == number)
    }
}

/// The names; of several for one level, the first is shown.
const NAMES: [(&str, LogLevel); 10] = [
    ("OFF", LogLevel::Off),
    ("ERROR", LogLevel::Error),
    ("CRITICAL", LogLevel::Error),
    ("FATAL", LogLevel::Error),
    ("WARNING", LogLevel::Warn),
    ("WARN", LogLevel::Warn),
    ("INFO", LogLevel::Info),
    ("DEBUG", LogLevel::Debug),
    ("TRACE", LogLevel::Trace),
    ("NOTSET", LogLevel::Trace),
];

/// A text is no log level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLogLevel;

impl fmt::Display for UnknownLogLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a log level is one of TRACE, DEBUG, INFO, WARNING, ERROR and OFF")
    }
}

impl std::error::Error for UnknownLogLevel {}

/// By its name, in any case, or by the number that Python's `logging` has for it; `WARN` is `WARNING`. What Python calls
/// `CRITICAL`, 50, are errors here as well.
impl FromStr for LogLevel {
    type Err = UnknownLogLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLogLevel> {
        if let Ok(number) = text.parse() {
            return Ok(Self::from_python(number));
        }
        let found = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map(|(_, level)| *level).ok_or(UnknownLogLevel)
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, level)| level == self).map_or("", |(name, _)| name);
        formatter.write_str(name)
    }
}
