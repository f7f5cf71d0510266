//! How a process was started: what its command line and its environment say to a flow.

use std::collections::BTreeSet;
use std::env;

use super::arguments::{BIND, FlowArguments, OTHER_VARIABLES, PORT, SETTINGS, Setting, nearest};
use crate::observe::Environment;
use crate::protocol::Error;
use crate::service::{Service, options};

/// What all variables of flows begin with.
const PREFIX: &str = "BUILDFLOW_";

/// The command line and the environment.
pub(super) struct ProcessConfig {
    pub arguments: FlowArguments,
    pub environment: Environment,
}

impl ProcessConfig {
    /// Those of this process; `arguments` where the application has its own command line.
    pub(super) fn of_process(arguments: Option<FlowArguments>) -> Result<Self, Error> {
        let arguments = match arguments {
            Some(arguments) => arguments,
            // What is no text is no flag.
            None => {
                FlowArguments::parse(env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()))?
            }
        };
        Ok(Self { arguments, environment: Environment::of_process() })
    }

    /// What they say of a setting: the flag goes before the variable.
    pub(super) fn get(&self, setting: &Setting) -> Result<Option<String>, Error> {
        match self.arguments.get(setting) {
            Some(value) => Ok(Some(value.to_owned())),
            None => self.environment.text(setting.variable),
        }
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

/// The variables of flows in the environment that say nothing to this one; those that are nearly the name of another are
/// refused.
pub(super) fn unread_variables(services: &[Service]) -> Result<Vec<String>, Error> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    unread(names.filter(|name| name.starts_with(PREFIX)), &known_variables(services))
}

fn known_variables(services: &[Service]) -> BTreeSet<String> {
    let of_flow = SETTINGS.iter().map(|setting| setting.variable).chain(OTHER_VARIABLES).map(str::to_owned);
    let of_services = services.iter().filter_map(Service::known_id).flat_map(|id| {
        let names = options::NAMES.iter().copied().chain(["base_route"]);
        names.map(move |name| options::variable(id, name))
    });
    of_flow.chain(of_services).collect()
}

fn unread(names: impl Iterator<Item = String>, known: &BTreeSet<String>) -> Result<Vec<String>, Error> {
    let mut unread = Vec::new();
    for name in names.filter(|name| !known.contains(name)) {
        let word = name.strip_prefix(PREFIX).unwrap_or(&name);
        let near = nearest(word, known.iter().filter_map(|known| known.strip_prefix(PREFIX)));
        if let Some(near) = near {
            return Err(Error::Usage(format!(
                "the environment variable `{name}` says nothing; did you mean `{PREFIX}{near}`?"
            )));
        }
        unread.push(name);
    }
    Ok(unread)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn launch(arguments: &[&str], variable: fn(&str) -> Option<OsString>) -> ProcessConfig {
        let arguments = FlowArguments::parse(arguments).expect("they are right");
        ProcessConfig { arguments, environment: Environment::of_variables(variable) }
    }

    fn chosen(arguments: &[&str], variable: fn(&str) -> Option<OsString>) -> Result<Option<String>, String> {
        launch(arguments, variable).get(&BIND).map_err(|error| error.to_string())
    }

    #[test]
    fn the_port_of_a_platform_is_one_of_all_addresses_where_nobody_says_an_address() {
        let given = |name: &str| (name == "PORT").then(|| "8080".into());
        let address = |launch: ProcessConfig| launch.address().map_err(|error| error.to_string());
        assert_eq!(address(launch(&[], given)), Ok(Some("0.0.0.0:8080".to_owned())));
        assert_eq!(address(launch(&["--bind", "a:1"], given)), Ok(Some("a:1".to_owned())));
        assert_eq!(address(launch(&[], |_| None)), Ok(None));
        let refusal = address(launch(&[], |name| (name == "PORT").then(|| "tcp://a".into()))).unwrap_err();
        assert_eq!(refusal, "the option `PORT` cannot be used: \"tcp://a\", from the environment, is no port");
    }

    #[test]
    fn a_flag_goes_before_the_environment() {
        let given = |name: &str| (name == "BUILDFLOW_BIND").then(|| "b:2".into());
        assert_eq!(chosen(&["--bind", "a:1"], given), Ok(Some("a:1".to_owned())));
        assert_eq!(chosen(&["--bind=a:1"], |_| None), Ok(Some("a:1".to_owned())));
        assert_eq!(chosen(&[], |_| Some(OsString::new())), Ok(None));
    }

    #[test]
    fn a_variable_that_is_nearly_another_is_refused_and_any_further_one_told() {
        let known: BTreeSet<String> =
            ["BUILDFLOW_BIND", "BUILDFLOW_PETS_MAX_REPLICAS"].into_iter().map(str::to_owned).collect();
        let unread = |name: &str| unread([name.to_owned()].into_iter(), &known).map_err(|error| error.to_string());
        assert_eq!(unread("BUILDFLOW_BIND"), Ok(vec![]));
        assert_eq!(unread("BUILDFLOW_CORPUS"), Ok(vec!["BUILDFLOW_CORPUS".to_owned()]));
        let refusal = "the environment variable `BUILDFLOW_PET_MAX_REPLICA` says nothing; did you mean \
                       `BUILDFLOW_PETS_MAX_REPLICAS`?";
        assert_eq!(unread("BUILDFLOW_PET_MAX_REPLICA"), Err(refusal.to_owned()));
        assert!(unread("BUILDFLOW_BNID").is_err());
    }
}
