//! The options of a service, and where each comes from: the document, code, the environment; later wins.

pub(crate) mod engine;
mod limits;
mod rule;

use std::fmt;
use std::time::Duration;

#[cfg(feature = "admin")]
use serde_json::{Value, json};

use super::Service;
use crate::observe::log::LogLevel;
use crate::protocol::Error;
use crate::replica::{Autoscaling, ReplicaOptions};
use rule::{BYTES, COUNT, LEVEL, POSITIVE, QUEUE, Rule, SECONDS};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody has said anything.
    Default,
    /// The service block of this document, or this flow file.
    File(&'static str),
    /// The application's code.
    Code,
    /// This environment variable.
    Environment(String),
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("the default"),
            Self::File(name) => write!(formatter, "from `{name}`"),
            Self::Code => formatter.write_str("from code"),
            Self::Environment(variable) => write!(formatter, "from the environment variable `{variable}`"),
        }
    }
}

/// A value, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting<T> {
    pub value: T,
    pub source: Source,
}

/// What the options of one service are taken from.
pub(crate) struct Sources<'s> {
    /// Documents and flow files by their names; later ones win.
    pub files: &'s [(&'static str, ServiceOptions)],
    pub code: ServiceOptions,
    /// The service's name, if it has one: its environment variables bear it.
    pub service_id: Option<&'s str>,
    pub environment: &'s dyn Fn(&str) -> Option<String>,
}

/// The environment variable of an option: `BUILDFLOW_PETS_MAX_REPLICAS`.
pub(crate) fn variable(service_id: &str, option: &str) -> String {
    format!("BUILDFLOW_{}_{}", service_id.replace('-', "_"), option).to_ascii_uppercase()
}

impl Sources<'_> {
    fn setting<T>(
        &self,
        name: &'static str,
        of: impl Fn(&ServiceOptions) -> Option<T>,
        rule: Rule<T>,
    ) -> Result<Setting<T>, Error> {
        let variable = self.service_id.map(|service_id| variable(service_id, name));
        let text = variable.as_ref().and_then(|variable| (self.environment)(variable));
        let said = self.files.iter().rev().find_map(|(file, options)| Some((*file, of(options)?)));
        // A variable that is empty says nothing.
        let setting = match (variable.zip(text.filter(|text| !text.is_empty())), of(&self.code), said) {
            (Some((variable, text)), _, _) => {
                let source = Source::Environment(variable);
                match (rule.parse)(text.trim()) {
                    Some(value) => Setting { value, source },
                    None => return Err(wrong(name, format!("{text:?}, {source}, should be {}", rule.wanted))),
                }
            }
            (None, Some(value), _) => Setting { value, source: Source::Code },
            (None, None, Some((file, value))) => Setting { value, source: Source::File(file) },
            (None, None, None) => Setting { value: rule.default, source: Source::Default },
        };
        if (rule.holds)(&setting.value) {
            return Ok(setting);
        }
        let shown = (rule.show)(&setting.value);
        Err(wrong(name, format!("{shown}, {}, should be {}", setting.source, rule.wanted)))
    }
}

fn wrong(name: &'static str, reason: String) -> Error {
    Error::Option { name, reason }
}

