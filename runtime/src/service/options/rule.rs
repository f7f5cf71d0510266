//! What values an option may have.

use std::time::Duration;

use serde_json::Value;

use crate::observe::log::LogLevel;

/// What values an option may have, and how they are written.
pub(super) struct Rule<T: 'static> {
    pub default: T,
    /// What it should be, in words.
    pub wanted: &'static str,
    pub parse: fn(&str) -> Option<T>,
    pub holds: fn(&T) -> bool,
    pub show: fn(&T) -> String,
    #[cfg_attr(not(feature = "admin"), expect(dead_code, reason = "only an admin listener shows options"))]
    pub json: fn(&T) -> Value,
}

impl<T: Copy> Rule<T> {
    /// Replaces the default.
    pub(super) fn or(self, default: T) -> Self {
        Self { default, ..self }
    }
}

pub(super) const POSITIVE: Rule<f64> = Rule {
    default: 1.0,
    wanted: "a number greater than 0",
    parse: |text| text.parse().ok(),
    holds: |number| *number > 0.0 && number.is_finite(),
    show: ToString::to_string,
    json: |number| (*number).into(),
};

pub(super) const COUNT: Rule<u32> = Rule {
    default: 1,
    wanted: "a whole number of 1 or more",
    parse: |text| text.parse().ok(),
    holds: |count| *count >= 1,
    show: ToString::to_string,
    json: |count| (*count).into(),
};

/// A number of bytes; as JSON, nothing where the flow says how many.
pub(super) const BYTES: Rule<u64> = Rule {
    default: u64::MAX,
    wanted: "a number of bytes, 1 or more",
    parse: |text| text.parse().ok(),
    holds: |bytes| *bytes >= 1,
    show: ToString::to_string,
    json: |bytes| Some(*bytes).filter(|bytes| *bytes != BYTES.default).into(),
};

pub(super) const QUEUE: Rule<u32> = Rule {
    default: 1000,
    wanted: "a whole number of 0 or more",
    parse: |text| text.parse().ok(),
    holds: |_| true,
    show: ToString::to_string,
    json: |count| (*count).into(),
};

/// A duration is written in seconds, and may have a fraction.
pub(super) const SECONDS: Rule<Duration> = Rule {
    default: Duration::ZERO,
    wanted: "a number of seconds from 0 to 86400",
    parse: |text| text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
    holds: |duration| duration.as_secs() <= 86_400,
    show: |duration| format!("{} s", duration.as_secs_f64()),
    json: |duration| duration.as_secs_f64().into(),
};

pub(super) const LEVEL: Rule<LogLevel> = Rule {
    default: LogLevel::Info,
    wanted: "a log level, such as DEBUG or WARNING, or a number of Python's `logging`",
    parse: |text| text.parse().ok(),
    holds: |_| true,
    show: ToString::to_string,
    json: |level| level.to_string().into(),
};
