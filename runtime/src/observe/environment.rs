//! Environment variables.

use std::env;
use std::ffi::OsString;

use crate::protocol::Error;

/// The environment of the process.
#[derive(Clone, Copy)]
pub(crate) struct Environment {
    variable: fn(&str) -> Option<OsString>,
}

impl Environment {
    /// That of this process.
    pub(crate) fn of_process() -> Self {
        Self { variable: |name| env::var_os(name) }
    }

    /// These variables.
    #[cfg(test)]
    pub(crate) fn of_variables(variable: fn(&str) -> Option<OsString>) -> Self {
        Self { variable }
    }

    /// The first of these variables that says something.
    #[cfg(feature = "otel")]
    pub(crate) fn first_of<const N: usize>(self, variables: [&'static str; N]) -> Result<Option<String>, Error> {
        variables.into_iter().find_map(|variable| self.text(variable).transpose()).transpose()
    }

    /// A variable; one that is empty says nothing.
    pub(crate) fn text(self, variable: &'static str) -> Result<Option<String>, Error> {
        let Some(value) = (self.variable)(variable).filter(|value| !value.is_empty()) else { return Ok(None) };
        let text = value.into_string();
        text.map(Some).map_err(|_| Error::Option { name: variable, reason: "it is no text".to_owned() })
    }
}
