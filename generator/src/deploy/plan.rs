//! What engines get to know of a flow: its services, their options, and where each was said.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::compile::Compiled;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Memory, Middleware, OptionValue, Payload, SchemeKind, Secret};
use crate::lift::Document;
use crate::lift::service::BLOCK;
use crate::lower::Lowered;
use crate::read::{Pointer, Span};

/// An option, as somebody said it or by default.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting<T> {
    /// Its name, in documents.
    pub name: &'static str,
    /// What it is.
    pub value: T,
    /// Where it was said, or else where its service is.
    pub place: Span,
    /// Whether somebody said it.
    pub is_said: bool,
}

impl<T: Display> Setting<T> {
    /// Where a line comes from that has it: for a comment.
    pub fn origin(&self) -> String {
        format!("{}{}", self.name, if self.is_said { "" } else { ", by default" })
    }

    /// That an engine takes it for a mistake, or for something else.
    pub(super) fn refused(&self, why: impl Display) -> Diagnostic {
        Diagnostic::error("undeployable-option", self.place, format!("`{}`, {}, {why}", self.name, self.value))
    }

    /// That an engine knows nothing like it, if somebody said it.
    pub(super) fn ignored(&self, why: impl Display) -> Option<Diagnostic> {
        let message = || format!("`{}` has no effect there: {why}", self.name);
        self.is_said.then(|| Diagnostic::warning("ignored-option", self.place, message()))
    }
}

/// A service of the flow. Numbers have the units that they have in documents: seconds, CPUs, requests.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Names it in engines as well; its document's name where nobody says one, which is told.
    pub id: Setting<String>,
    /// The path that its routes stand under.
    pub base_route: Setting<String>,
    /// CPUs of a replica.
    pub num_cpus: Setting<f64>,
    /// Memory of a replica.
    pub memory: Setting<Memory>,
    /// Replicas at the start.
    pub num_replicas: Setting<u32>,
    /// The fewest replicas.
    pub min_replicas: Setting<u32>,
    /// The most replicas.
    pub max_replicas: Setting<u32>,
    /// Requests in flight at a replica.
    pub max_concurrent_queries: Setting<u32>,
    /// Requests that may wait.
    pub max_queued_requests: Setting<u32>,
    /// Requests that a replica should have.
    pub target: Setting<f64>,
    /// For how long more replicas must have been wanted.
    pub upscale_delay: Setting<f64>,
    /// For how long fewer replicas must have been wanted.
    pub downscale_delay: Setting<f64>,
    /// The time that the load is averaged over.
    pub look_back_period: Setting<f64>,
    /// What it logs, if that was said.
    pub log_level: Option<Setting<String>>,
    /// Where its middleware looks for secrets.
    pub secrets: Secrets,
    /// The place of its first WebSocket, if it has any.
    pub socket: Option<Span>,
    /// Where it asks clients for certificates, if it does.
    pub certificate: Option<Span>,
}

/// Where the secrets of a service are, each once; the place is that of its middleware.
#[derive(Debug, Clone, PartialEq)]
pub struct Secrets {
    /// Names of environment variables.
    pub variables: BTreeSet<String>,
    /// Paths of files.
    pub files: BTreeSet<String>,
    /// Where they are asked for.
    pub place: Span,
}

impl Secrets {
    /// The folders of its files, each with their names.
    pub fn folders(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (folder, name) in self.files.iter().filter_map(|path| path.rsplit_once('/')) {
            folders.entry(if folder.is_empty() { "/" } else { folder }).or_default().push(name);
        }
        folders
    }

    /// What each of them is called in a cluster: the variable, or the file without its folder.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let files = self.files.iter().map(|path| path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name));
        self.variables.iter().map(String::as_str).chain(files)
    }
}

/// A variable of the environment that a replica is started with, and the option that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its text.
    pub value: String,
    /// For a comment: [`Setting::origin`].
    pub origin: String,
}

impl Service {
    /// Whether their number follows the load.
    pub fn scales(&self) -> bool {
        self.min_replicas.value < self.max_replicas.value
    }

    /// The CPUs of a replica in a cluster's words: `500m`.
    pub fn cpu(&self) -> String {
        let thousandths = (self.num_cpus.value * 1000.0).round() as u64;
        if thousandths.is_multiple_of(1000) { (thousandths / 1000).to_string() } else { format!("{thousandths}m") }
    }

    /// What a replica must know, so that what its engine was told and what it does are the same.
    pub fn environment(&self) -> Vec<Variable> {
        let Self { id, base_route, num_cpus, max_concurrent_queries, max_queued_requests, log_level, .. } = self;
        let mut variables = vec![
            Variable { name: "BUILDFLOW_SERVICES".to_owned(), value: id.value.clone(), origin: id.origin() },
            self.option(base_route),
            self.option(num_cpus),
            self.option(max_concurrent_queries),
            self.option(max_queued_requests),
        ];
        variables.extend(log_level.as_ref().map(|level| self.option(level)));
        variables
    }

    fn option<T: Display>(&self, setting: &Setting<T>) -> Variable {
        let service = self.id.value.replace('-', "_");
        let name = format!("BUILDFLOW_{service}_{}", setting.name).to_ascii_uppercase();
        Variable { name, value: setting.value.to_string(), origin: setting.origin() }
    }
}

