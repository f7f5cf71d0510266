//! How a process was started: what its command line and its environment say to a flow.

use std::env;

use super::arguments::{BIND, FlowArguments, OTHER_VARIABLES, PORT, SETTINGS, Setting, nearest};
use crate::observe::Environment;
use crate::protocol::Error;
use crate::service::{Service, options};

/// What all variables of flows begin with.
const PREFIX: &str = "BUILDFLOW_";

/// How many letters of a name may be wrong for it to be taken for another.
const MOST_MISTYPED: usize = 2;

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

/// The variables of flows in the environment that say nothing to this one; those that are nearly the name of one that would
/// are refused. Those of other services are not: several processes may have one environment.
pub(super) fn unread_variables(services: &[Service]) -> Result<Vec<String>, Error> {
    let ids: Vec<&str> = services.iter().filter_map(Service::known_id).collect();
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    unread(names.filter(|name| name.starts_with(PREFIX)), &ids)
}

fn unread(names: impl Iterator<Item = String>, ids: &[&str]) -> Result<Vec<String>, Error> {
    let mut unread = Vec::new();
    for name in names {
        match said(&name, ids) {
            Said::Something => {}
            Said::Nothing => unread.push(name),
            Said::Nearly(meant) => {
                let text = format!("the environment variable `{name}` says nothing; did you mean `{meant}`?");
                return Err(Error::Usage(text));
            }
        }
    }
    Ok(unread)
}

/// What the name of a variable says to a flow.
enum Said {
    Something,
    Nothing,
    /// It is nearly another name.
    Nearly(String),
}

fn said(name: &str, ids: &[&str]) -> Said {
    let of_flow = || SETTINGS.iter().map(|setting| setting.variable).chain(OTHER_VARIABLES);
    let of_services: Vec<&str> = options::NAMES.iter().copied().chain(["base_route"]).collect();
    if of_flow().any(|known| known == name)
        || ids.iter().any(|id| of_services.iter().any(|option| options::variable(id, option) == name))
    {
        return Said::Something;
    }
    // It is another service's.
    if of_services.iter().any(|option| name.ends_with(&format!("_{}", option.to_ascii_uppercase()))) {
        return Said::Nothing;
    }
    let of_ours = ids.iter().find_map(|id| {
        let start = options::variable(id, "");
        let option = name.strip_prefix(&start)?.to_ascii_lowercase();
        nearest(&option, of_services.iter().copied(), MOST_MISTYPED).map(|near| options::variable(id, near))
    });
    match of_ours.or_else(|| nearest(name, of_flow(), MOST_MISTYPED).map(str::to_owned)) {
        Some(meant) => Said::Nearly(meant),
        None => Said::Nothing,
    }
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
        let unread = |name: &str| unread([name.to_owned()].into_iter(), &["pets"]).map_err(|error| error.to_string());
        assert_eq!(unread("BUILDFLOW_BIND"), Ok(vec![]));
        assert_eq!(unread("BUILDFLOW_CORPUS"), Ok(vec!["BUILDFLOW_CORPUS".to_owned()]));
        let refusal = "the environment variable `BUILDFLOW_PETS_MAX_REPLICA` says nothing; did you mean \
                       `BUILDFLOW_PETS_MAX_REPLICAS`?";
        assert_eq!(unread("BUILDFLOW_PETS_MAX_REPLICA"), Err(refusal.to_owned()));
        assert!(unread("BUILDFLOW_BNID").is_err());
        // Several processes may have one environment.
        for of_another in ["BUILDFLOW_PETZ_MAX_REPLICAS", "BUILDFLOW_ORDERS_MAX_CONCURRENT_QUERIES"] {
            assert_eq!(unread(of_another), Ok(vec![of_another.to_owned()]));
        }
    }
}
