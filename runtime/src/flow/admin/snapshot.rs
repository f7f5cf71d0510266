//! What a flow is doing, as JSON.

use std::sync::atomic::Ordering;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::super::Running;
use super::Watched;
use crate::observe::log::log_level;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Watched {
    /// Whether requests are taken, by all services: 200 or 503.
    pub(super) fn readiness(&self) -> Response {
        let is_draining = self.is_draining.load(Ordering::Relaxed);
        let services: Vec<Value> = self
            .services
            .iter()
            .map(|service| json!({"name": service.name, "ready": service.status.is_ready()}))
            .collect();
        let is_ready = !is_draining && self.services.iter().all(|service| service.status.is_ready());
        let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        answer(status, &json!({"ready": is_ready, "draining": is_draining, "services": services}))
    }

    /// The services, their replicas, and what they have to do.
    pub(super) fn flow(&self) -> Response {
        let services = self.services.iter().enumerate().map(|(place, service)| self.service(place, service));
        let snapshot = json!({
            "uptime_seconds": self.began.elapsed().as_secs_f64(),
            "draining": self.is_draining.load(Ordering::Relaxed),
            "services": services.collect::<Vec<_>>(),
        });
        answer(StatusCode::OK, &snapshot)
    }

    fn service(&self, place: usize, service: &Running) -> Value {
        let Running { name, id, base_route, options, status, .. } = service;
        let rates = self.counts.rates(place);
        let mut options = options.json();
        // It may have changed.
        options["log_level"]["value"] = json!(log_level(id).map(|level| level.to_string()));
        let mut told = json!({
            "name": name,
            "service_id": id,
            "base_route": base_route,
            "options": options,
            "ready": status.is_ready(),
            "in_flight": self.counts.in_flight(place),
            "requests": self.counts.answered(place),
            "requests_per_second": rates.answers,
            "failures_per_second": rates.failures,
        });
        if let Some(replicas) = status.replicas() {
            let busy = replicas.in_flight.iter().map(|(id, in_flight)| json!({"id": id, "in_flight": in_flight}));
            told["queued"] = json!(replicas.queued);
            told["replicas"] = json!({
                "starting": replicas.starting,
                "serving": replicas.serving,
                "draining": replicas.draining,
                "in_flight": busy.collect::<Vec<_>>(),
            });
        }
        told
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, JSON)], body.to_string()).into_response()
}
