//! The command line of a flow: which flags there are, what was given, and help.

use std::fmt::Write as _;

use super::Flow;
use crate::protocol::Error;
use crate::service::{Service, options};

/// A setting that whoever starts the process may give.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Setting {
    /// Without its dashes.
    pub flag: &'static str,
    /// The environment variable; one that is empty says nothing.
    pub variable: &'static str,
    /// What the flag is followed by, in help.
    pub value: &'static str,
    /// What that should be, in messages.
    pub wanted: &'static str,
    pub help: &'static str,
}

macro_rules! settings {
    ($($name:ident: $flag:literal, $variable:literal, $value:literal, $wanted:literal, $help:literal;)*) => {
        $(pub(super) const $name: Setting =
            Setting { flag: $flag, variable: $variable, value: $value, wanted: $wanted, help: $help };)*

        /// All of them, as help lists them.
        pub(super) const SETTINGS: &[Setting] = &[$($name),*];
    };
}

settings! {
    BIND: "bind", "BUILDFLOW_BIND", "ADDRESS", "an address", "Listen on this address";
    SERVICES: "services", "BUILDFLOW_SERVICES", "NAMES", "names with commas between them", "Serve only these services";
    ADMIN: "admin", "BUILDFLOW_ADMIN", "ADDRESS", "an address",
        "Open a listener for operators: health, metrics, a snapshot";
    TRUSTED_PROXIES: "trusted-proxies", "BUILDFLOW_TRUSTED_PROXIES", "NETWORKS",
        "addresses and networks with commas between them", "Trust what these proxies say about clients";
    TLS_CERTIFICATE: "tls-cert", "BUILDFLOW_TLS_CERT", "FILE", "a file", "Serve with TLS: the certificate, a PEM file";
    TLS_KEY: "tls-key", "BUILDFLOW_TLS_KEY", "FILE", "a file", "The key of the certificate, a PEM file";
    TLS_CLIENT_CA: "tls-client-ca", "BUILDFLOW_TLS_CLIENT_CA", "FILE", "a file",
        "Ask clients for certificates of these authorities";
    LOG_FORMAT: "log-format", "BUILDFLOW_LOG_FORMAT", "FORMAT", "`compact`, `text` or `json`",
        "Write logs as `compact`, `text` or `json`";
}

/// The port that a platform has given the process, by the convention of Knative and others.
pub(super) const PORT: &str = "PORT";

/// Further variables that say something to every flow.
pub(super) const OTHER_VARIABLES: [&str; 1] = [options::engine::VARIABLE];

/// What the command line says to a flow.
///
/// [`Flow::run`] reads that of the process, and refuses flags that it does not know. An application with flags of its own
/// gives it those of the flow: with the feature `clap`, this is what `#[command(flatten)]` takes.
///
/// ```
/// use buildflow_runtime::{Flow, FlowArguments};
///
/// // The command line is not read, the environment is.
/// let flow = Flow::new().arguments(FlowArguments::none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlowArguments {
    given: Vec<(&'static str, String)>,
    asks_for_help: bool,
}

impl FlowArguments {
    /// Nothing: the command line is somebody else's.
    pub fn none() -> Self {
        Self::default()
    }

    /// What these arguments say, without the name of the program.
    ///
    /// # Errors
    ///
    /// A flag that no flow has, or one without its value.
    pub fn parse<A: AsRef<str>>(arguments: impl IntoIterator<Item = A>) -> Result<Self, Error> {
        let (mut parsed, mut arguments) = (Self::none(), arguments.into_iter());
        while let Some(argument) = arguments.next() {
            let argument = argument.as_ref();
            if matches!(argument, "-h" | "--help") {
                parsed.asks_for_help = true;
                continue;
            }
            let (flag, value) = match argument.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (argument, None),
            };
            let setting = flag.strip_prefix("--").and_then(|flag| SETTINGS.iter().find(|setting| setting.flag == flag));
            let setting = setting.ok_or_else(|| unknown(flag))?;
            let next = |arguments: &mut dyn Iterator<Item = A>| arguments.next().map(|next| next.as_ref().to_owned());
            // Another flag is no value; where it shall be one, an equals sign says so.
            let value = value.or_else(|| next(&mut arguments).filter(|value| !value.starts_with("--")));
            let missing = || Error::Usage(format!("`--{}` should be followed by {}", setting.flag, setting.wanted));
            parsed.given.push((setting.flag, value.ok_or_else(missing)?));
        }
        Ok(parsed)
    }

    /// What they say of a setting; the last counts.
    pub(super) fn get(&self, setting: &Setting) -> Option<&str> {
        let mut given = self.given.iter().rev();
        given.find(|(flag, _)| *flag == setting.flag).map(|(_, value)| value.as_str())
    }

    pub(super) fn asks_for_help(&self) -> bool {
        self.asks_for_help
    }

    /// Adds what another parser has found.
    #[cfg(feature = "clap")]
    pub(super) fn push(&mut self, flag: &'static str, value: String) {
        self.given.push((flag, value));
    }
}