/// The options: their names, types, rules and defaults.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident: $ty:ty = $rule:expr;)*) => {
        /// Options of a service, under the names that they have in a document's `x-buildflow-service` as well. What
        /// is not said has its default.
        #[derive(Debug, Clone, Copy, Default, PartialEq)]
        pub struct ServiceOptions {
            $($name: Option<$ty>,)*
        }

        /// Their names, what values they may have, and their docs.
        #[cfg(test)]
        pub(crate) fn described() -> Vec<(&'static str, &'static str, String)> {
            vec![$((stringify!($name), { let rule: Rule<$ty> = $rule; rule.wanted }, [$(stringify!($doc)),*].join(""))),*]
        }

        /// Their names.
        pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),*];

        impl ServiceOptions {
            /// Nothing said.
            pub const fn new() -> Self {
                Self { $($name: None,)* }
            }

            $($(#[$doc])*
            #[must_use]
            pub const fn $name(mut self, $name: $ty) -> Self {
                self.$name = Some($name);
                self
            })*

            /// What `later` says, and else what these say.
            pub(crate) fn then(self, later: Self) -> Self {
                Self { $($name: later.$name.or(self.$name),)* }
            }
        }

        impl Service {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(self, $name: $ty) -> Self {
                self.options(ServiceOptions::new().$name($name))
            })*
        }

        /// The options that a service runs with.
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct Options {
            $(pub $name: Setting<$ty>,)*
        }

        impl Options {
            fn each(sources: &Sources<'_>) -> Result<Self, Error> {
                Ok(Self {
                    $($name: sources.setting(
                        stringify!($name),
                        |options| options.$name,
                        $rule,
                    )?,)*
                })
            }

            /// Each of them, and where it comes from.
            #[cfg(feature = "admin")]
            pub(crate) fn json(&self) -> Value {
                let mut options = serde_json::Map::new();
                $({
                    let Setting { value, source } = &self.$name;
                    let rule: Rule<$ty> = $rule;
                    let told = json!({"value": (rule.json)(value), "source": source.to_string()});
                    options.insert(stringify!($name).to_owned(), told);
                })*
                Value::Object(options)
            }
        }
    };
}

options! {
    /// CPUs per replica; rounded up, its number of threads. By default 1.
    num_cpus: f64 = POSITIVE;
    /// How much the service logs: `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`, `TRACE`, `OFF`, or a number of Python's
    /// `logging`. By default what `RUST_LOG` says.
    log_level: LogLevel = LEVEL;
    /// Replicas at the start. By default 1, or `min_replicas` if that is more.
    num_replicas: u32 = COUNT;
    /// The fewest replicas. They start even if the machine lacks the CPUs for them. By default 1.
    min_replicas: u32 = COUNT;
    /// The most replicas. If that is more than `min_replicas`, their number follows the load. By default 1.
    max_replicas: u32 = COUNT;
    /// Requests in flight per replica, or in a service without replicas; further ones wait. By default 100.
    max_concurrent_queries: u32 = COUNT.or(100);
    /// Requests that wait for a place; further ones get 503. By default 1000.
    max_queued_requests: u32 = QUEUE;
    /// The desired number of requests per replica, running and waiting. By default 1.
    target_num_ongoing_requests_per_replica: f64 = POSITIVE;
    /// Seconds for which more replicas must be needed before they start. By default 30.
    upscale_delay: Duration = SECONDS.or(Duration::from_secs(30));
    /// Seconds for which fewer replicas must be needed before some end. By default 600.
    downscale_delay: Duration = SECONDS.or(Duration::from_secs(600));
    /// Seconds over which the load is averaged. By default 30.
    look_back_period: Duration = SECONDS.or(Duration::from_secs(30));
    /// Bytes of a body in memory; more get 413. By default that of the flow.
    body_limit: u64 = BYTES;
    /// Bytes of the files of a form, or of a streamed body; more get 413. By default that of the flow.
    upload_limit: u64 = BYTES;
    /// Parts of a `multipart/form-data` body; more get 413. By default 1000.
    part_limit: u32 = COUNT.or(1000);
    /// Bytes of a field of a `multipart/form-data` body that is not a file; more get 413. By default `body_limit`.
    field_limit: u64 = BYTES;
    /// Open WebSockets; further ones get 503. By default 10,000.
    max_websockets: u32 = COUNT.or(10_000);
}

