//! What is counted of requests, and how Prometheus reads it.

mod clients;
mod recent;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::response::Response;
use clients::KnownClients;
use http::{HeaderMap, Method};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use recent::{Rates, Recent};

use super::disagreement::disagreements;
use crate::protocol::attach_to_body;

/// The upper bounds of the latency histogram's buckets, in seconds: those that Prometheus' own clients have.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Where a request that no service has got is counted, and its path.
const UNROUTED: &str = "-";

/// The methods that are told apart: clients may send any.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "PATCH"];

/// The requests of a flow.
pub(crate) struct Metrics {
    registry: Registry,
    began: Instant,
    services: Vec<Service>,
    requests: Family<Outcome, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    in_flight: Family<ServiceLabel, Gauge>,
    queued: Family<ServiceLabel, Gauge>,
    replicas: Family<Replicas, Gauge>,
    websockets: Family<ServiceLabel, Gauge>,
    connections: Gauge,
    connections_delayed: Counter,
    deprecated: Family<DeprecatedCall, Counter>,
    clients: KnownClients,
}

struct Service {
    name: Arc<String>,
    in_flight: AtomicI64,
    answered: AtomicU64,
    recent: Recent,
}

/// What there is to count of a service now.
pub(crate) struct ServiceCounts {
    /// Its replicas, where it has any.
    pub replicas: Option<ReplicaCounts>,
    /// The WebSockets that are open.
    pub websockets: u32,
}

