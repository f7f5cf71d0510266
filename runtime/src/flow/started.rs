//! The services of a flow, started together.

#[cfg(feature = "docs")]
use std::sync::Arc;

use axum::Router;
#[cfg(feature = "docs")]
use axum::extract::Request;

#[cfg(feature = "docs")]
use crate::docs::overview::{self, Overview};
use crate::middleware::Layers;
#[cfg(feature = "docs")]
use crate::observe;
#[cfg(feature = "admin")]
use crate::observe::metrics::ServiceCounts;
use crate::protocol::{Error, ErrorMap, FlowStop, ProblemFormat};
use crate::replica::Status;
use crate::request::{Limits, ServiceScope};
use crate::service::{
    EntryPoint, FlowService, ResolvedService, Service, StartedService, not_found_anywhere, options::Options,
};
#[cfg(feature = "websocket")]
use crate::websocket::OpenSockets;

/// A flow whose services run.
pub(super) struct Started {
    pub service: FlowService,
    /// In the order in which they were attached.
    pub running: Vec<Running>,
    /// What the log says of them.
    pub served: Vec<Served>,
}

/// What the log says of a service.
pub(super) struct Served {
    name: String,
    id: String,
    base_route: String,
    docs: Option<String>,
}

impl Served {
    /// Says that the service is served; once it is.
    pub(super) fn announce(&self) {
        let Self { name, id, base_route, docs } = self;
        tracing::info!(service = name, service_id = id, base_route, docs, "serving");
    }
}

/// What is the same for all services of a flow.
pub(super) struct Shared {
    /// What stands around all of them.
    pub layers: Layers,
    pub limits: Limits,
    pub errors: ErrorMap,
    pub problems: Option<ProblemFormat>,
    pub stop: FlowStop,
    /// Whether clients are asked for certificates, so that services may do so.
    pub knows_clients: bool,
}

/// A service that runs.
#[cfg_attr(not(feature = "admin"), expect(dead_code, reason = "only an admin listener tells services apart"))]
pub(crate) struct Running {
    /// What it is called in logs.
    pub name: String,
    /// Its `service_id`.
    pub id: String,
    /// The path that its routes stand under.
    pub base_route: String,
    /// What it runs with.
    pub options: Options,
    /// How it runs.
    pub status: Status,
    /// What its requests share.
    pub scope: &'static ServiceScope,
    /// The WebSockets that are open.
    #[cfg(feature = "websocket")]
    pub sockets: &'static OpenSockets,
}

#[cfg(feature = "admin")]
impl Running {
    /// What there is to count of it now.
    pub(super) fn counts(&self) -> ServiceCounts {
        ServiceCounts {
            replicas: self.status.replicas(),
            #[cfg(feature = "websocket")]
            websockets: self.sockets.count(),
            #[cfg(not(feature = "websocket"))]
            websockets: 0,
        }
    }
}

impl Started {
    /// Starts them.
    pub(super) fn start(attached: Vec<Service>, shared: Shared) -> Result<Self, Error> {
        let Shared { layers, limits, errors, mut problems, stop, knows_clients } = shared;
        let mut services: Vec<ResolvedService> = Vec::new();
        for service in attached {
            let service = ResolvedService::resolve(service, knows_clients)?;
            goes_with(&service, &services)?;
            services.push(service);
        }
        let is_alone = services.len() == 1 && services[0].base_route == "/" && layers.is_empty();
        let mut router = beside(&mut services);
        let (mut fronts, mut running, mut served) = (Vec::new(), Vec::new(), Vec::new());
        for (place, service) in services.into_iter().enumerate() {
            served.push(Served {
                name: service.name.clone(),
                id: service.id.clone(),
                base_route: service.base_route.clone(),
                docs: service.docs_path(),
            });
            let (name, id, base_route) = (service.name.clone(), service.id.clone(), service.base_route.clone());
            let options = service.options.clone();
            let limits = limits.of_service(&options);
            let own = service.problems();
            let StartedService { front, status, scope } = service.start(place, limits, (&errors, &stop))?;
            let front = match own {
                // Nothing else answers, so nothing else has problems.
                Some(own) if is_alone => {
                    problems = Some(own);
                    front
                }
                Some(own) => front.shaping(own),
                None => front,
            };
            fronts.push((base_route.clone(), front));
            running.push(Running {
                name,
                id,
                base_route,
                options,
                status,
                scope,
                #[cfg(feature = "websocket")]
                sockets: limits.sockets,
            });
        }
        if is_alone && let Some((_, front)) = fronts.pop() {
            return Ok(Started { service: FlowService::new(front, problems), running, served });
        }
        for (base_route, front) in fronts {
            router = match base_route.as_str() {
                "/" => router.fallback_service(front.into_router()),
                base_route => router.nest_service(base_route, front.into_router()),
            };
        }
        Ok(Started { service: FlowService::new(EntryPoint::Router(layers.around(router)?), problems), running, served })
    }
}

