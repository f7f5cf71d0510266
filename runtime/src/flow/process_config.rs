//! How a process was started: what its command line and its environment say to a flow.

use std::env;

use crate::observe::Environment;
use crate::protocol::Error;

/// A setting that whoever starts the process may give.
#[derive(Debug)]
pub(crate) struct Setting {
    pub flag: &'static str,
    /// The environment variable; one that is empty says nothing.
    pub variable: &'static str,
    /// What the flag is followed by.
    pub value: &'static str,
}

/// Where a flow listens.
pub(crate) const BIND: Setting = Setting { flag: "--bind", variable: "BUILDFLOW_BIND", value: "an address" };

/// Where its admin listener is.
pub(crate) const ADMIN: Setting = Setting { flag: "--admin", variable: "BUILDFLOW_ADMIN", value: "an address" };

/// The certificate of TLS, a PEM file.
pub(crate) const TLS_CERTIFICATE: Setting =
    Setting { flag: "--tls-cert", variable: "BUILDFLOW_TLS_CERT", value: "a file" };

/// The key of TLS, a PEM file.
pub(crate) const TLS_KEY: Setting = Setting { flag: "--tls-key", variable: "BUILDFLOW_TLS_KEY", value: "a file" };

/// The authorities of clients' certificates, a PEM file.
pub(crate) const TLS_CLIENT_CA: Setting =
    Setting { flag: "--tls-client-ca", variable: "BUILDFLOW_TLS_CLIENT_CA", value: "a file" };

/// The services that are served, where not all of them are.
pub(crate) const SERVICES: Setting =
    Setting { flag: "--services", variable: "BUILDFLOW_SERVICES", value: "names with commas between them" };

/// The proxies whose word counts.
pub(crate) const TRUSTED_PROXIES: Setting = Setting {
    flag: "--trusted-proxies",
    variable: "BUILDFLOW_TRUSTED_PROXIES",
    value: "addresses and networks with commas between them",
};

/// How logs are written.
pub(crate) const LOG_FORMAT: Setting =
    Setting { flag: "--log-format", variable: "BUILDFLOW_LOG_FORMAT", value: "`text` or `json`" };

/// The port that a platform has given the process, by the convention of Knative and others.
const PORT: &str = "PORT";

/// The command line and the environment.
pub(crate) struct ProcessConfig {
    arguments: Vec<String>,
    pub environment: Environment,
}

impl ProcessConfig {
    /// Those of this process.
    pub(super) fn of_process() -> Self {
        let arguments = env::args_os().filter_map(|argument| argument.into_string().ok());
        Self { arguments: arguments.collect(), environment: Environment::of_process() }
    }

    /// What they say of a setting: the flag goes before the variable.
    pub(super) fn get(&self, setting: &Setting) -> Result<Option<String>, Error> {
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            let Some(rest) = argument.strip_prefix(setting.flag) else { continue };
            if let Some(value) = rest.strip_prefix('=') {
                return Ok(Some(value.to_owned()));
            }
            if rest.is_empty() {
                let missing =
                    || Error::Option { name: setting.flag, reason: format!("{} should follow it", setting.value) };
                return arguments.next().cloned().map(Some).ok_or_else(missing);
            }
        }
        self.environment.text(setting.variable)
    }

    /// The address that they say, if any. A platform that says a port alone sends requests to the machine's own
    /// address, so that all of its addresses are listened on.
    pub(super) fn address(&self) -> Result<Option<String>, Error> {
        if let Some(address) = self.get(&BIND)? {
            return Ok(Some(address));
        }
        let Some(text) = self.environment.text(PORT)? else { return Ok(None) };
        match text.parse::<u16>() {
            Ok(port) => Ok(Some(format!("0.0.0.0:{port}"))),
            Err(_) => Err(Error::Option { name: PORT, reason: format!("{text:?}, from the environment, is no port") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn launch(arguments: &[&str], variable: fn(&str) -> Option<OsString>) -> ProcessConfig {
        ProcessConfig {
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            environment: Environment::of_variables(variable),
        }
    }

    fn chosen(arguments: &[&str], variable: fn(&str) -> Option<OsString>) -> Result<Option<String>, String> {
        launch(arguments, variable).get(&BIND).map_err(|error| error.to_string())
    }

    #[test]
    fn the_port_of_a_platform_is_one_of_all_addresses_where_nobody_says_an_address() {
        let given = |name: &str| (name == "PORT").then(|| "8080".into());
        let address = |launch: ProcessConfig| launch.address().map_err(|error| error.to_string());
        assert_eq!(address(launch(&["app"], given)), Ok(Some("0.0.0.0:8080".to_owned())));
        assert_eq!(address(launch(&["app", "--bind", "a:1"], given)), Ok(Some("a:1".to_owned())));
        assert_eq!(address(launch(&["app"], |_| None)), Ok(None));
        let refusal = address(launch(&["app"], |name| (name == "PORT").then(|| "tcp://a".into()))).unwrap_err();
        assert_eq!(refusal, "the option `PORT` cannot be used: \"tcp://a\", from the environment, is no port");
    }

    #[test]
    fn a_flag_goes_before_the_environment() {
        let given = |name: &str| (name == "BUILDFLOW_BIND").then(|| "b:2".into());
        assert_eq!(chosen(&["app", "--bind", "a:1"], given), Ok(Some("a:1".to_owned())));
        assert_eq!(chosen(&["app", "--bind=a:1"], |_| None), Ok(Some("a:1".to_owned())));
        assert_eq!(chosen(&["app", "--binding", "a:1"], given), Ok(Some("b:2".to_owned())));
        assert_eq!(chosen(&["app"], |_| Some(OsString::new())), Ok(None));
        let refusal = chosen(&["app", "--bind"], given).unwrap_err();
        assert_eq!(refusal, "the option `--bind` cannot be used: an address should follow it");
    }
}
