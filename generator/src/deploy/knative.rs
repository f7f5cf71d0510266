//! Knative Serving: a Service of its own kind for each service, whose revisions it scales by requests in flight.

use askama::Template;

use super::plan::Service;
use super::text::ObjectName;
use super::{ADMIN_PORT, Cluster, HTTP_PORT, Protocol, image, limits, text_of};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::render::Files;

/// The most requests in flight that Knative can be told; 0 is without a limit.
const MOST_CONCURRENT: u32 = 1000;

/// The least target that Knative takes.
const LEAST_TARGET: f64 = 0.01;

/// The shortest window that Knative averages over, in seconds.
const SHORTEST_WINDOW: f64 = 6.0;

/// Variables that Knative sets, and refuses from others.
const RESERVED: [&str; 4] = ["PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"];

/// Knative Serving in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knative {
    /// Where the flow is.
    pub cluster: Cluster,
    /// The service that Knative takes requests within the cluster by, such as `kourier-system/kourier-internal`.
    pub ingress: ObjectName,
}

#[derive(Template)]
#[template(path = "deploy/knative/service.yaml.askama", escape = "quotes")]
struct ServiceFile<'d> {
    service: &'d Service,
    cluster: &'d Cluster,
    ingress: &'d ObjectName,
    image: String,
    /// The port that the manifest itself says to the server.
    port: Option<u16>,
}

#[derive(Template)]
#[template(path = "deploy/knative/ingress.yaml.askama", escape = "quotes")]
struct IngressFile<'d> {
    cluster: &'d Cluster,
    ingress: &'d ObjectName,
}

#[derive(Template)]
#[template(path = "deploy/knative/kustomization.yaml.askama", escape = "quotes")]
struct Kustomization<'d> {
    services: &'d [Service],
}

impl Knative {
    /// Tells what Knative refuses, or takes for something else.
    pub(super) fn check(&self, service: &Service, told: &mut Diagnostics) {
        limits::of_clusters(service, told);
        let Service { max_concurrent_queries: limit, target, upscale_delay, max_queued_requests, .. } = service;
        if limit.value > MOST_CONCURRENT {
            told.push(
                limit.refused(format!("is more than the containerConcurrency of Knative may be, {MOST_CONCURRENT}")),
            );
        }
        if target.value < LEAST_TARGET {
            told.push(target.refused(format!("is less than the least target of Knative, {LEAST_TARGET}")));
        }
        for name in service.secrets.variables.iter().filter(|name| RESERVED.contains(&name.as_str())) {
            let message = format!("the secret `{name}` is a variable that Knative sets itself");
            told.push(Diagnostic::error("undeployable-option", service.secrets.place, message));
        }
        limits::of_time(&service.downscale_delay, 0.0, told);
        limits::of_time(&service.look_back_period, SHORTEST_WINDOW, told);
        told.extend(upscale_delay.ignored("Knative starts replicas as soon as its window's average asks for them"));
        told.extend(max_queued_requests.ignored("what waits, waits in Knative's proxies: ten times the limit"));
        if self.cluster.protocol == Protocol::Http2 {
            limits::of_http2(service, told);
        }
    }

    /// The manifests of services that have passed the check.
    pub(super) fn files(&self, services: &[Service]) -> Result<Files, askama::Error> {
        let Self { cluster, ingress } = self;
        let mut files = image::files(&cluster.binary)?;
        for service in services {
            let file = ServiceFile { service, cluster, ingress, image: cluster.image.to_string(), port: None };
            files.insert(format!("services/{}.yaml", service.id.value), text_of(file)?);
        }
        files.insert("ingress.yaml".to_owned(), text_of(IngressFile { cluster, ingress })?);
        files.insert("kustomization.yaml".to_owned(), text_of(Kustomization { services })?);
        Ok(files)
    }
}