fn unknown(flag: &str) -> Error {
    let flags = SETTINGS.iter().map(|setting| format!("--{}", setting.flag)).chain(["--help".to_owned()]);
    let flags: Vec<String> = flags.collect();
    let hint = match nearest(flag, flags.iter().map(String::as_str), 3) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`--help` lists those there are".to_owned(),
    };
    Error::Usage(format!("there is no `{flag}`; {hint}"))
}

/// What `--help` says.
pub(super) fn help(program: &str, flow: &Flow, default_address: &str) -> String {
    let mut text = format!("Usage: {program} [OPTIONS]\n\nOptions:\n");
    for setting in SETTINGS {
        let flag = format!("--{} <{}>", setting.flag, setting.value);
        let variables =
            if *setting == BIND { format!("{}, {PORT}", setting.variable) } else { setting.variable.into() };
        let default = match setting.flag {
            "bind" => format!(" [default: {}]", flow.address.as_deref().unwrap_or(default_address)),
            "admin" => flow.admin.as_ref().map(|admin| format!(" [default: {admin}]")).unwrap_or_default(),
            _ => String::new(),
        };
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "  {flag:<32}{} [env: {variables}]{default}", setting.help);
    }
    let _ = writeln!(text, "  {:<32}Print this", "-h, --help");
    text.push_str("\nServices:\n");
    for service in &flow.services {
        let _ = writeln!(text, "  {}", describe(service));
    }
    let names: Vec<String> = options::NAMES.iter().map(|name| name.to_ascii_uppercase()).collect();
    text.push_str("\nEnvironment variables of a service, `BUILDFLOW_<SERVICE>_` and one of:\n");
    for line in names.chunks(4) {
        let _ = writeln!(text, "  {}", line.join(", "));
    }
    text.push_str("\n`RUST_LOG` says how much is logged: `info`, `debug`, `my_app=debug,warn`. [default: info]\n");
    text
}

/// A service in help: its name, where it is, and an example of its variables.
fn describe(service: &Service) -> String {
    let (name, base_route) = (service.name(), service.said_base_route());
    match service.known_id() {
        Some(id) => format!("{name:<16}{base_route:<16}{}", options::variable(id, "max_replicas")),
        None => format!("{name:<16}{base_route:<16}(without a `service_id` it has no variables)"),
    }
}

/// The one of these that a word was meant to be, of which at most so many letters are mistyped.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>, most: usize) -> Option<&'w str> {
    let near = known.map(|known| (distance(word, known), known)).filter(|(distance, _)| *distance <= most);
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// How many letters must be added, left out, replaced or swapped to come from one word to the other (Damerau).
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (line, letter) in one.iter().enumerate() {
        let (above, mut row) = (&rows[line], vec![line + 1]);
        for (column, known) in other.iter().enumerate() {
            let mut least =
                (above[column] + usize::from(letter != known)).min(above[column + 1] + 1).min(row[column] + 1);
            if line > 0 && column > 0 && *letter == other[column - 1] && one[line - 1] == *known {
                least = least.min(rows[line - 1][column - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<FlowArguments, String> {
        FlowArguments::parse(arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn flags_have_values_and_the_last_counts() {
        let arguments = parsed(&["--bind", "a:1", "--admin=9000", "--bind=b:2"]).unwrap();
        assert_eq!((arguments.get(&BIND), arguments.get(&ADMIN)), (Some("b:2"), Some("9000")));
        assert_eq!(arguments.get(&SERVICES), None);
        assert_eq!(parsed(&["--bind"]).unwrap_err(), "`--bind` should be followed by an address");
        assert!(parsed(&["--bind", "--admin", "9000"]).unwrap_err().contains("should be followed by an address"));
        assert!(parsed(&["--log-format", "json", "--help"]).unwrap().asks_for_help());
    }

    #[test]
    fn what_no_flow_has_is_refused_with_what_was_meant() {
        assert_eq!(parsed(&["--bnid=a:1"]).unwrap_err(), "there is no `--bnid`; did you mean `--bind`?");
        assert!(parsed(&["--trusted-proxy", "a"]).unwrap_err().ends_with("did you mean `--trusted-proxies`?"));
        assert_eq!(parsed(&["start"]).unwrap_err(), "there is no `start`; `--help` lists those there are");
    }
}