impl Options {
    /// Takes each option from the last source that says it.
    ///
    /// # Errors
    ///
    /// A value is not possible, or two contradict each other; the error names their sources.
    pub(crate) fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        let mut options = Self::each(sources)?;
        let Self { num_replicas, min_replicas, max_replicas, .. } = &mut options;
        if num_replicas.source == Source::Default {
            num_replicas.value = min_replicas.value;
        }
        in_order(("min_replicas", min_replicas), ("max_replicas", max_replicas))?;
        in_order(("min_replicas", min_replicas), ("num_replicas", num_replicas))?;
        in_order(("num_replicas", num_replicas), ("max_replicas", max_replicas))?;
        Ok(options)
    }

    /// The options of a process that is one replica itself: an engine starts as many as these options say.
    pub(crate) fn of_one_replica(mut self) -> Self {
        for count in [&mut self.num_replicas, &mut self.min_replicas, &mut self.max_replicas] {
            count.value = 1;
        }
        // What engines count on is in force, also where nobody has said it.
        if self.max_concurrent_queries.source == Source::Default {
            self.max_concurrent_queries.source = Source::Environment(engine::VARIABLE.to_owned());
        }
        self
    }

    /// Whether the service needs no replicas of its own: it runs on the flow's threads, and nothing is counted.
    pub(crate) fn is_inline(&self) -> bool {
        let replicas = [&self.min_replicas, &self.num_replicas, &self.max_replicas];
        replicas.into_iter().all(|count| count.value == 1)
            && self.num_cpus.value == POSITIVE.default
            && self.max_concurrent_queries.source == Source::Default
            && self.max_queued_requests.source == Source::Default
    }
}

impl Options {
    /// The replicas that these ask for.
    pub(crate) fn replicas(&self) -> ReplicaOptions {
        let (min_replicas, max_replicas) = (self.min_replicas.value, self.max_replicas.value);
        let autoscaling = (min_replicas < max_replicas).then_some(Autoscaling {
            min_replicas,
            max_replicas,
            target_num_ongoing_requests_per_replica: self.target_num_ongoing_requests_per_replica.value,
            upscale_delay: self.upscale_delay.value,
            downscale_delay: self.downscale_delay.value,
            look_back_period: self.look_back_period.value,
        });
        ReplicaOptions {
            num_cpus: self.num_cpus.value,
            num_replicas: self.num_replicas.value,
            min_replicas,
            max_concurrent_queries: self.max_concurrent_queries.value,
            autoscaling,
        }
    }
}

