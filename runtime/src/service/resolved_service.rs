//! A service whose options are settled: every source has been asked.

use super::Description;
use super::endpoints::{Endpoints, Handling};
use super::options::{self, Options, Sources, engine};
use super::{EntryPoint, Service, log_level};
#[cfg(feature = "docs")]
use crate::docs::{Site, overview::Entry};
#[cfg(feature = "hooks")]
use crate::middleware::hook::HookedEndpoints;
use crate::protocol::{Error, ErrorMap, FlowStop, ProblemFormat};
use crate::replica::{self, Placement, Status};
use crate::request::{BackgroundTasks, Concurrency, Limits, ServiceScope};

/// A service that is ready to start.
pub(crate) struct ResolvedService {
    service: Service,
    /// What it is called; a random UUID where nobody has named it.
    pub id: String,
    /// What it is called in logs, where a UUID says nothing.
    pub name: String,
    /// The path that its routes stand under.
    pub base_route: String,
    pub options: Options,
}

impl ResolvedService {
    /// Asks the document, code and the environment. A service for clients with certificates is refused where nobody
    /// knows any.
    pub(crate) fn resolve(service: Service, knows_clients: bool) -> Result<Self, Error> {
        if service.asks_for_certificates && !knows_clients {
            let name = service.description.name;
            let reason = format!("`{name}` asks for certificates of clients: serve it in a flow with `Tls::client_ca`");
            return Err(Error::Option { name: "tls", reason });
        }
        let environment = |name: &str| std::env::var(name).ok();
        let service_id = service.known_id();
        let sources = Sources {
            files: service.description.options,
            code: service.options,
            service_id,
            environment: &environment,
        };
        let mut options = Options::resolve(&sources)?;
        if engine::are_external(&environment)? {
            options = options.of_one_replica();
        }
        let variable = service_id.and_then(|id| environment(&options::variable(id, "base_route")));
        let base_route = variable.filter(|route| !route.is_empty());
        let base_route = base_route.unwrap_or_else(|| service.said_base_route().to_owned());
        let name = service.name().to_owned();
        let id = service_id.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
        Ok(Self { service, id, name, base_route, options })
    }

    /// The shape of its problems, where it is its own.
    pub(crate) fn problems(&self) -> Option<ProblemFormat> {
        self.service.problems.clone()
    }

    /// Where the service shows its document, for people.
    pub(crate) fn docs_path(&self) -> Option<String> {
        #[cfg(feature = "docs")]
        return self.entry().and_then(|entry| entry.page());
        #[cfg(not(feature = "docs"))]
        return None;
    }

    /// The service in the flow's page, where it shows its document.
    #[cfg(feature = "docs")]
    pub(crate) fn entry(&self) -> Option<Entry> {
        Entry::new(self.service.description.shown(), &self.service.docs, &self.base_route)
    }

    /// Makes the flow's page this service's to show.
    #[cfg(feature = "docs")]
    pub(crate) fn show_services(&mut self, services: Vec<Entry>) {
        self.service.services = services;
    }

    /// Starts the service, which has this place in its flow, and limits of its own: from now on, it answers. The flow's
    /// mappings of errors come behind its own.
    pub(crate) fn start(
        self,
        place: usize,
        limits: &'static Limits,
        (errors, stop): (&ErrorMap, &FlowStop),
    ) -> Result<StartedService, Error> {
        let Self { service, id, name, base_route, options } = self;
        let (at_once, queued) = (options.max_concurrent_queries.value, options.max_queued_requests.value);
        let placement = (placement(&options), queued);
        let concurrency =
            (placement.0 == Placement::Inline).then(|| &*Box::leak(Box::new(Concurrency::new(at_once, queued))));
        let (dispatch, status) = replica::start(name, service.handlers, placement)?;
        #[cfg(feature = "hooks")]
        let dispatch = HookedEndpoints::around(dispatch, service.description.operations, service.hooks);
        let &Description { answers, operations, .. } = service.description;
        let (errors, tasks) = (service.errors.or(errors), BackgroundTasks::new());
        let scope = &*Box::leak(Box::new(ServiceScope { errors, operations, tasks, stop: stop.clone() }));
        let endpoints = Endpoints::new(
            place,
            Handling { routes: service.nodes, dispatch, limits, concurrency, scope, answers },
            service.endpoint_layers,
            #[cfg(feature = "docs")]
            Site::new(service.description.shown(), service.docs, &base_route, &service.services),
        )?;
        #[cfg(not(feature = "docs"))]
        drop(base_route);
        let front = match service.layers.is_empty() && !service.routes.has_routes() {
            true => EntryPoint::Endpoints(endpoints),
            false => EntryPoint::Router(service.layers.around(service.routes.fallback_service(endpoints))?),
        };
        Ok(StartedService { front: log_level::layer(front, &id, &options.log_level), status, scope })
    }
}

/// A service that answers.
pub(crate) struct StartedService {
    pub front: EntryPoint,
    /// How it runs.
    pub status: Status,
    /// What its requests share.
    pub scope: &'static ServiceScope,
}

/// Where the options have handlers run.
fn placement(options: &Options) -> Placement {
    if options.is_inline() { Placement::Inline } else { Placement::Replicas(options.replicas()) }
}