/// How many replicas a service has, and how much they have to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReplicaCounts {
    /// Replicas without a handler value.
    pub starting: usize,
    /// Replicas that take requests.
    pub serving: usize,
    /// Replicas that end with their last request.
    pub draining: usize,
    /// The requests in flight of each replica that serves or drains, by its number.
    pub in_flight: BTreeMap<u64, usize>,
    /// Requests that wait.
    pub queued: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ServiceLabel {
    service: Arc<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    service: Arc<String>,
    method: &'static str,
    route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    service: Arc<String>,
    method: &'static str,
    route: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeprecatedCall {
    service: Arc<String>,
    method: &'static str,
    route: &'static str,
    client: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Replicas {
    service: Arc<String>,
    state: &'static str,
}

impl Metrics {
    /// Nothing counted yet, of these services.
    pub(crate) fn new<'n>(services: impl IntoIterator<Item = &'n str>) -> Self {
        let services = services.into_iter().map(|name| Service {
            name: Arc::new(name.to_owned()),
            in_flight: AtomicI64::new(0),
            answered: AtomicU64::new(0),
            recent: Recent::default(),
        });
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let mut counts = Self {
            registry: Registry::with_prefix("buildflow"),
            began: Instant::now(),
            services: services.collect(),
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            in_flight: Family::default(),
            queued: Family::default(),
            replicas: Family::default(),
            websockets: Family::default(),
            connections: Gauge::default(),
            connections_delayed: Counter::default(),
            deprecated: Family::default(),
            clients: KnownClients::default(),
        };
        let Self {
            registry,
            requests,
            durations,
            in_flight,
            queued,
            replicas,
            websockets,
            connections,
            connections_delayed,
            deprecated,
            ..
        } = &mut counts;
        registry.register("requests", "Requests that were answered", requests.clone());
        registry.register("request_duration_seconds", "Time until the answer began", durations.clone());
        registry.register("requests_in_flight", "Requests without the whole of an answer", in_flight.clone());
        registry.register("requests_queued", "Requests that wait for a replica", queued.clone());
        let refused = disagreements().clone();
        registry.register("disagreements", "Requests refused by a Rust type, though their schema allows them", refused);
        registry.register("deprecated_requests", "Requests for what is deprecated, by client", deprecated.clone());
        registry.register("replicas", "Replicas by what they do", replicas.clone());
        registry.register("websockets", "WebSockets that are open", websockets.clone());
        registry.register("connections", "Connections that are open", connections.clone());
        let delayed = connections_delayed.clone();
        registry.register("connections_delayed", "Connections that waited: all places were taken", delayed);
        counts
    }

    /// The requests that a service has now.
    pub(crate) fn in_flight(&self, service: usize) -> i64 {
        self.services[service].in_flight.load(Ordering::Relaxed)
    }

    /// The requests that a service has answered.
    pub(crate) fn answered(&self, service: usize) -> u64 {
        self.services[service].answered.load(Ordering::Relaxed)
    }

    /// How many a second it has answered lately.
    pub(crate) fn rates(&self, service: usize) -> Rates {
        self.services[service].recent.rates(self.began.elapsed().as_secs())
    }

    /// All of it in OpenMetrics' text format, with how many connections are open and how many have had to wait, and
    /// with what there is to count of each service.
    pub(crate) fn encode(
        &self,
        (connections, delayed): (usize, u64),
        services: impl IntoIterator<Item = ServiceCounts>,
    ) -> String {
        self.connections.set(connections as i64);
        self.connections_delayed.inner().store(delayed, Ordering::Relaxed);
        for (service, ServiceCounts { replicas, websockets }) in self.services.iter().zip(services) {
            let of = ServiceLabel { service: Arc::clone(&service.name) };
            self.in_flight.get_or_create(&of).set(service.in_flight.load(Ordering::Relaxed));
            self.websockets.get_or_create(&of).set(websockets.into());
            let Some(replicas) = replicas else { continue };
            self.queued.get_or_create(&of).set(replicas.queued as i64);
            let states =
                [("starting", replicas.starting), ("serving", replicas.serving), ("draining", replicas.draining)];
            for (state, count) in states {
                let labels = Replicas { service: Arc::clone(&service.name), state };
                self.replicas.get_or_create(&labels).set(count as i64);
            }
        }
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }
}

/// A request that is counted; a clone is the same one. It is in flight until the last is dropped.
#[derive(Clone)]
pub(crate) struct RequestMetrics(Arc<Inner>);

struct Inner {
    counts: Arc<Metrics>,
    method: &'static str,
    began: Instant,
    /// The service that the request is for, and the path template.
    place: OnceLock<(usize, &'static str)>,
    /// The client, where it asks for something that is deprecated.
    deprecated: OnceLock<Arc<str>>,
}

impl RequestMetrics {
    /// A request begins.
    pub(crate) fn begin(counts: &Arc<Metrics>, method: &Method) -> Self {
        let method = METHODS.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER");
        let (place, deprecated) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Inner { counts: Arc::clone(counts), method, began: Instant::now(), place, deprecated }))
    }

    /// It is for this service, and has led to this path template.
    pub(crate) fn routed(&self, service: usize, template: &'static str) {
        if self.0.place.set((service, template)).is_ok() {
            self.0.counts.services[service].in_flight.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// It is for something that is deprecated.
    pub(crate) fn deprecated(&self, headers: &HeaderMap) {
        let _ = self.0.deprecated.set(self.0.counts.clients.name(headers));
    }

    /// It has an answer, and is in flight until the client has the whole of it.
    pub(crate) fn answered(self, response: Response) -> Response {
        let Inner { counts, method, began, place, deprecated } = &*self.0;
        let (service, route) = match place.get() {
            Some((service, route)) => {
                let service = &counts.services[*service];
                service.answered.fetch_add(1, Ordering::Relaxed);
                service.recent.note(counts.began.elapsed().as_secs(), response.status().is_server_error());
                (Arc::clone(&service.name), *route)
            }
            None => (Arc::new(UNROUTED.to_owned()), UNROUTED),
        };
        if let Some(client) = deprecated.get() {
            let call = DeprecatedCall { service: Arc::clone(&service), method, route, client: Arc::clone(client) };
            counts.deprecated.get_or_create(&call).inc();
        }
        let status = class(response.status().as_u16());
        let labels = Route { service: Arc::clone(&service), method, route };
        counts.durations.get_or_create(&labels).observe(began.elapsed().as_secs_f64());
        counts.requests.get_or_create(&Outcome { service, method, route, status }).inc();
        attach_to_body(response, self)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some((service, _)) = self.place.get() {
            self.counts.services[*service].in_flight.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for RequestMetrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RequestMetrics").field("place", &self.0.place).finish_non_exhaustive()
    }
}

/// The class of a status code (RFC 9110 §15).
fn class(status: u16) -> &'static str {
    match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