/// The services of these names, which have commas between them.
pub(super) fn chosen(services: Vec<Service>, names: &str) -> Result<Vec<Service>, Error> {
    let asked: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let known: Vec<&str> = services.iter().map(Service::name).collect();
    if let Some(unknown) = asked.iter().find(|name| !known.contains(name)) {
        let reason = format!("the flow has no service `{unknown}`; it has: {}", known.join(", "));
        return Err(Error::Option { name: "services", reason });
    }
    if asked.is_empty() {
        return Err(Error::Option { name: "services", reason: format!("it names none of: {}", known.join(", ")) });
    }
    Ok(services.into_iter().filter(|service| asked.contains(&service.name())).collect())
}

/// What answers where no service does: the flow's page, if services show their documents.
#[cfg_attr(not(feature = "docs"), expect(unused_variables, reason = "only docs list them"))]
fn beside(services: &mut [ResolvedService]) -> Router {
    // Base routes are literal, also where axum once had captures.
    let router = Router::new().without_v07_checks();
    #[cfg(feature = "docs")]
    {
        let shown: Vec<_> = services.iter().filter_map(ResolvedService::entry).collect();
        if let Some(root) = services.iter_mut().find(|service| service.base_route == "/") {
            root.show_services(shown);
        } else if !shown.is_empty() {
            let page = Arc::new(Overview::new(shown, 0));
            return router.fallback(async move |request: Request| match request.uri().path() {
                overview::PATH => {
                    observe::route(&request, "docs");
                    page.file().answer(&request)
                }
                _ => not_found_anywhere(request).await,
            });
        }
    }
    router.fallback(not_found_anywhere)
}

/// Refuses a service that cannot stand beside those there are.
fn goes_with(service: &ResolvedService, others: &[ResolvedService]) -> Result<(), Error> {
    let ResolvedService { id, name, base_route, .. } = service;
    if !is_base_route(base_route) {
        let reason = format!("`{base_route}`, of `{name}`, is no path such as `/pets`");
        return Err(Error::Option { name: "base_route", reason });
    }
    if let Some(other) = others.iter().find(|other| other.base_route == *base_route) {
        let services = [other.name.clone(), name.clone()];
        return Err(Error::BaseRoute { base_route: base_route.clone(), services });
    }
    if let Some(other) = others.iter().find(|other| other.id == *id) {
        let there = &other.base_route;
        let reason = format!("the services at `{there}` and `{base_route}` are both called `{id}`; give one another");
        return Err(Error::Option { name: "service_id", reason });
    }
    Ok(())
}

/// Whether it is `/`, or segments that have something in them, of characters that a path can have.
fn is_base_route(text: &str) -> bool {
    let in_segment = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()+,;=:@".contains(&byte);
    let is_segment = |segment: &str| !segment.is_empty() && segment.bytes().all(in_segment);
    text == "/" || text.strip_prefix('/').is_some_and(|segments| segments.split('/').all(is_segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_routes_are_plain_paths() {
        for path in ["/", "/pets", "/v1/pets", "/:id", "/a.b~c"] {
            assert!(is_base_route(path), "{path}");
        }
        for path in ["", "pets", "/pets/", "//", "/{id}", "/*rest", "/a?b", "/a b", "/a//b"] {
            assert!(!is_base_route(path), "{path}");
        }
    }
}