/// Refuses a first option that is more than the second.
fn in_order(
    (less_name, less): (&'static str, &Setting<u32>),
    (more_name, more): (&'static str, &Setting<u32>),
) -> Result<(), Error> {
    if less.value <= more.value {
        return Ok(());
    }
    let (less, more) = (
        format!("`{less_name}` ({}, {})", less.value, less.source),
        format!("`{more_name}` ({}, {})", more.value, more.source),
    );
    Err(wrong(less_name, format!("{less} is more than {more}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(document: ServiceOptions, code: ServiceOptions, variables: &[(&str, &str)]) -> Result<Options, String> {
        resolve_files(&[("pets.yaml", document)], code, variables)
    }

    fn resolve_files(
        files: &[(&'static str, ServiceOptions)],
        code: ServiceOptions,
        variables: &[(&str, &str)],
    ) -> Result<Options, String> {
        let environment = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, text)| (*text).to_owned())
        };
        let sources = Sources { files, code, service_id: Some("pet-shop"), environment: &environment };
        Options::resolve(&sources).map_err(|error| error.to_string())
    }

    const NOTHING: ServiceOptions = ServiceOptions::new();

    #[test]
    fn later_sources_win_one_option_at_a_time() {
        let document = NOTHING.max_replicas(2).num_cpus(2.5).max_concurrent_queries(10);
        let code = NOTHING.max_replicas(3).max_concurrent_queries(20);
        let variables = [("BUILDFLOW_PET_SHOP_MAX_REPLICAS", "4"), ("BUILDFLOW_PET_SHOP_NUM_CPUS", "")];
        let options = resolve(document, code, &variables).unwrap();
        let variable = Source::Environment("BUILDFLOW_PET_SHOP_MAX_REPLICAS".to_owned());
        assert_eq!(options.max_replicas, Setting { value: 4, source: variable });
        assert_eq!(options.max_concurrent_queries, Setting { value: 20, source: Source::Code });
        assert_eq!(options.num_cpus, Setting { value: 2.5, source: Source::File("pets.yaml") });
        assert_eq!(options.upscale_delay, Setting { value: Duration::from_secs(30), source: Source::Default });
    }

    #[test]
    fn a_flow_file_goes_before_its_documents_and_is_named() {
        let files = [("pets.yaml", NOTHING.max_replicas(2).num_cpus(2.0)), ("shop.yaml", NOTHING.max_replicas(3))];
        let options = resolve_files(&files, NOTHING, &[]).unwrap();
        assert_eq!(options.max_replicas, Setting { value: 3, source: Source::File("shop.yaml") });
        assert_eq!(options.num_cpus, Setting { value: 2.0, source: Source::File("pets.yaml") });
        assert_eq!(options.max_replicas.source.to_string(), "from `shop.yaml`");
    }

    #[test]
    fn impossible_values_name_their_source() {
        let said = resolve(NOTHING, NOTHING.num_cpus(0.0), &[]).unwrap_err();
        assert_eq!(said, "the option `num_cpus` cannot be used: 0, from code, should be a number greater than 0");
        let said = resolve(NOTHING.max_replicas(0), NOTHING, &[]).unwrap_err();
        assert!(said.contains("`max_replicas`") && said.contains("from `pets.yaml`"), "{said}");
        let variables = [("BUILDFLOW_PET_SHOP_UPSCALE_DELAY", "soon")];
        let said = resolve(NOTHING, NOTHING, &variables).unwrap_err();
        assert!(said.contains("\"soon\", from the environment variable `BUILDFLOW_PET_SHOP_UPSCALE_DELAY`"), "{said}");
        for wrong in ["nan", "-1", "inf", "1e400"] {
            assert!(resolve(NOTHING, NOTHING, &[("BUILDFLOW_PET_SHOP_NUM_CPUS", wrong)]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn contradictions_name_both_sources() {
        let variables = [("BUILDFLOW_PET_SHOP_MIN_REPLICAS", "5")];
        let said = resolve(NOTHING.max_replicas(4), NOTHING, &variables).unwrap_err();
        assert!(said.contains("`min_replicas` (5, from the environment variable"), "{said}");
        assert!(said.contains("is more than `max_replicas` (4, from `pets.yaml`)"), "{said}");
        assert!(resolve(NOTHING.num_replicas(3), NOTHING.max_replicas(2), &[]).is_err());
        assert!(resolve(NOTHING.num_replicas(1).min_replicas(2).max_replicas(2), NOTHING, &[]).is_err());
    }

    #[test]
    fn a_service_starts_with_as_many_replicas_as_there_must_be() {
        let options = resolve(NOTHING.min_replicas(2).max_replicas(4), NOTHING, &[]).unwrap();
        assert_eq!(options.num_replicas.value, 2);
    }

    #[test]
    fn only_what_asks_for_replicas_costs_anything() {
        let is_inline = |options| resolve(options, NOTHING, &[]).unwrap().is_inline();
        assert!(is_inline(NOTHING) && is_inline(NOTHING.max_replicas(1).log_level(LogLevel::Debug)));
        let more = [NOTHING.max_replicas(2), NOTHING.num_cpus(2.0), NOTHING.max_concurrent_queries(100)];
        assert!(!more.into_iter().any(is_inline));
    }

    #[test]
    fn a_process_that_is_one_of_an_engines_replicas_has_one_and_its_limit() {
        let options = resolve(NOTHING.min_replicas(2).max_replicas(4), NOTHING, &[]).unwrap().of_one_replica();
        let Options { num_replicas, min_replicas, max_replicas, max_concurrent_queries, .. } = &options;
        assert_eq!([num_replicas.value, min_replicas.value, max_replicas.value], [1; 3]);
        assert_eq!(max_concurrent_queries.value, 100);
        assert!(!options.is_inline(), "the limit is in force");
    }
}
