//! What values an option may have.

use std::time::Duration;

use super::LogLevel;

/// What values an option may have, and how they are written.
pub(super) struct Rule<T: 'static> {
    pub default: T,
    /// What it should be, in words.
    pub wanted: &'static str,
    pub parse: fn(&str) -> Option<T>,
    pub holds: fn(&T) -> bool,
    pub show: fn(&T) -> String,
}

impl<T: Copy> Rule<T> {
    /// The same rule with another default.
    pub fn or(self, default: T) -> Self {
        Self { default, ..self }
    }
}

pub(super) const POSITIVE: Rule<f64> = Rule {
    default: 1.0,
    wanted: "a number greater than 0",
    parse: |text| text.parse().ok(),
    holds: |number| *number > 0.0 && number.is_finite(),
    show: ToString::to_string,
};

pub(super) const COUNT: Rule<u32> = Rule {
    default: 1,
    wanted: "a whole number of 1 or more",
    parse: |text| text.parse().ok(),
    holds: |count| *count >= 1,
    show: ToString::to_string,
};

/// A number of bytes.
pub(super) const BYTES: Rule<u64> = Rule {
    default: u64::MAX,
    wanted: "a number of bytes, 1 or more",
    parse: |text| text.parse().ok(),
    holds: |bytes| *bytes >= 1,
    show: ToString::to_string,
};

pub(super) const QUEUE: Rule<u32> = Rule {
    default: 1000,
    wanted: "a whole number of 0 or more",
    parse: |text| text.parse().ok(),
    holds: |_| true,
    show: ToString::to_string,
};

/// A duration is written in seconds, and may have a fraction.
pub(super) const SECONDS: Rule<Duration> = Rule {
    default: Duration::ZERO,
    wanted: "a number of seconds from 0 to 86400",
    parse: |text| text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    holds: |duration| duration.as_secs() <= 86_400,
    show: |duration| format!("{} s", duration.as_secs_f64()),
};

pub(super) const LEVEL: Rule<LogLevel> = Rule {
    default: LogLevel::Info,
    wanted: "one of TRACE, DEBUG, INFO, WARNING, ERROR and OFF",
    parse: |text| text.parse().ok(),
    holds: |_| true,
    show: ToString::to_string,
};