/// The services of a flow, in its order; what no engine could be told is told instead.
pub(super) fn services(compiled: &Compiled, diagnostics: &mut Diagnostics) -> Vec<Service> {
    let services = compiled.services.iter().map(|(document, lowered)| Reader { document, lowered }.service());
    let services: Vec<Service> = services.collect();
    for id in services.iter().map(|service| &service.id).filter(|id| !id.is_said) {
        let help = "set one in the document's `x-buildflow-service`, or in a flow file: `service_id: pets`";
        let message = format!("`{}` has no `service_id`: an engine knows services by it", id.value);
        diagnostics.push(Diagnostic::error("missing-option", id.place, message).help(help));
    }
    services
}

/// Reads what a document, and the flow file before it, say of a service.
struct Reader<'d> {
    document: &'d Document,
    lowered: &'d Lowered,
}

impl Reader<'_> {
    /// What is not said has the default of a process, which a test asks one for.
    fn service(&self) -> Service {
        let options = &self.lowered.service.options;
        let min_replicas = self.count("min_replicas", 1);
        Service {
            id: self.or("service_id", options.service_id.clone(), self.lowered.service.module.clone()),
            base_route: self.or("base_route", options.base_route.clone(), "/".to_owned()),
            num_cpus: self.number("num_cpus", 1.0),
            memory: self.or("memory", options.memory, Memory::of_bytes(128 << 20)),
            num_replicas: self.count("num_replicas", min_replicas.value),
            min_replicas,
            max_replicas: self.count("max_replicas", 1),
            max_concurrent_queries: self.count("max_concurrent_queries", 100),
            max_queued_requests: self.count("max_queued_requests", 1000),
            target: self.number("target_num_ongoing_requests_per_replica", 1.0),
            upscale_delay: self.number("upscale_delay", 30.0),
            downscale_delay: self.number("downscale_delay", 600.0),
            look_back_period: self.number("look_back_period", 30.0),
            log_level: self.level(),
            secrets: self.secrets(),
            socket: self.socket(),
            certificate: self.certificate(),
        }
    }

    fn or<T>(&self, name: &'static str, said: Option<T>, default: T) -> Setting<T> {
        let at = Pointer::root().join(BLOCK).join(name);
        let place = self.document.node(&at).map_or_else(|| self.place(), |node| node.span);
        let is_said = said.is_some();
        Setting { name, value: said.unwrap_or(default), place, is_said }
    }

    fn count(&self, name: &'static str, default: u32) -> Setting<u32> {
        let count = |value| match value {
            OptionValue::Count(count) => Some(count),
            _ => None,
        };
        self.or(name, self.option(name).and_then(count), default)
    }

    fn number(&self, name: &'static str, default: f64) -> Setting<f64> {
        let number = |value| match value {
            OptionValue::Number(number) | OptionValue::Seconds(number) => Some(number),
            _ => None,
        };
        self.or(name, self.option(name).and_then(number), default)
    }

    fn level(&self) -> Option<Setting<String>> {
        match self.option("log_level")? {
            OptionValue::Level(level) => Some(self.or("log_level", Some(level.to_ascii_uppercase()), String::new())),
            _ => None,
        }
    }

    fn option(&self, name: &str) -> Option<OptionValue> {
        let mut options = self.lowered.service.options.replicas.iter();
        options.find(|option| option.name == name).map(|option| option.value)
    }

    /// Where the service as a whole is spoken of.
    fn place(&self) -> Span {
        let block = Pointer::root().join(BLOCK);
        let place = if self.document.node(&block).is_some() { block } else { Pointer::root().join("openapi") };
        self.document.key_span(&place)
    }

    fn secrets(&self) -> Secrets {
        let service = &self.lowered.service;
        let middleware = service.options.middleware.iter();
        let middleware = middleware.chain(service.endpoints.iter().flat_map(|endpoint| &endpoint.middleware));
        let keys = middleware.filter_map(|middleware| match middleware {
            Middleware::Session(session) => Some(&session.secret_keys),
            _ => None,
        });
        let (mut variables, mut files) = (BTreeSet::new(), BTreeSet::new());
        for key in keys.flatten() {
            match key {
                Secret::Env(name) => drop(variables.insert(name.clone())),
                Secret::File(path) => drop(files.insert(path.clone())),
                Secret::Literal(_) => {}
            }
        }
        let at = Pointer::root().join(BLOCK).join("middleware");
        let place = self.document.node(&at).map_or_else(|| self.place(), |node| node.span);
        Secrets { variables, files, place }
    }

    fn certificate(&self) -> Option<Span> {
        let mut schemes = self.lowered.service.schemes.iter();
        let scheme = schemes.find(|scheme| scheme.kind == SchemeKind::Certificate)?;
        let schemes = Pointer::root().join("components").join("securitySchemes");
        Some(self.document.key_span(&schemes.join(&scheme.wire_name)))
    }

    fn socket(&self) -> Option<Span> {
        let mut endpoints = self.lowered.service.endpoints.iter();
        let socket = endpoints.find(|endpoint| matches!(endpoint.payload, Payload::Handshake))?;
        Some(self.document.key_span(&Pointer::root().join("paths").join(&socket.route.path)))
    }
}
